//! Wakes: words that are to get an agent to work, and what is expected after them.
//!
//! Every wake that was sent is written down with a deadline for the next sign of life. The job that looks after the
//! deadline is a row of the same transaction, so that no wake goes unwatched.

pub(super) mod reconcile;

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Read, Txn, jobs::NewJob, sql};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Context, Result};
pub use reconcile::now;

/// Looks after an agent whose deadline has passed; the payload names the agent and the deadline.
pub(super) const RECONCILE: &str = "agent.reconcile";
/// The longest reason of a wake that is kept, in characters.
const REASON_MAX: usize = 200;

/// Writes down that words are about to be sent that are to get an agent to work. A quick agent answers before it is
/// written down that they were sent: what it does from now on is its answer.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn announce(txn: &Txn, agent_id: Uuid) -> Result<()> {
    txn.run(sql("UPDATE agents SET last_wake_sent_at = $2 WHERE id = $1").bind(agent_id).bind(txn.now()))
        .await?;
    Ok(())
}

/// Writes down that an agent was woken, and why (a few words for people, such as `task assigned`): it is to show a sign
/// of life until the deadline, and a job looks after it. [`announce`] came before the words. Nothing is expected of an
/// agent that has answered already. While an earlier wake is still within its deadline, that one stays, so that many
/// messages do not put it off.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn sent(context: &Context, txn: &Txn, agent_id: Uuid, reason: &str) -> Result<()> {
    let deadline = txn.now() + wait(context);
    let reason: String = reason.chars().take(REASON_MAX).collect();
    let present: Option<(Option<DateTime<Utc>>,)> = txn
        .optional(
            sql("UPDATE agents SET last_wake_reason = $2,
                     wake_attempts = CASE WHEN last_seen_at >= last_wake_sent_at THEN 0 ELSE wake_attempts + 1 END,
                     checkin_deadline_at = CASE
                         WHEN last_seen_at >= last_wake_sent_at THEN NULL
                         WHEN checkin_deadline_at > $3 THEN checkin_deadline_at
                         ELSE $4 END
                 WHERE id = $1 AND lifecycle_state <> 'deleting' RETURNING checkin_deadline_at")
            .bind(agent_id)
            .bind(reason)
            .bind(txn.now())
            .bind(deadline),
        )
        .await?;
    match present {
        // The job of the earlier wake looks after this one too.
        Some((Some(present),)) if present == deadline => look_after(txn, agent_id, deadline).await,
        _ => Ok(()),
    }
}

/// What the job that looks after a deadline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Watch {
    agent_id: Uuid,
    /// The deadline as it stood in the row: when another one stands there, another job looks after it.
    deadline: DateTime<Utc>,
}

/// How long an agent has for a sign of life after a wake.
fn wait(context: &Context) -> TimeDelta {
    TimeDelta::from_std(context.settings().checkin_wait).unwrap_or(TimeDelta::minutes(2))
}

/// Enqueues the job that looks after a deadline.
pub(super) async fn look_after(txn: &Txn, agent_id: Uuid, deadline: DateTime<Utc>) -> Result<()> {
    let payload = serde_json::to_value(Watch { agent_id, deadline }).map_err(crate::Error::internal)?;
    let key = format!("{RECONCILE}:{agent_id}:{}", deadline.timestamp_micros());
    let delay = (deadline - txn.now()).max(TimeDelta::zero());
    txn.enqueue(NewJob::new(RECONCILE, payload).delay(delay).dedupe(key)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use mc_store::testing::on_both;

    use super::*;
    use crate::agents::testing::{agent, connected_board, context, load};

    #[tokio::test]
    async fn a_wake_is_watched_once_until_its_deadline() {
        on_both(|store| async move {
            let (context, _) = context(&store);
            let board = connected_board(&context, "Ours").await;
            let ada = agent(&context, &board, "Ada", false).await;
            let wake = async |reason: &str| {
                let txn = store.begin().await.unwrap();
                announce(&txn, ada.id).await.unwrap();
                sent(&context, &txn, ada.id, reason).await.unwrap();
                txn.commit().await.unwrap();
                load(&context, ada.id).await
            };
            let first = wake("task assigned").await;
            assert_eq!((first.wake_attempts, first.last_wake_reason.as_deref()), (1, Some("task assigned")));
            let wait = TimeDelta::from_std(context.settings().checkin_wait).unwrap();
            assert_eq!(first.checkin_deadline_at, first.last_wake_sent_at.map(|at| at + wait));
            let second = wake(&"x".repeat(500)).await;
            assert_eq!((second.wake_attempts, second.checkin_deadline_at), (2, first.checkin_deadline_at));
            assert_eq!(second.last_wake_reason.map(|reason| reason.len()), Some(REASON_MAX));
            let (jobs,): (i64,) =
                store.one(sql("SELECT count(*) FROM jobs WHERE kind = $1").bind(RECONCILE)).await.unwrap();
            assert_eq!(jobs, 1);

            // The answer comes between the words and their record.
            let txn = store.begin().await.unwrap();
            announce(&txn, ada.id).await.unwrap();
            txn.commit().await.unwrap();
            crate::agents::check_in::touch(&context, ada.id).await.unwrap();
            let txn = store.begin().await.unwrap();
            sent(&context, &txn, ada.id, "task assigned").await.unwrap();
            txn.commit().await.unwrap();
            let quick = load(&context, ada.id).await;
            assert_eq!((quick.wake_attempts, quick.checkin_deadline_at), (0, None));
        })
        .await;
    }
}
