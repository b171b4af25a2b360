//! Brings one message to its agent.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, Runner},
    sql,
};
use uuid::Uuid;

use super::{AgentMessage, JOB, MessageState, Outgoing, follow_up, records};
use crate::{
    Context, Result,
    agents::{Agent, LifecycleState, service, wake},
    gateways::{
        self,
        port::{Failure, GatewayError},
        rpc::{ChatMessage, Rpc},
    },
};

/// How long a message waits for a gateway that is away before it is given up.
const AWAY_MAX: TimeDelta = TimeDelta::hours(24);
/// The shortest and the longest pause between two looks at a gateway that is away, or an agent that is being set up.
const AWAY_PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));
/// The longest pause that a gateway may ask for.
const ASKED_PAUSE_MAX: Duration = Duration::from_secs(600);
/// The pause between two looks at a board that is paused; resuming it does not wait for that.
const PAUSED_PAUSE: Duration = Duration::from_secs(60);

/// Adds the job that carries messages.
#[must_use]
pub(crate) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(JOB, move |job| {
        let context = context.clone();
        async move { deliver(&context, &job).await }
    })
}

/// How a look at a message ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The gateway has taken it.
    Delivered,
    /// It was tried, and may work later.
    Failed(String),
    /// It was tried, and trying again changes nothing until somebody changes something.
    Refused(String),
    /// It could not be tried: the gateway is away, or a person has to do something there.
    Away(String, Option<Duration>),
    /// It is not to be tried yet.
    Held(&'static str, Duration),
}

impl From<GatewayError> for Outcome {
    fn from(error: GatewayError) -> Self {
        match error.failure {
            Failure::Timeout | Failure::NotFound | Failure::Conflict => Self::Failed(error.message),
            Failure::Unsupported | Failure::Refused => Self::Refused(error.message),
            _ => Self::Away(error.message, error.retry_after),
        }
    }
}

async fn deliver(context: &Context, job: &Job) -> Result<(), JobError> {
    let Some(id) = message_id(context, job).await? else { return Ok(()) };
    let message: Option<AgentMessage> =
        context.store().optional(sql("SELECT * FROM agent_messages WHERE id = $1").bind(id)).await?;
    let agent = match &message {
        Some(message) => service::by_id(context.store(), message.agent_id).await?,
        None => None,
    };
    let (Some(message), Some(agent)) = (message, agent) else {
        tracing::info!(message.id = %id, "agent.message.not_needed");
        return Ok(());
    };
    if message.state.is_settled() {
        return Ok(());
    }
    if agent.status == "deleting" {
        let reason = "The agent is being deleted".to_owned();
        let message = AgentMessage { failed_event: None, ..message };
        return Ok(settle(context, &agent, &message, MessageState::Dead, Some(&reason)).await?);
    }
    let Some(outcome) = attempt(context, &agent, &message).await? else { return Ok(()) };
    match outcome {
        Outcome::Delivered => Ok(settle(context, &agent, &message, MessageState::Delivered, None).await?),
        Outcome::Failed(reason) if !job.is_last_attempt() => {
            settle(context, &agent, &message, MessageState::Failed, Some(&reason)).await?;
            Err(JobError::Retry(reason))
        }
        Outcome::Failed(reason) | Outcome::Refused(reason) => {
            tracing::warn!(agent.id = %agent.id, message.id = %id, %reason, "agent.message.failed");
            Ok(settle(context, &agent, &message, MessageState::Dead, Some(&reason)).await?)
        }
        Outcome::Away(reason, asked) => {
            let now = context.store().clock().now();
            let since = message.waiting_since.unwrap_or(now);
            if now - since > AWAY_MAX {
                let reason = format!("{reason} (since {})", since.format("%Y-%m-%d %H:%M UTC"));
                tracing::warn!(agent.id = %agent.id, message.id = %id, %reason, "agent.message.failed");
                return Ok(settle(context, &agent, &message, MessageState::Dead, Some(&reason)).await?);
            }
            let pause = away_pause(now - since, asked);
            put_off(context, &message, &reason, Some(since), now, pause).await?;
            Err(JobError::Wait(reason, pause))
        }
        Outcome::Held(reason, pause) => {
            put_off(context, &message, reason, None, context.store().clock().now(), pause).await?;
            Err(JobError::Wait(reason.into(), pause))
        }
    }
}

/// The message of a job. One that an earlier version has enqueued is written down first.
async fn message_id(context: &Context, job: &Job) -> Result<Option<Uuid>, JobError> {
    let payload = &job.payload.0;
    if let Some(id) = payload.get("message_id") {
        let id = id.as_str().and_then(|id| Uuid::parse_str(id).ok());
        return id.map(Some).ok_or_else(|| JobError::Fatal("the job names no message_id".into()));
    }
    let outgoing: Outgoing = serde_json::from_value(payload.clone())
        .map_err(|error| JobError::Fatal(format!("the job holds no message: {error}")))?;
    let txn = context.store().begin().await?;
    let known: Option<(Uuid,)> =
        txn.optional(sql("SELECT id FROM agent_messages WHERE id = $1").bind(job.id)).await?;
    if known.is_some() {
        return Ok(Some(job.id));
    }
    if service::by_id(&txn, outgoing.agent_id).await?.is_none() {
        return Ok(None);
    }
    super::insert(&txn, job.id, &outgoing).await?;
    txn.run_one(sql("UPDATE agent_messages SET job_id = $1 WHERE id = $1").bind(job.id)).await?;
    txn.commit().await?;
    Ok(Some(job.id))
}

/// Tries to put the message into the session of its agent; none when it was settled meanwhile.
async fn attempt(context: &Context, agent: &Agent, message: &AgentMessage) -> Result<Option<Outcome>> {
    if message.kind.is_work() && is_paused(context, message).await? {
        return Ok(Some(Outcome::Held("The board is paused", PAUSED_PAUSE)));
    }
    let Some(gateway) = gateways::queries::of_agent(context.store(), agent.id).await? else {
        return Ok(Some(Outcome::Refused(format!("Agent {} has no gateway", agent.name))));
    };
    let Some(session_key) = agent.openclaw_session_id.as_deref() else {
        return Ok(Some(Outcome::Refused(format!("Agent {} has no session", agent.name))));
    };
    if matches!(agent.lifecycle_state, LifecycleState::Requested | LifecycleState::Applying) {
        let pause = away_pause(context.store().clock().now() - message.created_at, None);
        return Ok(Some(Outcome::Held("The agent is being set up", pause)));
    }
    if !is_taken(context, message).await? {
        return Ok(None);
    }
    let target = gateway.target(context)?;
    let words = ChatMessage {
        session_key,
        text: &message.content,
        deliver: message.deliver,
        // One key for all tries: the gateway drops what it has already.
        idempotency_key: message.send_key,
    };
    let sent = Rpc::new(context, &target).tell(&message.label, words).await;
    Ok(Some(sent.map_or_else(Outcome::from, |()| Outcome::Delivered)))
}

async fn is_paused(context: &Context, message: &AgentMessage) -> Result<bool> {
    let Some(board_id) = message.board_id else { return Ok(false) };
    let paused: Option<(i32,)> = context
        .store()
        .optional(sql("SELECT 1 FROM boards WHERE id = $1 AND paused_at IS NOT NULL").bind(board_id))
        .await?;
    Ok(paused.is_some())
}

/// Shows that the message is on its way, unless it was settled meanwhile.
async fn is_taken(context: &Context, message: &AgentMessage) -> Result<bool> {
    let txn = context.store().begin().await?;
    let rows = txn
        .run(
            sql("UPDATE agent_messages SET state = 'sending', updated_at = $2
                 WHERE id = $1 AND state IN ('queued', 'sending', 'failed')")
            .bind(message.id)
            .bind(txn.now()),
        )
        .await?;
    if message.wake {
        wake::announce(&txn, message.agent_id).await?;
    }
    txn.commit().await?;
    Ok(rows == 1)
}

/// How long to wait before the next look: the longer the gateway is away, the longer.
fn away_pause(away: TimeDelta, asked: Option<Duration>) -> Duration {
    let (shortest, longest) = AWAY_PAUSE;
    let grown = (away.to_std().unwrap_or_default() / 4).clamp(shortest, longest);
    asked.map_or(grown, |asked| asked.clamp(shortest, ASKED_PAUSE_MAX))
}

async fn put_off(
    context: &Context,
    message: &AgentMessage,
    reason: &str,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    pause: Duration,
) -> Result<()> {
    let next = TimeDelta::from_std(pause).map_or(now, |pause| now + pause);
    let txn = context.store().begin().await?;
    let changed = txn
        .run(
            sql("UPDATE agent_messages SET state = 'queued', last_error = $2, waiting_since = $3, next_attempt_at = $4,
                     updated_at = $5
                 WHERE id = $1 AND state IN ('queued', 'sending', 'failed')")
            .bind(message.id)
            .bind(reason)
            .bind(since)
            .bind(next)
            .bind(txn.now()),
        )
        .await?;
    // What waits on is told once for each reason.
    if changed == 1 && message.last_error.as_deref() != Some(reason) {
        txn.append(records::event("agent.message.delayed", message)).await?;
        follow_up::delayed(&txn, message, reason).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Writes down how a try went, once, also when the worker stops before the job counts as done and it runs again.
pub(super) async fn settle(
    context: &Context,
    agent: &Agent,
    message: &AgentMessage,
    state: MessageState,
    error: Option<&str>,
) -> Result<()> {
    let txn = context.store().begin().await?;
    let rows = txn
        .run(
            sql("UPDATE agent_messages SET state = $2, attempts = attempts + 1, last_error = $3, waiting_since = NULL,
                     next_attempt_at = $5, updated_at = $4, delivered_at = coalesce($6, delivered_at)
                 WHERE id = $1 AND state IN ('queued', 'sending', 'failed')")
            .bind(message.id)
            .bind(state.as_str())
            .bind(error)
            .bind(txn.now())
            .bind((state == MessageState::Failed).then(|| txn.now()))
            .bind((state == MessageState::Delivered).then(|| txn.now())),
        )
        .await?;
    if rows == 0 {
        return Ok(());
    }
    if state == MessageState::Delivered && message.wake {
        wake::sent(context, &txn, agent.id, message.kind.reason()).await?;
    }
    match (state, error) {
        (MessageState::Delivered, _) => {
            tell(&txn, agent, message, message.sent_event.as_deref(), None).await?;
            follow_up::delivered(&txn, message).await?;
        }
        (MessageState::Dead, reason) => {
            let reason = reason.unwrap_or_default();
            tell(&txn, agent, message, message.failed_event.as_deref(), Some(reason)).await?;
            follow_up::given_up(&txn, message, reason).await?;
        }
        (_, reason) => follow_up::failed(&txn, message, reason.unwrap_or_default()).await?,
    }
    txn.commit().await?;
    Ok(())
}

async fn tell(
    txn: &Txn,
    agent: &Agent,
    message: &AgentMessage,
    kind: Option<&str>,
    error: Option<&str>,
) -> Result<()> {
    let Some(kind) = kind else { return Ok(()) };
    let name = &agent.name;
    let sentence = match error {
        None => format!("Agent notified: {name}"),
        Some(reason) => format!("Agent not notified ({reason}): {name}"),
    };
    let mut event = NewEvent::new(kind.to_owned(), agent.organization_id)
        .agent(Some(agent.id))
        .message(sentence)
        .data(serde_json::json!({ "message_id": message.id }))
        .activity();
    if let Some(id) = message.board_id {
        event = event.board(id);
    }
    if let Some(id) = message.task_id {
        event = event.task(id);
    }
    txn.append(event).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_the_absence_and_heed_the_gateway() {
        let seconds = |away: i64, asked: Option<u64>| {
            away_pause(TimeDelta::seconds(away), asked.map(Duration::from_secs)).as_secs()
        };
        assert_eq!([seconds(0, None), seconds(20, None), seconds(9_000, None)], [1, 5, 15]);
        assert_eq!([seconds(0, Some(30)), seconds(0, Some(0)), seconds(9, Some(90_000))], [30, 1, 600]);
    }
}
