//! Tags.

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}
