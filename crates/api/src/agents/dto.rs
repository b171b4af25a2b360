use chrono::{DateTime, Utc};
use mc_base::Timestamp;
use mc_domain::agents::Agent;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// An agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRead {
    /// The board it works on; null for the main agent of a gateway.
    board_id: Option<Uuid>,
    name: String,
    /// `provisioning`, `online`, `offline`, `updating` or `deleting`.
    status: String,
    /// How often it checks in, and how.
    heartbeat_config: Option<Map<String, Value>>,
    /// Role, style and the like.
    identity_profile: Option<Map<String, Value>>,
    /// Null for callers who may not see it.
    identity_template: Option<String>,
    /// Null for callers who may not see it.
    soul_template: Option<String>,
    id: Uuid,
    /// The gateway it lives on; null for an agent of another runtime.
    gateway_id: Option<Uuid>,
    is_board_lead: bool,
    is_gateway_main: bool,
    /// Null for callers who may not see it.
    openclaw_session_id: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl AgentRead {
    /// The agent with its presence at a time; `shows_instructions` says whether the caller may see
    /// its templates and its session.
    pub(crate) fn new(agent: Agent, now: DateTime<Utc>, shows_instructions: bool) -> Self {
        Self {
            status: agent.shown_status(now).to_owned(),
            board_id: agent.board_id,
            name: agent.name,
            heartbeat_config: agent.heartbeat_config.map(|json| json.0),
            identity_profile: agent.identity_profile.map(|json| json.0),
            identity_template: agent.identity_template.filter(|_| shows_instructions),
            soul_template: agent.soul_template.filter(|_| shows_instructions),
            id: agent.id,
            gateway_id: agent.gateway_id,
            is_board_lead: agent.is_board_lead,
            is_gateway_main: agent.board_id.is_none(),
            openclaw_session_id: agent.openclaw_session_id.filter(|_| shows_instructions),
            last_seen_at: agent.last_seen_at.map(Timestamp::from),
            created_at: agent.created_at.into(),
            updated_at: agent.updated_at.into(),
        }
    }
}
