//! Setting up an agent on its gateway: a short transaction that claims a new run, the work on the
//! gateway outside of any transaction, and a short one that writes down how it ended. Of two runs
//! only the newer one may finish.

use chrono::TimeDelta;
use mc_store::{Read, Txn, sql};
use uuid::Uuid;

use super::{
    Agent, LifecycleState,
    model::agent_columns,
    presence::Presence,
    runtime::{self, Home},
    service,
};
use crate::{
    Context, Error, Kind, Result,
    gateways::port::{GatewayError, Target},
};

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

/// A run that was claimed.
struct Run {
    agent: Agent,
    target: Target,
    action: Action,
}

/// Sets up an agent on its gateway, or brings it up to date there. The row stays whatever happens; a
/// failure is kept in it.
///
/// # Errors
/// `BadGateway` when the gateway could not be set up; `Invalid` when the agent's gateway is incomplete;
/// `NotFound` when the agent is gone; `Conflict` when it is being deleted.
pub async fn request(context: &Context, agent_id: Uuid, action: Action) -> Result<Agent> {
    let run = begin(context, agent_id, action).await?;
    let outcome = apply(context, &run).await;
    finish(context, &run, outcome).await
}

async fn begin(context: &Context, agent_id: Uuid, action: Action) -> Result<Run> {
    let txn = context.store().begin().await?;
    let mut agent = service::lock(&txn, agent_id).await?;
    service::refuse_deleting(&agent)?;
    let home = match agent.gateway_id {
        Some(id) => Home::find(&txn, agent.organization_id, id).await?,
        None => None,
    };
    let home = home.ok_or_else(|| Error::invalid("The agent lives on no gateway of this server"))?;
    home.check()?;
    let target = home.target(context)?;
    agent.lifecycle_generation += 1;
    agent.lifecycle_state = LifecycleState::Applying;
    action.status().clone_into(&mut agent.status);
    agent.openclaw_session_id = runtime::session_key(&agent);
    agent.provision_action = Some(action.as_str().to_owned());
    agent.provision_requested_at = Some(txn.now());
    agent.last_provision_error = None;
    let agent = service::save(&txn, agent).await?;
    let [wanted, ..] = action.events();
    txn.append(service::event(wanted, &agent)).await?;
    txn.commit().await?;
    Ok(Run { agent, target, action })
}

/// The work on the gateway. It makes sure that the gateway can be worked with.
async fn apply(context: &Context, run: &Run) -> Result<(), GatewayError> {
    let hello = runtime::within(context.gateways().hello(&run.target)).await?;
    tracing::debug!(
        agent.id = %run.agent.id, agent.generation = run.agent.lifecycle_generation, gateway.protocol = hello.protocol,
        "agents.lifecycle.applied"
    );
    Ok(())
}

async fn finish(context: &Context, run: &Run, outcome: Result<(), GatewayError>) -> Result<Agent> {
    let txn = context.store().begin().await?;
    let present = service::lock(&txn, run.agent.id).await?;
    if present.lifecycle_generation != run.agent.lifecycle_generation {
        // A newer run decides what becomes of the agent.
        return Ok(present);
    }
    let [_, done, failed] = run.action.events();
    let name = &present.name;
    let (event, agent, answer) = match outcome {
        Ok(()) => {
            let verb = match run.action {
                Action::Provision => "provisioned",
                Action::Update => "updated",
            };
            let event = service::event(done, &present).message(format!("Agent {verb} directly: {name}"));
            (event, set_up(present), None)
        }
        Err(error) => {
            let text: String = error.message.chars().take(ERROR_MAX).collect();
            let event = service::event(failed, &present).message(text.clone());
            let answer = format!("Gateway {} failed: {text}", run.action.as_str());
            (event, fail(present, text, txn.now()), Some(answer))
        }
    };
    let agent = service::save(&txn, agent).await?;
    txn.append(event.activity()).await?;
    txn.commit().await?;
    match answer {
        None => Ok(agent),
        Some(text) => Err(Error::text(Kind::BadGateway, text).code("gateway_unavailable")),
    }
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
    (agent.provision_action, agent.provision_requested_at) = (None, None);
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
        let action = match agent.provision_action.as_deref() {
            Some("update") => Action::Update,
            _ => Action::Provision,
        };
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
                " FROM agents WHERE lifecycle_state IN ('requested', 'applying') AND provision_requested_at < $1
                  ORDER BY provision_requested_at, id LIMIT $2"
            ))
            .bind(txn.now() - RUN_MAX)
            .bind(BATCH),
        )
        .await?)
}

#[cfg(test)]
mod tests;
