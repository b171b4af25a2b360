//! What happens to the event log later: retention.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    events,
    jobs::{NewJob, Runner, Schedule},
};
use serde_json::json;

use crate::{Context, Result};

/// Deletes events whose time is over; needs no payload.
pub const PURGE: &str = "events.purge";

/// How long events are kept that only live views read: long enough for a browser to come back.
const LIVE_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many events one transaction of [`purge`] deletes.
const BATCH: i64 = 1_000;
/// How many transactions of each kind one run of [`purge`] makes; the next run goes on.
const ROUNDS: usize = 200;

/// Adds the jobs on the event log, and when they run.
#[must_use]
pub fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner
        .handler(PURGE, move |_| {
            let context = context.clone();
            async move { Ok(purge(&context).await.map(|_| ())?) }
        })
        .schedule(Schedule { name: PURGE, every: TimeDelta::hours(1), job: || NewJob::new(PURGE, json!({})) })
}

/// Deletes events of the feed that are older than the retention, and live ones that are older than
/// that or seven days. Gives the number of deleted events.
///
/// # Errors
/// When the database fails.
pub async fn purge(context: &Context) -> Result<u64> {
    let mut deleted = 0;
    for _ in 0..ROUNDS {
        let txn = context.store().begin().await?;
        let count = events::purge_live(&txn, live_horizon(context), BATCH).await?;
        txn.commit().await?;
        deleted += count;
        if is_last(count) {
            break;
        }
    }
    for _ in 0..ROUNDS {
        let txn = context.store().begin().await?;
        let count = events::purge(&txn, horizon(context, context.settings().event_retention), BATCH).await?;
        txn.commit().await?;
        deleted += count;
        if is_last(count) {
            break;
        }
    }
    if deleted > 0 {
        tracing::info!(events = deleted, "events.purge.done");
    }
    Ok(deleted)
}

/// Events before this time may be missing from the log.
pub(super) fn live_horizon(context: &Context) -> DateTime<Utc> {
    horizon(context, context.settings().event_retention.min(LIVE_KEPT))
}

fn horizon(context: &Context, kept: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(kept)
        .ok()
        .and_then(|kept| context.store().clock().now().checked_sub_signed(kept))
        .unwrap_or(DateTime::<Utc>::UNIX_EPOCH)
}

fn is_last(count: u64) -> bool {
    i64::try_from(count).is_ok_and(|count| count < BATCH)
}
