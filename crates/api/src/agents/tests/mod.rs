use http::{Method, StatusCode};
use mc_store::{Read, Store, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Answer, TestServer};

mod gateway;
mod heartbeats;
mod manage;
mod role_souls;
mod stream;
mod waiting;

const AGENTS: &str = "/api/v1/agents";

async fn create(server: &TestServer, body: Value) -> Answer {
    server.user(Method::POST, AGENTS, Some(body)).await
}

/// An agent that a person made on a plain board, with its token.
async fn made(server: &TestServer, board: Uuid, name: &str) -> (Uuid, String) {
    let answer = create(server, json!({"name": name, "board_id": board})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    (id(&answer.json), answer.json["token"].as_str().unwrap().to_owned())
}

fn id(json: &Value) -> Uuid {
    json["id"].as_str().unwrap().parse().unwrap()
}

fn path(id: Uuid) -> String {
    format!("{AGENTS}/{id}")
}

/// The kinds of all events about agents, oldest first, each with whether people read it in the feed.
async fn kinds(store: &Store) -> Vec<(String, bool)> {
    store
        .all(sql("SELECT kind, activity FROM events WHERE kind LIKE 'agent.%' ORDER BY position"))
        .await
        .unwrap()
}

async fn run(store: &Store, statement: mc_store::Sql) {
    let txn = store.begin().await.unwrap();
    txn.run(statement).await.unwrap();
    txn.commit().await.unwrap();
}
