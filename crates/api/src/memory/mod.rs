//! Board memory, chat and their stream.

mod dto;

use mc_base::parse_uuid;
use mc_domain::memory;
use mc_store::{Json, events::Event};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

use crate::ApiState;
pub(crate) use dto::BoardMemoryRead;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
}

/// What streams show of an event of this subject: the entry, as long as it is there.
pub(crate) async fn live_detail(state: &ApiState, event: &Event) -> Option<Value> {
    let Some(Json(data)) = &event.data else { return None };
    let id = parse_uuid(data.get("memory_id")?.as_str()?).ok()?;
    match memory::queries::by_id(state.context.store(), event.board_id?, id).await {
        Ok(entry) => Some(json!({ "memory": BoardMemoryRead::from(entry?) })),
        Err(error) => {
            tracing::warn!(%error, "live.memory.load_failed");
            None
        }
    }
}
