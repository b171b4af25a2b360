//! Throw-away servers that the tests talk to.

mod postgres;
mod redis;

pub(crate) use postgres::{Durability, Postgres};
pub(crate) use redis::Redis;

use std::{fs, path::Path};

/// The last lines of a server's log, for the message when it does not start.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
