//! The methods of gateways that the subjects use: those of the client library, over the port.

use std::{sync::Arc, time::Duration};

use mc_openclaw::{
    Api,
    config::{self, Changes, Dialect},
};
pub use mc_openclaw::{
    Hello,
    api::{AgentFile, ConfigPatched, ConfigSnapshot, FileEntry, Run, RunState},
};
use serde_json::Value;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{
    bridge::Bridge,
    port::{Failure, GatewayError, Target},
};
use crate::Context;

/// The label of the session of a gateway's main agent.
pub const MAIN_LABEL: &str = "Gateway Agent";

/// How long a request that only reads waits for a gateway.
pub const READ_WAIT: Duration = Duration::from_secs(15);
/// How long a request that writes waits for a gateway.
pub const WRITE_WAIT: Duration = Duration::from_secs(20);

/// An answer of a gateway.
pub type Answer<T> = Result<T, GatewayError>;

/// Calls to one gateway.
#[derive(Clone, Copy, Debug)]
pub struct Rpc<'a> {
    context: &'a Context,
    target: &'a Target,
}

/// A message for a session.
#[derive(Clone, Copy, Debug)]
pub struct ChatMessage<'a> {
    /// The session.
    pub session_key: &'a str,
    /// What is said.
    pub text: &'a str,
    /// Whether the agent's answer goes out to its channels, not only into its session.
    pub deliver: bool,
    /// The same for every try of one message, so that a message that arrives twice counts once.
    pub idempotency_key: Uuid,
}

/// Whether a session, as [`Rpc::sessions_list`] gives it, is at work.
#[must_use]
pub(crate) fn is_running(session: &Value) -> bool {
    session.get("hasActiveRun").and_then(Value::as_bool) == Some(true)
        // Older gateways say it so.
        || session.get("status").and_then(Value::as_str) == Some("running")
}

/// Gives up waiting after a time.
///
/// # Errors
/// `Timeout` when the time is over; else the error of the call.
pub async fn within<T>(limit: Duration, call: impl Future<Output = Answer<T>>) -> Answer<T> {
    match timeout(limit, call).await {
        Ok(answer) => answer,
        Err(_) => Err(GatewayError::new(
            Failure::Timeout,
            format!("The gateway did not answer within {} seconds", limit.as_secs()),
        )),
    }
}

/// Counts the restarts of its gateway that a piece of work survives. Older ones restart after each change of their
/// configuration, and agents that are made one after the other make as many. Only for work that can be done again.
#[derive(Debug)]
pub(crate) struct Restarts(u8);

impl Restarts {
    /// How many are survived.
    const MOST: u8 = 6;
    /// The first pause before the work is done again, by which each further one is longer; the connection itself waits for
    /// the gateway.
    const PAUSE: Duration = Duration::from_millis(250);

    /// None so far.
    pub(crate) fn new() -> Self {
        Self(0)
    }

    /// Whether the work that failed so is to be done again now.
    pub(crate) async fn survives(&mut self, error: &GatewayError) -> bool {
        if !error.is_cut_off() || self.0 == Self::MOST {
            return false;
        }
        tracing::debug!(reason = error.message, "gateway.restart.survived");
        self.0 += 1;
        sleep(Self::PAUSE * u32::from(self.0)).await;
        true
    }
}

/// Calls a method of the library over the bridge, and gives its failure in the words of this crate.
macro_rules! call {
    ($rpc:expr, |$api:ident| $call:expr) => {{
        let bridge = Bridge::new($rpc.context.gateways(), $rpc.target);
        let $api = Api::new(&bridge);
        $call.await.map_err(|error| bridge.failure(error))
    }};
}

impl<'a> Rpc<'a> {
    /// Calls over the way that the context has.
    #[must_use]
    pub fn new(context: &'a Context, target: &'a Target) -> Self {
        Self { context, target }
    }

    /// What the gateway says of itself.
    ///
    /// # Errors
    /// As [`super::port::GatewayPort::hello`].
    pub async fn hello(self) -> Answer<Arc<Hello>> {
        self.context.gateways().hello(self.target).await
    }

    /// Asks whether the gateway works.
    ///
    /// # Errors
    /// When it does not answer, or refuses.
    pub async fn health(self) -> Answer<()> {
        call!(self, |api| api.health()).map(drop)
    }

    /// The configuration of the gateway, with the hash by which a change names it.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn config(self) -> Answer<ConfigSnapshot> {
        call!(self, |api| api.get_config())
    }

    /// The form of the gateway's configuration, which also says which files and keys it takes.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn dialect(self) -> Answer<Dialect> {
        let hello = self.hello().await?;
        Ok(Dialect::detect(&self.config().await?.config, &hello))
    }

    /// Brings the configuration of the gateway into the wanted state, in the form that it has. Nothing is sent when it
    /// is so already. Changes that are asked for at the same time go in one patch, one patch at a time; somebody
    /// else's change meanwhile and a restart of the gateway are survived.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `Busy` when the gateway takes no more changes for now; `Conflict` when its configuration
    /// keeps changing.
    pub async fn change_config(self, changes: Changes) -> Answer<ConfigPatched> {
        let queue = self.context.config_queues().of(self.target);
        queue.apply(changes, |changes| self.patch_config(changes)).await
    }

    async fn patch_config(self, changes: Changes) -> Answer<ConfigPatched> {
        // A gateway that goes away in the middle is waited for; one that is not there is not.
        self.hello().await?;
        call!(self, |api| api.change_config(|snapshot, hello| {
            let dialect = Dialect::detect(&snapshot.config, hello);
            Ok(config::plan(&snapshot.config, dialect, &changes))
        }))
    }

    /// The sessions, as the gateway lists them: all pages, up to 10,000 sessions.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn sessions_list(self) -> Answer<Vec<Value>> {
        let sessions = call!(self, |api| api.list_sessions())?;
        Ok(sessions.into_iter().map(|session| Value::Object(session.fields)).collect())
    }

    /// Makes sure of a session, and gives it a label. Gives the session's entry.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn session_patch(self, key: &str, label: Option<&str>) -> Answer<Value> {
        call!(self, |api| api.patch_session(key, label))
    }

    /// Begins a session anew.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `NotFound` for an unknown session.
    pub async fn session_reset(self, key: &str) -> Answer<()> {
        call!(self, |api| api.reset_session(key))
    }

    /// Deletes a session; false when there is none, and for the main session of an agent that newer gateways keep.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn session_delete(self, key: &str) -> Answer<bool> {
        call!(self, |api| api.delete_session(key))
    }

    /// Puts a message into a session, and gives the run in which the agent works on it, where the gateway names it.
    ///
    /// # Errors
    /// As [`Rpc::session_reset`].
    pub async fn chat_send(self, message: ChatMessage<'_>) -> Answer<Option<String>> {
        let key = message.idempotency_key.to_string();
        let sent =
            call!(self, |api| api.send_message(message.session_key, message.text, &key, message.deliver))?;
        Ok(sent.run_id)
    }

    /// Makes sure of a labelled session and puts a message into it.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn tell(self, label: &str, message: ChatMessage<'_>) -> Answer<()> {
        self.session_patch(message.session_key, Some(label)).await?;
        self.chat_send(message).await.map(drop)
    }

    /// The last messages of a session, oldest first; `limit` from 1 to 1000.
    ///
    /// # Errors
    /// As [`Rpc::session_reset`].
    pub async fn chat_history(self, session_key: &str, limit: i64) -> Answer<Vec<Value>> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let history = call!(self, |api| api.history(session_key, Some(limit)))?;
        Ok(history.messages.into_iter().map(|message| Value::Object(message.fields)).collect())
    }

    /// Makes sure of an agent with this name and folder, and waits until the gateway has taken it in; true when it was
    /// made now. Can be repeated.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `Protocol` when the gateway gave the agent another id.
    pub async fn agent_ensure(self, agent_key: &str, name: &str, workspace: &str) -> Answer<bool> {
        let agent = mc_openclaw::api::NewAgent { id: agent_key, display_name: name, workspace };
        call!(self, |api| api.ensure_agent(agent))
    }

    /// Deletes an agent with its files and sessions; false when there is none.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn agent_delete(self, agent_key: &str) -> Answer<bool> {
        call!(self, |api| api.delete_agent(agent_key, true))
    }

    /// The files of an agent that the gateway lists.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `NotFound` for an unknown agent.
    pub async fn files_list(self, agent_key: &str) -> Answer<Vec<FileEntry>> {
        call!(self, |api| api.list_files(agent_key))
    }

    /// A file of an agent, with the hash by which a change names it.
    ///
    /// # Errors
    /// As [`Rpc::files_list`]; `Unsupported` for a name that the gateway does not take; `Protocol` when the answer has
    /// no content.
    pub async fn file_read(self, agent_key: &str, name: &str) -> Answer<AgentFile> {
        call!(self, |api| api.get_file(agent_key, name))
    }

    /// The content of a file of an agent.
    ///
    /// # Errors
    /// As [`Rpc::file_read`]; `NotFound` for a file that is missing.
    pub async fn file_get(self, agent_key: &str, name: &str) -> Answer<String> {
        let file = self.file_read(agent_key, name).await?;
        if file.missing {
            return Err(GatewayError::new(Failure::NotFound, format!("The agent has no file {name}")));
        }
        Ok(file.content)
    }

    /// Writes a file of an agent, whatever was in it.
    ///
    /// # Errors
    /// As [`Rpc::files_list`]; `Unsupported` for a name that the gateway does not take.
    pub async fn file_set(self, agent_key: &str, name: &str, content: &str) -> Answer<()> {
        self.file_write(agent_key, name, content, None).await
    }

    /// Writes a file of an agent. With a hash of [`Rpc::file_read`] only while the file is as it was read; gateways
    /// that give no hash take none.
    ///
    /// # Errors
    /// As [`Rpc::file_set`]; `Conflict` when the file was changed meanwhile.
    pub async fn file_write(
        self,
        agent_key: &str,
        name: &str,
        content: &str,
        expected_hash: Option<&str>,
    ) -> Answer<()> {
        call!(self, |api| api.set_file(agent_key, name, content, expected_hash))
    }
}
