//! What happens to payloads later: they are delivered, and one day deleted.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob, Runner, Schedule},
    sql,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::{Value, json, value::RawValue};
use uuid::Uuid;

use super::{DeliveryStatus, Webhook, payloads, rules::texts};
use crate::{
    Context, Error, Kind, Result,
    agents::{
        self, Agent,
        messages::{self, Undeliverable, Words},
    },
    boards::Board,
};

/// Delivers one payload; the job's payload is `{"payload_id": …}`.
pub const DELIVER: &str = "webhook.deliver";
/// Deletes old payloads; needs no payload.
pub const PURGE: &str = "webhooks.purge";

/// How many payloads one transaction of [`purge`] deletes.
const PURGE_BATCH: i64 = 500;
/// How many transactions one run of [`purge`] makes; the next run goes on.
const PURGE_ROUNDS: usize = 200;

/// Adds the jobs on webhooks, and when the recurring one runs.
#[must_use]
pub fn register(runner: Runner, context: &Context) -> Runner {
    let (delivering, purging) = (context.clone(), context.clone());
    runner
        .handler(DELIVER, move |job| {
            let context = delivering.clone();
            async move { deliver(&context, &job).await }
        })
        .handler(PURGE, move |_| {
            let context = purging.clone();
            async move { Ok(purge(&context).await?) }
        })
        .schedule(Schedule { name: PURGE, every: TimeDelta::hours(1), job: || NewJob::new(PURGE, json!({})) })
}

/// What a delivery needs to know.
struct Delivery {
    payload_id: Uuid,
    webhook: Webhook,
    board: Board,
    content: Box<RawValue>,
}

/// Tells an agent of a payload: the mapped one while it is on this board, else the lead. A payload that is not pending,
/// or is gone, needs nothing. Nobody to reach is an outcome, not an error: it stands on the payload and in the activity
/// feed, and the payload can be redelivered.
///
/// # Errors
/// `Retry` when the agent may be reached later, or the database failed; `Fatal` when the job names no payload.
pub async fn deliver(context: &Context, job: &Job) -> Result<(), JobError> {
    let id = job.payload.0.get("payload_id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let payload_id = id.ok_or_else(|| JobError::Fatal("the job names no payload_id".into()))?;
    let Some(delivery) = load(context, payload_id).await? else {
        tracing::info!(payload.id = %payload_id, "webhook.delivery.not_needed");
        return Ok(());
    };
    let agent = target(context, &delivery.webhook).await?;
    match tell(context, agent.as_ref(), &delivery, job.id).await? {
        Ok(()) => {
            settle(context, &delivery, agent.as_ref(), DeliveryStatus::Delivered, None).await?;
            Ok(())
        }
        Err(Undeliverable::Transient(reason)) if !job.is_last_attempt() => {
            settle(context, &delivery, agent.as_ref(), DeliveryStatus::Pending, Some(&reason)).await?;
            Err(JobError::Retry(reason))
        }
        Err(Undeliverable::Transient(reason) | Undeliverable::Unreachable(reason)) => {
            settle(context, &delivery, agent.as_ref(), DeliveryStatus::Failed, Some(&reason)).await?;
            Ok(())
        }
    }
}

async fn tell(
    context: &Context,
    agent: Option<&Agent>,
    delivery: &Delivery,
    job_id: Uuid,
) -> Result<Result<(), Undeliverable>> {
    let Some(agent) = agent else {
        return Ok(Err(Undeliverable::Unreachable("The board has no lead agent yet".into())));
    };
    let text = message(delivery);
    // Tries of one job are one message; a delivery that somebody asks for again is another.
    let words = Words { label: &agent.name, text: &text, deliver: false, idempotency_key: job_id };
    messages::send(context, agent, words).await
}

fn message(delivery: &Delivery) -> String {
    let Delivery { payload_id, webhook, board, content } = delivery;
    let place = texts::Place { board_id: board.id, webhook_id: webhook.id, payload_id: *payload_id };
    // A content that is nested too deeply to be read as a value is shown as its text.
    let value = serde_json::from_str(content.get()).unwrap_or_else(|_| Value::from(content.get()));
    texts::agent_message(place, &board.name, &webhook.description, &value)
}

async fn load(context: &Context, payload_id: Uuid) -> Result<Option<Delivery>> {
    let store = context.store();
    let webhook: Option<Webhook> = store
        .optional(
            sql("SELECT w.* FROM board_webhook_payloads p JOIN board_webhooks w ON w.id = p.webhook_id
                 WHERE p.id = $1 AND p.delivery_status = 'pending'")
            .bind(payload_id),
        )
        .await?;
    let Some(webhook) = webhook else { return Ok(None) };
    let board: Option<Board> =
        store.optional(sql("SELECT * FROM boards WHERE id = $1").bind(webhook.board_id)).await?;
    let Some(board) = board else { return Ok(None) };
    let content = match payloads::find(store, board.id, webhook.id, payload_id).await {
        Ok(payload) => payload.content.0,
        Err(Error { kind: Kind::NotFound, .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(Delivery { payload_id, webhook, board, content }))
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

/// Writes down how a try went. A payload that somebody has deleted or settled meanwhile is left alone.
async fn settle(
    context: &Context,
    delivery: &Delivery,
    agent: Option<&Agent>,
    status: DeliveryStatus,
    error: Option<&str>,
) -> Result<()> {
    let txn = context.store().begin().await?;
    let rows = txn
        .run(
            sql("UPDATE board_webhook_payloads SET delivery_status = $2, delivery_attempts = delivery_attempts + 1,
                     delivery_error = $3, delivery_updated_at = $4,
                     delivered_at = CASE WHEN $2 = 'delivered' THEN $4 ELSE delivered_at END
                 WHERE id = $1 AND delivery_status = 'pending'")
            .bind(delivery.payload_id)
            .bind(status.as_str())
            .bind(error)
            .bind(txn.now()),
        )
        .await?;
    if rows == 1 {
        append(&txn, delivery, agent, status, error).await?;
    }
    txn.commit().await?;
    Ok(())
}

async fn append(
    txn: &Txn,
    delivery: &Delivery,
    agent: Option<&Agent>,
    status: DeliveryStatus,
    error: Option<&str>,
) -> Result<()> {
    let title = texts::title(&delivery.webhook.description);
    let reason = error.unwrap_or_default();
    let (kind, message) = match (status, agent) {
        (DeliveryStatus::Delivered, Some(agent)) => {
            ("webhook.delivered", format!("Webhook payload delivered to {}: {title}", agent.name))
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
    let event = NewEvent::new(kind, delivery.board.organization_id)
        .board(delivery.board.id)
        .agent(agent.map(|agent| agent.id))
        .message(message)
        .data(
            json!({ "webhook_id": delivery.webhook.id, "payload_id": delivery.payload_id, "error": error }),
        );
    // The feed that people read tells outcomes; a try that is repeated is for live views only.
    txn.append(if status == DeliveryStatus::Pending { event } else { event.activity() }).await?;
    Ok(())
}

/// Deletes payloads that are older than the retention, with the memory entries that stand for them.
///
/// # Errors
/// When the database fails.
pub async fn purge(context: &Context) -> Result<()> {
    let retention = TimeDelta::from_std(context.settings().webhook_retention).unwrap_or(TimeDelta::MAX);
    let Some(before) = context.store().clock().now().checked_sub_signed(retention) else { return Ok(()) };
    for _ in 0..PURGE_ROUNDS {
        let deleted = purge_batch(context, before).await?;
        if deleted > 0 {
            tracing::info!(webhook.payloads = deleted, "webhook.purge.done");
        }
        if i64::try_from(deleted).unwrap_or(i64::MAX) < PURGE_BATCH {
            break;
        }
    }
    Ok(())
}

async fn purge_batch(context: &Context, before: DateTime<Utc>) -> Result<usize> {
    let txn = context.store().begin().await?;
    let deleted: Vec<(Option<Uuid>,)> = txn
        .all(
            sql("DELETE FROM board_webhook_payloads WHERE id IN (
                     SELECT id FROM board_webhook_payloads WHERE received_at < $1 ORDER BY received_at, id LIMIT $2)
                 RETURNING memory_id")
            .bind(before)
            .bind(PURGE_BATCH),
        )
        .await?;
    let entries: Vec<Uuid> = deleted.iter().filter_map(|(id,)| *id).collect();
    if !entries.is_empty() {
        let delete = Query::delete()
            .from_table(Alias::new("board_memory"))
            .and_where(Expr::col(Alias::new("id")).is_in(entries))
            .take();
        txn.run(txn.render(&delete)).await?;
    }
    txn.commit().await?;
    Ok(deleted.len())
}

#[cfg(test)]
mod tests;
