//! What is done with a request body that nobody has read.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use http::{HeaderValue, header};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Limited};

use crate::ApiState;

/// Reads what a refusal has left of the request's body. Otherwise the connection would be closed under the client's
/// next request (RFC 9112, 9.3); when there is too much left, the client is told so.
pub(super) async fn apply(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let left = Arc::new(Mutex::new(None));
    let (parts, body) = request.into_parts();
    let body = Body::new(Lent { body, home: Arc::clone(&left) });
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let body = left.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A client that keeps to the limits gets its answer, whatever it is.
    let max = state.settings.max_body.max(state.settings.max_webhook_body);
    if let Some(body) = body.filter(|body| !body.is_end_stream()) {
        let read = tokio::time::timeout(DRAIN_TIME, Limited::new(body, max).collect()).await;
        if !matches!(read, Ok(Ok(_))) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
    response
}

/// How long the client may take to send it.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// A body that comes back when the handler is done with it.
struct Lent {
    body: Body,
    home: Arc<Mutex<Option<Body>>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let body = std::mem::take(&mut self.body);
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    }
}
