mod read;

use mc_base::Timestamp;
use mc_domain::{
    PageRequest,
    agents::{
        change::AgentChange, create::Draft, heartbeat, profile, queries::AgentFilter, reprovision::Options,
    },
};
use serde_json::{Map, Value};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use crate::fields::{Field, Int, NonEmpty, Patch, Reader, Sent, Template, Text};
pub(crate) use read::{AgentHealthStatusResponse, AgentRead};

/// The longest text of a heartbeat's status, in characters.
const STATUS_MAX: usize = 255;

crate::query! {
    /// Which agents are wanted.
    pub(crate) struct AgentListQuery {
        /// Only agents of this board.
        board_id: Option<Uuid>,
        /// Only agents of this gateway's boards, and its main agent.
        gateway_id: Option<Uuid>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl AgentListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }

    pub(crate) fn filter(&self) -> AgentFilter {
        AgentFilter { board_id: self.board_id, gateway_id: self.gateway_id }
    }
}

crate::query! {
    /// Which agents are streamed, and from when on.
    pub(crate) struct AgentStreamQuery {
        /// Only agents of this board.
        board_id: Option<Uuid>,
        /// An ISO 8601 time: the stream begins with what happened since. Without one, or with a text that is no time,
        /// it begins now. `Last-Event-ID` goes before it.
        since: Option<Text<100>>,
    }
}

crate::query! {
    /// How an agent is brought up to date.
    pub(crate) struct AgentUpdateQuery {
        /// Set the agent up on its gateway again, even when nothing has changed.
        force: bool = false,
    }
}

crate::query! {
    /// How an agent is deleted.
    pub(crate) struct AgentDeleteQuery {
        /// Delete the agent at once, also when its gateway cannot be reached; the gateway is cleaned up later.
        force: bool = false,
    }
}

crate::query! {
    /// How an agent is set up once more.
    pub(crate) struct AgentReprovisionQuery {
        /// Begin the agent's session anew.
        reset_session: bool = true,
        /// Wake the agent; one that has never called is woken in any case.
        wake: bool = true,
        /// Give the agent a new token. The present one works until the new one is first used.
        rotate_token: bool = false,
        /// Write the file with the first steps again.
        force_bootstrap: bool = false,
        /// Replace what the agent has changed in the texts of the server.
        overwrite: bool = false,
    }
}

impl AgentReprovisionQuery {
    pub(crate) fn options(&self) -> Options {
        Options {
            reset_session: self.reset_session,
            wake: self.wake,
            rotate_token: self.rotate_token,
            force_bootstrap: self.force_bootstrap,
            overwrite: self.overwrite,
        }
    }
}

crate::body! {
    /// Why an agent is woken.
    pub(crate) struct AgentWake {
        /// A few words for people; the agent is not told.
        reason: Option<NonEmpty<200>>,
    }
}

crate::query! {
    /// How a token is replaced.
    pub(crate) struct AgentTokenQuery {
        /// End the present token now. Without it, the present one works until the new one is first used.
        revoke: bool = false,
    }
}

/// The settings of heartbeats; every one that is wrong is named.
#[derive(Clone, Debug)]
pub(crate) struct HeartbeatConfig(Map<String, Value>);

impl Field for HeartbeatConfig {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let config = Map::read(value, reader)?;
        let faults = heartbeat::faults(&config);
        for (name, text) in &faults {
            reader.within(*name, |reader| reader.value_error(text, config.get(*name)));
        }
        faults.is_empty().then(|| Self(heartbeat::normalized(config.clone())))
    }
    fn schema() -> RefOr<Schema> {
        Map::schema()
    }
}

/// An identity profile in its normal form; what is no object is no profile.
#[derive(Clone, Debug)]
pub(crate) struct Profile(pub(crate) Option<Map<String, Value>>);

impl Field for Profile {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let value = Value::read(value, reader)?;
        match profile::normalized(&value) {
            Ok(profile) => Some(Self(profile)),
            Err(text) => {
                reader.value_error(&format!("identity_profile {text}"), None);
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        Map::schema()
    }
}

crate::body! {
    /// An agent to make.
    pub(crate) struct AgentCreate {
        /// The board it works on; needed from people. A lead makes agents on its own board.
        board_id: Option<Uuid>,
        /// The name; no other agent of the board, or of the other boards of its gateway, has it in any case.
        name: NonEmpty<255>,
        /// Ignored: the lifecycle and the heartbeats of the agent set its status.
        status: Text<255> = "provisioning",
        /// `every` (1m to 24h), and who wakes the agent then, as `wake`: this server when there is `work` (the default),
        /// `always` its gateway, or `never` anybody. Also what else gateways take.
        heartbeat_config: Option<HeartbeatConfig>,
        /// `role`, `communication_style`, `emoji` and the like: texts by name.
        identity_profile: Option<Profile>,
        /// A text for the agent's identity file, in place of the server's. Places such as `{{ agent_name }}` are filled in.
        identity_template: Option<Template>,
        /// A text for the agent's soul file, in place of the server's. Places are filled in as in `identity_template`.
        soul_template: Option<Template>,
        /// Whether the agent leads its board. A board has one lead; only people make one, others are not heard.
        is_board_lead: bool = false,
        /// From when on the agent's tokens are refused; without one they do not expire.
        token_expires_at: Option<Timestamp>,
    }
}

impl AgentCreate {
    /// The board that was named, and what the agent is to be like.
    pub(crate) fn into_parts(self) -> (Option<Uuid>, Draft) {
        tracing::trace!(status = &*self.status, "agents.create.status_ignored");
        let draft = Draft {
            name: self.name.into(),
            heartbeat_config: self.heartbeat_config.map(|config| config.0),
            identity_profile: self.identity_profile.and_then(|profile| profile.0),
            identity_template: self.identity_template.and_then(Template::filled),
            soul_template: self.soul_template.and_then(Template::filled),
            is_board_lead: self.is_board_lead,
            token_expires_at: self.token_expires_at.map(|time| time.0),
        };
        (self.board_id, draft)
    }
}

crate::body! {
    /// A change of an agent. What is left out stays.
    pub(crate) struct AgentUpdate {
        /// Another board. What the agent had on its former gateway is removed there, and its tasks stay behind.
        board_id: Patch<Uuid>,
        /// True makes the agent the main agent of its board's gateway; false, with `board_id`, one of a board.
        is_gateway_main: Patch<bool>,
        /// Whether the agent leads its board; 409 when another one does.
        is_board_lead: Sent<bool>,
        /// The name.
        name: Sent<NonEmpty<255>>,
        /// Refused: only heartbeats set a status.
        status: Patch<Text<255>>,
        /// How often the agent is looked after (`every`) and by whom (`wake`: `work`, `always` or `never`); null restores
        /// the default. Its gateway is brought in line.
        heartbeat_config: Patch<HeartbeatConfig>,
        /// Role, style and the like.
        identity_profile: Patch<Profile>,
        /// A text for the agent's identity file, with places such as `{{ agent_name }}`; null restores the server's.
        identity_template: Patch<Template>,
        /// A text for the agent's soul file, in the same way.
        soul_template: Patch<Template>,
        /// From when on the agent's tokens are refused; null means never.
        token_expires_at: Patch<Timestamp>,
    }
}

impl From<AgentUpdate> for AgentChange {
    fn from(body: AgentUpdate) -> Self {
        Self {
            name: body.name.0.map(String::from),
            board_id: body.board_id.0,
            is_gateway_main: body.is_gateway_main.0.flatten(),
            is_board_lead: body.is_board_lead.0,
            heartbeat_config: body.heartbeat_config.0.map(|config| config.map(|config| config.0)),
            identity_profile: body.identity_profile.0.map(|profile| profile.and_then(|profile| profile.0)),
            identity_template: body.identity_template.0.map(|text| text.and_then(Template::filled)),
            soul_template: body.soul_template.0.map(|text| text.and_then(Template::filled)),
            token_expires_at: body.token_expires_at.0.map(|time| time.map(|time| time.0)),
            sends_status: body.status.0.is_some(),
        }
    }
}

crate::body! {
    /// What an agent says of itself.
    pub(crate) struct AgentHeartbeat {
        /// `online`, `busy`, `idle`, `degraded` or `paused`. Any other text becomes the note of an agent that is online.
        status: Option<Text<STATUS_MAX>>,
    }
}

crate::body! {
    /// What an agent says of itself, or which agent a person means.
    pub(crate) struct AgentHeartbeatCreate {
        /// The name of the agent that a person means. Ignored when an agent calls.
        name: NonEmpty<255>,
        /// The board of the agent that a person means; needed to make one. Ignored when an agent calls.
        board_id: Option<Uuid>,
        /// As in a heartbeat.
        status: Option<Text<STATUS_MAX>>,
    }
}
