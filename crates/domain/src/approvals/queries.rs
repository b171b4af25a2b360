//! Reads of approvals with the tasks that they are about.

use std::collections::HashMap;

use mc_store::{Read, Txn, sql};
use sea_query::{Alias, Asterisk, Condition, Expr, ExprTrait, Func, LockType, Order, Query, SelectStatement};
use uuid::Uuid;

use super::{Approval, ApprovalDetail, ApprovalStatus, rules::Pending};
use crate::{Page, PageRequest, Result, access::BoardRights, page, users};

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
    details(on, approvals).await
}

/// Which approvals are meant.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Those of one board.
    Board(Uuid),
    /// Those of every board that a member may read, or of one of these.
    Readable(BoardRights, Option<Uuid>),
}

impl Place {
    fn condition(self) -> Condition {
        match self {
            Self::Board(id) => Condition::all().add(column("board_id").eq(id)),
            Self::Readable(rights, board) => {
                let boards = Query::select()
                    .column(Alias::new("id"))
                    .from(Alias::new("boards"))
                    .cond_where(rights.condition("boards", "id"))
                    .take();
                Condition::all()
                    .add(column("board_id").in_subquery(boards))
                    .add_option(board.map(|id| column("board_id").eq(id)))
            }
        }
    }
}

/// A page of approvals, newest first; all, or those of one status.
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(
    on: &impl Read,
    place: Place,
    status: Option<ApprovalStatus>,
    request: PageRequest,
) -> Result<Page<ApprovalDetail>> {
    let condition = Condition::all()
        .add(place.condition())
        .add_option(status.map(|status| column("status").eq(status.as_str())));
    let page = page::newest_first(on, "approvals", condition, request).await?;
    Ok(Page { items: details(on, page.items).await?, total: page.total, request })
}

/// One approval of a board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn detail(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<ApprovalDetail>> {
    let approval: Option<Approval> = on
        .optional(sql("SELECT * FROM approvals WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?;
    Ok(details(on, approval.into_iter().collect()).await?.pop())
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

/// The pending approvals of these tasks of a board.
pub(super) async fn pending_of(on: &impl Read, board_id: Uuid, tasks: &[Uuid]) -> Result<Vec<Pending>> {
    let mut pending = Vec::new();
    for chunk in tasks.chunks(CHUNK) {
        for mut query in [linked(board_id, chunk), unlinked(board_id, chunk)] {
            let query = query
                .expr_as(approvals("id"), Alias::new("approval_id"))
                .expr_as(approvals("created_at"), Alias::new("created_at"))
                .and_where(approvals("status").eq(ApprovalStatus::Pending.as_str()))
                .take();
            pending.extend(on.all::<Pending>(on.render(&query)).await?);
        }
    }
    Ok(pending)
}

/// The numbers of approvals of these tasks of a board, in the order of the tasks.
///
/// # Errors
/// When the database cannot be reached.
pub async fn counts_of(on: &impl Read, board_id: Uuid, tasks: &[Uuid]) -> Result<Vec<(Uuid, TaskCounts)>> {
    let mut counts: HashMap<Uuid, TaskCounts> = HashMap::new();
    for chunk in tasks.chunks(CHUNK) {
        let both =
            [(linked(board_id, chunk), links("task_id")), (unlinked(board_id, chunk), approvals("task_id"))];
        for (mut query, task) in both {
            let query = query
                .expr_as(approvals("status"), Alias::new("status"))
                .expr_as(Func::count(Expr::col(Asterisk)), Alias::new("total"))
                .add_group_by([task, approvals("status")])
                .take();
            for (task, status, total) in on.all::<(Uuid, String, i64)>(on.render(&query)).await? {
                let counts = counts.entry(task).or_default();
                counts.total += total;
                if status == ApprovalStatus::Pending.as_str() {
                    counts.pending += total;
                }
            }
        }
    }
    Ok(tasks.iter().map(|task| (*task, counts.get(task).copied().unwrap_or_default())).collect())
}

fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

fn approvals(name: &'static str) -> Expr {
    Expr::col((Alias::new("approvals"), Alias::new(name)))
}

fn links(name: &'static str) -> Expr {
    Expr::col((Alias::new("approval_task_links"), Alias::new(name)))
}

/// The `task_id` of the links of these tasks, joined to the approvals of the board.
fn linked(board_id: Uuid, tasks: &[Uuid]) -> SelectStatement {
    Query::select()
        .expr_as(links("task_id"), Alias::new("task_id"))
        .from(Alias::new("approvals"))
        .inner_join(Alias::new("approval_task_links"), links("approval_id").eq(approvals("id")))
        .and_where(approvals("board_id").eq(board_id))
        .and_where(links("task_id").is_in(tasks.iter().copied()))
        .take()
}

/// The `task_id` of the older approvals of the board that name one of these tasks and have no links.
fn unlinked(board_id: Uuid, tasks: &[Uuid]) -> SelectStatement {
    let any_link = Query::select()
        .expr(Expr::val(1))
        .from(Alias::new("approval_task_links"))
        .and_where(links("approval_id").eq(approvals("id")))
        .take();
    Query::select()
        .expr_as(approvals("task_id"), Alias::new("task_id"))
        .from(Alias::new("approvals"))
        .and_where(approvals("board_id").eq(board_id))
        .and_where(approvals("task_id").is_in(tasks.iter().copied()))
        .and_where(Expr::exists(any_link).not())
        .take()
}

/// Those of these tasks that are on the board, kept from being changed or deleted until the
/// transaction ends. The caller holds the lock of the board.
pub(super) async fn lock_tasks(txn: &Txn, board_id: Uuid, tasks: &[Uuid]) -> Result<Vec<Uuid>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("tasks"))
        .and_where(column("board_id").eq(board_id))
        .and_where(column("id").is_in(tasks.iter().copied()))
        .order_by(Alias::new("id"), Order::Asc)
        .lock(LockType::Update)
        .take();
    let rows: Vec<(Uuid,)> = txn.all(txn.render(&query)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
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
pub(crate) async fn counts_by_task(on: &impl Read, board_id: Uuid) -> Result<HashMap<Uuid, TaskCounts>> {
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

/// These approvals with the tasks that they are about, in the same order.
///
/// # Errors
/// When the database cannot be reached.
pub async fn details(on: &impl Read, approvals: Vec<Approval>) -> Result<Vec<ApprovalDetail>> {
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
    let titles = titles(on, details.iter().flat_map(|(_, tasks)| tasks)).await?;
    let agents = agent_names(on, details.iter().filter_map(|(approval, _)| approval.agent_id)).await?;
    let people =
        people_names(on, details.iter().filter_map(|(approval, _)| approval.resolved_by_user_id)).await?;
    let details = details.into_iter().map(|(approval, task_ids)| {
        // A task that has left the board is no longer named to those who read the board.
        let title = |id| {
            titles.get(id).filter(|(board, _)| *board == approval.board_id).map(|(_, title)| title.clone())
        };
        let task_titles = task_ids.iter().filter_map(title).collect();
        let agent_name = approval.agent_id.and_then(|id| agents.get(&id).cloned());
        let resolved_by_name = approval.resolved_by_user_id.and_then(|id| people.get(&id).cloned());
        ApprovalDetail { approval, task_ids, task_titles, agent_name, resolved_by_name }
    });
    Ok(details.collect())
}

/// The names of these agents.
async fn agent_names(on: &impl Read, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    for chunk in distinct(ids).chunks(CHUNK) {
        let query = Query::select()
            .columns(["id", "name"].map(Alias::new))
            .from(Alias::new("agents"))
            .and_where(column("id").is_in(chunk.iter().copied()))
            .take();
        names.extend(on.all::<(Uuid, String)>(on.render(&query)).await?);
    }
    Ok(names)
}

/// The names of these people, as they are shown.
async fn people_names(on: &impl Read, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    for chunk in distinct(ids).chunks(CHUNK) {
        let query = Query::select()
            .columns(["id", "preferred_name", "name"].map(Alias::new))
            .from(Alias::new("users"))
            .and_where(column("id").is_in(chunk.iter().copied()))
            .take();
        let rows: Vec<(Uuid, Option<String>, Option<String>)> = on.all(on.render(&query)).await?;
        names.extend(rows.into_iter().filter_map(|(id, preferred, full)| {
            users::shown_name(preferred.as_deref(), full.as_deref()).map(|name| (id, name.to_owned()))
        }));
    }
    Ok(names)
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The boards and titles of these tasks.
async fn titles<'a>(
    on: &impl Read,
    ids: impl Iterator<Item = &'a Uuid>,
) -> Result<HashMap<Uuid, (Uuid, String)>> {
    let mut titles = HashMap::new();
    for chunk in distinct(ids.copied()).chunks(CHUNK) {
        let query = Query::select()
            .columns(["id", "board_id", "title"].map(Alias::new))
            .from(Alias::new("tasks"))
            .and_where(Expr::col(Alias::new("id")).is_in(chunk.iter().copied()))
            .take();
        let rows: Vec<(Uuid, Uuid, String)> = on.all(on.render(&query)).await?;
        titles.extend(rows.into_iter().map(|(id, board, title)| (id, (board, title))));
    }
    Ok(titles)
}
