//! The methods of a gateway with types.

mod agents;
mod chat;
mod configuration;
mod devices;
mod files;
mod runs;
mod sessions;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, shorten};
use crate::rpc::Rpc;

pub use agents::{Agent, AgentList, NewAgent};
pub use chat::{History, Message, SendStatus, Sent};
pub use configuration::{ConfigPatched, ConfigSnapshot};
pub use devices::{Devices, PairedDevice, PendingDevice};
pub use files::{AgentFile, FileEntry};
pub use runs::{Run, RunState};
pub use sessions::Session;

/// Time limits of calls.
#[derive(Debug, Clone)]
pub struct Deadlines {
    /// Reads. The first reads after a gateway's start are slow.
    pub read: Duration,
    /// Writes of agents, files and sessions.
    pub write: Duration,
    /// Everything that changing the configuration takes, restarts and repetitions included.
    pub config: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            read: Duration::from_secs(30),
            write: Duration::from_secs(60),
            config: Duration::from_secs(120),
        }
    }
}

/// The methods of a gateway, over a [`Connection`](crate::Connection) or a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Api<'a, R> {
    rpc: &'a R,
    deadlines: Deadlines,
}

impl<'a, R: Rpc> Api<'a, R> {
    /// The methods over `rpc` with the usual time limits.
    #[must_use]
    pub fn new(rpc: &'a R) -> Self {
        Self { rpc, deadlines: Deadlines::default() }
    }

    /// The same with other time limits.
    #[must_use]
    pub fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Asks whether the gateway works; the answer is the gateway's own.
    ///
    /// # Errors
    /// Any [`Error`] of the call.
    pub async fn health(&self) -> Result<Value, Error> {
        self.read("health", Map::new()).await
    }

    async fn read<T: DeserializeOwned>(&self, method: &str, params: Map<String, Value>) -> Result<T, Error> {
        self.call(method, params, self.deadlines.read).await
    }

    async fn write<T: DeserializeOwned>(&self, method: &str, params: Map<String, Value>) -> Result<T, Error> {
        self.call(method, params, self.deadlines.write).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: Map<String, Value>,
        limit: Duration,
    ) -> Result<T, Error> {
        let payload = self.rpc.request(method, Value::Object(params), limit).await?;
        serde_json::from_value(payload)
            .map_err(|error| Error::Protocol(shorten(&format!("the answer to {method}: {error}"))))
    }
}

/// Parameters by name; those without a value are left out, since gateways refuse what they do not know.
fn params<const N: usize>(entries: [(&str, Option<Value>); N]) -> Map<String, Value> {
    entries.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The list under a name, or the answer when it is a list itself; empty for any other answer.
fn items(answer: Value, name: &str) -> Vec<Value> {
    match answer {
        Value::Array(items) => items,
        Value::Object(mut object) => match object.remove(name) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Refuses blank names before a gateway makes something of them.
fn required(field: &'static str, value: &str) -> Result<Option<Value>, Error> {
    if value.trim().is_empty() {
        return Err(Error::invalid(field, "is required"));
    }
    Ok(Some(Value::from(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_found_where_gateways_put_them() {
        for (answer, expected) in [
            (json!([1, 2]), vec![json!(1), json!(2)]),
            (json!({"sessions": [1]}), vec![json!(1)]),
            (json!({"sessions": null}), vec![]),
            (json!({"other": [1]}), vec![]),
            (json!(null), vec![]),
            (json!("x"), vec![]),
        ] {
            assert_eq!(items(answer.clone(), "sessions"), expected, "{answer}");
        }
    }
}
