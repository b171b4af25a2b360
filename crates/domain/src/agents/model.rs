use chrono::{DateTime, TimeDelta, Utc};
use mc_store::Json;
use serde_json::{Map, Value};
use uuid::Uuid;

/// After this long without a sign of life an agent counts as offline.
const OFFLINE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// An agent: it works on one board, or (without a board) for a whole gateway.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Agent {
    /// The id.
    pub id: Uuid,
    /// The tenant.
    pub organization_id: Uuid,
    /// The gateway it lives on; none for an agent of another runtime.
    pub gateway_id: Option<Uuid>,
    /// The board it works on; none for the main agent of a gateway.
    pub board_id: Option<Uuid>,
    /// The name.
    pub name: String,
    /// The stored status; see [`Agent::shown_status`].
    pub status: String,
    /// Whether it leads its board.
    pub is_board_lead: bool,
    /// The session through which it is reached on its gateway.
    pub openclaw_session_id: Option<String>,
    /// How often it checks in, and how.
    pub heartbeat_config: Option<Json<Map<String, Value>>>,
    /// Role, style and the like.
    pub identity_profile: Option<Json<Map<String, Value>>>,
    /// A template for its identity file.
    pub identity_template: Option<String>,
    /// A template for its soul file.
    pub soul_template: Option<String>,
    /// Its last sign of life.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Agent {
    /// The status to show: what is being done to the agent, else its presence.
    #[must_use]
    pub fn shown_status(&self, now: DateTime<Utc>) -> &str {
        match (self.status.as_str(), self.last_seen_at) {
            (status @ ("updating" | "deleting"), _) => status,
            (_, None) => "provisioning",
            (_, Some(seen)) if now - seen > OFFLINE_AFTER => "offline",
            (status, Some(_)) => status,
        }
    }

    /// The `role` of the identity profile, when it is not blank.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        role_of(self.identity_profile.as_ref())
    }
}

/// The `role` of an identity profile, when it is not blank.
pub(crate) fn role_of(profile: Option<&Json<Map<String, Value>>>) -> Option<&str> {
    profile?.0.get("role")?.as_str().map(str::trim).filter(|role| !role.is_empty())
}

/// The columns of an agent, without the hash of its token.
macro_rules! agent_columns {
    () => {
        "id, organization_id, gateway_id, board_id, name, status, is_board_lead, openclaw_session_id, \
         heartbeat_config, identity_profile, identity_template, soul_template, last_seen_at, created_at, updated_at"
    };
}
pub(crate) use agent_columns;
