//! Setting up an agent on its gateway: a short transaction that claims a new run, the work on the
//! gateway outside of any transaction, and a short one that writes down how it ended. Of two runs
//! only the newer one may finish. What a gateway that was away did not get, a job tries again.

use std::time::Duration;

use chrono::TimeDelta;
use mc_store::{
    Read, Txn,
    jobs::{Job, JobError, NewJob},
    sql,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Agent, LifecycleState,
    model::agent_columns,
    presence::Presence,
    runtime::{self, PATIENCE, Remains},
    service,
};
use crate::{
    Context, Error, Kind, Result,
    gateways::{
        self,
        port::{GatewayError, Target},
        rpc::{MAIN_LABEL, Rpc, within},
    },
};

/// Sets up an agent that nobody waits for; the payload names the agent and the generation that is to be overcome.
pub(super) const JOB: &str = "agent.lifecycle";
/// The pause before a gateway that was away is tried again.
const RETRY_AFTER: TimeDelta = TimeDelta::seconds(60);
/// After this long a wish that nobody has taken up is taken up by a job.
const TAKE_UP_AFTER: TimeDelta = TimeDelta::minutes(1);
/// After this long a run that has not ended was cut off with its process.
const RUN_MAX: TimeDelta = TimeDelta::minutes(5);
/// The longest error that is kept, in characters.
const ERROR_MAX: usize = 1_000;
/// The most runs that are ended at once.
const BATCH: i64 = 200;

/// What is to be done on the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make the agent there.
    Provision,
    /// Bring its files and settings up to date.
    Update,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Update => "update",
        }
    }

    /// What the row of an agent wants.
    fn of(agent: &Agent) -> Self {
        match agent.provision_action.as_deref() {
            Some("update") => Self::Update,
            _ => Self::Provision,
        }
    }

    /// The status while the run is under way.
    fn status(self) -> &'static str {
        match self {
            Self::Provision => "provisioning",
            Self::Update => "updating",
        }
    }

    /// The events of a run: wanted, done, failed.
    fn events(self) -> [&'static str; 3] {
        match self {
            Self::Provision => {
                ["agent.provision.requested", "agent.provision.direct", "agent.provision.failed"]
            }
            Self::Update => ["agent.update.requested", "agent.update.direct", "agent.update.failed"],
        }
    }
}

/// How a run goes about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Whether the session begins anew.
    pub(crate) reset_session: bool,
    /// How long the gateway has for all of it.
    pub(crate) patience: Duration,
    /// Whether a job is to try again when the gateway was away.
    pub(crate) retries: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self { reset_session: false, patience: PATIENCE, retries: false }
    }
}

/// A run that was claimed.
struct Run {
    agent: Agent,
    target: Target,
    workspace: String,
    action: Action,
}

/// Sets up an agent on its gateway, or brings it up to date there. The row stays whatever happens; a
/// failure is kept in it.
///
/// # Errors
/// `BadGateway` when the gateway could not be set up; `Invalid` when the agent's gateway is incomplete;
/// `NotFound` when the agent is gone; `Conflict` when it is being deleted.
pub async fn request(context: &Context, agent_id: Uuid, action: Action) -> Result<Agent> {
    attempt(context, agent_id, action, true).await
}

/// One run; `retries` says whether a job is to try again when the gateway was away.
async fn attempt(context: &Context, agent_id: Uuid, action: Action, retries: bool) -> Result<Agent> {
    let manner = Manner { retries, ..Manner::default() };
    let (agent, outcome) = run(context, agent_id, action, manner).await?;
    let what = format!("Gateway {} failed", action.as_str());
    outcome.map_err(|error| gateways::rules::bad_gateway(&what, &error))?;
    Ok(agent)
}

/// As [`request`], with the gateway's own words beside the agent as it is then.
///
/// # Errors
/// As [`request`], but for what the gateway said.
pub(crate) async fn run(
    context: &Context,
    agent_id: Uuid,
    action: Action,
    manner: Manner,
) -> Result<(Agent, Result<(), GatewayError>)> {
    let run = begin(context, agent_id, action).await?;
    let outcome = within(manner.patience, apply(context, &run, manner.reset_session)).await;
    let agent = finish(context, &run, outcome.as_ref().err(), manner.retries).await?;
    Ok((agent, outcome))
}

async fn enqueue(txn: &Txn, agent: &Agent, delay: TimeDelta) -> Result<()> {
    let payload = json!({ "agent_id": agent.id, "generation": agent.lifecycle_generation });
    let key = format!("{JOB}:{}", agent.id);
    txn.enqueue(NewJob::new(JOB, payload).delay(delay).dedupe(key)).await?;
    Ok(())
}

/// Runs the job: once more for an agent that is as it was when the job was enqueued, but for the job's own attempts.
///
/// # Errors
/// `Retry` when the gateway is away; `Fatal` when the job names no agent or the agent cannot be set up at all.
pub(super) async fn run_job(context: &Context, job: &Job) -> Result<(), JobError> {
    let payload = &job.payload.0;
    let id = payload.get("agent_id").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok());
    let generation = payload.get("generation").and_then(Value::as_i64);
    let (Some(id), Some(generation)) = (id, generation) else {
        return Err(JobError::Fatal("the job names no agent_id and generation".into()));
    };
    let Some(agent) = service::by_id(context.store(), id).await? else { return Ok(()) };
    let is_open = matches!(agent.lifecycle_state, LifecycleState::Requested | LifecycleState::Failed);
    if !is_open || agent.lifecycle_generation != generation + job.attempts - 1 {
        return Ok(());
    }
    match attempt(context, id, Action::of(&agent), false).await {
        Ok(_) => Ok(()),
        // What stands on the agent needs no dead letter.
        Err(error) if error.kind == Kind::BadGateway && job.is_last_attempt() => Ok(()),
        Err(error) if error.kind == Kind::BadGateway => Err(JobError::Retry("the gateway is away".into())),
        Err(error) => Err(JobError::Fatal(error.to_string())),
    }
}

/// Takes up the wishes that nobody waits for any more, each once.
///
/// # Errors
/// When the database fails.
pub(super) async fn take_up_wishes(context: &Context) -> Result<()> {
    let txn = context.store().begin().await?;
    let wanted: Vec<Agent> = txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE lifecycle_state = 'requested' AND provision_requested_at < $1
                    AND board_id IS NOT NULL ORDER BY provision_requested_at, id LIMIT $2"
            ))
            .bind(txn.now() - TAKE_UP_AFTER)
            .bind(BATCH),
        )
        .await?;
    for agent in wanted {
        enqueue(&txn, &agent, TimeDelta::zero()).await?;
    }
    txn.commit().await?;
    Ok(())
}

async fn begin(context: &Context, agent_id: Uuid, action: Action) -> Result<Run> {
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
    agent.lifecycle_generation += 1;
    agent.lifecycle_state = LifecycleState::Applying;
    action.status().clone_into(&mut agent.status);
    agent.openclaw_session_id = runtime::session_key(&agent);
    let key = Remains::of(&agent).map(|remains| remains.agent_key).unwrap_or_default();
    let workspace = gateways::rules::workspace(&gateway.workspace_root, &key);
    agent.provision_action = Some(action.as_str().to_owned());
    agent.provision_requested_at = Some(txn.now());
    agent.last_provision_error = None;
    let agent = service::save(&txn, agent).await?;
    let [wanted, ..] = action.events();
    txn.append(service::event(wanted, &agent)).await?;
    txn.commit().await?;
    Ok(Run { agent, target, workspace, action })
}

/// The work on the gateway: it gets to know the agent, and the agent gets its session.
async fn apply(context: &Context, run: &Run, reset_session: bool) -> Result<(), GatewayError> {
    let rpc = Rpc::new(context, &run.target);
    rpc.hello().await?;
    let agent = &run.agent;
    let session_key = agent.openclaw_session_id.as_deref().unwrap_or_default();
    let registration = gateways::Registration {
        key: gateways::agent_key(session_key).unwrap_or_default(),
        name: &agent.name,
        workspace: &run.workspace,
        session_key,
        label: if agent.board_id.is_none() { MAIN_LABEL } else { &agent.name },
        reset_session,
    };
    registration.apply(rpc).await?;
    tracing::debug!(
        agent.id = %agent.id, agent.generation = agent.lifecycle_generation, "agents.lifecycle.applied"
    );
    Ok(())
}

async fn finish(context: &Context, run: &Run, error: Option<&GatewayError>, retries: bool) -> Result<Agent> {
    let txn = context.store().begin().await?;
    let present = service::lock(&txn, run.agent.id).await?;
    if present.lifecycle_generation != run.agent.lifecycle_generation {
        // A newer run decides what becomes of the agent.
        return Ok(present);
    }
    let [_, done, failed] = run.action.events();
    let tries_again = retries && error.is_some_and(GatewayError::is_transient);
    let name = &present.name;
    let (event, agent) = match error {
        None => {
            let verb = match run.action {
                Action::Provision => "provisioned",
                Action::Update => "updated",
            };
            let event = service::event(done, &present).message(format!("Agent {verb} directly: {name}"));
            (event, set_up(present))
        }
        Some(error) => {
            let text: String = error.message.chars().take(ERROR_MAX).collect();
            let event = service::event(failed, &present).message(text.clone());
            (event, fail(present, text, txn.now()))
        }
    };
    let agent = service::save(&txn, agent).await?;
    txn.append(event.activity()).await?;
    if tries_again {
        enqueue(&txn, &agent, RETRY_AFTER).await?;
    }
    txn.commit().await?;
    Ok(agent)
}

/// The agent after a run that did its work: it is expected to call.
fn set_up(mut agent: Agent) -> Agent {
    agent.lifecycle_state = LifecycleState::AwaitingCheckin;
    "online".clone_into(&mut agent.status);
    (agent.provision_action, agent.provision_requested_at) = (None, None);
    agent
}

/// The agent after a run that failed: what it was before, with the error.
fn fail(mut agent: Agent, error: String, now: chrono::DateTime<chrono::Utc>) -> Agent {
    agent.lifecycle_state = LifecycleState::Failed;
    let lives = matches!(agent.presence(now), Presence::Online | Presence::Idle);
    if lives { "online" } else { "offline" }.clone_into(&mut agent.status);
    agent.last_provision_error = Some(error);
    // The action stays: it is still wanted.
    agent.provision_requested_at = None;
    agent
}

/// Ends runs that were cut off with their process, as failed.
///
/// # Errors
/// When the database fails.
pub(super) async fn end_lost_runs(context: &Context) -> Result<usize> {
    let txn = context.store().begin().await?;
    let lost: Vec<Agent> = lost_runs(&txn).await?;
    let count = lost.len();
    for agent in lost {
        let agent = service::lock(&txn, agent.id).await?;
        let action = Action::of(&agent);
        let text = "The server stopped while the gateway was being set up".to_owned();
        let mut agent = fail(agent, text.clone(), txn.now());
        // A process that still runs must not finish this run any more.
        agent.lifecycle_generation += 1;
        let agent = service::save(&txn, agent).await?;
        let [.., failed] = action.events();
        txn.append(service::event(failed, &agent).message(text).activity()).await?;
    }
    txn.commit().await?;
    Ok(count)
}

async fn lost_runs(txn: &Txn) -> Result<Vec<Agent>> {
    Ok(txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE lifecycle_state = 'applying' AND provision_requested_at < $1 AND board_id IS NOT NULL
                  ORDER BY provision_requested_at, id LIMIT $2"
            ))
            .bind(txn.now() - RUN_MAX)
            .bind(BATCH),
        )
        .await?)
}

#[cfg(test)]
mod tests;
