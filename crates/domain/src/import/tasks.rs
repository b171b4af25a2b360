//! Tasks and what hangs on them.

use std::collections::BTreeMap;

use super::{
    ImportError,
    row::Row,
    writer::{Put, Writer},
};
use crate::tasks::{TaskStatus, custom_fields};

pub(super) async fn task(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let id = row.own_id()?;
    let Some(board) = writer.reference("boards", row.maybe_id("board_id")?) else {
        writer.left_out("it belongs to no board");
        return Ok(());
    };
    let status = TaskStatus::try_from(row.text("status")?);
    if status.is_err() {
        writer.adjusted("an unknown status became inbox");
    }
    let status = status.unwrap_or(TaskStatus::Inbox);
    let (created_at, updated_at) = (row.time("created_at")?, row.time("updated_at")?);
    let in_progress_at = row.maybe_time("in_progress_at")?;
    let columns = vec![
        ("board_id", board.into()),
        ("title", row.text("title")?.into()),
        ("description", row.maybe_text("description")?.into()),
        ("status", status.as_str().into()),
        ("priority", row.text("priority")?.into()),
        ("due_at", row.maybe_time("due_at")?.into()),
        ("in_progress_at", in_progress_at.into()),
        ("previous_in_progress_at", row.maybe_time("previous_in_progress_at")?.into()),
        ("created_by_user_id", writer.user(row.maybe_id("created_by_user_id")?).into()),
        ("assigned_agent_id", writer.reference("agents", row.maybe_id("assigned_agent_id")?).into()),
        ("created_at", created_at.into()),
        ("updated_at", updated_at.into()),
    ];
    let put = writer.put("tasks", id, columns).await?;
    writer.tasks.insert(id, board);
    if put == Put::Written {
        // The source keeps no record of statuses: where the task stands now is where it has stood.
        let since = if status == TaskStatus::Inbox { created_at } else { updated_at };
        let columns = vec![
            ("board_id", board.into()),
            ("task_id", id.into()),
            ("to_status", status.as_str().into()),
            ("in_progress_at", in_progress_at.into()),
            ("created_at", since.into()),
        ];
        writer.try_put("task_status_changes", writer.txn.new_id(), columns).await?;
    }
    Ok(())
}

pub(super) async fn dependency(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (task, depends_on) = (row.id("task_id")?, row.id("depends_on_task_id")?);
    let board = writer.tasks.get(&task).copied();
    let Some(board) = board.filter(|_| writer.has("tasks", depends_on) && task != depends_on) else {
        writer.left_out("one of its tasks is missing");
        return Ok(());
    };
    let columns = vec![
        ("board_id", board.into()),
        ("task_id", task.into()),
        ("depends_on_task_id", depends_on.into()),
        ("created_at", row.time("created_at")?.into()),
    ];
    writer.put_or_leave("task_dependencies", row.own_id()?, columns, "it is there already").await?;
    Ok(())
}

pub(super) async fn tag(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let organization = row.id("organization_id")?;
    if !writer.has("organizations", organization) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let columns = vec![
        ("organization_id", organization.into()),
        ("name", row.text("name")?.into()),
        ("slug", row.text("slug")?.into()),
        ("color", row.text("color")?.into()),
        ("description", row.maybe_text("description")?.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put_or_leave("tags", row.own_id()?, columns, "another tag has the slug").await?;
    Ok(())
}

pub(super) async fn tag_assignment(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (task, tag) = (row.id("task_id")?, row.id("tag_id")?);
    if !writer.has("tasks", task) || !writer.has("tags", tag) {
        writer.left_out("its task or tag is missing");
        return Ok(());
    }
    let columns = vec![
        ("task_id", task.into()),
        ("tag_id", tag.into()),
        ("created_at", row.time("created_at")?.into()),
    ];
    writer.put_or_leave("tag_assignments", row.own_id()?, columns, "it is there already").await?;
    Ok(())
}

pub(super) async fn field(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let organization = row.id("organization_id")?;
    if !writer.has("organizations", organization) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let pattern = row.maybe_text("validation_regex")?;
    let usable = pattern.clone().filter(|pattern| custom_fields::check_pattern(pattern).is_ok());
    if usable.is_none() && pattern.is_some() {
        writer.adjusted("a pattern that cannot be checked here is gone");
    }
    let columns = vec![
        ("organization_id", organization.into()),
        ("field_key", row.text("field_key")?.into()),
        ("label", row.text("label")?.into()),
        ("field_type", row.text("field_type")?.into()),
        ("ui_visibility", row.text("ui_visibility")?.into()),
        ("validation_regex", usable.into()),
        ("description", row.maybe_text("description")?.into()),
        ("required", row.flag("required")?.into()),
        ("default_value", row.raw("default_value").map(str::to_owned).into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    let reason = "another field has the key";
    writer.put_or_leave("task_custom_field_definitions", row.own_id()?, columns, reason).await?;
    Ok(())
}

pub(super) async fn field_binding(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (board, field) = (row.id("board_id")?, row.id("task_custom_field_definition_id")?);
    if !writer.has("boards", board) || !writer.has("task_custom_field_definitions", field) {
        writer.left_out("its board or field is missing");
        return Ok(());
    }
    let columns = vec![
        ("board_id", board.into()),
        ("task_custom_field_definition_id", field.into()),
        ("created_at", row.time("created_at")?.into()),
    ];
    writer.put_or_leave("board_task_custom_fields", row.own_id()?, columns, "it is there already").await?;
    Ok(())
}

pub(super) async fn field_value(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (task, field) = (row.id("task_id")?, row.id("task_custom_field_definition_id")?);
    if !writer.has("tasks", task) || !writer.has("task_custom_field_definitions", field) {
        writer.left_out("its task or field is missing");
        return Ok(());
    }
    let columns = vec![
        ("task_id", task.into()),
        ("task_custom_field_definition_id", field.into()),
        // A null that is kept hides the default of the field.
        ("value", row.raw("value").unwrap_or("null").to_owned().into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put_or_leave("task_custom_field_values", row.own_id()?, columns, "it is there already").await?;
    Ok(())
}

pub(super) async fn approval(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, board) = (row.own_id()?, row.id("board_id")?);
    if !writer.has("boards", board) {
        writer.left_out("its board is missing");
        return Ok(());
    }
    let status = row.text("status")?;
    let is_pending = status == "pending";
    if !is_pending && status != "approved" && status != "rejected" {
        writer.left_out("its status is unknown");
        return Ok(());
    }
    let task = writer.reference("tasks", row.maybe_id("task_id")?);
    let created_at = row.time("created_at")?;
    let resolved_at = row.maybe_time("resolved_at")?.unwrap_or(created_at);
    let columns = vec![
        ("board_id", board.into()),
        ("task_id", task.into()),
        ("agent_id", writer.reference("agents", row.maybe_id("agent_id")?).into()),
        ("action_type", row.text("action_type")?.into()),
        ("payload", row.object("payload").into()),
        ("confidence", row.number("confidence")?.into()),
        ("rubric_scores", row.typed::<BTreeMap<String, i64>>("rubric_scores").into()),
        ("status", status.into()),
        ("created_at", created_at.into()),
        ("resolved_at", (!is_pending).then_some(resolved_at).into()),
    ];
    if writer.put("approvals", id, columns).await? == Put::Written {
        writer.approvals.insert(id, is_pending);
        writer.tasks_of_approvals.extend(task.map(|task| (id, task, created_at)));
    }
    Ok(())
}

pub(super) async fn approval_link(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (approval, task) = (row.id("approval_id")?, row.id("task_id")?);
    if !writer.has("approvals", approval) || !writer.has("tasks", task) {
        writer.left_out("its approval or task is missing");
        return Ok(());
    }
    let put = link(writer, row.own_id()?, approval, task, row.time("created_at")?).await?;
    writer.count(put);
    if put == Put::Taken {
        writer.left_out("it is there already");
    }
    Ok(())
}

/// Older versions of the source know the task of an approval, and have no row that links it.
pub(super) async fn link_approvals(writer: &mut Writer<'_>) -> Result<(), ImportError> {
    for (approval, task, created_at) in std::mem::take(&mut writer.tasks_of_approvals) {
        link(writer, writer.txn.new_id(), approval, task, created_at).await?;
    }
    Ok(())
}

/// Links an approval to a task. Of several pending ones only the first holds the task back.
async fn link(
    writer: &mut Writer<'_>,
    id: uuid::Uuid,
    approval: uuid::Uuid,
    task: uuid::Uuid,
    created_at: chrono::DateTime<chrono::Utc>,
) -> Result<Put, ImportError> {
    let is_pending = writer.approvals.get(&approval).copied().unwrap_or(false);
    let columns = |is_pending: bool| {
        vec![
            ("approval_id", approval.into()),
            ("task_id", task.into()),
            ("is_pending", is_pending.into()),
            ("created_at", created_at.into()),
        ]
    };
    let put = writer.try_put("approval_task_links", id, columns(is_pending)).await?;
    if put != Put::Taken || !is_pending {
        return Ok(put);
    }
    writer.try_put("approval_task_links", id, columns(false)).await
}
