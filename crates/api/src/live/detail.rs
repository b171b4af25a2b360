//! What streams show of an event beyond its row.

use mc_store::events::Event;
use serde_json::Value;

use crate::{ApiState, agents, approvals, memory, tasks};

/// Loads what belongs to an event; nothing for kinds that carry ids only, or when it is gone.
pub(super) async fn load(state: &ApiState, event: &Event) -> Option<Value> {
    match event.kind.split('.').next()? {
        "task" => tasks::live_detail(state, event).await,
        "agent" => agents::live_detail(state, event).await,
        "memory" => memory::live_detail(state, event).await,
        "approval" => approvals::live_detail(state, event).await,
        "group_memory" => memory::live_group_detail(state, event).await,
        _ => None,
    }
}
