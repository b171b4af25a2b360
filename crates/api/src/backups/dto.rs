use mc_base::Timestamp;
use mc_domain::backups::{BackupHealth, BackupRun};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How backups stand, and what became of the newest ones.
#[derive(Serialize, ToSchema)]
pub(crate) struct SystemBackups {
    /// When the last backup that succeeded was finished.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_backup_at: Option<Timestamp>,
    /// Its length in bytes.
    last_backup_bytes: Option<i64>,
    /// Whether the newest attempt at a backup failed.
    backup_failing: bool,
    /// When the last trial that succeeded was finished.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_drill_at: Option<Timestamp>,
    /// Whether the newest trial failed.
    drill_failing: bool,
    /// Backups and trials, newest first.
    items: Vec<SystemBackupRun>,
}

/// What became of one backup, or of one trial to restore one.
#[derive(Serialize, ToSchema)]
pub(crate) struct SystemBackupRun {
    id: Uuid,
    /// `backup` or `drill`.
    action: String,
    /// What it was made for: `manual`, `scheduled`, `migration` or `restore`.
    origin: String,
    /// The name of the file, without its folder.
    file_name: Option<String>,
    /// Whether all went well.
    succeeded: bool,
    /// Whether the file is encrypted.
    is_encrypted: bool,
    /// The length of the file.
    size_bytes: Option<i64>,
    /// What was found, or why it failed.
    detail: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    finished_at: Timestamp,
}

impl SystemBackups {
    pub(crate) fn of(health: &BackupHealth, runs: Vec<BackupRun>) -> Self {
        let item = |run: BackupRun| SystemBackupRun {
            id: run.id,
            action: run.action,
            origin: run.origin,
            file_name: run.file_name,
            succeeded: run.succeeded,
            is_encrypted: run.is_encrypted,
            size_bytes: run.size_bytes,
            detail: run.detail,
            started_at: run.started_at.into(),
            finished_at: run.finished_at.into(),
        };
        Self {
            last_backup_at: health.last_backup_at.map(Into::into),
            last_backup_bytes: health.last_backup_bytes,
            backup_failing: health.backup_failing,
            last_drill_at: health.last_drill_at.map(Into::into),
            drill_failing: health.drill_failing,
            items: runs.into_iter().map(item).collect(),
        }
    }
}
