//! Tests of approvals through the HTTP face; here is what they share.

mod access;
mod create;
mod decide;
mod gates;
mod notices;
mod stream;

use http::{Method, StatusCode};
use mc_domain::agents::Agent;
use mc_store::{Read, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures,
    testing::{Answer, TestServer},
};

fn approvals(board: Uuid) -> String {
    format!("/api/v1/boards/{board}/approvals")
}

fn path(approval: &Value) -> String {
    format!("{}/{}", approvals(id(&approval["board_id"])), text(&approval["id"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn id(value: &Value) -> Uuid {
    text(value).parse().unwrap()
}

/// Checks that an answer went well and gives its body.
fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

async fn board(server: &TestServer) -> Uuid {
    fixtures::board(server, "Ops").await
}

/// A board on a gateway, and the token of its main agent.
async fn connected_board(server: &TestServer) -> (Uuid, String) {
    let home = fixtures::home(server).await;
    let (gateway, main) = fixtures::gateway(server, home).await;
    let board = board(server).await;
    let body = json!({ "gateway_id": gateway });
    ok(server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(body)).await);
    (board, main)
}

async fn agent(server: &TestServer, board: Uuid, name: &str, is_lead: bool) -> (Agent, String) {
    let home = fixtures::home(server).await;
    fixtures::agent(server, (home, board), name, is_lead, Some(&format!("agent:{name}:main"))).await
}

async fn task(server: &TestServer, board: Uuid, title: &str) -> Value {
    let path = format!("/api/v1/boards/{board}/tasks");
    ok(server.user(Method::POST, &path, Some(json!({ "title": title }))).await)
}

/// What is asked for: `extra` on top of what every request has.
fn body(extra: Value) -> Option<Value> {
    let mut body =
        json!({ "action_type": "task.execute", "confidence": 88.75, "payload": { "reason": "it is time" } });
    let Value::Object(extra) = extra else { panic!("{extra} is no object") };
    body.as_object_mut().unwrap().extend(extra);
    Some(body)
}

async fn ask(server: &TestServer, board: Uuid, extra: Value) -> Answer {
    server.user(Method::POST, &approvals(board), body(extra)).await
}

async fn ask_as(server: &TestServer, token: &str, board: Uuid, extra: Value) -> Answer {
    server.agent(token, Method::POST, &approvals(board), body(extra)).await
}

async fn decide(server: &TestServer, approval: &Value, change: Value) -> Answer {
    server.user(Method::PATCH, &path(approval), Some(change)).await
}

async fn read(server: &TestServer, approval: &Value) -> Value {
    ok(server.user(Method::GET, &path(approval), None).await)
}

/// The kinds of the events of approvals of a board, in their order, each with its data.
async fn events(server: &TestServer, board: Uuid) -> Vec<(String, Value)> {
    let rows: Vec<(String, mc_store::Json<Value>)> = server
        .context
        .store()
        .all(
            sql("SELECT kind, data FROM events WHERE board_id = $1 AND kind LIKE 'approval.%' AND activity
                 ORDER BY position")
            .bind(board),
        )
        .await
        .unwrap();
    rows.into_iter().map(|(kind, data)| (kind, data.0)).collect()
}

async fn kinds(server: &TestServer, board: Uuid) -> Vec<String> {
    events(server, board).await.into_iter().map(|(kind, _)| kind).collect()
}

/// The payloads of the messages to agents that wait.
async fn messages(server: &TestServer) -> Vec<Value> {
    mc_domain::testing::waiting_messages(server.context.store()).await
}
