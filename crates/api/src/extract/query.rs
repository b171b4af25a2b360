//! Query parameters.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::{Map, Value};

use crate::{
    ApiState,
    error::ApiError,
    fields::{Reader, Request},
};

/// The query of a request, declared with [`query!`](crate::query). Of repeated parameters the last one counts.
pub struct Query<T>(pub T);

/// The parameters as an object of texts.
fn object(query: Option<&str>) -> Map<String, Value> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}

impl<T: Request> FromRequestParts<ApiState> for Query<T> {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        let mut reader = Reader::of("query");
        let query = T::read(&object(parts.uri.query()), &mut reader);
        match query {
            Some(query) if reader.is_clean() => Ok(Self(query)),
            _ => {
                let mut issues = reader.into_issues();
                for issue in &mut issues {
                    // A missing parameter has no enclosing value to show.
                    if issue.kind == "missing" {
                        issue.input = Some(Value::Null);
                    }
                }
                Err(ApiError::issues(&issues))
            }
        }
    }
}
