//! What happens to payloads later: they are delivered, and one day deleted.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Read,
    jobs::{NewJob, Runner, Schedule},
    sql,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::json;
use uuid::Uuid;

use super::delivery;
use crate::{Context, Result};

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
        .handler(delivery::JOB, move |job| {
            let context = delivering.clone();
            async move { delivery::run(&context, &job).await }
        })
        .handler(PURGE, move |_| {
            let context = purging.clone();
            async move { Ok(purge(&context).await?) }
        })
        .schedule(Schedule { name: PURGE, every: TimeDelta::hours(1), job: || NewJob::new(PURGE, json!({})) })
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
