//! Gateways over HTTP, on a gateway that follows a script.

mod delete;
mod inspect;
mod manage;
mod sync;

use http::{Method, StatusCode};
use mc_domain::gateways::testing::ScriptedGateway;
use mc_store::{Json, Read, Store, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Answer, TestServer};

/// A server and the gateway that answers it.
struct Place {
    server: TestServer,
    gateway: ScriptedGateway,
}

impl Place {
    async fn new(store: &Store) -> Self {
        let gateway = ScriptedGateway::default();
        Self { server: TestServer::with_gateways(store, gateway.clone()).await, gateway }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.server.user(method, &format!("/api/v1/gateways{path}"), body).await
    }

    /// Makes a gateway that answers, and forgets what it was asked.
    async fn make(&self, change: Value) -> Value {
        let answer = self.ask(Method::POST, "", Some(body(change))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        let _ = self.gateway.take_seen();
        answer.json
    }

    /// The events on gateways so far: kind and data.
    async fn events(&self) -> Vec<(String, Value)> {
        let read = sql("SELECT kind, data FROM events WHERE kind LIKE 'gateway.%' ORDER BY position");
        let rows: Vec<(String, Json<Value>)> = self.server.context.store().all(read).await.unwrap();
        rows.into_iter().map(|(kind, Json(data))| (kind, data)).collect()
    }
}

/// The body of a gateway, with some fields different.
fn body(change: Value) -> Value {
    let mut body = json!({
        "name": "Home",
        "url": "wss://gateway.test:18789",
        "workspace_root": "~/.openclaw",
        "token": " open sesame ",
    });
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn id(thing: &Value) -> Uuid {
    thing["id"].as_str().unwrap().parse().unwrap()
}
