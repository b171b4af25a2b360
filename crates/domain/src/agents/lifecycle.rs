//! Setting up an agent on its gateway: a short transaction that claims a new run, the work on the
//! gateway outside of any transaction, and a short one that writes down how it ended. Of two runs
//! only the newer one may finish. What did not work is tried again by a job, for good: soon while the gateway is away,
//! with growing pauses when it refuses.

mod apply;
mod files;
mod retry;
mod soul;

use std::time::Duration;

use chrono::{DateTime, Utc};
use mc_base::SecretString;
use mc_store::{Json, Read, sql};
use uuid::Uuid;

use super::{
    Agent, LifecycleState, jobs,
    presence::Presence,
    report::Report,
    role_soul,
    runtime::{self, Remains},
    service, tokens, wake,
};
use crate::{
    Context, Error, Result,
    boards::Board,
    gateways::{
        self, Gateway,
        port::{Failure, GatewayError, Target},
    },
    souls::RoleSoul,
    users::{self, User},
    workspace,
};
pub(crate) use retry::gateway_returned;
pub(super) use retry::{JOB, RETRY, enqueue_retry, refresh, run_job, run_retry, slow_pause, take_up};
pub(crate) use soul::filled_soul;

/// How long a request waits for the gateway; the run goes on when that is over.
const WAIT: Duration = Duration::from_secs(20);
/// How long a run may take. A change of an older gateway's configuration may have to wait for a minute.
const RUN_MAX: Duration = Duration::from_secs(180);
/// The longest error that is kept, in characters.
const ERROR_MAX: usize = 1_000;

/// What is to be done on the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make the agent there, and wake it.
    Provision,
    /// Bring its files and settings up to date, and wake it.
    Update,
    /// Bring its files and settings up to date without disturbing it.
    Refresh,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Update => "update",
            Self::Refresh => "refresh",
        }
    }

    /// What the row of an agent wants.
    fn of(agent: &Agent) -> Self {
        match agent.provision_action.as_deref() {
            Some("update") => Self::Update,
            Some("refresh") => Self::Refresh,
            _ if agent.lifecycle_state.is_set_up() => Self::Refresh,
            _ => Self::Provision,
        }
    }

    /// The status while the run is under way; a refresh does not show.
    fn status(self) -> Option<&'static str> {
        match self {
            Self::Provision => Some("provisioning"),
            Self::Update => Some("updating"),
            Self::Refresh => None,
        }
    }

    /// The events of a run: wanted, done, failed.
    fn events(self) -> [&'static str; 3] {
        match self {
            Self::Provision => {
                ["agent.provision.requested", "agent.provision.direct", "agent.provision.failed"]
            }
            Self::Update => ["agent.update.requested", "agent.update.direct", "agent.update.failed"],
            Self::Refresh => ["agent.refresh.requested", "agent.refreshed", "agent.refresh.failed"],
        }
    }
}

/// How a run goes about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Whether the session begins anew.
    pub(crate) reset_session: bool,
    /// Whether the agent is woken when it is set up. One that has never called, and is not expected to call now, is woken in
    /// any case.
    pub(crate) wake: bool,
    /// Whether the agent gets a new token.
    pub(crate) renew_token: bool,
    /// Whether the file with the first steps is written again.
    pub(crate) force_bootstrap: bool,
    /// Whether the server's texts replace what the agent has changed.
    pub(crate) overwrite: bool,
}

impl Manner {
    /// As an action goes when nothing else is asked for.
    pub(crate) fn of(action: Action) -> Self {
        let disturbs = action != Action::Refresh;
        Self {
            reset_session: disturbs,
            wake: disturbs,
            renew_token: false,
            force_bootstrap: false,
            overwrite: false,
        }
    }
}

/// A run that was claimed, with all that it needs.
struct Run {
    agent: Agent,
    board: Option<Board>,
    gateway: Gateway,
    person: Option<User>,
    role_soul: Option<RoleSoul>,
    target: Target,
    token: SecretString,
    key: String,
    workspace: String,
    base_url: String,
    action: Action,
    manner: Manner,
    /// The same for every try of this run's wake.
    wake_key: Uuid,
}

/// Sets up an agent on its gateway, or brings it up to date there. The row stays whatever happens; a
/// failure is kept in it and tried again by a job. A run that takes long goes on after the answer.
///
/// # Errors
/// `BadGateway` when the gateway could not be set up; `Invalid` when the agent's gateway is incomplete;
/// `NotFound` when the agent is gone; `Conflict` when it is being deleted.
pub async fn request(context: &Context, agent_id: Uuid, action: Action) -> Result<Agent> {
    request_as(context, agent_id, action, Manner::of(action)).await
}

/// As [`request`], in a manner of its own.
pub(super) async fn request_as(
    context: &Context,
    agent_id: Uuid,
    action: Action,
    manner: Manner,
) -> Result<Agent> {
    let (agent, outcome) = run_while(context, agent_id, action, manner, WAIT).await?;
    let what = match action {
        Action::Provision => "Gateway provision failed",
        Action::Update | Action::Refresh => "Gateway update failed",
    };
    outcome.map_err(|error| gateways::rules::bad_gateway(what, &error))?;
    Ok(agent)
}

/// As [`run`], for at most a while: then the agent is given as it is, and the run goes on by itself.
///
/// # Errors
/// As [`run`].
pub(crate) async fn run_while(
    context: &Context,
    agent_id: Uuid,
    action: Action,
    manner: Manner,
    limit: Duration,
) -> Result<(Agent, Result<(), GatewayError>)> {
    let run = begin(context, agent_id, action, manner).await?;
    let own = context.clone();
    // The run ends whether or not somebody still waits for it.
    let mut task = tokio::spawn(async move { carry_out(&own, run).await });
    match tokio::time::timeout(limit, &mut task).await {
        Ok(ended) => ended.map_err(Error::internal)?,
        Err(_) => {
            let agent = service::by_id(context.store(), agent_id).await?.ok_or_else(Error::not_found)?;
            Ok((agent, Ok(())))
        }
    }
}

/// Sets up an agent, with the gateway's own words beside the agent as it is then.
///
/// # Errors
/// As [`request`], but for what the gateway said.
pub(crate) async fn run(
    context: &Context,
    agent_id: Uuid,
    action: Action,
    manner: Manner,
) -> Result<(Agent, Result<(), GatewayError>)> {
    let run = begin(context, agent_id, action, manner).await?;
    carry_out(context, run).await
}

async fn carry_out(context: &Context, run: Run) -> Result<(Agent, Result<(), GatewayError>)> {
    let mut report = Report::default();
    let outcome = gateways::rpc::within(RUN_MAX, apply::through_restarts(context, &run, &mut report)).await;
    let agent = finish(context, &run, report, outcome.as_ref().err()).await?;
    Ok((agent, outcome))
}

/// Claims a run. The token that goes into the files is valid before anybody sees it.
async fn begin(context: &Context, agent_id: Uuid, action: Action, manner: Manner) -> Result<Run> {
    let txn = context.store().begin().await?;
    let mut agent = service::lock(&txn, agent_id).await?;
    service::refuse_deleting(&agent)?;
    let gateway = match agent.gateway_id {
        Some(id) => gateways::queries::find(&txn, agent.organization_id, id).await?,
        None => None,
    };
    let gateway = gateway.ok_or_else(|| Error::invalid("The agent lives on no gateway of this server"))?;
    runtime::check(&gateway)?;
    let target = gateway.target(context)?;
    let board = match agent.board_id {
        Some(id) => crate::boards::service::by_id(&txn, id).await?,
        None => None,
    };
    let person = person_of(&txn, agent.organization_id).await?;
    let role_soul = role_soul::accepted(&txn, agent.id).await?;
    agent.lifecycle_generation += 1;
    agent.openclaw_session_id = runtime::session_key(&agent);
    let key = Remains::of(&agent).map(|remains| remains.agent_key).unwrap_or_default();
    let workspace = gateways::rules::workspace(&gateway.workspace_root, &key);
    match action.status() {
        Some(status) => {
            agent.lifecycle_state = LifecycleState::Applying;
            status.clone_into(&mut agent.status);
            agent.last_provision_error = None;
        }
        // A run that is lost on the way is taken up by this.
        None => agent.files_wanted_at = agent.files_wanted_at.or_else(|| Some(txn.now())),
    }
    agent.provision_action = Some(action.as_str().to_owned());
    agent.provision_requested_at = Some(txn.now());
    agent.next_attempt_at = None;
    let mut manner = manner;
    let is_paused = board.as_ref().is_some_and(Board::is_paused);
    let was_never_woken = agent.last_seen_at.is_none() && agent.checkin_deadline_at.is_none();
    manner.wake = (manner.wake || was_never_woken) && !is_paused;
    let mut agent = service::save(&txn, agent).await?;
    if manner.wake {
        wake::announce(&txn, agent.id).await?;
        agent.last_wake_sent_at = Some(txn.now());
    }
    let token = tokens::for_files(context, &txn, agent.id, manner.renew_token).await?;
    let [wanted, ..] = action.events();
    txn.append(service::event(wanted, &agent)).await?;
    let wake_key = txn.new_id();
    txn.commit().await?;
    let base_url = context.base_url().to_owned();
    Ok(Run {
        agent,
        board,
        gateway,
        person,
        role_soul,
        target,
        token,
        key,
        workspace,
        base_url,
        action,
        manner,
        wake_key,
    })
}

/// The person whom the agents of an organization work for: its first owner.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn person_of(on: &impl Read, organization_id: Uuid) -> Result<Option<User>> {
    let owner: Option<(Uuid,)> = on
        .optional(
            sql("SELECT user_id FROM organization_members WHERE organization_id = $1 AND role = 'owner'
                 ORDER BY created_at, id LIMIT 1")
            .bind(organization_id),
        )
        .await?;
    match owner {
        Some((id,)) => users::service::by_id(on, id).await,
        None => Ok(None),
    }
}

async fn finish(
    context: &Context,
    run: &Run,
    mut report: Report,
    error: Option<&GatewayError>,
) -> Result<Agent> {
    let txn = context.store().begin().await?;
    let present = service::lock(&txn, run.agent.id).await?;
    if present.lifecycle_generation != run.agent.lifecycle_generation {
        // A newer run decides what becomes of the agent.
        return Ok(present);
    }
    let [_, done, failed] = run.action.events();
    report.ended_at = Some(txn.now());
    let (event, mut agent) = match error {
        None => {
            let event = service::event(done, &present).message(match run.action {
                Action::Provision => format!("Agent provisioned directly: {}", present.name),
                Action::Update => format!("Agent updated directly: {}", present.name),
                Action::Refresh => format!("Files of agent brought up to date: {}", present.name),
            });
            let agent = set_up(present, run, &report);
            (event, agent)
        }
        Some(error) => {
            let text: String = error.message.chars().take(ERROR_MAX).collect();
            let event = service::event(failed, &present).message(text.clone());
            (event, fail(present, run.action, text, is_away(error), txn.now()))
        }
    };
    agent.provision_report = Some(Json(report));
    if error.is_some() {
        agent.next_attempt_at = Some(txn.now() + retry::pause(&agent, context.store().random().unit()));
    }
    let agent = service::save(&txn, agent).await?;
    if agent.board_id.is_none() {
        gateways::note_setup(&txn, &run.gateway, error).await?;
    }
    // What nobody asked for is nobody's news.
    let event = if run.action == Action::Refresh { event } else { event.activity() };
    txn.append(event).await?;
    if error.is_none() && run.manner.wake {
        let reason = if run.action == Action::Provision { "provisioned" } else { "updated" };
        wake::sent(context, &txn, agent.id, reason).await?;
        let sent = service::event("agent.wakeup.sent", &agent)
            .message(format!("Agent woken ({reason}): {}", agent.name));
        txn.append(sent.activity()).await?;
        if agent.lifecycle_state == LifecycleState::Ready && run.action != Action::Refresh {
            txn.append(jobs::presence_event("agent.checked_in", &agent)).await?;
        }
    }
    if let Some(at) = agent.next_attempt_at {
        retry::enqueue_retry(&txn, agent.id, at).await?;
    }
    let agent = service::by_id(&txn, agent.id).await?.unwrap_or(agent);
    txn.commit().await?;
    Ok(agent)
}

/// Whether an error says nothing about the agent: its gateway is away, or lets this server not in.
pub(super) fn is_away(error: &GatewayError) -> bool {
    use Failure::{Auth, Busy, PairingRequired, Protocol, ScopeMissing, Timeout, Tls, Unreachable};
    matches!(
        error.failure,
        Unreachable | Tls | Timeout | Auth | PairingRequired | ScopeMissing | Busy | Protocol
    )
}

/// The agent after a run that did its work. One that was woken is expected to call.
fn set_up(mut agent: Agent, run: &Run, report: &Report) -> Agent {
    if run.action != Action::Refresh {
        // A quick agent has answered before the run has ended.
        let is_awaited = run.manner.wake && agent.last_seen_at < run.agent.last_wake_sent_at;
        agent.lifecycle_state = if agent.last_seen_at.is_some() && !is_awaited {
            LifecycleState::Ready
        } else {
            LifecycleState::AwaitingCheckin
        };
        "online".clone_into(&mut agent.status);
    }
    agent.last_provision_error = None;
    (agent.provision_action, agent.provision_requested_at) = (None, None);
    (agent.next_attempt_at, agent.waits_for_gateway_since) = (None, None);
    agent.setup_failures = 0;
    agent.files_version = Some(i64::from(workspace::VERSION));
    agent.files_base_url = Some(run.base_url.clone());
    let is_newer_wish = agent
        .files_wanted_at
        .is_some_and(|at| run.agent.provision_requested_at.is_some_and(|begun| at > begun));
    if !is_newer_wish {
        agent.files_wanted_at = None;
    }
    tracing::debug!(agent.id = %agent.id, files = report.files.len(), "agents.lifecycle.applied");
    agent
}

/// The agent after a run that failed: what it was before, with the error. While its gateway is away it waits.
fn fail(mut agent: Agent, action: Action, error: String, is_away: bool, now: DateTime<Utc>) -> Agent {
    if action != Action::Refresh {
        agent.lifecycle_state = if is_away { LifecycleState::Requested } else { LifecycleState::Failed };
        let lives = matches!(agent.presence(now), Presence::Online | Presence::Idle);
        if lives { "online" } else { "offline" }.clone_into(&mut agent.status);
    }
    agent.waits_for_gateway_since = is_away.then(|| agent.waits_for_gateway_since.unwrap_or(now));
    agent.setup_failures += 1;
    agent.last_provision_error = Some(error);
    // The action stays: it is still wanted.
    agent.provision_requested_at = None;
    agent
}

#[cfg(test)]
mod tests;
