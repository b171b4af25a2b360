//! How words reach an agent: a message is a job, written in the transaction of what it tells, and goes into the session
//! of the agent on its gateway. Messages to one agent arrive in their order.

use mc_store::{
    Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob, Runner},
    sql,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Agent, service, wake};
use crate::{
    Context, Result,
    gateways::{
        self,
        port::GatewayError,
        rpc::{ChatMessage, Rpc},
    },
};

/// Carries one message; the payload is an [`Outgoing`].
pub(crate) const JOB: &str = "agent.message";

/// A message for an agent, and what is written down about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    /// Who is told.
    pub(crate) agent_id: Uuid,
    /// The board that it is about.
    pub(crate) board_id: Option<Uuid>,
    /// The task that it is about.
    pub(crate) task_id: Option<Uuid>,
    /// The name that the gateway shows for the session.
    pub(crate) label: String,
    /// What the agent is told.
    #[serde(rename = "message")]
    pub(crate) text: String,
    /// Whether the agent's answer goes out to its channels, not only into its session.
    #[serde(default)]
    pub(crate) deliver: bool,
    /// Whether the message is to get the agent to work.
    #[serde(default)]
    pub(crate) wake: bool,
    /// The activity that tells of the message when it was sent.
    pub(crate) sent_event: Option<String>,
    /// The activity that tells of the message when it was given up.
    pub(crate) failed_event: Option<String>,
}

impl Outgoing {
    /// A message under the agent's name, about its board. It is not delivered to channels, wakes nobody, and leaves no
    /// activity, until the fields say so.
    pub(crate) fn to(agent: &Agent, text: impl Into<String>) -> Self {
        Self {
            agent_id: agent.id,
            board_id: agent.board_id,
            task_id: None,
            label: agent.name.clone(),
            text: text.into(),
            deliver: false,
            wake: false,
            sent_event: None,
            failed_event: None,
        }
    }
}

/// Enqueues a message. It is sent after the commit. Callers leave out agents without a session.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn enqueue(txn: &Txn, outgoing: &Outgoing) -> Result<()> {
    let payload = serde_json::to_value(outgoing).map_err(crate::Error::internal)?;
    let lane = format!("agent:{}", outgoing.agent_id);
    txn.enqueue(NewJob::new(JOB, payload).lane(lane)).await?;
    Ok(())
}

/// Adds the job that carries messages.
#[must_use]
pub(crate) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(JOB, move |job| {
        let context = context.clone();
        async move { deliver(&context, &job).await }
    })
}

/// Why a message did not reach an agent, as a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Undeliverable {
    /// Trying again changes nothing until somebody changes something.
    #[error("{0}")]
    Unreachable(String),
    /// It may work later.
    #[error("{0}")]
    Transient(String),
}

impl From<GatewayError> for Undeliverable {
    fn from(error: GatewayError) -> Self {
        if error.is_transient() { Self::Transient(error.message) } else { Self::Unreachable(error.message) }
    }
}

/// A message for the session of an agent that goes out now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a> {
    /// The name that the gateway shows for the session.
    pub(crate) label: &'a str,
    /// What the agent is told.
    pub(crate) text: &'a str,
    /// Whether the agent's answer goes out to its channels, not only into its session.
    pub(crate) deliver: bool,
    /// The same for every try of one message, so that a message that arrives twice counts once.
    pub(crate) idempotency_key: Uuid,
}

/// Puts words into the session of an agent. For jobs: it waits for the gateway.
///
/// # Errors
/// With the reason why the agent was not reached; the outer error is a failure of ours.
pub(crate) async fn send(
    context: &Context,
    agent: &Agent,
    words: Words<'_>,
) -> Result<Result<(), Undeliverable>> {
    let unreachable = |text: String| Ok(Err(Undeliverable::Unreachable(text)));
    let Some(gateway) = gateways::queries::of_agent(context.store(), agent.id).await? else {
        return unreachable(format!("Agent {} has no gateway", agent.name));
    };
    let Some(session_key) = agent.openclaw_session_id.as_deref() else {
        return unreachable(format!("Agent {} has no session", agent.name));
    };
    let target = gateway.target(context)?;
    let Words { label, text, deliver, idempotency_key } = words;
    let message = ChatMessage { session_key, text, deliver, idempotency_key };
    Ok(Rpc::new(context, &target).tell(label, message).await.map_err(Undeliverable::from))
}

/// Sends a message. An agent that is gone needs none. Nobody to reach is an outcome, not an error: it stands in the
/// activity feed.
async fn deliver(context: &Context, job: &Job) -> Result<(), JobError> {
    let outgoing: Outgoing = serde_json::from_value(job.payload.0.clone())
        .map_err(|error| JobError::Fatal(format!("the job holds no message: {error}")))?;
    let agent = service::by_id(context.store(), outgoing.agent_id).await?;
    let Some(agent) = agent.filter(|agent| agent.status != "deleting") else {
        tracing::info!(agent.id = %outgoing.agent_id, "agent.message.not_needed");
        return Ok(());
    };
    let words = Words {
        label: &outgoing.label,
        text: &outgoing.text,
        deliver: outgoing.deliver,
        // One key for all tries of this job: the gateway drops what it has already.
        idempotency_key: job.id,
    };
    match send(context, &agent, words).await? {
        Err(Undeliverable::Transient(reason)) if !job.is_last_attempt() => Err(JobError::Retry(reason)),
        Ok(()) => Ok(settle(context, job.id, &agent, &outgoing, None).await?),
        Err(Undeliverable::Transient(reason) | Undeliverable::Unreachable(reason)) => {
            tracing::warn!(agent.id = %agent.id, %reason, "agent.message.failed");
            Ok(settle(context, job.id, &agent, &outgoing, Some(&reason)).await?)
        }
    }
}

/// Writes down once how it went, also when the worker stops before the job counts as done and it runs again.
async fn settle(
    context: &Context,
    job_id: Uuid,
    agent: &Agent,
    outgoing: &Outgoing,
    error: Option<&str>,
) -> Result<()> {
    let name = &agent.name;
    let (kind, message) = match error {
        None => (&outgoing.sent_event, format!("Agent notified: {name}")),
        Some(reason) => (&outgoing.failed_event, format!("Agent not notified ({reason}): {name}")),
    };
    let txn = context.store().begin().await?;
    if error.is_none() && outgoing.wake {
        wake::sent(context, &txn, agent.id, "message").await?;
    }
    if let Some(kind) = kind {
        // The job's id is the event's: it is told once.
        let told: Option<(i64,)> =
            txn.optional(sql("SELECT position FROM events WHERE id = $1").bind(job_id)).await?;
        if told.is_none() {
            let mut event = NewEvent::new(kind.clone(), agent.organization_id)
                .id(job_id)
                .agent(Some(agent.id))
                .message(message)
                .activity();
            if let Some(id) = outgoing.board_id {
                event = event.board(id);
            }
            if let Some(id) = outgoing.task_id {
                event = event.task(id);
            }
            txn.append(event).await?;
        }
    }
    txn.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
