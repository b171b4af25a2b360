//! The backups that nobody asks for, and the weekly trial of the newest one.

use chrono::TimeDelta;
use mc_store::{
    Store,
    jobs::{self, JobError, NewJob, Runner, Schedule},
};
use serde_json::json;

use super::{
    Wish, create, drill,
    folder::{self, Origin},
};
use crate::config::Settings;

const BACKUP: &str = "backup.create";
const DRILL: &str = "backup.drill";
/// Both work in one folder, one after the other.
const LANE: &str = "backup";
const DRILL_EVERY: TimeDelta = TimeDelta::days(7);

/// Adds the jobs and, when they are wanted, their schedules. The first backup is due one interval after the first
/// start, not at it.
pub(crate) async fn register(runner: Runner, settings: &Settings, store: &Store) -> mc_store::Result<Runner> {
    let (for_backup, for_drill) = (settings.clone(), settings.clone());
    let (backup_store, drill_store) = (store.clone(), store.clone());
    let runner = runner
        .handler(BACKUP, move |_| {
            let (settings, store) = (for_backup.clone(), backup_store.clone());
            async move { back_up(&settings, &store).await.map_err(|error| failed(&error)) }
        })
        .handler(DRILL, move |_| {
            let (settings, store) = (for_drill.clone(), drill_store.clone());
            async move { try_newest(&settings, &store).await.map_err(|error| failed(&error)) }
        });
    let Some(every) = settings.backup.every.and_then(|every| TimeDelta::from_std(every).ok()) else {
        return Ok(runner);
    };
    jobs::begin_schedule(store, BACKUP, every).await?;
    jobs::begin_schedule(store, DRILL, DRILL_EVERY).await?;
    Ok(runner
        .schedule(Schedule { name: BACKUP, every, job: || NewJob::new(BACKUP, json!({})).lane(LANE) })
        .schedule(Schedule {
            name: DRILL,
            every: DRILL_EVERY,
            job: || NewJob::new(DRILL, json!({})).lane(LANE),
        }))
}

fn failed(error: &anyhow::Error) -> JobError {
    JobError::Retry(format!("{error:#}"))
}

async fn back_up(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    create::recorded(settings, store, Wish::of(settings, Origin::Scheduled)).await?;
    let deleted = folder::prune(&settings.backup.folder, Origin::Scheduled, settings.backup.keep)?;
    tracing::debug!(deleted, "backup.pruned");
    Ok(())
}

async fn try_newest(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    if folder::list(&settings.backup.folder)?.is_empty() {
        return Ok(());
    }
    let passphrase = settings.backup.passphrase.clone();
    let report = drill::with_record(settings, store, None, passphrase, Origin::Scheduled).await?;
    tracing::info!(report = %report, "backup.drill.passed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mc_base::{Clock, Random, SecretKey};
    use mc_domain::backups;
    use mc_store::{Options, jobs::Policy};

    use super::*;
    use crate::files;

    async fn run(settings: &Settings, store: &Store, kind: &'static str) {
        let txn = store.begin().await.unwrap();
        txn.enqueue(NewJob::new(kind, json!({})).lane(LANE)).await.unwrap();
        txn.commit().await.unwrap();
        let policy = Policy { attempts: 1, base: Duration::ZERO, max: Duration::ZERO };
        let runner = register(Runner::new(store, policy), settings, store).await.unwrap();
        assert_eq!(runner.run_due().await.unwrap(), 1);
    }

    #[tokio::test]
    async fn scheduled_backups_are_kept_in_number_tried_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            ("MC_DATA_DIR".to_owned(), folder.path().display().to_string()),
            ("MC_BACKUP_KEEP".to_owned(), "2".to_owned()),
        ];
        let (settings, _) = Settings::load(variables, None).unwrap();
        let options = Options::Sqlite { path: folder.path().join("mission-control.db") };
        let store = Store::connect(&options, Clock::system(), Random::system()).await.unwrap();
        store.migrate().await.unwrap();
        let _: SecretKey = files::server_key(&settings, store.random()).unwrap();
        run(&settings, &store, DRILL).await;
        assert_eq!(backups::runs(&store, 10).await.unwrap(), [], "there was nothing to try");
        for _ in 0..3 {
            run(&settings, &store, BACKUP).await;
        }
        assert_eq!(folder::list(&settings.backup.folder).unwrap().len(), 2);
        run(&settings, &store, DRILL).await;
        let health = backups::health(&store).await.unwrap();
        assert!(health.last_drill_at.is_some() && !health.drill_failing && !health.backup_failing);

        // What cannot be read is noticed by the trial, and told.
        let newest = folder::list(&settings.backup.folder).unwrap().remove(0).path;
        std::fs::write(&newest, "no backup").unwrap();
        run(&settings, &store, DRILL).await;
        assert!(backups::health(&store).await.unwrap().drill_failing);
        store.close().await;
    }
}
