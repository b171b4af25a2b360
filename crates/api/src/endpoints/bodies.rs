//! A good body for each operation that takes one, so that what is refused is refused for the caller.

use serde_json::{Value, json};

/// The body of an operation; `$name` stands for an id of the world.
pub(super) fn of(operation: &str) -> Option<Value> {
    let (method, path) = operation.split_once(' ').expect("a method and a path");
    if method == "GET" || method == "DELETE" {
        return None;
    }
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let approval = json!({ "action_type": "task.execute", "confidence": 90, "lead_reasoning": "Because" });
    let message = json!({ "content": "Hello" });
    Some(match (method, path) {
        ("POST", "/boards") => {
            json!({ "name": "New", "slug": "", "description": "d", "board_type": "general" })
        }
        ("POST", "/board-groups") => json!({ "name": "New", "slug": "" }),
        ("POST", "/board-groups/{group_id}/heartbeat") => json!({ "every": "10m" }),
        ("POST", "/boards/pause") => json!({ "paused": false }),
        ("POST", "/boards/{board_id}/tasks" | "/agent/boards/{board_id}/tasks") => json!({ "title": "New" }),
        ("POST", "/boards/{board_id}/webhooks") => json!({ "description": "New" }),
        ("POST", "/boards/{board_id}/webhooks/{webhook_id}") => json!({ "event": "push" }),
        ("POST", "/boards/{board_id}/approvals" | "/agent/boards/{board_id}/approvals") => approval,
        ("PATCH", "/boards/{board_id}/approvals/{approval_id}") => json!({}),
        ("POST", "/boards/{board_id}/onboarding/answer") => json!({ "answer": "Yes" }),
        ("POST", "/boards/{board_id}/onboarding/confirm") => json!({ "board_type": "general" }),
        ("POST", path) if path.ends_with("/onboarding/agent") || path.ends_with("/onboarding") => {
            json!({ "question": "What?", "options": [{ "id": "1", "label": "This" }] })
        }
        ("POST", "/boards/{board_id}/questions/{question_id}/answer") => json!({ "content": "Yes" }),
        ("POST", "/organizations") => json!({ "name": "$unique" }),
        ("PATCH", "/organizations/me") => json!({ "name": "$unique" }),
        ("PATCH", "/organizations/me/active") => json!({ "organization_id": "$organization" }),
        ("POST", "/organizations/me/invites") => json!({ "invited_email": "$unique@example.com" }),
        ("POST", "/organizations/me/transfer") => json!({ "member_id": "$member_id" }),
        ("POST", "/organizations/invites/accept") => json!({ "token": "there-is-no-such-invite-token-here" }),
        ("POST", "/tags") => json!({ "name": "$unique" }),
        ("PATCH", "/tags/{tag_id}") => json!({ "description": "New" }),
        ("POST", "/organizations/me/custom-fields") => {
            json!({ "field_key": "$unique", "board_ids": ["$board_id"] })
        }
        ("PATCH", path) if path.starts_with("/organizations/me/custom-fields/") => json!({ "label": "New" }),
        ("POST", "/agents") => json!({ "name": "$unique", "board_id": "$board_id" }),
        ("POST", "/agents/heartbeat") => json!({ "name": "Worker", "board_id": "$board_id" }),
        ("POST", "/agent/agents") => json!({ "name": "$unique" }),
        ("POST", path) if path.ends_with("/role-soul/accept") => json!({ "sha256": "0".repeat(64) }),
        ("PUT", path) if path.ends_with("/soul") => json!({ "content": "Be kind." }),
        ("POST", path) if path.ends_with("/nudge") => json!({ "message": "Hello" }),
        ("POST", "/gateways") => {
            json!({ "name": "New", "url": "ws://127.0.0.1:1", "workspace_root": "/srv" })
        }
        ("POST", "/gateways/probe" | "/gateways/doctor") => json!({ "url": "ws://127.0.0.1:1" }),
        ("POST", "/skills/marketplace") => json!({ "source_url": "https://github.com/example/$unique_word" }),
        ("POST", "/agent/gateway/skills/{skill_id}/report") => json!({ "state": "installed" }),
        ("POST", "/skills/packs") => json!({ "source_url": "https://github.com/example/$unique_word" }),
        ("PATCH", "/skills/packs/{pack_id}") => json!({ "source_url": "https://github.com/example/pack" }),
        (_, path) if path.ends_with("/comments") => json!({ "message": "Hello" }),
        ("POST", path)
            if ["memory", "ask-user", "message", "broadcast"].iter().any(|end| path.ends_with(end)) =>
        {
            message
        }
        _ => json!({}),
    })
}

/// Whether the operation takes away what the next caller would ask for.
pub(super) fn is_destructive(operation: &str) -> bool {
    operation.starts_with("DELETE ")
        || ["/leave", "/transfer", "/access", "/token", "/onboarding/confirm"]
            .iter()
            .any(|end| operation.ends_with(end))
        || operation.starts_with("PATCH /api/v1/agents/")
}
