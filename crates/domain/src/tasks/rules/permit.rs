//! Which fields a caller may touch.

use serde_json::json;

use super::{
    super::model::{Task, TaskChange},
    Role,
};
use crate::{Error, Kind, Result, boards::Board};

const LEAD_FIELDS: [&str; 5] =
    ["assigned_agent_id", "status", "depends_on_task_ids", "tag_ids", "custom_field_values"];

/// Refuses a change that names fields which are not the caller's to change.
pub(in super::super) fn check(role: Role, board: &Board, task: &Task, change: &TaskChange) -> Result<()> {
    match role {
        Role::User => Ok(()),
        Role::Lead(_) => lead(change),
        Role::Worker(id) => worker(id, board, task, change),
    }
}

/// The names of the texts that a change touches: people alone write them.
fn texts(change: &TaskChange) -> Vec<&'static str> {
    let named = [
        ("title", change.title.is_some()),
        ("description", change.description.is_some()),
        ("priority", change.priority.is_some()),
        ("due_at", change.due_at.is_some()),
    ];
    named.into_iter().filter(|(_, is_named)| *is_named).map(|(name, _)| name).collect()
}

fn lead(change: &TaskChange) -> Result<()> {
    if change.comment.is_some() {
        let text = "comment is not for lead agents here; write comments with POST …/tasks/{task_id}/comments";
        return Err(Error::text(Kind::Forbidden, text).code("task_update_field_forbidden"));
    }
    let refused = texts(change);
    if refused.is_empty() {
        return Ok(());
    }
    let text = format!(
        "A lead agent may not change {}; it may change {}",
        refused.join(", "),
        LEAD_FIELDS.join(", ")
    );
    Err(Error::text(Kind::Forbidden, text).code("task_update_field_forbidden"))
}

fn worker(id: uuid::Uuid, board: &Board, task: &Task, change: &TaskChange) -> Result<()> {
    let refuse = |code: &str, message: String| {
        Err(Error::object(Kind::Forbidden, json!({ "message": message, "code": code })))
    };
    if change.status.is_some() && task.assigned_agent_id.is_some_and(|assignee| assignee != id) {
        return refuse(
            "task_assignee_mismatch",
            "The task belongs to another agent, who alone may change its status".into(),
        );
    }
    let mut refused = texts(change);
    let named = [
        ("assigned_agent_id", change.assigned_agent_id.is_some()),
        ("depends_on_task_ids", change.depends_on_task_ids.is_some()),
        ("tag_ids", change.tag_ids.is_some()),
    ];
    refused.extend(named.into_iter().filter(|(_, is_named)| *is_named).map(|(name, _)| name));
    if !refused.is_empty() {
        let message = format!(
            "An agent may not change {}; it may change status, comment, custom_field_values",
            refused.join(", ")
        );
        return refuse("task_update_field_forbidden", message);
    }
    if change.status.is_some() && board.only_lead_can_change_status {
        let text = "Of all agents, only the board's lead may change statuses on this board";
        return Err(Error::text(Kind::Forbidden, text).code("task_status_lead_only"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Detail, tasks::TaskStatus, tasks::testing::task, testing};

    fn code(result: Result<()>) -> String {
        let Err(error) = result else { return "ok".into() };
        assert_eq!(error.kind, Kind::Forbidden);
        match (&error.detail, error.code) {
            (Detail::Object(object), _) => object["code"].as_str().unwrap_or_default().to_owned(),
            (Detail::Text(_), Some(code)) => format!("text:{code}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_may_touch_which_field() {
        let me = Uuid::from_u128(10);
        let other = Uuid::from_u128(11);
        let none = TaskChange::default;
        let status = || TaskChange { status: Some(TaskStatus::Review), ..none() };
        let title = || TaskChange { title: Some("x".into()), ..none() };
        let comment = || TaskChange { comment: Some("x".into()), ..none() };
        let assign = || TaskChange { assigned_agent_id: Some(None), ..none() };
        let tags = || TaskChange { tag_ids: Some(vec![]), ..none() };
        let fields = || TaskChange { custom_field_values: Some(serde_json::Map::new()), ..none() };
        let forbidden = "task_update_field_forbidden";
        let lead_text = "text:task_update_field_forbidden";
        for (name, role, assignee, only_lead, change, expected) in [
            ("a person may do anything", Role::User, Some(other), true, title(), "ok"),
            ("a lead moves", Role::Lead(me), Some(other), true, status(), "ok"),
            ("a lead assigns", Role::Lead(me), None, true, assign(), "ok"),
            ("a lead tags", Role::Lead(me), None, true, tags(), "ok"),
            ("a lead writes no title", Role::Lead(me), None, false, title(), lead_text),
            ("a lead comments elsewhere", Role::Lead(me), None, false, comment(), lead_text),
            ("a worker moves its own", Role::Worker(me), Some(me), false, status(), "ok"),
            ("a worker claims", Role::Worker(me), None, false, status(), "ok"),
            (
                "a worker leaves others' alone",
                Role::Worker(me),
                Some(other),
                false,
                status(),
                "task_assignee_mismatch",
            ),
            ("a worker comments on others'", Role::Worker(me), Some(other), true, comment(), "ok"),
            ("a worker fills fields of others'", Role::Worker(me), Some(other), true, fields(), "ok"),
            ("a worker writes no title", Role::Worker(me), Some(me), false, title(), forbidden),
            ("a worker assigns nobody", Role::Worker(me), Some(me), false, assign(), forbidden),
            ("a worker tags nothing", Role::Worker(me), Some(me), false, tags(), forbidden),
            (
                "a worker under the lead's rule",
                Role::Worker(me),
                None,
                true,
                status(),
                "text:task_status_lead_only",
            ),
        ] {
            let board = Board { only_lead_can_change_status: only_lead, ..testing::board() };
            let task = Task { assigned_agent_id: assignee, ..task(TaskStatus::Inbox) };
            assert_eq!(code(check(role, &board, &task, &change)), expected, "{name}");
        }
    }
}
