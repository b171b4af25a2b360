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
            async move { back_up(&settings, &store).await.map_err(failed) }
        })
        .handler(DRILL, move |_| {
            let (settings, store) = (for_drill.clone(), drill_store.clone());
            async move { try_newest(&settings, &store).await.map_err(failed) }
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

fn failed(error: anyhow::Error) -> JobError {
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
