mod heartbeat;
mod manage;
mod snapshot;

use http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::testing::TestServer;

fn path(group: Uuid) -> String {
    format!("/api/v1/board-groups/{group}")
}

/// A group of the local person's organization.
async fn group(server: &TestServer, name: &str) -> Uuid {
    let body = json!({"name": name, "slug": ""});
    let made = server.user(Method::POST, "/api/v1/board-groups", Some(body)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json["id"].as_str().unwrap().parse().unwrap()
}

/// Puts a board into a group.
async fn join(server: &TestServer, board: Uuid, group: Uuid) {
    let body = json!({"board_group_id": group});
    let answer = server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(body)).await;
    assert_eq!((answer.status, &answer.json["board_group_id"]), (StatusCode::OK, &json!(group)));
}
