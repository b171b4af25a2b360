//! The folder of the backups: names, the newest ones, how many are kept, and who may work in it now.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDateTime, Utc};
use tempfile::TempDir;

use crate::files;

const PREFIX: &str = "mission-control-";
const SUFFIX: &str = ".tar.gz";
const ENCRYPTED: &str = ".enc";
const LOCK: &str = ".lock";
const SCRATCH: &str = ".scratch-";
/// Sorts as text like as time.
const TIME: &str = "%Y%m%dT%H%M%S%.3fZ";

/// What a backup is made for. Each kind has its own bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Somebody asked for it. Never deleted by us.
    Manual,
    /// The schedule asked for it.
    Scheduled,
    /// What stood there before the schema was changed.
    Migration,
    /// What stood there before another backup was restored.
    Restore,
}

impl Origin {
    const ALL: [Self; 4] = [Self::Manual, Self::Scheduled, Self::Migration, Self::Restore];

    /// The name in files and records.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Scheduled => "scheduled",
            Self::Migration => "migration",
            Self::Restore => "restore",
        }
    }
}

/// A backup that lies in the folder.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) origin: Origin,
    pub(crate) is_encrypted: bool,
    pub(crate) size: u64,
}

/// The name of a new backup.
pub(super) fn name(created_at: DateTime<Utc>, origin: Origin, is_encrypted: bool) -> String {
    let end = if is_encrypted { ENCRYPTED } else { "" };
    format!("{PREFIX}{}-{}{SUFFIX}{end}", created_at.format(TIME), origin.as_str())
}

fn parse(name: &str) -> Option<(DateTime<Utc>, Origin, bool)> {
    let rest = name.strip_prefix(PREFIX)?;
    let (rest, is_encrypted) = rest.strip_suffix(ENCRYPTED).map_or((rest, false), |rest| (rest, true));
    let (time, origin) = rest.strip_suffix(SUFFIX)?.split_once('-')?;
    let time = NaiveDateTime::parse_from_str(time, TIME).ok()?.and_utc();
    let origin = Origin::ALL.into_iter().find(|known| known.as_str() == origin)?;
    Some((time, origin, is_encrypted))
}

/// The backups in the folder, newest first; other files are left alone. No folder has none.
pub(crate) fn list(folder: &Path) -> anyhow::Result<Vec<Kept>> {
    let unreadable = || format!("MC_BACKUP_DIR: {} cannot be read", folder.display());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(unreadable),
    };
    let mut kept = Vec::new();
    for entry in entries {
        let entry = entry.with_context(unreadable)?;
        let Some((created_at, origin, is_encrypted)) = entry.file_name().to_str().and_then(parse) else {
            continue;
        };
        // One that is deleted at this moment is gone.
        let Ok(data) = entry.metadata() else { continue };
        kept.push(Kept { path: entry.path(), created_at, origin, is_encrypted, size: data.len() });
    }
    kept.sort_by(|left, right| right.path.cmp(&left.path));
    Ok(kept)
}

/// Deletes all but the newest backups of one kind.
pub(crate) fn prune(folder: &Path, origin: Origin, keep: usize) -> anyhow::Result<usize> {
    let old: Vec<Kept> = list(folder)?.into_iter().filter(|kept| kept.origin == origin).skip(keep).collect();
    for kept in &old {
        fs::remove_file(&kept.path).with_context(|| format!("{} cannot be deleted", kept.path.display()))?;
    }
    Ok(old.len())
}

/// The folder while one process works in it.
pub(super) struct Workplace {
    folder: PathBuf,
    _lock: File,
}

impl Workplace {
    /// Makes the folder (0700) when it is not there, takes it for this process, and clears away what a process left
    /// behind that was killed.
    pub(super) fn take(folder: &Path) -> anyhow::Result<Self> {
        if !folder.is_dir() {
            files::private_dir("MC_BACKUP_DIR", folder)?;
        }
        let path = folder.join(LOCK);
        let lock =
            File::options().create(true).truncate(false).write(true).open(&path).with_context(|| {
                format!("{} cannot be written; make the folder writable, or name another one", path.display())
            })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                bail!("another backup or restore works in {}; wait until it is done", folder.display())
            }
            Err(fs::TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
            }
        }
        let place = Self { folder: folder.to_owned(), _lock: lock };
        place.clear();
        Ok(place)
    }

    /// Whoever holds the lock made no scratch folder yet, so all that are there are left over.
    fn clear(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(SCRATCH)
                && let Err(error) = fs::remove_dir_all(entry.path())
            {
                tracing::warn!(%error, path = %entry.path().display(), "backup.scratch.kept");
            }
        }
    }

    /// A folder for what is in the making (0700), which goes with the value.
    pub(super) fn scratch(&self) -> anyhow::Result<TempDir> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(SCRATCH);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        builder
            .tempdir_in(&self.folder)
            .with_context(|| format!("{} cannot be written", self.folder.display()))
    }

    /// Fails when fewer bytes are free than are needed.
    pub(super) fn need(&self, bytes: u64) -> anyhow::Result<()> {
        need(&self.folder, bytes)
    }
}

/// Fails when a file system has fewer bytes free than are needed.
pub(super) fn need(folder: &Path, bytes: u64) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let space = rustix::fs::statvfs(folder)
            .with_context(|| format!("the free space of {} cannot be read", folder.display()))?;
        let free = space.f_bavail.saturating_mul(space.f_frsize);
        if free < bytes {
            bail!(
                "{} has {} MB free, and {} MB may be needed; make room, or name another folder",
                folder.display(),
                free / 1_000_000,
                bytes.div_ceil(1_000_000)
            );
        }
    }
    #[cfg(not(unix))]
    let _ = (folder, bytes);
    Ok(())
}

/// Makes a rename durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn noon() -> DateTime<Utc> {
        "2026-11-21T12:00:00.123Z".parse().unwrap()
    }

    #[test]
    fn names_can_be_read_again() {
        for origin in Origin::ALL {
            for is_encrypted in [false, true] {
                let name = name(noon(), origin, is_encrypted);
                assert_eq!(parse(&name), Some((noon(), origin, is_encrypted)), "{name}");
            }
        }
        for other in ["mission-control.db", "mission-control-x.tar.gz", "notes.tar.gz", ".lock"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn only_the_oldest_of_one_kind_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        for (hours, origin) in
            [(1, Origin::Scheduled), (2, Origin::Manual), (3, Origin::Scheduled), (4, Origin::Scheduled)]
        {
            let name = name(noon() + TimeDelta::hours(hours), origin, false);
            fs::write(folder.path().join(name), "x").unwrap();
        }
        fs::write(folder.path().join("other"), "x").unwrap();
        assert_eq!(prune(folder.path(), Origin::Scheduled, 2).unwrap(), 1);
        let hours: Vec<i64> =
            list(folder.path()).unwrap().iter().map(|kept| (kept.created_at - noon()).num_hours()).collect();
        assert_eq!(hours, [4, 3, 2]);
        assert!(folder.path().join("other").exists());
    }

    #[test]
    fn one_works_at_a_time_and_clears_up_after_the_dead() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".scratch-left")).unwrap();
        let place = Workplace::take(folder.path()).unwrap();
        assert!(!folder.path().join(".scratch-left").exists());
        let error = Workplace::take(folder.path()).err().unwrap().to_string();
        assert!(error.contains("another backup"), "{error}");
        drop(place);
        Workplace::take(folder.path()).unwrap();
    }

    #[test]
    fn too_little_space_is_noticed_before() {
        let folder = tempfile::tempdir().unwrap();
        assert!(need(folder.path(), 1).is_ok());
        let error = need(folder.path(), u64::MAX).unwrap_err().to_string();
        assert!(error.contains("MB free"), "{error}");
    }
}
