//! A gateway that follows a script, for tests of this crate and of the HTTP layer.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Gateway;
use super::port::{Call, GatewayError, GatewayPort, Hello, Target};

/// One call that a [`ScriptedGateway`] got.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where it went.
    pub target: Target,
    /// The method; `hello` for a connection.
    pub method: String,
    /// The parameters; null for a connection.
    pub params: Value,
}

#[derive(Debug)]
struct Script {
    hello: Result<Hello, GatewayError>,
    answers: HashMap<String, VecDeque<Result<Value, GatewayError>>>,
    seen: Vec<Seen>,
}

/// Answers each method in turn as told, then as an empty gateway does, and keeps what it was asked. Clones share the script.
#[derive(Clone, Debug)]
pub struct ScriptedGateway(Arc<Mutex<Script>>);

impl Default for ScriptedGateway {
    fn default() -> Self {
        let hello = Hello { server_version: Some("2026.9.1".into()), protocol: 4, ..Hello::default() };
        Self(Arc::new(Mutex::new(Script { hello: Ok(hello), answers: HashMap::new(), seen: Vec::new() })))
    }
}

impl ScriptedGateway {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what the gateway says of itself from now on.
    pub fn set_hello(&self, hello: Result<Hello, GatewayError>) {
        self.script().hello = hello;
    }

    /// Adds an answer to a method.
    pub fn answer(&self, method: &str, answer: Result<Value, GatewayError>) {
        self.script().answers.entry(method.to_owned()).or_default().push_back(answer);
    }

    /// What it was asked so far; forgets it.
    #[must_use]
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.script().seen)
    }

    /// The methods that it was asked for so far; forgets them.
    #[must_use]
    pub fn take_methods(&self) -> Vec<String> {
        self.take_seen().into_iter().map(|seen| seen.method).collect()
    }
}

/// What a gateway without agents, sessions and settings answers.
fn usual(method: &str) -> Value {
    match method {
        "agents.files.list" => json!({ "files": [] }),
        "agents.files.get" => json!({ "file": { "missing": true, "content": "" } }),
        "agents.list" => json!({ "agents": [] }),
        "sessions.list" => json!({ "sessions": [] }),
        "config.get" => json!({ "hash": "0", "config": { "agents": { "entries": {} } } }),
        _ => json!({}),
    }
}

impl GatewayPort for ScriptedGateway {
    fn hello<'a>(&'a self, target: &'a Target) -> Call<'a, Arc<Hello>> {
        Box::pin(async move {
            let mut script = self.script();
            script.seen.push(Seen { target: target.clone(), method: "hello".into(), params: Value::Null });
            script.hello.clone().map(Arc::new)
        })
    }

    fn request<'a>(&'a self, target: &'a Target, method: &'a str, params: Value) -> Call<'a, Value> {
        Box::pin(async move {
            let mut script = self.script();
            script.seen.push(Seen { target: target.clone(), method: method.into(), params });
            script.answers.get_mut(method).and_then(VecDeque::pop_front).unwrap_or_else(|| Ok(usual(method)))
        })
    }
}

/// A gateway without a database, for the tests of rules.
#[must_use]
pub fn gateway() -> Gateway {
    Gateway {
        id: Uuid::from_u128(9),
        organization_id: Uuid::from_u128(2),
        name: "Gateway".into(),
        url: "ws://gateway.test".into(),
        token_sealed: None,
        workspace_root: "/srv/agents".into(),
        disable_device_pairing: false,
        allow_insecure_tls: false,
        manage_exec_host: false,
        runtime_version: None,
        last_connected_at: None,
        last_error: None,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
        updated_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}
