//! What servers wrote while they were tested, and whether a secret is in it.
//!
//! Servers write their logs into one folder, whose path tests get as `MC_TEST_LOGS`. Tests put the secrets that they make
//! or are given into the file `secrets` there, one a line. The scan looks for each of them, for its first characters, and
//! for what has the shape of a secret.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use regex::Regex;

use crate::machine;

/// The variable that tells tests the folder.
pub(crate) const TEST_LOGS: &str = "MC_TEST_LOGS";
/// The file with the secrets, in that folder.
const SECRETS: &str = "secrets";
/// A secret shorter than this would be found by chance.
const SHORTEST: usize = 12;
/// How much of a long secret must not be shown either.
const PREFIX: usize = 12;
/// The most places that are listed.
const SHOWN: usize = 50;

/// What secrets look like: tokens of ours and of others, credentials of HTTP, signed tokens, URLs with a password, and
/// values under a telling name.
const SHAPES: &[&str] = &[
    r"\bmc[a-z]?_[A-Za-z0-9]{20,}",
    r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}",
    r"\b(sk|rk|whsec|ghp|gho|xoxb)[_-][A-Za-z0-9_-]{12,}",
    r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}",
    r"://[^/\s:@]*:[^@\s/*]+@",
    r#"(?i)\b(token|secret|password|api_key)"?\s*[=:]\s*"?[A-Za-z0-9+/_.~-]{16,}"#,
];

/// What error messages show as the form of an address, which is nobody's password.
const EXAMPLE: &str = "://user:password@";

/// The folder of this workspace.
pub(crate) fn folder() -> PathBuf {
    machine::target().join("test-logs")
}

/// Removes what an earlier run has left.
pub(crate) fn clear() -> Result<()> {
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())
}

/// Remembers a secret that no log may show.
pub(crate) fn remember(secret: &str) -> Result<()> {
    let path = folder().join(SECRETS);
    let mut file = File::options().create(true).append(true).open(&path)?;
    // One write, because tests append to it at the same time.
    file.write_all(format!("{secret}\n").as_bytes()).with_context(|| path.display().to_string())
}

/// Looks through all logs. An error names each place where a secret stands, without showing it.
pub(crate) fn scan(folder: &Path) -> Result<()> {
    let secrets = fs::read_to_string(folder.join(SECRETS)).unwrap_or_default();
    let needles = Needles::new(&secrets)?;
    let mut logs: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    logs.sort();
    let (mut lines, mut found) = (0_u64, Vec::new());
    for log in &logs {
        let text = fs::read(log).with_context(|| log.display().to_string())?;
        for (number, line) in String::from_utf8_lossy(&text).lines().enumerate() {
            lines += 1;
            if let Some(what) = needles.first_in(line) {
                found.push(format!("{}:{}: {what}", log.display(), number + 1));
            }
        }
    }
    if logs.is_empty() || needles.count() == 0 {
        bail!("there are {} logs and {} secrets: nothing was tested before", logs.len(), needles.count());
    }
    println!("{lines} lines in {} logs, {} secrets looked for", logs.len(), needles.count());
    if found.is_empty() {
        return Ok(());
    }
    let rest = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    bail!("secrets in logs ({rest} more):\n{}", found.join("\n"))
}

struct Needles {
    secrets: BTreeSet<String>,
    shapes: Vec<Regex>,
}

impl Needles {
    fn new(secrets: &str) -> Result<Self> {
        let secrets = secrets.lines().map(str::trim).filter(|secret| secret.len() >= SHORTEST);
        // The beginning of a secret finds the whole of it too.
        let secrets = secrets.map(|secret| match secret.char_indices().nth(PREFIX) {
            Some((end, _)) if secret.len() >= 2 * PREFIX => secret[..end].to_owned(),
            _ => secret.to_owned(),
        });
        let shapes = SHAPES.iter().map(|shape| Regex::new(shape)).collect::<Result<_, _>>()?;
        Ok(Self { secrets: secrets.collect(), shapes })
    }

    fn count(&self) -> usize {
        self.secrets.len()
    }

    /// What is wrong with a line, if anything is.
    fn first_in(&self, line: &str) -> Option<String> {
        if self.secrets.iter().any(|secret| line.contains(secret.as_str())) {
            return Some("a secret of a test".to_owned());
        }
        let line = line.replace(EXAMPLE, "://");
        let shape = self.shapes.iter().find(|shape| shape.is_match(&line))?;
        Some(format!("looks like a secret ({shape})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_their_beginnings_and_their_shapes_are_found() {
        let secret = "Zk3vQ81mYp0aT7wLr5XcB2nD";
        let needles = Needles::new(&format!("short\n{secret}\n")).unwrap();
        assert_eq!(needles.count(), 1);
        for bad in [
            format!("x={secret}"),
            format!("x={}…", &secret[..PREFIX]),
            "agent mca_0123456789012345678901234567890123456".to_owned(),
            "Authorization: Bearer abcdefghij".to_owned(),
            "database=postgres://mc:hunter2@db:5432/x".to_owned(),
            r#"{"token":"0123456789abcdef"}"#.to_owned(),
            "key sk_live_0123456789abcdef".to_owned(),
        ] {
            assert!(needles.first_in(&bad).is_some(), "{bad}");
        }
        for good in [
            "mc_store::jobs::runner jobs.done job.id=0193a2b4-0000-7000-8000-000000000000",
            "app.lifecycle.started token_file=/var/lib/mission-control/local-token",
            "database=postgres://mc:***@db:5432/x",
            "DATABASE_URL: is no URL; set postgresql://user:password@host:5432/name",
            "path=/api/v1/agents/0193a2b4-0000-7000-8000-000000000000/token",
        ] {
            assert!(needles.first_in(good).is_none(), "{good}");
        }
    }

    #[test]
    fn a_scan_names_the_place_and_not_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        assert!(scan(folder.path()).is_err(), "nothing to look at is no success");
        fs::write(folder.path().join(SECRETS), "correct-horse-battery-staple\n").unwrap();
        fs::write(folder.path().join("a.log"), "one\ntwo\n").unwrap();
        scan(folder.path()).unwrap();
        fs::write(folder.path().join("b.log"), "one\nleak correct-horse-battery-staple\n").unwrap();
        let error = scan(folder.path()).unwrap_err().to_string();
        assert!(error.contains("b.log:2") && !error.contains("battery"), "{error}");
    }
}
