use http::{Method, StatusCode};
use mc_store::testing::on_both;
use serde_json::{Value, json};

use crate::testing::{Answer, TestServer};

/// A board made by the local person, with a change of its rules.
async fn board(server: &TestServer, rules: Value) -> String {
    let mut body = json!({
        "name": "Ops", "slug": "", "description": "run things", "board_type": "general",
        "require_approval_for_done": false,
    });
    for (name, value) in rules.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = server.user(Method::POST, "/api/v1/boards", Some(body)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json["id"].as_str().unwrap().to_owned()
}

fn tasks(board: &str) -> String {
    format!("/api/v1/boards/{board}/tasks")
}

async fn create(server: &TestServer, board: &str, body: Value) -> Value {
    let made = server.user(Method::POST, &tasks(board), Some(body)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json
}

async fn patch(server: &TestServer, task: &Value, body: Value) -> Answer {
    server.user(Method::PATCH, &path(task), Some(body)).await
}

fn path(task: &Value) -> String {
    format!("{}/{}", tasks(task["board_id"].as_str().unwrap()), task["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_task_is_made_read_changed_and_deleted() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let body = json!({"title": " Write ", "due_at": "2026-01-02T05:00:00+05:00", "priority": "high"});
        let task = create(&server, &board, body).await;
        assert_eq!(task["title"], "Write");
        assert_eq!(task["due_at"], "2026-01-02T00:00:00");
        assert_eq!((&task["status"], &task["is_blocked"]), (&json!("inbox"), &json!(false)));
        assert_eq!(task["custom_field_values"], json!({}));
        let read = server.user(Method::GET, &path(&task), None).await;
        assert_eq!((read.status, &read.json), (StatusCode::OK, &task));
        let changed = patch(&server, &task, json!({"description": "long", "status": "in_progress"})).await;
        assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
        assert!(changed.json["in_progress_at"].is_string());
        let list = server.user(Method::GET, &tasks(&board), None).await;
        assert_eq!(list.json, json!({"items": [changed.json], "total": 1, "limit": 200, "offset": 0}));
        let gone = server.user(Method::DELETE, &path(&task), None).await;
        assert_eq!((gone.status, gone.json), (StatusCode::OK, json!({"ok": true})));
        assert_eq!(server.user(Method::GET, &path(&task), None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.user(Method::DELETE, &path(&task), None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
