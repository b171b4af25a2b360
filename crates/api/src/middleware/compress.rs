//! Smaller answers for clients that take them.

use axum::{body::Body, response::Response};
use http::header;
use tower::util::MapResponseLayer;
use tower_http::compression::{CompressionBody, CompressionLayer};

/// What makes a plain answer of one that may be compressed.
type Lighten = fn(Response<CompressionBody<Body>>) -> Response;

/// Compresses answers, except event streams.
pub(super) fn layer() -> (MapResponseLayer<Lighten>, CompressionLayer) {
    (MapResponseLayer::new(lighten), CompressionLayer::new().gzip(true).br(true))
}

/// Takes answers that are not compressed out of what would compress them. It has room for an encoder in any case, which is
/// 6 KB for each event stream as long as it is open.
fn lighten(response: Response<CompressionBody<Body>>) -> Response {
    if response.headers().contains_key(header::CONTENT_ENCODING) {
        response.map(Body::new)
    } else {
        response.map(CompressionBody::into_inner)
    }
}
