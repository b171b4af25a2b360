//! Gateways over HTTP, on a gateway that follows a script.

mod connection;
mod delete;
mod inspect;
mod jobs;
mod manage;
mod sync;

use std::time::Duration;

use http::{Method, StatusCode};
use mc_domain::gateways::testing::ScriptedGateway;
use mc_store::{
    Json, Read, Store,
    jobs::{Policy, Runner},
    sql,
};
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
        let answer = self.ask(Method::POST, "", Some(body(&change))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        let _ = self.gateway.take_seen();
        answer.json
    }

    /// Lets every waiting job be due now.
    async fn make_due(&self) {
        let txn = self.server.context.store().begin().await.unwrap();
        txn.run(sql("UPDATE jobs SET run_at = $1").bind(txn.now())).await.unwrap();
        txn.commit().await.unwrap();
    }

    /// Runs what is due, up to three times each.
    async fn run_jobs(&self) {
        let policy = Policy { attempts: 3, base: Duration::ZERO, max: Duration::ZERO };
        let runner = Runner::new(self.server.context.store(), policy);
        mc_domain::register_jobs(runner, &self.server.context).run_due().await.unwrap();
    }

    /// The events on gateways so far: kind and data.
    async fn events(&self) -> Vec<(String, Value)> {
        let read = sql("SELECT kind, data FROM events WHERE kind LIKE 'gateway.%' ORDER BY position");
        let rows: Vec<(String, Json<Value>)> = self.server.context.store().all(read).await.unwrap();
        rows.into_iter().map(|(kind, Json(data))| (kind, data)).collect()
    }
}

/// The body of a gateway, with some fields different.
fn body(change: &Value) -> Value {
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
