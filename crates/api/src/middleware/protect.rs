//! A handler that panics or hangs costs one request, not the server.

use std::{any::Any, panic::AssertUnwindSafe};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{StatusCode, header};

use crate::{ApiState, error::ApiError};

/// Turns a panic into a 500 without detail; the text goes to the log.
pub(super) async fn panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            tracing::error!(error = text(panic.as_ref()), "http.request.panicked");
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a value that is no text")
}

/// Ends a request that takes too long. A stream is exempt: its answer begins at once.
pub(super) async fn time_limit(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.settings.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE).header(header::RETRY_AFTER, "1").into_response()
        }
    }
}
