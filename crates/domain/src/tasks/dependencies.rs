//! Which task waits for which, and what a finished or reopened task does to those that wait for it.

use std::collections::HashMap;

use mc_store::{Read, Txn, events::NewEvent, sql};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::json;
use uuid::Uuid;

use super::{
    history::{self, Change},
    model::{Task, TaskStatus},
    queries::{Edge, distinct},
};
use crate::{Error, Kind, Result, access::Actor, boards::Board};

/// The edges from a task to these ids without repetitions, in the order of the ids.
///
/// # Errors
/// `Invalid` when the task is among them, `NotFound` with the ids that are no tasks of the board.
pub(super) async fn check(on: &impl Read, board_id: Uuid, task_id: Uuid, ids: &[Uuid]) -> Result<Vec<Edge>> {
    let ids = distinct(ids);
    if ids.contains(&task_id) {
        return Err(Error::invalid("depends_on_task_ids names the task itself").code("task_dependency_self"));
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .columns(["id", "status"].map(Alias::new))
        .from(Alias::new("tasks"))
        .and_where(Expr::col(Alias::new("board_id")).eq(board_id))
        .and_where(Expr::col(Alias::new("id")).is_in(ids.iter().copied()))
        .take();
    let rows: Vec<(Uuid, String)> = on.all(on.render(&query)).await?;
    let known: HashMap<Uuid, TaskStatus> =
        rows.into_iter().filter_map(|(id, status)| Some((id, TaskStatus::parse(&status)?))).collect();
    let missing: Vec<Uuid> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
    if !missing.is_empty() {
        return Err(Error::object(
            Kind::NotFound,
            json!({
                "message": "depends_on_task_ids names tasks that are not on this board",
                "missing_task_ids": missing,
            }),
        ));
    }
    let edges =
        ids.iter().filter_map(|id| Some(Edge { task_id, depends_on_task_id: *id, status: *known.get(id)? }));
    Ok(edges.collect())
}

/// Writes the edges of a task that has none.
pub(super) async fn insert(txn: &Txn, board_id: Uuid, edges: &[Edge]) -> Result<()> {
    if edges.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(Alias::new("task_dependencies"))
        .columns(["id", "board_id", "task_id", "depends_on_task_id", "created_at"].map(Alias::new))
        .take();
    for edge in edges {
        insert.values_panic([
            txn.new_id().into(),
            board_id.into(),
            edge.task_id.into(),
            edge.depends_on_task_id.into(),
            txn.now().into(),
        ]);
    }
    txn.run(txn.render(&insert)).await?;
    Ok(())
}

/// Writes the edges of a task in place of those it has. The caller holds the lock of the board, so
/// that no two changes close a circle between them.
///
/// # Errors
/// `Conflict` when the task would wait for itself through others.
pub(super) async fn replace(txn: &Txn, board_id: Uuid, task_id: Uuid, edges: &[Edge]) -> Result<()> {
    txn.run(sql("DELETE FROM task_dependencies WHERE task_id = $1").bind(task_id)).await?;
    insert(txn, board_id, edges).await?;
    // Only what can be reached from the task is looked at; UNION ends on what was seen before.
    let circle: Option<(i32,)> = txn
        .optional(
            sql("WITH RECURSIVE reached (id) AS (
                     SELECT depends_on_task_id FROM task_dependencies WHERE task_id = $1
                     UNION
                     SELECT d.depends_on_task_id FROM task_dependencies d JOIN reached r ON d.task_id = r.id
                 )
                 SELECT 1 FROM reached WHERE id = $1 LIMIT 1")
            .bind(task_id),
        )
        .await?;
    match circle {
        Some(_) => Err(Error::conflict(
            "depends_on_task_ids would close a circle: one of these tasks waits for this one",
        )
        .code("task_dependency_cycle")),
        None => Ok(()),
    }
}

/// A task that waits for one that was finished or reopened.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dependent {
    /// The task as it was.
    pub(super) task: Task,
    /// Whether it went back to the inbox.
    pub(super) was_reset: bool,
}

/// Whether a waiting task has to stop when what it waits for is open again.
fn must_stop(task: &Task) -> bool {
    task.status != TaskStatus::Inbox || task.assigned_agent_id.is_some() || task.in_progress_at.is_some()
}

/// Tells the tasks that wait for `changed` that it was finished or reopened; the latter sends those
/// that are under way back to the inbox. The caller holds the lock of the board.
pub(super) async fn reconcile(
    txn: &Txn,
    board: &Board,
    changed: &Task,
    actor: &Actor,
) -> Result<Vec<Dependent>> {
    let waiting: Vec<Task> = txn
        .all(
            sql("SELECT t.* FROM task_dependencies d JOIN tasks t ON t.id = d.task_id
                 WHERE d.depends_on_task_id = $1 AND t.status <> 'done' ORDER BY t.created_at, t.id")
            .bind(changed.id),
        )
        .await?;
    let is_reopened = changed.status != TaskStatus::Done;
    if is_reopened && waiting.iter().any(must_stop) {
        txn.run(
            sql("UPDATE tasks SET status = 'inbox', assigned_agent_id = NULL,
                     previous_in_progress_at = coalesce(in_progress_at, previous_in_progress_at),
                     in_progress_at = NULL, updated_at = $2
                 WHERE status <> 'done'
                   AND (status <> 'inbox' OR assigned_agent_id IS NOT NULL OR in_progress_at IS NOT NULL)
                   AND id IN (SELECT task_id FROM task_dependencies WHERE depends_on_task_id = $1)")
            .bind(changed.id)
            .bind(txn.now()),
        )
        .await?;
        let stopped: Vec<Change> =
            waiting.iter().filter_map(|task| Change::of(task, TaskStatus::Inbox)).collect();
        history::record(txn, &stopped).await?;
    }
    let mut dependents = Vec::with_capacity(waiting.len());
    for task in waiting {
        let was_reset = is_reopened && must_stop(&task);
        let title = &changed.title;
        let (kind, message) = if was_reset {
            ("task.status_changed", format!("Returned to inbox: the dependency \"{title}\" was reopened"))
        } else if is_reopened {
            ("task.updated", format!("Dependency completion changed: \"{title}\" was reopened"))
        } else {
            ("task.updated", format!("Dependency completion changed: \"{title}\" is done"))
        };
        let mut data = json!({ "dependency_task_id": changed.id });
        if was_reset {
            data["from_status"] = task.status.as_str().into();
            data["to_status"] = TaskStatus::Inbox.as_str().into();
        }
        let event = NewEvent::new(kind, board.organization_id).board(board.id).task(task.id).activity();
        let event = event.agent(actor.agent_id()).user(actor.user_id()).message(message).data(data);
        txn.append(event).await?;
        dependents.push(Dependent { task, was_reset });
    }
    Ok(dependents)
}
