//! What happens to memory later: where a retention is set, old entries are deleted.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Read,
    events::NewEvent,
    jobs::{NewJob, Runner, Schedule},
    sql,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::json;
use uuid::Uuid;

use crate::{Context, Result};

/// Deletes old entries; needs no payload.
pub const PURGE: &str = "memory.purge";

/// How many entries one transaction of [`purge`] deletes.
const BATCH: i64 = 500;
/// How many transactions of each kind one run of [`purge`] makes; the next run goes on.
const ROUNDS: usize = 200;

/// Adds the job on memory, and when it runs.
#[must_use]
pub fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner
        .handler(PURGE, move |_| {
            let context = context.clone();
            async move { Ok(purge(&context).await?) }
        })
        .schedule(Schedule { name: PURGE, every: TimeDelta::hours(1), job: || NewJob::new(PURGE, json!({})) })
}

/// Deletes the entries of boards and board groups that are older than the retention, each with an event, so that open
/// views drop them. Without a retention it deletes nothing.
///
/// # Errors
/// When the database fails.
pub async fn purge(context: &Context) -> Result<()> {
    let retention = context.settings().memory_retention.and_then(|kept| TimeDelta::from_std(kept).ok());
    let now = context.store().clock().now();
    let Some(before) = retention.and_then(|kept| now.checked_sub_signed(kept)) else { return Ok(()) };
    let mut deleted = 0;
    for _ in 0..ROUNDS {
        let count = purge_boards(context, before).await?;
        deleted += count;
        if is_last(count) {
            break;
        }
    }
    for _ in 0..ROUNDS {
        let count = purge_groups(context, before).await?;
        deleted += count;
        if is_last(count) {
            break;
        }
    }
    if deleted > 0 {
        tracing::info!(memory.entries = deleted, "memory.purge.done");
    }
    Ok(())
}

fn is_last(count: usize) -> bool {
    i64::try_from(count).is_ok_and(|count| count < BATCH)
}

/// A deleted entry: its id, its board or group, and whether it was part of the chat.
type Deleted = (Uuid, Uuid, bool);

async fn purge_boards(context: &Context, before: DateTime<Utc>) -> Result<usize> {
    let txn = context.store().begin().await?;
    let deleted: Vec<Deleted> = txn
        .all(
            sql("DELETE FROM board_memory WHERE id IN (
                     SELECT id FROM board_memory WHERE created_at < $1 ORDER BY created_at, id LIMIT $2)
                 RETURNING id, board_id, is_chat")
            .bind(before)
            .bind(BATCH),
        )
        .await?;
    let tenants = tenants(&txn, "boards", &deleted).await?;
    for (id, board, is_chat) in &deleted {
        let Some(tenant) = tenants.get(board) else { continue };
        let data = json!({ "memory_id": id, "is_chat": is_chat });
        txn.append(NewEvent::new("memory.deleted", *tenant).board(*board).data(data)).await?;
    }
    txn.commit().await?;
    Ok(deleted.len())
}

async fn purge_groups(context: &Context, before: DateTime<Utc>) -> Result<usize> {
    let txn = context.store().begin().await?;
    let deleted: Vec<Deleted> = txn
        .all(
            sql("DELETE FROM board_group_memory WHERE id IN (
                     SELECT id FROM board_group_memory WHERE created_at < $1 ORDER BY created_at, id LIMIT $2)
                 RETURNING id, board_group_id, is_chat")
            .bind(before)
            .bind(BATCH),
        )
        .await?;
    let tenants = tenants(&txn, "board_groups", &deleted).await?;
    for (id, group, is_chat) in &deleted {
        let Some(tenant) = tenants.get(group) else { continue };
        let data = json!({ "memory_id": id, "is_chat": is_chat });
        txn.append(NewEvent::new("group_memory.deleted", *tenant).board_group(*group).data(data)).await?;
    }
    txn.commit().await?;
    Ok(deleted.len())
}

/// The tenants of the boards or groups of these entries. There are never more of them than a batch has entries.
async fn tenants(on: &impl Read, table: &'static str, deleted: &[Deleted]) -> Result<HashMap<Uuid, Uuid>> {
    let mut ids: Vec<Uuid> = deleted.iter().map(|(_, place, _)| *place).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = Query::select()
        .columns([Alias::new("id"), Alias::new("organization_id")])
        .from(Alias::new(table))
        .and_where(Expr::col(Alias::new("id")).is_in(ids))
        .take();
    let rows: Vec<(Uuid, Uuid)> = on.all(on.render(&query)).await?;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests;
