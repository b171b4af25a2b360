//! A handler that panics or hangs costs one request, not the server.

use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{StatusCode, header};
use mc_domain::skills::SYNC_LIMIT;

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

/// Requests that are themselves a long call to another system, and how long they may take at least.
const PATIENT: [(&str, Duration); 1] = [
    // Some more than the call itself, for writing down what it brought.
    ("/api/v1/skills/packs/{pack_id}/sync", Duration::from_secs(SYNC_LIMIT.as_secs() + 30)),
];

fn limit(request: &Request, usual: Duration) -> Duration {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let patient = PATIENT.iter().find(|(known, _)| path == Some(known));
    patient.map_or(usual, |(_, least)| usual.max(*least))
}

/// Ends a request that takes too long. A stream is exempt: its answer begins at once.
pub(super) async fn time_limit(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let limit = limit(&request, state.settings.request_timeout);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE).header(header::RETRY_AFTER, "1").into_response()
        }
    }
}
