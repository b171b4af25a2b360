//! How words reach an agent. A message is a row and a job, written in the transaction of what it tells; after the commit
//! it goes into the session of the agent on its gateway, in order for each agent. The row tells what became of it.

use mc_store::{
    Read, Txn,
    jobs::{NewJob, hasten_job, hasten_lane},
    sql,
};
use serde_json::json;
use uuid::Uuid;

use super::wake;
use crate::{Context, Result};

mod deliver;
mod follow_up;
mod model;
pub mod records;

pub use model::{AgentMessage, MessageKind, MessageState};

pub(crate) use deliver::register;
pub(crate) use model::Outgoing;

/// Carries one message; the payload is `{"message_id": …}`, or a whole [`Outgoing`] as earlier versions wrote it.
pub(crate) const JOB: &str = "agent.message";

/// Writes down a message and enqueues it. It is sent after the commit. Callers leave out agents without a session.
///
/// # Errors
/// When the database refuses it, or the agent is gone.
pub(crate) async fn enqueue(txn: &Txn, outgoing: &Outgoing) -> Result<()> {
    enqueue_with_id(txn, outgoing).await.map(drop)
}

/// As [`enqueue`], and gives the id of the message.
///
/// # Errors
/// As [`enqueue`].
pub(crate) async fn enqueue_with_id(txn: &Txn, outgoing: &Outgoing) -> Result<Uuid> {
    let id = txn.new_id();
    insert(txn, id, outgoing).await?;
    carry(txn, id, outgoing.agent_id, outgoing.kind).await?;
    Ok(id)
}

/// Enqueues the job that carries a message.
async fn carry(txn: &Txn, id: Uuid, agent_id: Uuid, kind: MessageKind) -> Result<()> {
    let job = NewJob::new(JOB, json!({ "message_id": id })).lane(lane(agent_id, kind));
    let job_id = txn.enqueue(job).await?;
    txn.run_one(sql("UPDATE agent_messages SET job_id = $2 WHERE id = $1").bind(id).bind(job_id)).await?;
    Ok(())
}

/// Writes down a message that is going out right now, by a call whose meaning is the message itself.
///
/// # Errors
/// As [`enqueue`].
pub(crate) async fn begin(txn: &Txn, outgoing: &Outgoing) -> Result<Uuid> {
    let id = txn.new_id();
    insert(txn, id, outgoing).await?;
    if outgoing.wake {
        wake::announce(txn, outgoing.agent_id).await?;
    }
    txn.run_one(
        sql(
            "UPDATE agent_messages SET state = 'sending', attempts = 1, next_attempt_at = NULL WHERE id = $1",
        )
        .bind(id),
    )
    .await?;
    Ok(id)
}

/// Writes down how a message went that [`begin`] announced. The caller tells of it itself.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn end(context: &Context, txn: &Txn, id: Uuid, error: Option<&str>) -> Result<()> {
    let message: Option<AgentMessage> = txn
        .optional(
            sql("UPDATE agent_messages SET state = $2, last_error = $3, updated_at = $4,
                     delivered_at = CASE WHEN $2 = 'delivered' THEN $4 ELSE delivered_at END
                 WHERE id = $1 AND state = 'sending' RETURNING *")
            .bind(id)
            .bind(if error.is_none() { MessageState::Delivered } else { MessageState::Dead }.as_str())
            .bind(error)
            .bind(txn.now()),
        )
        .await?;
    if let Some(message) = message.filter(|message| message.wake && error.is_none()) {
        wake::sent(context, txn, message.agent_id, message.kind.reason()).await?;
    }
    Ok(())
}

/// Lets a message about something go out now that waits. `false` when there is none.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn hasten_about(txn: &Txn, kind: MessageKind, subject_id: Uuid) -> Result<bool> {
    let waiting: Option<(Option<Uuid>,)> = txn
        .optional(
            sql("SELECT job_id FROM agent_messages
                 WHERE subject_id = $1 AND kind = $2 AND state IN ('queued', 'sending', 'failed')
                 ORDER BY created_at DESC LIMIT 1")
            .bind(subject_id)
            .bind(kind.as_str()),
        )
        .await?;
    match waiting {
        Some((Some(job_id),)) => Ok(hasten_job(txn, job_id).await?),
        _ => Ok(false),
    }
}

/// Lets what waits for a gateway go out now, because it answers again.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn gateway_is_back(txn: &Txn, gateway_id: Uuid) -> Result<()> {
    let waiting: Vec<(Uuid, String)> = txn
        .all(
            sql("SELECT DISTINCT m.agent_id, m.kind FROM agent_messages m
             JOIN agents a ON a.id = m.agent_id LEFT JOIN boards b ON b.id = a.board_id
             WHERE m.state IN ('queued', 'failed')
               AND CASE WHEN a.board_id IS NULL THEN a.gateway_id ELSE b.gateway_id END = $1")
            .bind(gateway_id),
        )
        .await?;
    hasten(txn, waiting).await
}

/// Lets what waits for a paused board go out now, because it goes on.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn board_is_back(txn: &Txn, board_id: Uuid) -> Result<()> {
    let waiting: Vec<(Uuid, String)> = txn
        .all(
            sql("SELECT DISTINCT agent_id, kind FROM agent_messages
             WHERE board_id = $1 AND state IN ('queued', 'failed')")
            .bind(board_id),
        )
        .await?;
    hasten(txn, waiting).await
}

async fn hasten(txn: &Txn, waiting: Vec<(Uuid, String)>) -> Result<()> {
    let lanes: std::collections::BTreeSet<String> = waiting
        .into_iter()
        .map(|(agent_id, kind)| lane(agent_id, MessageKind::try_from(kind).unwrap_or(MessageKind::Notice)))
        .collect();
    for lane in lanes {
        hasten_lane(txn, &lane).await?;
    }
    Ok(())
}

/// Messages of work go one after another, and wait while the board is paused. What people say, and the commands that
/// pause and resume, have a lane of their own, so that they never wait behind work.
fn lane(agent_id: Uuid, kind: MessageKind) -> String {
    if kind.is_work() { format!("agent:{agent_id}") } else { format!("agent-talk:{agent_id}") }
}

async fn insert(txn: &Txn, id: Uuid, outgoing: &Outgoing) -> Result<()> {
    txn.run_one(
        sql("INSERT INTO agent_messages (id, send_key, organization_id, agent_id, board_id, task_id, subject_id, kind, state,
                 label, content, deliver, wake, sent_event, failed_event, next_attempt_at, created_at, updated_at)
             SELECT $1, $1, organization_id, id, $3, $4, $5, $6, 'queued', $7, $8, $9, $10, $11, $12, $13, $13, $13
             FROM agents WHERE id = $2")
        .bind(id)
        .bind(outgoing.agent_id)
        .bind(outgoing.board_id)
        .bind(outgoing.task_id)
        .bind(outgoing.subject_id)
        .bind(outgoing.kind.as_str())
        .bind(outgoing.label.as_str())
        .bind(outgoing.text.as_str())
        .bind(outgoing.deliver)
        .bind(outgoing.wake)
        .bind(outgoing.sent_event.clone())
        .bind(outgoing.failed_event.clone())
        .bind(txn.now()),
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
