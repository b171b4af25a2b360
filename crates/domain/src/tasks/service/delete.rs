use mc_store::{Read, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{
        notify::{self, Notice, Occasion},
        rules::Role,
    },
    cast::Cast,
    lock,
};
use crate::{Context, Error, Kind, Result, access::BoardWriter, boards};

/// Deletes a task with its comments, edges, tags and values. Approvals stay as the record of what
/// was decided; tasks that waited for it do not any more.
///
/// # Errors
/// `NotFound` when it is not on the board; `Forbidden` for an agent that does not lead the board.
pub async fn delete(context: &Context, scope: &BoardWriter, task_id: Uuid) -> Result<()> {
    let actor = scope.actor();
    if matches!(Role::of(actor, scope.board()), Role::Worker(_)) {
        return Err(Error::text(Kind::Forbidden, "Only people and the board's lead agent delete tasks"));
    }
    let txn = context.store().begin().await?;
    let board = boards::service::lock(&txn, scope.board().id).await?;
    let task = lock(&txn, board.id, task_id).await?;
    let waiting: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT t.id FROM task_dependencies d JOIN tasks t ON t.id = d.task_id
                 WHERE d.depends_on_task_id = $1 ORDER BY t.created_at, t.id")
            .bind(task_id),
        )
        .await?;
    // An approval of several tasks goes on with the oldest of the others as its first.
    txn.run(
        sql("UPDATE approvals SET task_id = (
                 SELECT l.task_id FROM approval_task_links l
                 WHERE l.approval_id = approvals.id AND l.task_id <> $1 ORDER BY l.created_at, l.id LIMIT 1)
             WHERE task_id = $1")
        .bind(task_id),
    )
    .await?;
    txn.run_one(sql("DELETE FROM tasks WHERE id = $1").bind(task_id)).await?;
    let event = |kind| {
        NewEvent::new(kind, board.organization_id)
            .board(board.id)
            .agent(actor.agent_id())
            .user(actor.user_id())
            .activity()
    };
    let title = &task.title;
    let deleted = event("task.deleted").message(format!("Task deleted: {title}"));
    txn.append(deleted.data(json!({ "task_id": task_id, "title": title }))).await?;
    for (id,) in &waiting {
        let message = format!("Dependency removed: \"{title}\" was deleted");
        txn.append(
            event("task.updated").task(*id).message(message).data(json!({ "dependency_task_id": task_id })),
        )
        .await?;
    }
    if board.gateway_id.is_some()
        && let Some(id) = task.assigned_agent_id.filter(|id| Some(*id) != actor.agent_id())
    {
        let cast = Cast::load(&txn, &board, [id]).await?;
        let notice = cast.get(id).map(|recipient| Notice { recipient, occasion: Occasion::Deleted });
        notify::send(&txn, &board, &task, notice.as_slice()).await?;
    }
    txn.commit().await?;
    Ok(())
}
