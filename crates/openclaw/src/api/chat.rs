//! `chat.*`: messages to agents and what was said.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Api, items, params, required};
use crate::error::Error;
use crate::rpc::Rpc;

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendStatus {
    /// The agent was given the message.
    Started,
    /// The same message was sent before, and the agent works on it.
    InFlight,
    /// The same message was sent before, and the agent is done with it.
    Ok,
    /// Another state, from a gateway that has more of them.
    #[serde(untagged)]
    Other(String),
}

/// The acknowledgement of a message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The run that the message belongs to; the same as its idempotency key.
    pub run_id: Option<String>,
    /// How far it has come, from gateways that say.
    pub status: Option<SendStatus>,
}

/// A message of a session's history.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The message as the gateway gave it.
    pub fields: Map<String, Value>,
}

impl Message {
    /// Who said it: `user`, `assistant`, `system` or `toolResult`.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.fields.get("role")?.as_str()
    }

    /// Its text, from both forms of `content`: a text, or a list of parts of which those of text are joined.
    #[must_use]
    pub fn text(&self) -> String {
        match self.fields.get("content") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(parts)) => {
                let texts: Vec<&str> =
                    parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str)).collect();
                texts.join("\n")
            }
            _ => String::new(),
        }
    }
}

/// What was said in a session.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The newest messages, in the order in which they were said.
    pub messages: Vec<Message>,
    /// Whether there are older ones.
    pub has_more: bool,
}

impl<R: Rpc> Api<'_, R> {
    /// Gives an agent a message. The agent works on it after the answer, whether or not this client stays.
    ///
    /// Use one `idempotency_key` for one message: sent again with the same key, the message arrives once.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank `session_key`, `message` or `idempotency_key`, and any [`Error`] of the
    /// call.
    pub async fn send_message(
        &self,
        session_key: &str,
        message: &str,
        idempotency_key: &str,
        deliver: bool,
    ) -> Result<Sent, Error> {
        let query = params([
            ("sessionKey", required("session_key", session_key)?),
            ("message", required("message", message)?),
            ("idempotencyKey", required("idempotency_key", idempotency_key)?),
            ("deliver", Some(deliver.into())),
        ]);
        let sent: Option<Sent> = self.write("chat.send", query).await?;
        Ok(sent.unwrap_or(Sent { run_id: None, status: None }))
    }

    /// The newest messages of a session, at most `limit` of them (1 to 1000; `None`: as many as the gateway gives).
    /// The history of a session that does not exist is empty.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank `session_key` or a `limit` out of bounds, and any [`Error`] of the call.
    pub async fn history(&self, session_key: &str, limit: Option<u32>) -> Result<History, Error> {
        if limit.is_some_and(|limit| !(1..=1000).contains(&limit)) {
            return Err(Error::invalid("limit", "must be between 1 and 1000"));
        }
        let query = params([
            ("sessionKey", required("session_key", session_key)?),
            ("limit", limit.map(Value::from)),
        ]);
        let answer: Value = self.read("chat.history", query).await?;
        let has_more = answer.get("hasMore").and_then(Value::as_bool).unwrap_or(false);
        let messages = items(answer, "messages").into_iter().filter_map(|message| match message {
            Value::Object(fields) => Some(Message { fields }),
            _ => None,
        });
        Ok(History { messages: messages.collect(), has_more })
    }
}
