//! The methods of gateways that the subjects use, with their parameters and what is read from the answers.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use super::port::{Failure, GatewayError, GatewayPort, Hello, Target};
use crate::Context;

/// The label of the session of a gateway's main agent.
pub const MAIN_LABEL: &str = "Gateway Agent";

/// How long a request that only reads waits for a gateway.
pub const READ_WAIT: Duration = Duration::from_secs(15);
/// How long a request that writes waits for a gateway.
pub const WRITE_WAIT: Duration = Duration::from_secs(20);
/// The most pages of sessions that are read.
pub const SESSION_PAGES: usize = 20;

/// An answer of a gateway.
pub type Answer<T> = Result<T, GatewayError>;

/// Calls to one gateway.
#[derive(Clone, Copy, Debug)]
pub struct Rpc<'a> {
    port: &'a dyn GatewayPort,
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

/// A file of an agent, as a gateway lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentFile {
    /// The name, such as `SOUL.md`.
    pub name: String,
    /// Whether the gateway knows the name but has no file.
    pub is_missing: bool,
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

impl<'a> Rpc<'a> {
    /// Calls over the way that the context has.
    #[must_use]
    pub fn new(context: &'a Context, target: &'a Target) -> Self {
        Self { port: context.gateways(), target }
    }

    /// What the gateway says of itself.
    ///
    /// # Errors
    /// As [`GatewayPort::hello`].
    pub async fn hello(self) -> Answer<Hello> {
        self.port.hello(self.target).await
    }

    async fn call(self, method: &str, params: Value) -> Answer<Value> {
        self.port.request(self.target, method, params).await
    }

    /// Asks whether the gateway works.
    ///
    /// # Errors
    /// When it does not answer, or refuses.
    pub async fn health(self) -> Answer<()> {
        self.call("health", json!({})).await.map(drop)
    }

    /// The configuration of the gateway, as it sends it.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn config_get(self) -> Answer<Value> {
        self.call("config.get", json!({})).await
    }

    /// Changes the configuration: `patch` is merged into it. With the `base_hash` of [`Rpc::config_get`] the gateway
    /// refuses when somebody else was faster.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `Conflict` when the configuration has changed.
    pub async fn config_patch(self, patch: &Value, base_hash: Option<&str>) -> Answer<()> {
        let mut params = json!({ "raw": patch.to_string() });
        if let Some(hash) = base_hash {
            params["baseHash"] = hash.into();
        }
        self.call("config.patch", params).await.map(drop)
    }

    /// The sessions, as the gateway lists them: up to [`SESSION_PAGES`] pages.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn sessions_list(self) -> Answer<Vec<Value>> {
        let mut sessions = Vec::new();
        let mut params = json!({});
        for _ in 0..SESSION_PAGES {
            let answer = self.call("sessions.list", params).await?;
            // Newer gateways list a hundred at a time and say where to go on.
            let has_more = answer.get("hasMore").and_then(Value::as_bool).unwrap_or(false);
            let next = answer.get("nextOffset").and_then(Value::as_u64).filter(|_| has_more);
            let page = items(answer, "sessions");
            let is_empty = page.is_empty();
            sessions.extend(page);
            match next {
                Some(offset) if !is_empty => params = json!({ "offset": offset }),
                _ => break,
            }
        }
        Ok(sessions)
    }

    /// Makes sure of a session, and gives it a label.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn session_patch(self, key: &str, label: Option<&str>) -> Answer<Value> {
        let mut params = json!({ "key": key });
        if let Some(label) = label {
            params["label"] = label.into();
        }
        self.call("sessions.patch", params).await
    }

    /// Begins a session anew.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `NotFound` for an unknown session.
    pub async fn session_reset(self, key: &str) -> Answer<()> {
        self.call("sessions.reset", json!({ "key": key })).await.map(drop)
    }

    /// Deletes a session.
    ///
    /// # Errors
    /// As [`Rpc::session_reset`].
    pub async fn session_delete(self, key: &str) -> Answer<()> {
        self.call("sessions.delete", json!({ "key": key })).await.map(drop)
    }

    /// Puts a message into a session.
    ///
    /// # Errors
    /// As [`Rpc::session_reset`].
    pub async fn chat_send(self, message: ChatMessage<'_>) -> Answer<()> {
        let params = json!({
            "sessionKey": message.session_key,
            "message": message.text,
            "deliver": message.deliver,
            "idempotencyKey": message.idempotency_key,
        });
        self.call("chat.send", params).await.map(drop)
    }

    /// Makes sure of a labelled session and puts a message into it.
    ///
    /// # Errors
    /// As [`Rpc::health`].
    pub async fn tell(self, label: &str, message: ChatMessage<'_>) -> Answer<()> {
        self.session_patch(message.session_key, Some(label)).await?;
        self.chat_send(message).await
    }

    /// The last messages of a session, oldest first.
    ///
    /// # Errors
    /// As [`Rpc::session_reset`].
    pub async fn chat_history(self, session_key: &str, limit: i64) -> Answer<Vec<Value>> {
        let params = json!({ "sessionKey": session_key, "limit": limit });
        Ok(items(self.call("chat.history", params).await?, "messages"))
    }

    /// Makes an agent. The gateway makes its id from the name, so the name is the wanted id.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `Conflict` when there is one.
    pub async fn agent_create(self, agent_key: &str, workspace: &str) -> Answer<()> {
        self.call("agents.create", json!({ "name": agent_key, "workspace": workspace })).await.map(drop)
    }

    /// Gives an agent the name that people see, and its folder.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `NotFound` for an unknown agent, and for a new one until the gateway has read its
    /// configuration again.
    pub async fn agent_update(self, agent_key: &str, name: &str, workspace: &str) -> Answer<()> {
        let params = json!({ "agentId": agent_key, "name": name, "workspace": workspace });
        self.call("agents.update", params).await.map(drop)
    }

    /// Deletes an agent with its files and sessions.
    ///
    /// # Errors
    /// As [`Rpc::files_list`].
    pub async fn agent_delete(self, agent_key: &str) -> Answer<()> {
        self.call("agents.delete", json!({ "agentId": agent_key, "deleteFiles": true })).await.map(drop)
    }

    /// The files of an agent.
    ///
    /// # Errors
    /// As [`Rpc::health`]; `NotFound` for an unknown agent.
    pub async fn files_list(self, agent_key: &str) -> Answer<Vec<AgentFile>> {
        let listed = self.call("agents.files.list", json!({ "agentId": agent_key })).await?;
        Ok(items(listed, "files").iter().filter_map(file).collect())
    }

    /// The content of a file of an agent.
    ///
    /// # Errors
    /// As [`Rpc::files_list`]; `Protocol` when the answer has no content.
    pub async fn file_get(self, agent_key: &str, name: &str) -> Answer<String> {
        let answer = self.call("agents.files.get", json!({ "agentId": agent_key, "name": name })).await?;
        let content = [Some(&answer), answer.get("content"), answer.pointer("/file/content")]
            .into_iter()
            .flatten()
            .find_map(Value::as_str);
        content.map(str::to_owned).ok_or_else(|| {
            GatewayError::new(Failure::Protocol, format!("The gateway sent no content of {name}"))
        })
    }

    /// Writes a file of an agent.
    ///
    /// # Errors
    /// As [`Rpc::files_list`]; `Unsupported` for a name that the gateway does not take.
    pub async fn file_set(self, agent_key: &str, name: &str, content: &str) -> Answer<()> {
        let params = json!({ "agentId": agent_key, "name": name, "content": content });
        self.call("agents.files.set", params).await.map(drop)
    }
}

/// The list under a name, or the answer when it is a list itself.
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

fn file(entry: &Value) -> Option<AgentFile> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    Some(AgentFile {
        name: text("name").or_else(|| text("path"))?.to_owned(),
        is_missing: entry.get("missing").and_then(Value::as_bool).unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn files_have_a_name_and_may_be_missing() {
        let listed = json!({"files": [
            {"name": "SOUL.md", "path": "/srv/SOUL.md"}, {"path": "TOOLS.md", "missing": true}, "x", {}
        ]});
        let files: Vec<AgentFile> = items(listed, "files").iter().filter_map(file).collect();
        let file = |name: &str, is_missing| AgentFile { name: name.into(), is_missing };
        assert_eq!(files, [file("SOUL.md", false), file("TOOLS.md", true)]);
    }
}
