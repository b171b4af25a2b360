//! How payloads reach an agent: those that came for it within a short time become one message, and what becomes of the
//! message stands on each of them.

use std::time::Duration;

use chrono::TimeDelta;
use mc_store::{
    Json, Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob},
    sql,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::{DeliveryStatus, Webhook, rules::texts};
use crate::{
    Context, Result,
    agents::{
        self, Agent,
        messages::{self, AgentMessage, MessageKind, Outgoing},
    },
    boards::Board,
    gateways,
};

/// Makes a message of the payloads that wait for an agent; the job's payload is `{"payload_id": …}`.
pub(super) const JOB: &str = "webhook.deliver";

/// The least time between two messages of payloads to one agent; what comes meanwhile goes into the second one.
const WINDOW: TimeDelta = TimeDelta::seconds(10);
/// The pause after two jobs took the same payloads.
const CONTENTION_PAUSE: Duration = Duration::from_millis(500);
/// The most payloads of one message.
const EVENTS_MAX: i64 = 20;

/// The job for a payload. Payloads for one agent are looked at one after another.
pub(super) fn job(webhook: &Webhook, payload_id: Uuid) -> NewJob {
    let lane = match webhook.agent_id {
        Some(agent) => format!("webhooks:{agent}"),
        None => format!("webhooks-lead:{}", webhook.board_id),
    };
    NewJob::new(JOB, json!({ "payload_id": payload_id })).lane(lane)
}

/// One payload that waits, with the instruction of its webhook.
#[derive(sqlx::FromRow)]
struct Waiting {
    id: Uuid,
    webhook_id: Uuid,
    description: String,
    payload: Json<Box<RawValue>>,
}

/// Hands a payload over to the messages of its agent — the mapped one while it is on this board, else the lead — with
/// the others that wait for the same agent. A payload that is not waiting, or is gone, needs nothing. Nobody to reach is
/// an outcome, not an error: it stands on the payload and in the activity feed, and the payload can be redelivered.
///
/// # Errors
/// `Wait` while the agent has just got such a message; `Retry` when the database failed; `Fatal` when the job names no
/// payload.
pub(super) async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    let id = job.payload.0.get("payload_id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let payload_id = id.ok_or_else(|| JobError::Fatal("the job names no payload_id".into()))?;
    let Some((webhook, board)) = load(context, payload_id).await? else {
        tracing::info!(payload.id = %payload_id, "webhook.delivery.not_needed");
        return Ok(());
    };
    let agent = target(context, &webhook).await?;
    let reason = match &agent {
        None => Some("The board has no lead agent yet".to_owned()),
        Some(agent) if gateways::queries::of_agent(context.store(), agent.id).await?.is_none() => {
            Some(format!("Agent {} has no gateway", agent.name))
        }
        Some(agent) if agent.openclaw_session_id.is_none() => {
            Some(format!("Agent {} has no session", agent.name))
        }
        Some(_) => None,
    };
    if let Some(reason) = reason {
        return Ok(refuse(context, &board, &webhook, payload_id, agent.as_ref(), &reason).await?);
    }
    let Some(agent) = agent else { return Ok(()) };
    if let Some(pause) = window_left(context, agent.id).await? {
        return Err(JobError::Wait("the agent has just got such a message".into(), pause));
    }
    if hand_over(context, &board, &agent).await? {
        Ok(())
    } else {
        Err(JobError::Wait("somebody else is at these payloads".into(), CONTENTION_PAUSE))
    }
}

async fn load(context: &Context, payload_id: Uuid) -> Result<Option<(Webhook, Board)>> {
    let store = context.store();
    let webhook: Option<Webhook> = store
        .optional(
            sql("SELECT w.* FROM board_webhook_payloads p JOIN board_webhooks w ON w.id = p.webhook_id
                 WHERE p.id = $1 AND p.delivery_status = 'pending' AND p.message_id IS NULL")
            .bind(payload_id),
        )
        .await?;
    let Some(webhook) = webhook else { return Ok(None) };
    let board: Option<Board> =
        store.optional(sql("SELECT * FROM boards WHERE id = $1").bind(webhook.board_id)).await?;
    Ok(board.map(|board| (webhook, board)))
}

async fn target(context: &Context, webhook: &Webhook) -> Result<Option<Agent>> {
    let mapped = match webhook.agent_id {
        Some(id) => agents::service::by_id(context.store(), id).await?,
        None => None,
    };
    match mapped.filter(|agent| agent.board_id == Some(webhook.board_id)) {
        Some(agent) => Ok(Some(agent)),
        None => agents::service::lead_of(context.store(), webhook.board_id).await,
    }
}

/// How long the next message has to wait, because the agent got one a moment ago.
async fn window_left(context: &Context, agent_id: Uuid) -> Result<Option<Duration>> {
    let now = context.store().clock().now();
    let last: Option<(chrono::DateTime<chrono::Utc>,)> = context
        .store()
        .optional(
            sql("SELECT created_at FROM agent_messages
                 WHERE agent_id = $1 AND kind = 'webhook' AND created_at > $2 ORDER BY created_at DESC LIMIT 1")
            .bind(agent_id)
            .bind(now - WINDOW),
        )
        .await?;
    Ok(last.and_then(|(last,)| (last + WINDOW - now).to_std().ok()).filter(|left| !left.is_zero()))
}

/// Makes one message of what waits for the agent, oldest first. `false` when some of it was taken meanwhile; then
/// nothing has happened.
async fn hand_over(context: &Context, board: &Board, agent: &Agent) -> Result<bool> {
    // Contents may be long: they are read and shortened before the transaction.
    let waiting: Vec<Waiting> = context
        .store()
        .all(
            sql("SELECT p.id, p.webhook_id, w.description, p.payload
                 FROM board_webhook_payloads p JOIN board_webhooks w ON w.id = p.webhook_id
                 WHERE p.board_id = $1 AND p.delivery_status = 'pending' AND p.message_id IS NULL
                   AND CASE WHEN EXISTS (SELECT 1 FROM agents a WHERE a.id = w.agent_id AND a.board_id = $1)
                            THEN w.agent_id = $2 ELSE CAST($3 AS BOOLEAN) END
                 ORDER BY p.received_at, p.id LIMIT $4")
            .bind(board.id)
            .bind(agent.id)
            .bind(agent.is_board_lead)
            .bind(EVENTS_MAX),
        )
        .await?;
    if waiting.is_empty() {
        return Ok(true);
    }
    // A content that is nested too deeply to be read as a value is shown as its text.
    let contents: Vec<Value> = waiting
        .iter()
        .map(|waiting| {
            let text = waiting.payload.0.get();
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
        })
        .collect();
    let events: Vec<texts::Event<'_>> = waiting
        .iter()
        .zip(&contents)
        .map(|(waiting, content)| texts::Event {
            place: texts::Place {
                board_id: board.id,
                webhook_id: waiting.webhook_id,
                payload_id: waiting.id,
            },
            description: &waiting.description,
            content,
        })
        .collect();
    let mark = context.store().ids().unguessable().simple().to_string();
    let text = texts::agent_message(&board.name, &events, &mark[..8]);
    let outgoing = Outgoing {
        kind: MessageKind::Webhook,
        board_id: Some(board.id),
        subject_id: waiting.first().map(|first| first.id),
        wake: true,
        ..Outgoing::to(agent, text)
    };
    let txn = context.store().begin().await?;
    let message_id = messages::enqueue_with_id(&txn, &outgoing).await?;
    let update = Query::update()
        .table(Alias::new("board_webhook_payloads"))
        .value(Alias::new("message_id"), message_id)
        .and_where(Expr::col(Alias::new("id")).is_in(waiting.iter().map(|waiting| waiting.id)))
        .and_where(Expr::col(Alias::new("message_id")).is_null())
        .and_where(Expr::col(Alias::new("delivery_status")).eq(DeliveryStatus::Pending.as_str()))
        .take();
    if txn.run(txn.render(&update)).await? != u64::try_from(waiting.len()).unwrap_or(u64::MAX) {
        return Ok(false);
    }
    txn.commit().await?;
    Ok(true)
}

/// Gives a payload up that nobody can get. One that somebody has settled meanwhile is left alone.
async fn refuse(
    context: &Context,
    board: &Board,
    webhook: &Webhook,
    payload_id: Uuid,
    agent: Option<&Agent>,
    reason: &str,
) -> Result<()> {
    let txn = context.store().begin().await?;
    let rows = txn
        .run(
            sql("UPDATE board_webhook_payloads SET delivery_status = 'failed', delivery_attempts = delivery_attempts + 1,
                     delivery_error = $2, delivery_updated_at = $3
                 WHERE id = $1 AND delivery_status = 'pending'")
            .bind(payload_id)
            .bind(reason)
            .bind(txn.now()),
        )
        .await?;
    if rows == 1 {
        let told = Told {
            organization_id: board.organization_id,
            board_id: board.id,
            agent: agent.map(|agent| (agent.id, agent.name.as_str())),
        };
        let carried =
            Carried { id: payload_id, webhook_id: webhook.id, description: webhook.description.clone() };
        tell(&txn, &told, &carried, DeliveryStatus::Failed, Some(reason)).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// The agent has got the payloads of a message.
pub(crate) async fn delivered(txn: &Txn, message: &AgentMessage) -> Result<()> {
    settle(txn, message, DeliveryStatus::Delivered, None, 1).await
}

/// A try to bring the payloads of a message failed; there will be another one.
pub(crate) async fn failed(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    settle(txn, message, DeliveryStatus::Pending, Some(reason), 1).await
}

/// The payloads of a message wait for something.
pub(crate) async fn delayed(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    settle(txn, message, DeliveryStatus::Pending, Some(reason), 0).await
}

/// A message with payloads was given up.
pub(crate) async fn given_up(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    settle(txn, message, DeliveryStatus::Failed, Some(reason), 1).await
}

/// A message with payloads that was given up is sent once more.
pub(crate) async fn wanted_again(txn: &Txn, message: &AgentMessage) -> Result<()> {
    txn.run(
        sql("UPDATE board_webhook_payloads SET delivery_status = 'pending', delivery_updated_at = $2
             WHERE message_id = $1 AND delivery_status = 'failed'")
        .bind(message.id)
        .bind(txn.now()),
    )
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Carried {
    id: Uuid,
    webhook_id: Uuid,
    description: String,
}

/// Writes down on the payloads of a message how it went.
async fn settle(
    txn: &Txn,
    message: &AgentMessage,
    status: DeliveryStatus,
    error: Option<&str>,
    attempts: i64,
) -> Result<()> {
    let carried: Vec<Carried> = txn
        .all(
            sql("UPDATE board_webhook_payloads SET delivery_status = $2, delivery_attempts = delivery_attempts + $3,
                     delivery_error = $4, delivery_updated_at = $5,
                     delivered_at = CASE WHEN $2 = 'delivered' THEN $5 ELSE delivered_at END
                 WHERE message_id = $1 AND delivery_status = 'pending'
                 RETURNING id, webhook_id,
                     (SELECT w.description FROM board_webhooks w WHERE w.id = webhook_id) AS description")
            .bind(message.id)
            .bind(status.as_str())
            .bind(attempts)
            .bind(error)
            .bind(txn.now()),
        )
        .await?;
    let Some(board_id) = message.board_id else { return Ok(()) };
    let told = Told {
        organization_id: message.organization_id,
        board_id,
        agent: Some((message.agent_id, message.label.as_str())),
    };
    for payload in &carried {
        tell(txn, &told, payload, status, error).await?;
    }
    Ok(())
}

/// Where a delivery is told of, and whom it was for.
struct Told<'a> {
    organization_id: Uuid,
    board_id: Uuid,
    agent: Option<(Uuid, &'a str)>,
}

async fn tell(
    txn: &Txn,
    told: &Told<'_>,
    payload: &Carried,
    status: DeliveryStatus,
    error: Option<&str>,
) -> Result<()> {
    let title = texts::title(&payload.description);
    let reason = error.unwrap_or_default();
    let (kind, message) = match (status, told.agent) {
        (DeliveryStatus::Delivered, Some((_, name))) => {
            ("webhook.delivered", format!("Webhook payload delivered to {name}: {title}"))
        }
        (DeliveryStatus::Delivered, None) => {
            ("webhook.delivered", format!("Webhook payload delivered: {title}"))
        }
        (DeliveryStatus::Failed, _) => {
            ("webhook.delivery_failed", format!("Webhook payload not delivered ({reason}): {title}"))
        }
        (DeliveryStatus::Pending, _) => {
            ("webhook.delivery_delayed", format!("Webhook payload not delivered yet ({reason}): {title}"))
        }
    };
    let event = NewEvent::new(kind, told.organization_id)
        .board(told.board_id)
        .agent(told.agent.map(|(id, _)| id))
        .message(message)
        .data(json!({ "webhook_id": payload.webhook_id, "payload_id": payload.id, "error": error }));
    // The feed that people read tells outcomes; a try that is repeated is for live views only.
    txn.append(if status == DeliveryStatus::Pending { event } else { event.activity() }).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
