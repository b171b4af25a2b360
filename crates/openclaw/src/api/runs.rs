//! `agent.wait`: the end of an agent's work on a message.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{Api, params, required};
use crate::error::{Error, shorten};
use crate::rpc::Rpc;

/// What an answer may take longer than the wait that was asked for.
const MARGIN: Duration = Duration::from_secs(10);

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// The agent is done.
    Ok,
    /// The agent could not do it, for example because its model failed.
    Error,
    /// The agent is still at it, or the gateway does not know the run.
    Pending,
    /// Another state, from a gateway that has more of them.
    #[serde(untagged)]
    Other(String),
}

/// The work of an agent on one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// How it stands.
    pub state: RunState,
    /// Why it failed, at most 500 characters.
    pub error: Option<String>,
}

impl<R: Rpc> Api<'_, R> {
    /// Waits at most `limit` for the end of a run, which is named by the idempotency key of its message.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank `run_id`, [`Error::Protocol`] for an answer without a state, and any other
    /// [`Error`] of the call.
    pub async fn wait_for_run(&self, run_id: &str, limit: Duration) -> Result<Run, Error> {
        let wait = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let query = params([("runId", required("run_id", run_id)?), ("timeoutMs", Some(wait.into()))]);
        let answer: Value = self.call("agent.wait", query, limit + MARGIN).await?;
        let state = answer.get("status").cloned().map(serde_json::from_value);
        let Some(Ok(state)) = state else {
            return Err(Error::Protocol("the answer to agent.wait has no status".to_owned()));
        };
        let error = answer.get("error").filter(|error| !error.is_null());
        let text = |error: &Value| match error {
            Value::String(text) => shorten(text),
            other => shorten(other.get("message").and_then(Value::as_str).unwrap_or("unknown error")),
        };
        Ok(Run { state, error: error.map(text) })
    }
}
