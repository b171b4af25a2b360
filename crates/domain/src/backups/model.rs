use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A backup was made.
    Backup,
    /// A backup was restored to a scratch place and looked at.
    Drill,
}

impl Action {
    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Drill => "drill",
        }
    }
}

/// What became of one backup or drill.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BackupRun {
    /// The id.
    pub id: Uuid,
    /// `backup` or `drill`.
    pub action: String,
    /// What it was made for: `manual`, `scheduled`, `migration` or `restore`.
    pub origin: String,
    /// The name of the file, without its folder.
    pub file_name: Option<String>,
    /// Whether all went well.
    pub succeeded: bool,
    /// Whether the file is encrypted.
    pub is_encrypted: bool,
    /// The length of the file.
    pub size_bytes: Option<i64>,
    /// What was found, or why it failed.
    pub detail: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
}

/// A run to remember.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// What was done.
    pub action: Action,
    /// What it was made for.
    pub origin: &'static str,
    /// The name of the file, without its folder.
    pub file_name: Option<String>,
    /// Whether all went well.
    pub succeeded: bool,
    /// Whether the file is encrypted.
    pub is_encrypted: bool,
    /// The length of the file in bytes.
    pub size_bytes: Option<u64>,
    /// What was found, or why it failed.
    pub detail: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// How backups stand, for probes and figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackupHealth {
    /// When the last backup that succeeded was finished.
    pub last_backup_at: Option<DateTime<Utc>>,
    /// Its length in bytes.
    pub last_backup_bytes: Option<i64>,
    /// Whether the newest attempt at a backup failed.
    pub backup_failing: bool,
    /// When the last drill that succeeded was finished.
    pub last_drill_at: Option<DateTime<Utc>>,
    /// Whether the newest drill failed.
    pub drill_failing: bool,
}
