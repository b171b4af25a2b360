//! Tasks, their comments and their stream.

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}

/// What streams show of an event of this subject.
pub(crate) async fn live_detail(
    _state: &ApiState,
    _event: &mc_store::events::Event,
) -> Option<serde_json::Value> {
    None
}
