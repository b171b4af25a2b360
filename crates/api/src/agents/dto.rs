use chrono::{DateTime, Utc};
use mc_base::Timestamp;
use mc_domain::{
    PageRequest,
    agents::{
        Agent, change::AgentChange, create::Draft, heartbeat, profile, queries::AgentFilter, report,
        reprovision::Options, work::Work,
    },
    workspace,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use super::waiting::{CheckInRead, WorkRead};
use crate::fields::{Field, Int, NonEmpty, Patch, Reader, Sent, Template, Text};

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

/// A step of a run, or a file, and how it went.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentReportItem {
    /// The step, such as `configure`, or the name of the file.
    name: String,
    /// `done`, `unchanged`, `kept` (it is the agent's own), `conflict` (the agent has changed the server's text),
    /// `unsupported` (the gateway does not know it) or `failed`.
    state: String,
    /// Why, when it did not simply work.
    detail: Option<String>,
}

impl AgentReportItem {
    fn all(items: &[report::Item]) -> Vec<Self> {
        items
            .iter()
            .map(|item| Self {
                name: item.name.clone(),
                state: item.state.as_str().to_owned(),
                detail: item.detail.clone(),
            })
            .collect()
    }
}

/// The files in an agent's workspace, as the last run left them.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentFiles {
    /// Which version the server's texts in them have; null before the first run that ended well.
    version: Option<i64>,
    /// The version that the server writes now.
    current_version: i64,
    /// Whether they are not what the server would write now.
    behind: bool,
    /// How each file went the last time.
    items: Vec<AgentReportItem>,
}

impl AgentFiles {
    fn of(agent: &Agent) -> Option<Self> {
        agent.gateway_id?;
        let current_version = i64::from(workspace::VERSION);
        let report = agent.provision_report.as_ref();
        Some(Self {
            version: agent.files_version,
            current_version,
            behind: agent.is_behind(current_version),
            items: report.map_or_else(Vec::new, |report| AgentReportItem::all(&report.0.files)),
        })
    }
}

/// How the last run on an agent's gateway went.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentProvisioning {
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Its steps, up to the one that failed.
    steps: Vec<AgentReportItem>,
}

impl AgentProvisioning {
    fn of(agent: &Agent) -> Option<Self> {
        let report = &agent.provision_report.as_ref()?.0;
        let ended_at = report.ended_at.map(Timestamp::from);
        Some(Self { ended_at, steps: AgentReportItem::all(&report.steps) })
    }
}

/// An agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRead {
    /// The board it works on; null for the main agent of a gateway.
    board_id: Option<Uuid>,
    name: String,
    /// What is done to the agent (`provisioning`, `updating`, `deleting`), else `offline` after too long a silence, else
    /// what it reported: `online`, `busy`, `idle`, `degraded` or `paused`.
    status: String,
    /// How often it is looked after, and by whom.
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
    /// What the agent said of its state in words of its own.
    status_note: Option<String>,
    /// What its signs of life say: `online`, `idle` (it has let its cadence pass, or sleeps until there is work),
    /// `offline` or `never`.
    presence: String,
    /// How far its runtime is set up: `requested`, `applying`, `awaiting_checkin`, `ready`, `failed`, `gave_up` or
    /// `deleting`.
    lifecycle_state: String,
    /// How often its runtime was set up or changed.
    lifecycle_generation: i64,
    /// Why its runtime could not be set up the last time; null for callers who may not see its session.
    last_provision_error: Option<String>,
    /// How often it was woken since its last sign of life.
    wake_attempts: i64,
    /// Until when it is to show a sign of life after it was woken.
    #[schema(value_type = Option<String>, format = DateTime)]
    checkin_deadline_at: Option<Timestamp>,
    /// How many deadlines it has let pass since its last sign of life.
    missed_checkins: i64,
    /// When it was last woken.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_wake_at: Option<Timestamp>,
    /// Why it was last woken.
    last_wake_reason: Option<String>,
    /// When what did not work is tried again.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
    /// Since when it waits for its gateway, which is away or does not let this server in.
    #[schema(value_type = Option<String>, format = DateTime)]
    waits_for_gateway_since: Option<Timestamp>,
    /// The files in its workspace; null for an agent of another runtime, and for callers who may not see its session.
    files: Option<AgentFiles>,
    /// The steps of the last run on its gateway; null before the first, and for callers who may not see its session.
    provisioning: Option<AgentProvisioning>,
    /// Who wakes it: `work` (this server, when there is work), `always` (its gateway, by the clock) or `never`; null for
    /// other runtimes.
    wake: Option<String>,
    /// The time between two looks at it.
    cadence_seconds: Option<i64>,
    /// From when on this server wakes it for new work.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_round_at: Option<Timestamp>,
    /// What waits for it; null where it was not counted.
    work: Option<WorkRead>,
    /// What its settings mean now, without messages to it; null when unknown.
    estimated_model_calls_per_day: Option<i64>,
    /// What there is for it, in the answer to its heartbeat.
    check_in: Option<CheckInRead>,
    /// From when on its tokens are refused; null means never.
    #[schema(value_type = Option<String>, format = DateTime)]
    token_expires_at: Option<Timestamp>,
    /// The token, in the one answer that gives it out; null everywhere else.
    token: Option<String>,
}

impl AgentRead {
    /// The agent with its presence at a time; `shows_instructions` says whether the caller may see
    /// its templates and its session.
    pub(crate) fn new(agent: Agent, now: DateTime<Utc>, shows_instructions: bool) -> Self {
        let files = AgentFiles::of(&agent).filter(|_| shows_instructions);
        let provisioning = AgentProvisioning::of(&agent).filter(|_| shows_instructions);
        Self {
            status: agent.shown_status(now).to_owned(),
            presence: agent.presence(now).as_str().to_owned(),
            wake: agent.wake().map(|wake| wake.as_str().to_owned()),
            cadence_seconds: agent.cadence().map(|cadence| cadence.num_seconds()),
            next_round_at: agent.next_round_at().map(Timestamp::from),
            work: None,
            estimated_model_calls_per_day: agent.estimated_calls_per_day(None),
            check_in: None,
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
            status_note: agent.status_note,
            lifecycle_state: agent.lifecycle_state.as_str().to_owned(),
            lifecycle_generation: agent.lifecycle_generation,
            last_provision_error: agent.last_provision_error.filter(|_| shows_instructions),
            wake_attempts: agent.wake_attempts,
            checkin_deadline_at: agent.checkin_deadline_at.map(Timestamp::from),
            missed_checkins: agent.missed_checkins,
            last_wake_at: agent.last_wake_sent_at.map(Timestamp::from),
            last_wake_reason: agent.last_wake_reason,
            next_attempt_at: agent.next_attempt_at.map(Timestamp::from),
            waits_for_gateway_since: agent.waits_for_gateway_since.map(Timestamp::from),
            files,
            provisioning,
            token_expires_at: agent.token_expires_at.map(Timestamp::from),
            token: None,
        }
    }

    /// The same with what waits for the agent.
    pub(crate) fn with_work(self, agent: &Agent, work: Option<&Work>) -> Self {
        Self {
            work: work.map(WorkRead::from),
            estimated_model_calls_per_day: agent.estimated_calls_per_day(work),
            ..self
        }
    }

    /// The same in the answer to a heartbeat.
    pub(super) fn with_check_in(self, check_in: CheckInRead) -> Self {
        Self { check_in: Some(check_in), ..self }
    }

    /// The same with a token that was just made.
    pub(crate) fn with_token(self, token: Option<&SecretString>) -> Self {
        Self { token: token.map(|token| token.expose_secret().to_owned()), ..self }
    }
}

/// What an agent learns of itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentHealthStatusResponse {
    /// Always true.
    ok: bool,
    agent_id: Uuid,
    /// The board it works on; null for the main agent of a gateway.
    board_id: Option<Uuid>,
    /// The gateway it lives on; null for an agent of another runtime.
    gateway_id: Option<Uuid>,
    /// The stored status, after this very sign of life.
    status: String,
    is_board_lead: bool,
}

impl From<Agent> for AgentHealthStatusResponse {
    fn from(agent: Agent) -> Self {
        Self {
            ok: true,
            agent_id: agent.id,
            board_id: agent.board_id,
            gateway_id: agent.gateway_id,
            status: agent.status,
            is_board_lead: agent.is_board_lead,
        }
    }
}
