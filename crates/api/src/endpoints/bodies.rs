//! A good body for each operation that takes one, so that what is refused is refused for the caller.

use serde_json::{Value, json};

/// The body of an operation; `$name` stands for an id of the world.
pub(super) fn of(operation: &str) -> Option<Value> {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    if method == "GET" || method == "DELETE" {
        return None;
    }
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    Some(match (method, path) {
        ("POST", "/boards") => {
            json!({ "name": "New", "slug": "", "description": "d", "board_type": "general" })
        }
        ("POST", "/boards/{board_id}/tasks") => json!({ "title": "New" }),
        ("POST", "/agent/boards/{board_id}/tasks") => json!({ "title": "New" }),
        (_, path) if path.ends_with("/comments") => json!({ "message": "Hello" }),
        (_, path) if path.ends_with("memory") => json!({ "content": "Hello" }),
        ("POST", "/boards/{board_id}/webhooks") => json!({ "description": "New" }),
        ("POST", "/boards/{board_id}/webhooks/{webhook_id}") => json!({ "event": "push" }),
        ("POST", "/organizations") => json!({ "name": "$unique" }),
        ("PATCH", "/organizations/me/active") => json!({ "organization_id": "$organization" }),
        _ => json!({}),
    })
}

/// Whether the operation takes away what the next caller would ask for.
pub(super) fn is_destructive(operation: &str) -> bool {
    operation.starts_with("DELETE ")
}
