//! A gateway that follows a script, a board on it with a lead and a worker, and one without a gateway.

mod boards;
mod questions;
mod routing;
mod souls;

use std::time::Duration;

use http::{Method, StatusCode};
use mc_domain::{
    agents::Agent,
    boards::NewBoard,
    gateways::{
        port::{Failure, GatewayError},
        testing::ScriptedGateway,
    },
};
use mc_store::{
    Read, Sql, Store,
    jobs::{Policy, Runner},
    sql,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{self, agent},
    testing::{Answer, TestServer},
};

/// What most tests of this subject stand on.
pub(crate) struct World {
    pub(crate) server: TestServer,
    pub(crate) gateway: ScriptedGateway,
    pub(crate) home: Uuid,
    pub(crate) gateway_id: Uuid,
    /// The token of the gateway's main agent.
    pub(crate) main: String,
    /// A board on the gateway.
    pub(crate) linked: Uuid,
}

/// An agent and its token.
pub(crate) type Known = (Agent, String);

impl World {
    pub(crate) async fn new(store: &Store) -> Self {
        let gateway = ScriptedGateway::default();
        let server = TestServer::with_gateways(store, gateway.clone()).await;
        let home = fixtures::home(&server).await;
        let (gateway_id, main) = main_of_gateway(&server, home).await;
        let linked = linked_board(&server, gateway_id, "Linked").await;
        Self { server, gateway, home, gateway_id, main, linked }
    }

    /// The lead of a board, with the session that it has on the gateway.
    pub(crate) async fn lead(&self, board: Uuid, name: &str) -> Known {
        let session = format!("agent:lead-{board}:main");
        let known = agent(&self.server, (self.home, board), name, true, Some(&session)).await;
        self.on_gateway(&known.0).await;
        known
    }

    /// A worker of a board, with a session on the gateway.
    pub(crate) async fn worker(&self, board: Uuid, name: &str) -> Known {
        let session = format!("agent:mc-{name}:main");
        let known = agent(&self.server, (self.home, board), name, false, Some(&session)).await;
        self.on_gateway(&known.0).await;
        known
    }

    async fn on_gateway(&self, agent: &Agent) {
        let update = sql("UPDATE agents SET gateway_id = $2 WHERE id = $1").bind(agent.id);
        run(&self.server, update.bind(self.gateway_id)).await;
    }

    /// The gateway refuses the next call of a method.
    pub(crate) fn refuse(&self, method: &str) {
        self.gateway.answer(method, Err(GatewayError::new(Failure::Refused, "out of order")));
    }

    /// The messages that the gateway got, each with session, label and text; forgets them.
    pub(crate) fn take_messages(&self) -> Vec<Sent> {
        let seen = self.gateway.take_seen();
        let labels = seen.iter().filter(|call| call.method == "sessions.patch");
        let labels: Vec<(Value, Value)> =
            labels.map(|call| (call.params["key"].clone(), call.params["label"].clone())).collect();
        seen.iter()
            .filter(|call| call.method == "chat.send")
            .map(|call| {
                let text = |name: &str| call.params[name].as_str().unwrap_or_default().to_owned();
                let session = &call.params["sessionKey"];
                let label = labels.iter().find(|(key, _)| key == session).map(|(_, label)| label.clone());
                Sent {
                    session: text("sessionKey"),
                    label: label.unwrap_or_default().as_str().unwrap_or_default().to_owned(),
                    text: text("message"),
                    deliver: call.params["deliver"].as_bool().unwrap(),
                    key: text("idempotencyKey"),
                }
            })
            .collect()
    }

    /// The kinds and messages of the activity of a board, in their order.
    pub(crate) async fn activity(&self, kind: &str) -> Vec<(Option<Uuid>, Option<Uuid>, String)> {
        self.server
            .context
            .store()
            .all(
                sql("SELECT board_id, agent_id, message FROM events WHERE kind = $1 AND activity ORDER BY position")
                    .bind(kind),
            )
            .await
            .unwrap()
    }

    /// Runs every job once, whenever it is due.
    pub(crate) async fn run_jobs(&self) {
        let txn = self.server.context.store().begin().await.unwrap();
        txn.run(sql("UPDATE jobs SET run_at = $1").bind(txn.now())).await.unwrap();
        txn.commit().await.unwrap();
        let later = Duration::from_secs(3_600);
        let policy = Policy { attempts: 1, base: later, max: later };
        let runner = Runner::new(self.server.context.store(), policy);
        mc_domain::register_jobs(runner, &self.server.context).run_due().await.unwrap();
    }

    /// The messages that wait for agents, by their recipients.
    pub(crate) async fn outgoing(&self) -> Vec<(Uuid, String)> {
        let told = |payload: Value| {
            let id = payload["agent_id"].as_str().unwrap().parse().unwrap();
            (id, payload["message"].as_str().unwrap().to_owned())
        };
        let waiting = mc_domain::testing::waiting_messages(self.server.context.store()).await;
        waiting.into_iter().map(told).collect()
    }
}

/// A message that the gateway got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) session: String,
    pub(crate) label: String,
    pub(crate) text: String,
    pub(crate) deliver: bool,
    pub(crate) key: String,
}

/// Runs one statement.
pub(crate) async fn run(server: &TestServer, statement: Sql) {
    let txn = server.context.store().begin().await.unwrap();
    txn.run(statement).await.unwrap();
    txn.commit().await.unwrap();
}

/// A gateway of a tenant, and the token of its main agent under its session.
pub(crate) async fn main_of_gateway(server: &TestServer, organization: Uuid) -> (Uuid, String) {
    let (id, token) = fixtures::gateway(server, organization).await;
    let session = format!("agent:mc-gateway-{id}:main");
    let update = sql("UPDATE agents SET openclaw_session_id = $2 WHERE gateway_id = $1 AND board_id IS NULL");
    run(server, update.bind(id).bind(session)).await;
    (id, token)
}

/// A board of the local person on a gateway.
pub(crate) async fn linked_board(server: &TestServer, gateway: Uuid, name: &str) -> Uuid {
    let new = NewBoard { gateway_id: Some(gateway), ..mc_domain::testing::new_board(name) };
    mc_domain::testing::board_writer(&server.context, new).await.board().id
}

/// Asserts a refusal with its detail.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: StatusCode, detail: &str) {
    assert_eq!((answer.status, &answer.json["detail"]), (status, &json!(detail)));
}

/// Asserts a malformed field.
#[track_caller]
pub(crate) fn faulty(answer: &Answer, kind: &str, loc: &Value) {
    let issue = &answer.json["detail"][0];
    assert_eq!(
        (answer.status, &issue["type"], &issue["loc"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!(kind), loc),
        "{answer:?}"
    );
}

async fn post(world: &World, token: &str, path: &str, body: Value) -> Answer {
    world.server.agent(token, Method::POST, path, Some(body)).await
}
