//! What `cargo xtask test` searches when all tests are done: the logs of the servers, for the secrets of the tests.
//!
//! `MC_TEST_LOGS` names the folder for both; without it nothing is kept.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

use crate::variable;

/// Values shorter than this are found by chance, and are no secrets.
const SHORTEST: usize = 12;

static KEPT: AtomicU32 = AtomicU32::new(0);

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(variable("MC_TEST_LOGS")?);
    fs::create_dir_all(&folder).expect("MC_TEST_LOGS is a folder that can be written");
    Some(folder)
}

/// A secret that no log may show.
fn remember(secret: &str) {
    let Some(folder) = folder() else { return };
    let file = File::options().create(true).append(true).open(folder.join("secrets"));
    let mut file = file.expect("MC_TEST_LOGS can be written");
    // One write, because several test programs append to it.
    file.write_all(format!("{}\n", secret.trim()).as_bytes()).expect("MC_TEST_LOGS can be written");
}

/// The value of a setting, when its name says that it is secret.
pub(crate) fn remember_setting(name: &str, value: &str) {
    if ["TOKEN", "SECRET", "PASSWORD", "PASSPHRASE"].iter().any(|word| name.contains(word)) {
        remember(value);
    }
}

/// Every text of a body whose name says that it is secret.
pub(crate) fn remember_all(body: &Value) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if text.len() >= SHORTEST && is_secret(name) => remember(text),
                    other => remember_all(other),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(remember_all),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    ["token", "secret", "password"].iter().any(|word| name.ends_with(word))
}

/// What a program wrote to standard error.
pub(crate) fn keep_log(text: &[u8]) {
    let Some(folder) = folder().filter(|_| !text.is_empty()) else { return };
    let number = KEPT.fetch_add(1, Ordering::Relaxed);
    let path = folder.join(format!("black-box-{}-{number}.log", std::process::id()));
    fs::write(path, text).expect("MC_TEST_LOGS can be written");
}

/// The logs of an installation that goes away, and the secrets that it has made.
pub(crate) fn hand_over(installation: &Path) {
    if folder().is_none() {
        return;
    }
    for name in ["data/local-token", "data/server.key"] {
        if let Ok(secret) = fs::read_to_string(installation.join(name)) {
            remember(&secret);
        }
    }
    for entry in fs::read_dir(installation).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("log-") {
            keep_log(&fs::read(entry.path()).unwrap_or_default());
        }
    }
}
