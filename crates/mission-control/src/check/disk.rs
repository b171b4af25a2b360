//! The data directory: its rights, and the room on its disk.

use std::path::Path;

use super::report::Finding;
use crate::config::Settings;

const SUBJECT: &str = "data directory";
/// With less room than this, in bytes, a busy installation stops within hours.
const LOW: u64 = 1024 * 1024 * 1024;
/// With less room than this, in bytes, SQLite and backups fail.
const TOO_LOW: u64 = 100 * 1024 * 1024;

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let path = &settings.data_dir;
    let shown = path.display();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => {
            return vec![Finding::error(
                SUBJECT,
                format!("{shown} is no directory"),
                "set another MC_DATA_DIR",
            )];
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return vec![Finding::ok(SUBJECT, format!("{shown} does not exist; the first start makes it"))];
        }
        Err(error) => {
            let remedy = "run this command as the account of the server, or set another MC_DATA_DIR";
            return vec![Finding::error(SUBJECT, format!("{shown} cannot be read: {error}"), remedy)];
        }
    };
    let mut findings = vec![rights(path, &metadata)];
    findings.extend(room(path));
    findings
}

#[cfg(unix)]
fn rights(path: &Path, metadata: &std::fs::Metadata) -> Finding {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    let shown = path.display();
    if metadata.permissions().readonly() || rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err() {
        return Finding::error(
            SUBJECT,
            format!("{shown} cannot be written by this account"),
            "give it to the account of the server (chown), or set another MC_DATA_DIR",
        );
    }
    if mode & 0o077 != 0 {
        let text = format!(
            "{shown} holds the server key and has the mode {mode:o}: other accounts can look into it"
        );
        return Finding::warning(SUBJECT, text, format!("chmod 700 {shown}"));
    }
    Finding::ok(SUBJECT, format!("{shown} is for this account only"))
}

#[cfg(not(unix))]
fn rights(path: &Path, _: &std::fs::Metadata) -> Finding {
    Finding::ok(SUBJECT, format!("{} exists", path.display()))
}

#[cfg(unix)]
fn room(path: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(room_of(disk.f_bavail.saturating_mul(disk.f_frsize)))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<Finding> {
    None
}

fn room_of(free: u64) -> Finding {
    let text = format!("{} MiB are free", free / (1024 * 1024));
    let remedy = "make room, or move MC_DATA_DIR to a larger disk";
    match free {
        free if free < TOO_LOW => Finding::error("disk", text, remedy),
        free if free < LOW => Finding::warning("disk", text, remedy),
        _ => Finding::ok("disk", text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    #[test]
    fn a_full_disk_is_an_error_before_it_is_full() {
        for (free, level) in [(0, Level::Error), (TOO_LOW, Level::Warning), (LOW, Level::Ok)] {
            assert_eq!(room_of(free).level, level, "{free}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_others_can_read_is_warned_of() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().to_owned();
        let settings = |path: &Path| {
            let path = path.display().to_string();
            Settings::load([("MC_DATA_DIR".to_owned(), path)], None).unwrap().0
        };
        for (mode, level) in [(0o700, Level::Ok), (0o755, Level::Warning)] {
            std::fs::set_permissions(&data, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(look(&settings(&data))[0].level, level, "{mode:o}");
        }
        let file = data.join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(look(&settings(&file))[0].level, Level::Error);
        assert_eq!(look(&settings(&data.join("new")))[0].level, Level::Ok);
    }
}
