//! Security headers.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use crate::ApiState;

/// Adds the configured headers to every answer that does not set them itself.
pub(super) async fn apply(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in &state.settings.security_headers {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}
