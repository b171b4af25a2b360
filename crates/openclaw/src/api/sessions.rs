//! `sessions.*`: the conversations of agents.

use serde_json::{Map, Value};

use super::{Api, items, params, required};
use crate::error::Error;
use crate::refusal::Refusal;
use crate::rpc::Rpc;

/// Sessions of one page, and the most of all pages.
const PAGE: usize = 100;
const MAX_SESSIONS: usize = 10_000;

/// A session as the gateway lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its key, such as `agent:main:main`.
    pub key: String,
    /// All that the gateway says of it, the key included.
    pub fields: Map<String, Value>,
}

impl Session {
    /// A session in a list; none for what has no key.
    fn read(entry: Value) -> Option<Self> {
        let Value::Object(fields) = entry else { return None };
        let key = fields.get("key")?.as_str()?.to_owned();
        Some(Self { key, fields })
    }

    /// The label that people gave it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.fields.get("label")?.as_str()
    }
}

impl<R: Rpc> Api<'_, R> {
    /// All sessions, up to 10,000. Gateways that page are asked for page after page.
    ///
    /// # Errors
    /// Any [`Error`] of the call.
    pub async fn list_sessions(&self) -> Result<Vec<Session>, Error> {
        let mut all = Vec::new();
        let mut query = Map::new();
        let mut offset = 0;
        loop {
            let page: Value = self.read("sessions.list", query).await?;
            let has_more = page.get("hasMore").and_then(Value::as_bool).unwrap_or(true);
            let next = page.get("nextOffset").and_then(Value::as_u64).filter(|_| has_more);
            let listed = items(page, "sessions");
            let count = listed.len();
            all.extend(listed.into_iter().filter_map(Session::read));
            offset += count;
            match next.and_then(|next| usize::try_from(next).ok()) {
                // An offset that does not grow would go on for ever.
                Some(next) if count > 0 && next == offset && next < MAX_SESSIONS => {
                    query = params([("limit", Some(PAGE.into())), ("offset", Some(next.into()))]);
                }
                _ => return Ok(all),
            }
        }
    }

    /// Makes sure that a session exists, and labels it; `None` leaves the label as it is. Returns the session's entry.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank `key`, and any [`Error`] of the call.
    pub async fn patch_session(&self, key: &str, label: Option<&str>) -> Result<Value, Error> {
        let query = params([("key", required("key", key)?), ("label", label.map(Value::from))]);
        let mut answer: Value = self.write("sessions.patch", query).await?;
        Ok(answer.get_mut("entry").map(Value::take).unwrap_or_default())
    }

    /// Starts a session anew; its history stays out of the agent's sight. Makes the session where there is none.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank `key`, and any [`Error`] of the call.
    pub async fn reset_session(&self, key: &str) -> Result<(), Error> {
        self.write::<Value>("sessions.reset", params([("key", required("key", key)?)])).await.map(drop)
    }

    /// Deletes a session. A session that does not exist is no error, and neither is an agent's main session, which
    /// newer gateways keep as long as the agent: false stands for both.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for a blank `key`, and any other [`Error`] of the call.
    pub async fn delete_session(&self, key: &str) -> Result<bool, Error> {
        match self.write::<Value>("sessions.delete", params([("key", required("key", key)?)])).await {
            Ok(answer) => Ok(answer.get("deleted").and_then(Value::as_bool).unwrap_or(true)),
            Err(error)
                if matches!(error.refusal(), Some(Refusal::MainSession | Refusal::SessionNotFound)) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}
