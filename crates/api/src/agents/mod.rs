//! Agents.

mod dto;

use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;
pub(crate) use dto::AgentRead;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}
