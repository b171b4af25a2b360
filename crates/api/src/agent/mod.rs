//! What agents call about themselves, their board and one another.

mod boards;
mod coordination;
mod soul;

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().merge(boards::routes()).merge(soul::routes()).merge(coordination::routes())
}
