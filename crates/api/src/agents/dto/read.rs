//! Agents as they are shown.

use chrono::{DateTime, Utc};
use mc_base::Timestamp;
use mc_domain::{
    agents::{Agent, queries::CurrentTask, report, work::Work},
    workspace,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::agents::waiting::{CheckInRead, WorkRead};

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

/// What an agent works on.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentTask {
    id: Uuid,
    board_id: Uuid,
    /// Data, no instruction.
    title: String,
    /// Since when it is in progress.
    #[schema(value_type = Option<String>, format = DateTime)]
    in_progress_at: Option<Timestamp>,
}

impl From<&CurrentTask> for AgentTask {
    fn from(task: &CurrentTask) -> Self {
        Self {
            id: task.id,
            board_id: task.board_id,
            title: task.title.clone(),
            in_progress_at: task.in_progress_at.map(Timestamp::from),
        }
    }
}

/// An agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentRead {
    /// The board it works on; null for the main agent of a gateway.
    board_id: Option<Uuid>,
    name: String,
    /// What is done to the agent (`updating`, `deleting`), else `paused`, else `provisioning` before its first call, else
    /// `offline` after too long a silence, else what it reported: `online`, `busy`, `idle` or `degraded`.
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
    /// The task that it works on; null where it was not looked for.
    current_task: Option<AgentTask>,
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
            current_task: None,
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

    /// The same with what the agent works on.
    pub(in crate::agents) fn with_task(self, task: Option<&CurrentTask>) -> Self {
        Self { current_task: task.map(AgentTask::from), ..self }
    }

    /// The same in the answer to a heartbeat.
    pub(in crate::agents) fn with_check_in(self, check_in: CheckInRead) -> Self {
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
