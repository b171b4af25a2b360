//! Tests of tasks through the HTTP face; here is what they share.

mod access;
mod agents;
mod comments;
mod dependencies;
mod fields;
mod gates;
mod history;
mod stream;
mod users;

use http::{Method, StatusCode};
use mc_domain::agents::Agent;
use mc_store::{Json, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures,
    testing::{Answer, TestServer},
};

fn tasks(board: Uuid) -> String {
    format!("/api/v1/boards/{board}/tasks")
}

fn path(task: &Value) -> String {
    format!("/api/v1/boards/{}/tasks/{}", text(&task["board_id"]), text(&task["id"]))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn id(value: &Value) -> Uuid {
    text(&value["id"]).parse().unwrap()
}

/// A board without gates, then with these rules.
async fn board(server: &TestServer, rules: Value) -> Uuid {
    let board = fixtures::board(server, "Ops").await;
    let answer = server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(rules)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    board
}

/// A worker or a lead of a board, with its token.
async fn agent(server: &TestServer, board: Uuid, name: &str, is_lead: bool) -> (Agent, String) {
    let home = fixtures::home(server).await;
    fixtures::agent(server, (home, board), name, is_lead, None).await
}

async fn create(server: &TestServer, board: Uuid, body: Value) -> Value {
    let made = server.user(Method::POST, &tasks(board), Some(body)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json
}

async fn patch(server: &TestServer, task: &Value, body: Value) -> Answer {
    server.user(Method::PATCH, &path(task), Some(body)).await
}

async fn patch_as(server: &TestServer, token: &str, task: &Value, body: Value) -> Answer {
    server.agent(token, Method::PATCH, &path(task), Some(body)).await
}

async fn read(server: &TestServer, task: &Value) -> Value {
    let answer = server.user(Method::GET, &path(task), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

/// Checks that an answer went well and gives its body.
fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

/// The status of an answer with its `code`, from the detail or beside it.
fn refusal(answer: &Answer) -> (u16, &str) {
    let code = answer.json["detail"]["code"].as_str().or_else(|| answer.json["code"].as_str());
    (answer.status.as_u16(), code.unwrap_or_default())
}

/// An approval of a task that was decided, or is pending, at the time of the call.
async fn approval(server: &TestServer, board: Uuid, task: &Value, status: &str, linked: bool) -> Uuid {
    let txn = server.context.store().begin().await.unwrap();
    let approval = txn.new_id();
    let resolved_at = (status != "pending").then(|| txn.now());
    txn.run_one(
        sql("INSERT INTO approvals (id, board_id, task_id, action_type, confidence, status, created_at, resolved_at)
             VALUES ($1, $2, $3, 'task.review', $4, $5, $6, $7)")
        .bind(approval)
        .bind(board)
        .bind(id(task))
        .bind(90.5)
        .bind(status)
        .bind(txn.now())
        .bind(resolved_at),
    )
    .await
    .unwrap();
    if linked {
        txn.run_one(
            sql("INSERT INTO approval_task_links (id, approval_id, task_id, created_at) VALUES ($1, $2, $3, $4)")
                .bind(txn.new_id())
                .bind(approval)
                .bind(id(task))
                .bind(txn.now()),
        )
        .await
        .unwrap();
    }
    txn.commit().await.unwrap();
    approval
}

/// A tag of a tenant.
async fn tag(server: &TestServer, organization: Uuid, name: &str) -> Uuid {
    let txn = server.context.store().begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO tags (id, organization_id, name, slug, created_at, updated_at) VALUES ($1, $2, $3, $3, $4, $4)")
            .bind(id)
            .bind(organization)
            .bind(name)
            .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
    id
}

/// A custom field of a board, from `key`, `type`, `required`, `default` and `regex`.
async fn field(server: &TestServer, board: Uuid, spec: Value) {
    let home = fixtures::home(server).await;
    let txn = server.context.store().begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO task_custom_field_definitions (id, organization_id, field_key, label, field_type,
                 validation_regex, required, default_value, created_at, updated_at)
             VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $8)")
        .bind(id)
        .bind(home)
        .bind(text(&spec["key"]))
        .bind(text(&spec["type"]))
        .bind(spec["regex"].as_str())
        .bind(spec["required"] == json!(true))
        .bind(spec.get("default").cloned().map(Json))
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.run_one(
        sql(
            "INSERT INTO board_task_custom_fields (id, board_id, task_custom_field_definition_id, created_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(txn.new_id())
        .bind(board)
        .bind(id)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
}

/// The kinds and messages of the activity of a board, in their order.
async fn activity(server: &TestServer, board: Uuid) -> Vec<(String, String)> {
    use mc_store::Read;
    let store = server.context.store();
    store
        .all(
            sql("SELECT kind, coalesce(message, '') AS message FROM events WHERE board_id = $1 AND activity
                 ORDER BY position")
            .bind(board),
        )
        .await
        .unwrap()
}
