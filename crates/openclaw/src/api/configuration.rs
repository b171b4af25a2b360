//! `config.get` and `config.patch`.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep, timeout_at};

use super::{Api, params};
use crate::error::Error;
use crate::hello::Hello;
use crate::refusal::Refusal;
use crate::rpc::Rpc;

/// How often a change is worked out anew when somebody else changes the configuration at the same time.
const MAX_ATTEMPTS: u32 = 6;
/// Pause before that, growing with each attempt.
const PAUSE: Duration = Duration::from_millis(250);

/// A gateway's configuration at one time. Secrets in it are masked by the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Wire")]
pub struct ConfigSnapshot {
    /// Identifies this state; a patch names it so that it cannot overwrite another change.
    pub hash: Option<String>,
    /// The configuration.
    pub config: Map<String, Value>,
}

#[derive(Deserialize)]
struct Wire {
    hash: Option<String>,
    config: Option<Map<String, Value>>,
    parsed: Option<Map<String, Value>>,
}

impl From<Wire> for ConfigSnapshot {
    fn from(wire: Wire) -> Self {
        Self { hash: wire.hash, config: wire.config.or(wire.parsed).unwrap_or_default() }
    }
}

impl ConfigSnapshot {
    /// The version of the program that wrote the configuration last, from gateways that note it.
    #[must_use]
    pub fn last_touched_version(&self) -> Option<&str> {
        self.config.get("meta")?.get("lastTouchedVersion")?.as_str()
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigPatched {
    /// The configuration was already as wanted, and nothing was sent.
    Unchanged,
    /// The change was made.
    Changed,
}

impl<R: Rpc> Api<'_, R> {
    /// The gateway's configuration.
    ///
    /// # Errors
    /// Any [`Error`] of the call.
    pub async fn get_config(&self) -> Result<ConfigSnapshot, Error> {
        self.read("config.get", Map::new()).await
    }

    /// Sends one merge patch: null deletes, objects are merged, everything else replaces.
    ///
    /// # Errors
    /// Refused as [`Refusal::Conflict`] when `base_hash` is not the present state; [`Error::Closed`] when the gateway
    /// restarts at once, which leaves open whether it made the change. [`Self::change_config`] takes care of both.
    pub async fn patch_config(&self, patch: &Value, base_hash: Option<&str>) -> Result<Value, Error> {
        let query =
            params([("raw", Some(patch.to_string().into())), ("baseHash", base_hash.map(Value::from))]);
        self.call("config.patch", query, self.deadlines.write).await
    }

    /// Changes the configuration. `plan` gets the present one and what the gateway said about itself, and returns the
    /// merge patch that is still needed, or `None`; it is asked again when somebody else changed the configuration
    /// meanwhile, when the gateway restarted, and when it asked to wait and the time limit leaves room for that.
    ///
    /// # Errors
    /// The error of `plan`; refused as [`Refusal::Conflict`] when the configuration keeps changing, and as
    /// [`Refusal::RateLimited`] with the time to wait; any other [`Error`] of the calls.
    pub async fn change_config<F>(&self, plan: F) -> Result<ConfigPatched, Error>
    where
        F: Fn(&ConfigSnapshot, &Arc<Hello>) -> Result<Option<Value>, Error> + Send + Sync,
    {
        let until = Instant::now() + self.deadlines.config;
        let late =
            |_| Error::Timeout { what: "config.patch".to_owned(), limit: self.deadlines.config, sent: false };
        let _turn = timeout_at(until, self.rpc.config_turn().lock()).await.map_err(late)?;
        let mut outcome = ConfigPatched::Unchanged;
        let mut attempt = 1;
        loop {
            let error = match self.change_once(&plan, until, &mut outcome).await {
                Ok(()) => return Ok(outcome),
                Err(error) => error,
            };
            let again = matches!(error.refusal(), Some(Refusal::Conflict | Refusal::RateLimited))
                || matches!(error, Error::Closed { .. } | Error::NotConnected(_));
            let pause = error.retry_after().unwrap_or_default().max(PAUSE * attempt);
            if !again || attempt == MAX_ATTEMPTS || Instant::now() + pause >= until {
                return Err(error);
            }
            sleep(pause).await;
            attempt += 1;
        }
    }

    async fn change_once<F>(&self, plan: &F, until: Instant, outcome: &mut ConfigPatched) -> Result<(), Error>
    where
        F: Fn(&ConfigSnapshot, &Arc<Hello>) -> Result<Option<Value>, Error> + Send + Sync,
    {
        let hello = self.rpc.ready(until.saturating_duration_since(Instant::now())).await?;
        let snapshot = self.get_config().await?;
        if let Some(patch) = plan(&snapshot, &hello)? {
            // From here on the gateway may have made the change, whatever the answer is.
            let patched = self.patch_config(&patch, snapshot.hash.as_deref()).await;
            if patched.as_ref().is_ok() || patched.as_ref().is_err_and(Error::outcome_unknown) {
                *outcome = ConfigPatched::Changed;
            }
            patched?;
        }
        Ok(())
    }
}
