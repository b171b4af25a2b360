//! Ids in paths.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    ApiState,
    error::ApiError,
    fields::{Field, Reader},
};

/// The last id of a path, such as the task's in `/boards/{board_id}/tasks/{task_id}`.
///
/// Stands after the scope among a handler's arguments, so that nobody learns anything about ids
/// before it has been checked.
pub struct PathId(pub Uuid);

impl PathId {
    /// A named id of the path, or 422 that names it.
    ///
    /// # Errors
    /// 422 when it is not a UUID.
    pub async fn named(parts: &mut Parts, state: &ApiState, name: &str) -> Result<Uuid, ApiError> {
        find(parts, state, Some(name)).await
    }
}

async fn find(parts: &mut Parts, state: &ApiState, wanted: Option<&str>) -> Result<Uuid, ApiError> {
    let params = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| ApiError::new(http::StatusCode::NOT_FOUND))?;
    let found = params.iter().filter(|(name, _)| wanted.is_none_or(|wanted| wanted == *name)).last();
    let (name, text) = found.ok_or_else(|| ApiError::new(http::StatusCode::NOT_FOUND))?;
    let mut reader = Reader::of("path");
    let id = reader.within(name, |reader| Uuid::read(&Value::from(text), reader));
    id.ok_or_else(|| ApiError::issues(&reader.into_issues()))
}

impl FromRequestParts<ApiState> for PathId {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        find(parts, state, None).await.map(Self)
    }
}
