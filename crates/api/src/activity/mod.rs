//! What happened: the feed, the comments, and their stream.

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}
