use chrono::{DateTime, Utc};
use mc_store::{Read, Result, Store, sql};

use super::model::{Action, BackupHealth, BackupRun, NewRun};

/// How many runs of each kind are remembered.
pub const KEPT: i64 = 100;
/// The longest detail that is kept, in bytes.
const DETAIL_MAX: usize = 2_000;

/// Remembers a run, and forgets the oldest ones.
///
/// # Errors
/// When the database cannot be reached.
pub async fn record(store: &Store, run: NewRun) -> Result<()> {
    let txn = store.begin().await?;
    txn.run_one(
        sql("INSERT INTO backup_runs (id, action, origin, file_name, succeeded, is_encrypted, size_bytes, detail,
                 started_at, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(txn.new_id())
        .bind(run.action.as_str())
        .bind(run.origin)
        .bind(run.file_name)
        .bind(run.succeeded)
        .bind(run.is_encrypted)
        .bind(run.size_bytes.and_then(|bytes| i64::try_from(bytes).ok()))
        .bind(mc_base::text::truncate_bytes(&run.detail, DETAIL_MAX))
        .bind(run.started_at)
        .bind(txn.now()),
    )
    .await?;
    txn.run(
        sql("DELETE FROM backup_runs WHERE action = $1 AND id NOT IN
                 (SELECT id FROM backup_runs WHERE action = $1 ORDER BY finished_at DESC, id DESC LIMIT $2)")
        .bind(run.action.as_str())
        .bind(KEPT),
    )
    .await?;
    txn.commit().await
}

/// The runs, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn runs(on: &impl Read, limit: i64) -> Result<Vec<BackupRun>> {
    on.all(
        sql("SELECT id, action, origin, file_name, succeeded, is_encrypted, size_bytes, detail, started_at, finished_at
             FROM backup_runs ORDER BY finished_at DESC, id DESC LIMIT $1")
        .bind(limit),
    )
    .await
}

/// How backups stand.
///
/// # Errors
/// When the database cannot be reached.
pub async fn health(on: &impl Read) -> Result<BackupHealth> {
    // The newest run of each kind and outcome: at most four rows, whatever is remembered.
    let newest: Vec<(String, bool, Option<i64>, DateTime<Utc>)> = on
        .all(sql("SELECT action, succeeded, size_bytes, finished_at FROM backup_runs r
             WHERE NOT EXISTS (SELECT 1 FROM backup_runs later
                 WHERE later.action = r.action AND later.succeeded = r.succeeded
                   AND (later.finished_at, later.id) > (r.finished_at, r.id))"))
        .await?;
    let find = |action: Action, succeeded: bool| {
        newest.iter().find(|(name, outcome, _, _)| name == action.as_str() && *outcome == succeeded)
    };
    let failing = |action: Action| {
        let at = |succeeded| find(action, succeeded).map(|(_, _, _, at)| *at);
        at(false).is_some_and(|failed| at(true).is_none_or(|worked| worked < failed))
    };
    let backup = find(Action::Backup, true);
    Ok(BackupHealth {
        last_backup_at: backup.map(|(_, _, _, at)| *at),
        last_backup_bytes: backup.and_then(|(_, _, bytes, _)| *bytes),
        backup_failing: failing(Action::Backup),
        last_drill_at: find(Action::Drill, true).map(|(_, _, _, at)| *at),
        drill_failing: failing(Action::Drill),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{backups, testing};
    use mc_store::testing::on_both;

    fn run(store: &Store, action: Action, succeeded: bool) -> NewRun {
        NewRun {
            action,
            origin: "manual",
            file_name: Some("file".into()),
            succeeded,
            is_encrypted: false,
            size_bytes: Some(7),
            detail: "é".repeat(3_000),
            started_at: store.clock().now(),
        }
    }

    #[tokio::test]
    async fn the_newest_outcome_counts_and_old_runs_are_forgotten() {
        on_both(|store| async move {
            assert_eq!(health(&store).await.unwrap(), BackupHealth::default());
            record(&store, run(&store, Action::Backup, true)).await.unwrap();
            record(&store, run(&store, Action::Drill, false)).await.unwrap();
            let found = health(&store).await.unwrap();
            assert!(found.last_backup_at.is_some() && !found.backup_failing && found.drill_failing);
            assert_eq!((found.last_backup_bytes, found.last_drill_at), (Some(7), None));
            for _ in 0..KEPT {
                record(&store, run(&store, Action::Backup, false)).await.unwrap();
            }
            let found = health(&store).await.unwrap();
            assert!(found.backup_failing && found.last_backup_at.is_none());
            assert_eq!(runs(&store, 500).await.unwrap().len(), usize::try_from(KEPT).unwrap() + 1);
        })
        .await;
    }

    #[tokio::test]
    async fn secrets_open_with_their_own_key_only() {
        on_both(|store| async move {
            let context = testing::context(&store);
            let admin = testing::admin(&context).await;
            let new = crate::organizations::NewInvite {
                email: crate::organizations::EmailAddress::parse("a@example.com").unwrap(),
                role: crate::organizations::Role::Member,
                access: crate::organizations::Access::default(),
            };
            crate::organizations::service::invites::create(&context, &admin, new).await.unwrap();
            let report = backups::check_secrets(&store, context.key()).await.unwrap();
            assert_eq!((report.opened, report.unreadable), (1, 0));
            let other = mc_base::SecretKey::generate(store.random());
            let report = backups::check_secrets(&store, &other).await.unwrap();
            assert_eq!((report.opened, report.unreadable), (0, 1));
        })
        .await;
    }
}
