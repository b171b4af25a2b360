//! What became of the messages to agents, for the people who look after them.

use chrono::TimeDelta;
use mc_store::{Read, Store, Txn, events::NewEvent, jobs::hasten_job, sql};
use serde_json::json;
use uuid::Uuid;

use super::{AgentMessage, MessageKind, MessageState, carry, follow_up};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{BoardReader, BoardWriter, OrgAdmin},
    agents::queries,
};

/// How many settled messages one round of [`purge`] deletes.
const PURGE_BATCH: i64 = 1_000;
/// How many rounds one run of [`purge`] makes; the next run goes on.
const PURGE_ROUNDS: usize = 200;
/// How long a message without a job is left alone: the transaction that makes the next one may be under way.
const LOST_AFTER: TimeDelta = TimeDelta::hours(1);

/// Which messages are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<MessageState>,
    /// Only those of this kind.
    pub kind: Option<MessageKind>,
    /// Only those to this agent.
    pub agent_id: Option<Uuid>,
    /// Only those about this task.
    pub task_id: Option<Uuid>,
}

/// The messages to an agent of the tenant, newest first.
///
/// # Errors
/// `NotFound` when the tenant has no such agent.
pub async fn of_agent(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    filter: Filter,
    request: PageRequest,
) -> Result<Page<AgentMessage>> {
    queries::readable(context, scope, agent_id).await?;
    page(context.store(), None, Filter { agent_id: Some(agent_id), ..filter }, request).await
}

/// The messages about a board, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(
    context: &Context,
    scope: &BoardReader,
    filter: Filter,
    request: PageRequest,
) -> Result<Page<AgentMessage>> {
    page(context.store(), Some(scope.board().id), filter, request).await
}

async fn page(
    store: &Store,
    board_id: Option<Uuid>,
    filter: Filter,
    request: PageRequest,
) -> Result<Page<AgentMessage>> {
    let (select, count) = match board_id {
        Some(_) => (
            sql("SELECT * FROM agent_messages WHERE board_id = $1
                   AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR kind = $3)
                   AND (agent_id = $4 OR $4 IS NULL) AND (task_id = $5 OR $5 IS NULL)
                 ORDER BY created_at DESC, id DESC LIMIT $6 OFFSET $7"),
            sql("SELECT count(*) FROM agent_messages WHERE board_id = $1
                   AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR kind = $3)
                   AND (agent_id = $4 OR $4 IS NULL) AND (task_id = $5 OR $5 IS NULL)"),
        ),
        None => (
            sql("SELECT * FROM agent_messages WHERE agent_id = $1
                   AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR kind = $3)
                   AND (agent_id = $4 OR $4 IS NULL) AND (task_id = $5 OR $5 IS NULL)
                 ORDER BY created_at DESC, id DESC LIMIT $6 OFFSET $7"),
            sql("SELECT count(*) FROM agent_messages WHERE agent_id = $1
                   AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR kind = $3)
                   AND (agent_id = $4 OR $4 IS NULL) AND (task_id = $5 OR $5 IS NULL)"),
        ),
    };
    let bound = |statement: mc_store::Sql| {
        statement
            .bind(board_id.or(filter.agent_id))
            .bind(filter.state.map(MessageState::as_str))
            .bind(filter.kind.map(MessageKind::as_str))
            .bind(filter.agent_id)
            .bind(filter.task_id)
    };
    let items: Vec<AgentMessage> = store.all(bound(select).bind(request.limit).bind(request.offset)).await?;
    let (total,): (i64,) = store.one(bound(count)).await?;
    Ok(Page { items, total, request })
}

/// Sends a message to an agent of the tenant once more.
///
/// # Errors
/// `NotFound` when the agent has no such message; `Conflict` when it was delivered, or is on its way.
pub async fn retry_of_agent(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    message_id: Uuid,
) -> Result<AgentMessage> {
    queries::readable(context, scope, agent_id).await?;
    let txn = context.store().begin().await?;
    let message = find(&txn, message_id)
        .await?
        .filter(|found| found.agent_id == agent_id)
        .ok_or_else(Error::not_found)?;
    let message = again(&txn, message, scope.actor().user().id).await?;
    txn.commit().await?;
    Ok(message)
}

/// Sends a message about a board once more.
///
/// # Errors
/// As [`retry_of_agent`].
pub async fn retry_of_board(
    context: &Context,
    scope: &BoardWriter,
    message_id: Uuid,
) -> Result<AgentMessage> {
    let user_id = scope.actor().user_id().ok_or_else(Error::unauthorized)?;
    let txn = context.store().begin().await?;
    let message = find(&txn, message_id)
        .await?
        .filter(|found| found.board_id == Some(scope.board().id))
        .ok_or_else(Error::not_found)?;
    let message = again(&txn, message, user_id).await?;
    txn.commit().await?;
    Ok(message)
}

async fn find(on: &impl Read, id: Uuid) -> Result<Option<AgentMessage>> {
    Ok(on.optional(sql("SELECT * FROM agent_messages WHERE id = $1").bind(id)).await?)
}

/// One that was given up begins anew, at the end of the queue of its agent; one that waits is looked at now.
async fn again(txn: &Txn, message: AgentMessage, user_id: Uuid) -> Result<AgentMessage> {
    // Read again under the lock: two people may ask at once.
    txn.lock("agent-message", message.id).await?;
    let message = find(txn, message.id).await?.ok_or_else(Error::not_found)?;
    match message.state {
        MessageState::Delivered => {
            return Err(Error::conflict("The message was delivered already").code("message_delivered"));
        }
        MessageState::Sending => {
            return Err(Error::conflict("The message is on its way").code("message_sending"));
        }
        MessageState::Dead => {
            txn.run_one(
                sql("UPDATE agent_messages SET state = 'queued', send_key = $2, attempts = 0, last_error = NULL,
                         waiting_since = NULL, next_attempt_at = $3, updated_at = $3
                     WHERE id = $1")
                .bind(message.id)
                .bind(txn.new_unguessable_id())
                .bind(txn.now()),
            )
            .await?;
            follow_up::wanted_again(txn, &message).await?;
        }
        MessageState::Queued | MessageState::Failed => {}
    }
    let is_carried = match message.job_id {
        Some(id) => hasten_job(txn, id).await?,
        None => false,
    };
    if !is_carried {
        carry(txn, message.id, message.agent_id, message.kind).await?;
    }
    let event = event("agent.message.retried", &message).user(Some(user_id));
    txn.append(event).await?;
    find(txn, message.id).await?.ok_or_else(Error::not_found)
}

/// An event of a message, for those who see its agent.
pub(super) fn event(kind: &'static str, message: &AgentMessage) -> NewEvent {
    let event = NewEvent::new(kind, message.organization_id)
        .agent(Some(message.agent_id))
        .data(json!({ "message_id": message.id, "kind": message.kind.as_str() }));
    match message.board_id {
        Some(board_id) => event.board(board_id),
        None => event,
    }
}

/// Deletes what was settled before the retention, and gives up what no job carries any more.
///
/// # Errors
/// When the database fails.
pub(crate) async fn purge(context: &Context) -> Result<()> {
    let txn = context.store().begin().await?;
    txn.run(
        sql("UPDATE agent_messages SET state = 'dead', next_attempt_at = NULL, updated_at = $1,
                 last_error = coalesce(last_error, 'What became of the message is not known')
             WHERE state IN ('queued', 'sending', 'failed') AND updated_at < $2 AND NOT EXISTS (
                 SELECT 1 FROM jobs j WHERE j.id = agent_messages.job_id AND j.state <> 'dead')")
        .bind(txn.now())
        .bind(txn.now() - LOST_AFTER),
    )
    .await?;
    txn.commit().await?;
    let retention = TimeDelta::from_std(context.settings().event_retention).unwrap_or(TimeDelta::MAX);
    let Some(before) = context.store().clock().now().checked_sub_signed(retention) else { return Ok(()) };
    for _ in 0..PURGE_ROUNDS {
        let txn = context.store().begin().await?;
        let deleted = txn
            .run(
                sql("DELETE FROM agent_messages WHERE id IN (
                         SELECT id FROM agent_messages WHERE state IN ('delivered', 'dead') AND updated_at < $1
                         ORDER BY updated_at LIMIT $2)")
                .bind(before)
                .bind(PURGE_BATCH),
            )
            .await?;
        txn.commit().await?;
        if i64::try_from(deleted).unwrap_or(i64::MAX) < PURGE_BATCH {
            break;
        }
    }
    Ok(())
}
