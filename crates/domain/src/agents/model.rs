use chrono::{DateTime, Utc};
use mc_store::Json;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::report::Report;
use crate::access::Actor;

/// How far the making, changing or removing of an agent's runtime has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecycleState {
    /// It is wanted; nothing was done yet.
    Requested,
    /// The gateway is being worked on.
    Applying,
    /// All is set up; the agent has not called yet.
    AwaitingCheckin,
    /// The agent has called.
    Ready,
    /// The gateway could not be set up.
    Failed,
    /// The agent did not call although it was woken several times.
    GaveUp,
    /// The agent is being removed.
    Deleting,
}

impl LifecycleState {
    const NAMES: [(&'static str, Self); 7] = [
        ("requested", Self::Requested),
        ("applying", Self::Applying),
        ("awaiting_checkin", Self::AwaitingCheckin),
        ("ready", Self::Ready),
        ("failed", Self::Failed),
        ("gave_up", Self::GaveUp),
        ("deleting", Self::Deleting),
    ];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, state)| *state == self).map_or("ready", |(name, _)| *name)
    }

    /// Whether the agent is set up on its gateway, whether or not it calls.
    #[must_use]
    pub fn is_set_up(self) -> bool {
        matches!(self, Self::AwaitingCheckin | Self::Ready | Self::GaveUp)
    }
}

impl TryFrom<String> for LifecycleState {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, state)| *state).ok_or_else(|| format!("unknown lifecycle state {name}"))
    }
}

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
    /// The name; no other agent of its board or of its gateway's boards has it, in any case.
    pub name: String,
    /// The stored status; see [`Agent::shown_status`].
    pub status: String,
    /// What the agent said of its state in words of its own.
    pub status_note: Option<String>,
    /// Whether it leads its board.
    pub is_board_lead: bool,
    /// The session through which it is reached on its gateway.
    pub openclaw_session_id: Option<String>,
    /// How often it checks in, and how; see [`super::heartbeat`].
    pub heartbeat_config: Option<Json<Map<String, Value>>>,
    /// Role, style and the like; see [`super::profile`].
    pub identity_profile: Option<Json<Map<String, Value>>>,
    /// A plain text for its identity file.
    pub identity_template: Option<String>,
    /// A plain text for its soul file.
    pub soul_template: Option<String>,
    /// Its last sign of life.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// From when on its tokens are refused; none means never.
    pub token_expires_at: Option<DateTime<Utc>>,
    /// How far its runtime is set up.
    #[sqlx(try_from = "String")]
    pub lifecycle_state: LifecycleState,
    /// Counts the runs of the lifecycle; only the newest one may finish.
    pub lifecycle_generation: i64,
    /// `provision`, `update` or `refresh` while a run is wanted or under way.
    pub provision_action: Option<String>,
    /// Since when the run is under way.
    pub provision_requested_at: Option<DateTime<Utc>>,
    /// Why the last run failed.
    pub last_provision_error: Option<String>,
    /// How often it was woken since its last sign of life.
    pub wake_attempts: i64,
    /// Until when it is to show a sign of life after it was woken.
    pub checkin_deadline_at: Option<DateTime<Utc>>,
    /// When it was last woken.
    pub last_wake_sent_at: Option<DateTime<Utc>>,
    /// Why it was last woken.
    pub last_wake_reason: Option<String>,
    /// How many deadlines it has let pass since its last sign of life.
    pub missed_checkins: i64,
    /// When what did not work is tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Since when it waits for its gateway, which is away.
    pub waits_for_gateway_since: Option<DateTime<Utc>>,
    /// How many runs in a row have failed.
    pub setup_failures: i64,
    /// How the last run went.
    pub provision_report: Option<Json<Report>>,
    /// Which texts its files have; see [`Agent::is_behind`].
    pub files_version: Option<i64>,
    /// Under which address its files say that this server is reached.
    pub files_base_url: Option<String>,
    /// Since when newer texts wait to be written.
    pub files_wanted_at: Option<DateTime<Utc>>,
    /// When a round last woke it, because there was work for it.
    pub last_round_at: Option<DateTime<Utc>>,
    /// How often rounds have woken it for work that nobody has touched since.
    pub round_repeats: i64,
    /// Since when its gateway is away.
    pub gateway_away_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed; signs of life do not count.
    pub updated_at: DateTime<Utc>,
}

impl Agent {
    /// The `role` of the identity profile, when it is not blank.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        role_of(self.identity_profile.as_ref())
    }

    /// Whether a caller may see the texts that instruct the agent, and its session: people and the
    /// lead of its board may, other agents only their own.
    #[must_use]
    pub fn shows_instructions_to(&self, caller: &Actor) -> bool {
        match caller {
            Actor::User(_) => true,
            Actor::Agent(caller) => {
                caller.id == self.id || (caller.is_board_lead && caller.board_id == self.board_id)
            }
        }
    }

    /// Whether it was wanted on a gateway that then failed, and never lived: making it once more goes on with it.
    #[must_use]
    pub fn is_failed_creation(&self) -> bool {
        let is_unfinished =
            matches!(self.lifecycle_state, LifecycleState::Requested | LifecycleState::Failed);
        is_unfinished && self.last_provision_error.is_some() && self.last_seen_at.is_none()
    }
}

/// The `role` of an identity profile, when it is not blank.
pub(crate) fn role_of(profile: Option<&Json<Map<String, Value>>>) -> Option<&str> {
    profile?.0.get("role")?.as_str().map(str::trim).filter(|role| !role.is_empty())
}

/// The columns of an agent, without the hashes of its tokens.
macro_rules! agent_columns {
    () => {
        "id, organization_id, gateway_id, board_id, name, status, status_note, is_board_lead, openclaw_session_id, \
         heartbeat_config, identity_profile, identity_template, soul_template, last_seen_at, token_expires_at, \
         lifecycle_state, lifecycle_generation, provision_action, provision_requested_at, last_provision_error, \
         wake_attempts, checkin_deadline_at, last_wake_sent_at, last_wake_reason, missed_checkins, next_attempt_at, \
         waits_for_gateway_since, setup_failures, provision_report, files_version, files_base_url, files_wanted_at, \
         last_round_at, round_repeats, gateway_away_at, created_at, updated_at"
    };
}
pub(crate) use agent_columns;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{agent, person};

    #[test]
    fn agents_see_no_instructions_of_their_colleagues() {
        let (bob, eve) = (agent("Bob"), agent("Eve"));
        let lead = Agent { is_board_lead: true, ..agent("Ada") };
        let other_lead = Agent { board_id: Some(Uuid::from_u128(77)), ..lead.clone() };
        for (caller, shows) in [
            (Actor::User(person("Ida")), true),
            (Actor::Agent(bob.clone()), true),
            (Actor::Agent(lead), true),
            (Actor::Agent(eve), false),
            (Actor::Agent(other_lead), false),
        ] {
            assert_eq!(bob.shows_instructions_to(&caller), shows, "{caller:?}");
        }
    }

    #[test]
    fn every_lifecycle_state_is_read_as_it_is_written() {
        for (name, state) in LifecycleState::NAMES {
            assert_eq!((state.as_str(), LifecycleState::try_from(name.to_owned())), (name, Ok(state)));
        }
        assert!(LifecycleState::try_from("lost".to_owned()).is_err());
    }
}
