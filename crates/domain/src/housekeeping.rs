//! What is deleted without anybody asking: sign-ins that have ended, invites long over, answers that are kept no
//! longer, old dead letters, messages to agents
//! that were settled long ago, and the record of statuses that no figure reads any more.

use chrono::TimeDelta;
use mc_store::{
    jobs::{self, NewJob, Runner, Schedule},
    sql,
};
use serde_json::json;

use crate::{Context, Result, agents, audit, idempotency, organizations::service::invites, skills, tasks};

const KIND: &str = "housekeeping";
/// How long a failed job can be looked at and tried again.
const DEAD_LETTERS_KEPT: TimeDelta = TimeDelta::days(30);

/// Adds the hourly job.
pub(crate) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner
        .handler(KIND, move |_| {
            let context = context.clone();
            async move { run(&context).await.map_err(mc_store::jobs::JobError::from) }
        })
        .schedule(Schedule { name: KIND, every: TimeDelta::hours(1), job: || NewJob::new(KIND, json!({})) })
}

async fn run(context: &Context) -> Result<()> {
    let txn = context.store().begin().await?;
    txn.run(sql("DELETE FROM sessions WHERE expires_at <= $1").bind(txn.now())).await?;
    idempotency::purge(&txn).await?;
    invites::purge(&txn).await?;
    jobs::purge_dead(&txn, txn.now() - DEAD_LETTERS_KEPT).await?;
    tasks::history::purge(&txn).await?;
    skills::give_up(&txn).await?;
    txn.commit().await?;
    audit::purge(context).await?;
    agents::messages::records::purge(context).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        organizations::{Access, EmailAddress, NewInvite, Role},
        sessions, testing,
    };
    use mc_store::{Read, jobs::Policy, testing::on_both};

    #[tokio::test]
    async fn what_is_over_is_deleted_and_the_rest_stays() {
        on_both(|store| async move {
            let context = testing::context(&store);
            let actor = testing::local_actor(&context).await;
            let (kept, _) = sessions::service::create(&context, actor.user(), None, "::1").await.unwrap();
            let (ended, _) = sessions::service::create(&context, actor.user(), None, "::1").await.unwrap();
            let admin = testing::admin(&context).await;
            let mut ids = Vec::new();
            for address in ["kept@example.com", "over@example.com"] {
                let email = EmailAddress::parse(address).unwrap();
                let new = NewInvite { email, role: Role::Member, access: Access::default() };
                ids.push(invites::create(&context, &admin, new).await.unwrap().invite.id);
            }
            let txn = store.begin().await.unwrap();
            for (id, days) in ids.iter().zip([89, 90]) {
                txn.run_one(
                    sql("UPDATE organization_invites SET expires_at = $2 WHERE id = $1")
                        .bind(*id)
                        .bind(txn.now() - TimeDelta::days(days)),
                )
                .await
                .unwrap();
            }
            txn.run(
                sql("UPDATE sessions SET expires_at = $2 WHERE id = $1")
                    .bind(ended.id)
                    .bind(txn.now() - TimeDelta::seconds(1)),
            )
            .await
            .unwrap();
            txn.enqueue(NewJob::new(KIND, json!({}))).await.unwrap();
            txn.commit().await.unwrap();
            register(Runner::new(&store, Policy::default()), &context).run_due().await.unwrap();
            let left: Vec<(uuid::Uuid,)> = store.all(sql("SELECT id FROM sessions")).await.unwrap();
            assert_eq!(left, [(kept.id,)]);
            let left: Vec<(uuid::Uuid,)> =
                store.all(sql("SELECT id FROM organization_invites")).await.unwrap();
            assert_eq!(left, [(ids[0],)]);
        })
        .await;
    }
}
