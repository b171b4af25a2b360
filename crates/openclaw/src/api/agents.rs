//! `agents.*`: the agents of a gateway.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep};

use super::{Api, params, required};
use crate::error::Error;
use crate::refusal::Refusal;
use crate::rpc::Rpc;

/// How long a gateway may take to load the configuration that a new agent changed, and how often it is asked.
const RELOAD_LIMIT: Duration = Duration::from_secs(15);
const RELOAD_STEP: Duration = Duration::from_millis(250);

/// An agent as the gateway lists it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: String,
    /// Everything else that the gateway says of it.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// The agents of a gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentList {
    /// The agent that answers where none is named.
    pub default_id: Option<String>,
    /// All agents.
    pub agents: Vec<Agent>,
}

/// An agent that should exist.
#[derive(Debug, Clone, Copy)]
pub struct NewAgent<'a> {
    /// Its id; lower-case letters, digits and dashes, since gateways derive the id from this name.
    pub id: &'a str,
    /// The name that people see.
    pub display_name: &'a str,
    /// The folder of its files on the gateway's machine.
    pub workspace: &'a str,
}

impl<R: Rpc> Api<'_, R> {
    /// All agents.
    ///
    /// # Errors
    /// Any [`Error`] of the call.
    pub async fn list_agents(&self) -> Result<AgentList, Error> {
        self.read("agents.list", Map::new()).await
    }

    /// Makes an agent, and returns the id that the gateway gave it.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for blank arguments; refused as [`Refusal::AlreadyExists`] when there is one.
    pub async fn create_agent(&self, name: &str, workspace: &str) -> Result<String, Error> {
        let query =
            params([("name", required("name", name)?), ("workspace", required("workspace", workspace)?)]);
        let answer: Value = self.write("agents.create", query).await?;
        Ok(answer.get("agentId").and_then(Value::as_str).unwrap_or(name).to_owned())
    }

    /// Renames an agent and moves its workspace.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank id; refused as [`Refusal::AgentNotFound`] when there is none, which also
    /// happens in the first seconds of a new agent ([`Self::ensure_agent`] waits for that).
    pub async fn update_agent(&self, id: &str, name: &str, workspace: &str) -> Result<(), Error> {
        let query = params([
            ("agentId", required("agent_id", id)?),
            ("name", required("name", name)?),
            ("workspace", required("workspace", workspace)?),
        ]);
        self.write::<Value>("agents.update", query).await.map(drop)
    }

    /// Makes sure that an agent exists with this name and workspace; true when it was made now.
    ///
    /// Waits for the gateway to take in a new agent, and survives the restart that older gateways make for it.
    ///
    /// # Errors
    /// [`Error::Protocol`] when the gateway made an agent of another id, and any [`Error`] of the calls.
    pub async fn ensure_agent(&self, agent: NewAgent<'_>) -> Result<bool, Error> {
        let created = match self.create_agent(agent.id, agent.workspace).await {
            Ok(id) if id == agent.id => true,
            Ok(id) => {
                return Err(Error::Protocol(format!(
                    "the gateway named the agent {id} instead of {}",
                    agent.id
                )));
            }
            Err(error) if error.refusal() == Some(Refusal::AlreadyExists) => false,
            Err(error) => return Err(error),
        };
        let until = Instant::now() + RELOAD_LIMIT;
        loop {
            let error = match self.update_agent(agent.id, agent.display_name, agent.workspace).await {
                Ok(()) => return Ok(created),
                Err(error) => error,
            };
            let loading = created && error.refusal() == Some(Refusal::AgentNotFound);
            let lost = matches!(error, Error::Closed { .. } | Error::NotConnected(_));
            if !(loading || lost) || Instant::now() >= until {
                return Err(error);
            }
            if lost {
                // The update says the same every time, so that it may be sent again.
                self.rpc.ready(until.saturating_duration_since(Instant::now())).await?;
            }
            sleep(RELOAD_STEP).await;
        }
    }

    /// Deletes an agent with its sessions, and with its files if `delete_files`; false when there is none.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank id, and any other [`Error`] of the call.
    pub async fn delete_agent(&self, id: &str, delete_files: bool) -> Result<bool, Error> {
        let query =
            params([("agentId", required("agent_id", id)?), ("deleteFiles", Some(delete_files.into()))]);
        match self.write::<Value>("agents.delete", query).await {
            Ok(_) => Ok(true),
            Err(error) if error.refusal() == Some(Refusal::AgentNotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
