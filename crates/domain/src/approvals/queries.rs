//! Reads of approvals with the tasks that they are about.

use std::collections::HashMap;

use mc_store::{Read, sql};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use super::{Approval, ApprovalDetail};
use crate::Result;

/// How many ids one statement names.
const CHUNK: usize = 500;

/// The approvals of a board, newest first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn newest(on: &impl Read, board_id: Uuid, limit: i64) -> Result<Vec<ApprovalDetail>> {
    let approvals: Vec<Approval> = on
        .all(
            sql("SELECT * FROM approvals WHERE board_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
                .bind(board_id)
                .bind(limit),
        )
        .await?;
    details(on, board_id, approvals).await
}

/// How many approvals of a board are pending.
///
/// # Errors
/// When the database cannot be reached.
pub async fn pending_count(on: &impl Read, board_id: Uuid) -> Result<i64> {
    let (count,): (i64,) = on
        .one(sql("SELECT count(*) FROM approvals WHERE board_id = $1 AND status = 'pending'").bind(board_id))
        .await?;
    Ok(count)
}

/// How many approvals a task has, in all and pending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// All of them.
    pub total: i64,
    /// Those that nobody has decided.
    pub pending: i64,
}

/// The numbers of approvals of the tasks of a board; tasks without any are left out.
///
/// # Errors
/// When the database cannot be reached.
pub async fn counts_by_task(on: &impl Read, board_id: Uuid) -> Result<HashMap<Uuid, TaskCounts>> {
    let rows: Vec<(Uuid, i64, i64)> = on
        .all(
            sql("SELECT linked.task_id, count(*) AS total,
                        CAST(sum(CASE WHEN linked.status = 'pending' THEN 1 ELSE 0 END) AS BIGINT) AS pending
                 FROM (SELECT l.task_id, a.status FROM approvals a JOIN approval_task_links l ON l.approval_id = a.id
                       WHERE a.board_id = $1
                       UNION ALL
                       SELECT a.task_id, a.status FROM approvals a
                       WHERE a.board_id = $1 AND a.task_id IS NOT NULL
                         AND NOT EXISTS (SELECT 1 FROM approval_task_links l WHERE l.approval_id = a.id)) linked
                 GROUP BY linked.task_id")
            .bind(board_id),
        )
        .await?;
    Ok(rows.into_iter().map(|(task, total, pending)| (task, TaskCounts { total, pending })).collect())
}

/// These approvals of one board with the tasks that they are about, in the same order.
///
/// # Errors
/// When the database cannot be reached.
pub async fn details(
    on: &impl Read,
    board_id: Uuid,
    approvals: Vec<Approval>,
) -> Result<Vec<ApprovalDetail>> {
    let ids: Vec<Uuid> = approvals.iter().map(|approval| approval.id).collect();
    let mut linked: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let query = Query::select()
            .columns(["approval_id", "task_id"].map(Alias::new))
            .from(Alias::new("approval_task_links"))
            .and_where(Expr::col(Alias::new("approval_id")).is_in(chunk.iter().copied()))
            .order_by(Alias::new("created_at"), Order::Asc)
            .order_by(Alias::new("id"), Order::Asc)
            .take();
        let rows: Vec<(Uuid, Uuid)> = on.all(on.render(&query)).await?;
        for (approval, task) in rows {
            linked.entry(approval).or_default().push(task);
        }
    }
    let details: Vec<(Approval, Vec<Uuid>)> = approvals
        .into_iter()
        .map(|approval| {
            // Older approvals name one task and have no links.
            let first = approval.task_id;
            let tasks = linked.remove(&approval.id).unwrap_or_else(|| first.into_iter().collect());
            (approval, tasks)
        })
        .collect();
    let titles = titles(on, board_id, details.iter().flat_map(|(_, tasks)| tasks)).await?;
    let details = details.into_iter().map(|(approval, task_ids)| {
        let task_titles = task_ids.iter().filter_map(|id| titles.get(id).cloned()).collect();
        ApprovalDetail { approval, task_ids, task_titles }
    });
    Ok(details.collect())
}

/// The titles of those of these tasks that are on the board.
async fn titles<'a>(
    on: &impl Read,
    board_id: Uuid,
    ids: impl Iterator<Item = &'a Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let mut ids: Vec<Uuid> = ids.copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut titles = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let query = Query::select()
            .columns(["id", "title"].map(Alias::new))
            .from(Alias::new("tasks"))
            .and_where(Expr::col(Alias::new("board_id")).eq(board_id))
            .and_where(Expr::col(Alias::new("id")).is_in(chunk.iter().copied()))
            .take();
        let rows: Vec<(Uuid, String)> = on.all(on.render(&query)).await?;
        titles.extend(rows);
    }
    Ok(titles)
}
