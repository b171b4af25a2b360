//! Tasks of an agent that goes away.

use mc_store::{Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::super::{
    history::{self, Change},
    model::{Task, TaskStatus},
};
use crate::Result;

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    task: Task,
    organization_id: Uuid,
}

/// Takes an agent off all its tasks: those in progress return to the inbox, the others only lose it.
/// `by` is the agent or the person who acts. The caller holds the locks of their boards. Gives the
/// tasks as they are then.
///
/// # Errors
/// When the database fails.
pub async fn release(txn: &Txn, agent_id: Uuid, by: (Option<Uuid>, Option<Uuid>)) -> Result<Vec<Task>> {
    let rows: Vec<Row> = txn
        .all(
            sql("SELECT t.*, b.organization_id FROM tasks t JOIN boards b ON b.id = t.board_id
                 WHERE t.assigned_agent_id = $1 ORDER BY t.created_at, t.id")
            .bind(agent_id),
        )
        .await?;
    let stopped: Vec<Change> = rows
        .iter()
        .filter(|row| row.task.status == TaskStatus::InProgress)
        .filter_map(|row| Change::of(&row.task, TaskStatus::Inbox))
        .collect();
    history::record(txn, &stopped).await?;
    txn.run(
        sql("UPDATE tasks SET assigned_agent_id = NULL, updated_at = $2,
                 previous_in_progress_at = CASE WHEN status = 'in_progress'
                     THEN coalesce(in_progress_at, previous_in_progress_at) ELSE previous_in_progress_at END,
                 in_progress_at = CASE WHEN status = 'in_progress' THEN NULL ELSE in_progress_at END,
                 status = CASE WHEN status = 'in_progress' THEN 'inbox' ELSE status END
             WHERE assigned_agent_id = $1")
        .bind(agent_id)
        .bind(txn.now()),
    )
    .await?;
    let mut released = Vec::with_capacity(rows.len());
    for Row { mut task, organization_id } in rows {
        let title = &task.title;
        let event = if task.status == TaskStatus::InProgress {
            NewEvent::new("task.status_changed", organization_id)
                .message(format!("Task moved to inbox: {title}"))
                .data(json!({ "from_status": "in_progress", "to_status": "inbox", "released_agent_id": agent_id }))
        } else {
            NewEvent::new("task.updated", organization_id)
                .message(format!("Task updated: {title}"))
                .data(json!({ "released_agent_id": agent_id }))
        };
        let event = event.board(task.board_id).task(task.id).agent(by.0).user(by.1);
        txn.append(event.activity()).await?;
        if task.status == TaskStatus::InProgress {
            task.previous_in_progress_at = task.in_progress_at.or(task.previous_in_progress_at);
            (task.status, task.in_progress_at) = (TaskStatus::Inbox, None);
        }
        (task.assigned_agent_id, task.updated_at) = (None, txn.now());
        released.push(task);
    }
    Ok(released)
}
