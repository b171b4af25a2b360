//! Errors as answers: `{"detail": …, "request_id": …}` with the status that fits.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use mc_domain::{Detail, Error, Kind};
use serde::Serialize;
use serde_json::{Value, json};

/// One thing that is wrong with a request: where, what, and (unless it is a secret) the value.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Issue {
    /// A stable name of the rule, such as `missing` or `uuid_parsing`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where: `body`, `query`, `path` or `header`, then names and array positions.
    pub loc: Vec<Value>,
    /// A sentence.
    pub msg: String,
    /// The value as it was sent; left out for secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// The bounds or reasons of the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctx: Option<Value>,
}

/// An error on its way to the client. The middleware adds the request id and writes the body.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    detail: Value,
    code: Option<&'static str>,
    headers: Vec<(HeaderName, HeaderValue)>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What the middleware needs to write the body of an error.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) detail: Value,
    pub(crate) code: Option<&'static str>,
}

impl ApiError {
    /// An error whose detail is the reason phrase of its status.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self::with(status, status.canonical_reason().unwrap_or("Error"))
    }

    /// An error with a detail of its own.
    #[must_use]
    pub fn with(status: StatusCode, detail: impl Into<Value>) -> Self {
        Self { status, detail: detail.into(), code: None, headers: Vec::new(), source: None }
    }

    /// The 422 answer that lists everything that is wrong with a request.
    #[must_use]
    pub fn issues(issues: &[Issue]) -> Self {
        Self::with(StatusCode::UNPROCESSABLE_ENTITY, json!(issues))
    }

    /// Adds a stable name for programs.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Adds a header, such as `Retry-After`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<Cow<'static, str>>) -> Self {
        if let Ok(value) = HeaderValue::from_str(&value.into()) {
            self.headers.push((name, value));
        }
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let status = match error.kind {
            Kind::Unauthorized => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Gone => StatusCode::GONE,
            Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::BadRequest => StatusCode::BAD_REQUEST,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Kind::BadGateway => StatusCode::BAD_GATEWAY,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut answer = Self::new(status);
        match error.detail {
            Detail::None => {}
            Detail::Text(text) => answer.detail = text.into(),
            Detail::Object(object) => answer.detail = object,
        }
        answer.code = error.code;
        answer.source = error.source;
        match error.retry_after {
            Some(seconds) => answer.header(header::RETRY_AFTER, seconds.to_string()),
            None => answer,
        }
    }
}

impl From<mc_store::StoreError> for ApiError {
    fn from(error: mc_store::StoreError) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if self.status.is_server_error() {
            // What another server said stands in the detail.
            let told = || self.detail.as_str().unwrap_or("unknown").to_owned();
            let cause = self.source.as_ref().map_or_else(told, ToString::to_string);
            tracing::error!(status = self.status.as_u16(), error = cause, "http.request.failed");
        }
        let mut response = self.status.into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.headers_mut().extend(self.headers);
        response.extensions_mut().insert(Problem { detail: self.detail, code: self.code });
        response
    }
}
