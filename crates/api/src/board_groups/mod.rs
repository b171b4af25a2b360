//! Board groups.

mod dto;

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;
pub(crate) use dto::BoardGroupRead;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}
