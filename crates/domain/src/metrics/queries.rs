//! Reads of figures: one statement for each, whatever the number of boards, tasks and periods.

use chrono::{DateTime, Utc};
use mc_store::Read;
use sea_query::{
    Alias, Asterisk, CaseStatement, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement,
    UnionType, WindowStatement,
};
use uuid::Uuid;

use super::{DashboardFilter, Kpis, PendingApproval, PendingApprovals, rules::Timeline};
use crate::{Result, access::BoardRights, tasks::TaskStatus};

/// The most pieces of work whose times are read: the newest count.
const WORK_MAX: u64 = 100_000;
/// The most pending approvals that are shown.
const APPROVALS_MAX: u64 = 10;

pub(super) fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// The boards that figures are about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Boards {
    pub(super) rights: BoardRights,
    pub(super) filter: DashboardFilter,
}

impl Boards {
    pub(super) fn condition(&self) -> Condition {
        let column = |name: &'static str| Expr::col((Alias::new("boards"), Alias::new(name)));
        self.rights
            .condition("boards", "id")
            .add_option(self.filter.board_id.map(|id| column("id").eq(id)))
            .add_option(self.filter.group_id.map(|id| column("board_group_id").eq(id)))
    }

    /// The condition on the column `board_id` of a table.
    pub(super) fn of_row(&self) -> Expr {
        let boards = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new("boards"))
            .cond_where(self.condition())
            .take();
        column("board_id").in_subquery(boards)
    }
}

/// Whether a member may read a board.
pub(super) async fn is_readable(on: &impl Read, rights: BoardRights, board_id: Uuid) -> Result<bool> {
    let boards = Boards { rights, filter: DashboardFilter { board_id: Some(board_id), group_id: None } };
    let query = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("boards"))
        .cond_where(boards.condition())
        .take();
    let row: Option<(Uuid,)> = on.optional(on.render(&query)).await?;
    Ok(row.is_some())
}

/// The segment that a time falls into, as a tree of comparisons.
fn segment(time: &'static str, bounds: &[DateTime<Utc>], first: i64) -> Expr {
    let Some(bound) = bounds.get(bounds.len() / 2) else { return Expr::val(first) };
    let middle = bounds.len() / 2;
    let after = first + i64::try_from(middle).unwrap_or(i64::MAX - first - 1) + 1;
    CaseStatement::new()
        .case(column(time).lt(*bound), segment(time, &bounds[..middle], first))
        .finally(segment(time, &bounds[middle + 1..], after))
        .into()
}

/// The rows of a table on these boards in the whole time, with their segments.
fn in_time(table: &'static str, boards: &Boards, timeline: &Timeline) -> SelectStatement {
    Query::select()
        .expr_as(segment("created_at", timeline.bounds(), 0), Alias::new("segment"))
        .from(Alias::new(table))
        .and_where(boards.of_row())
        .and_where(column("created_at").gte(timeline.start))
        .and_where(column("created_at").lte(timeline.end))
        .take()
}

/// How many tasks came to stand in each status, by segment: in each, the last change of a task counts,
/// which is the one that the task did not leave in the same segment.
pub(super) async fn flow(
    on: &impl Read,
    boards: &Boards,
    timeline: &Timeline,
) -> Result<Vec<(i64, String, i64)>> {
    let changes = in_time("task_status_changes", boards, timeline)
        .columns(["to_status", "left_at"].map(Alias::new))
        .expr_as(segment("left_at", timeline.bounds(), 0), Alias::new("left_segment"))
        .take();
    let stays = Condition::any()
        .add(column("left_at").is_null())
        .add(column("left_at").gt(timeline.end))
        .add(column("left_segment").gt(column("segment")));
    let query = Query::select()
        .columns(["segment", "to_status"].map(Alias::new))
        .expr(Func::count(Expr::col(Asterisk)))
        .from_subquery(changes, Alias::new("changes"))
        .cond_where(stays)
        .group_by_columns(["segment", "to_status"].map(Alias::new))
        .take();
    Ok(on.all(on.render(&query)).await?)
}

/// When work ended in review or done, and when it began.
pub(super) async fn work(
    on: &impl Read,
    boards: &Boards,
    timeline: &Timeline,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    let ends = [TaskStatus::Review, TaskStatus::Done].map(TaskStatus::as_str);
    let query = Query::select()
        .columns(["created_at", "in_progress_at"].map(Alias::new))
        .from(Alias::new("task_status_changes"))
        .and_where(boards.of_row())
        .and_where(column("created_at").gte(timeline.start))
        .and_where(column("created_at").lte(timeline.end))
        .and_where(column("to_status").is_in(ends))
        .and_where(column("in_progress_at").is_not_null())
        .order_by(Alias::new("created_at"), Order::Desc)
        .order_by(Alias::new("id"), Order::Desc)
        .limit(WORK_MAX)
        .take();
    Ok(on.all(on.render(&query)).await?)
}

/// How many events of tasks there were and how many of them were failures, by segment.
pub(super) async fn errors(
    on: &impl Read,
    boards: &Boards,
    timeline: &Timeline,
) -> Result<Vec<(i64, i64, i64)>> {
    let events = in_time("events", boards, timeline)
        .column(Alias::new("kind"))
        .and_where(column("activity").eq(true))
        .and_where(column("task_id").is_not_null())
        .take();
    let failed = CaseStatement::new().case(column("kind").like("%failed"), 1_i64);
    let query = Query::select()
        .column(Alias::new("segment"))
        .expr(Func::count(Expr::col(Asterisk)))
        .expr(Func::count(failed))
        .from_subquery(events, Alias::new("events"))
        .group_by_col(Alias::new("segment"))
        .take();
    Ok(on.all(on.render(&query)).await?)
}

/// How many tasks stand where now, and how many agents gave a sign of life in the range.
pub(super) async fn present(on: &impl Read, boards: &Boards, timeline: &Timeline) -> Result<Kpis> {
    let agents = Query::select()
        .expr(Expr::val("agents"))
        .expr(Func::count(Expr::col(Asterisk)))
        .from(Alias::new("agents"))
        .and_where(boards.of_row())
        .and_where(column("last_seen_at").gte(timeline.middle))
        .and_where(column("last_seen_at").lte(timeline.end))
        .take();
    let query = Query::select()
        .column(Alias::new("status"))
        .expr(Func::count(Expr::col(Asterisk)))
        .from(Alias::new("tasks"))
        .and_where(boards.of_row())
        .group_by_col(Alias::new("status"))
        .union(UnionType::All, agents)
        .take();
    let rows: Vec<(String, i64)> = on.all(on.render(&query)).await?;
    let count = |name: &str| rows.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count);
    Ok(Kpis {
        active_agents: count("agents"),
        inbox: count(TaskStatus::Inbox.as_str()),
        in_progress: count(TaskStatus::InProgress.as_str()),
        review: count(TaskStatus::Review.as_str()),
        done: count(TaskStatus::Done.as_str()),
        ..Kpis::default()
    })
}

#[derive(sqlx::FromRow)]
struct PendingRow {
    #[sqlx(flatten)]
    approval: PendingApproval,
    total: i64,
}

/// The approvals that wait for a decision, newest first.
pub(super) async fn pending_approvals(on: &impl Read, boards: &Boards) -> Result<PendingApprovals> {
    let (approvals, name) = (|| Alias::new("approvals"), |name: &'static str| Alias::new(name));
    // Approvals of several tasks may name them by links alone.
    let title = Expr::cust(
        "coalesce((SELECT t.title FROM tasks t WHERE t.id = approvals.task_id),
                  (SELECT t.title FROM approval_task_links l JOIN tasks t ON t.id = l.task_id
                   WHERE l.approval_id = approvals.id ORDER BY l.created_at, l.id LIMIT 1))",
    );
    let query = Query::select()
        .columns(
            ["id", "board_id", "action_type", "confidence", "created_at"]
                .map(|column| (approvals(), name(column))),
        )
        .expr_as(Expr::col((name("boards"), name("name"))), name("board_name"))
        .expr_as(title, name("task_title"))
        .expr_window_as(Func::count(Expr::col(Asterisk)), WindowStatement::new(), name("total"))
        .from(approvals())
        .inner_join(
            name("boards"),
            Expr::col((name("boards"), name("id"))).equals((approvals(), name("board_id"))),
        )
        .cond_where(boards.condition())
        .and_where(Expr::col((approvals(), name("status"))).eq("pending"))
        .order_by((approvals(), name("created_at")), Order::Desc)
        .order_by((approvals(), name("id")), Order::Desc)
        .limit(APPROVALS_MAX)
        .take();
    let rows: Vec<PendingRow> = on.all(on.render(&query)).await?;
    Ok(PendingApprovals {
        total: rows.first().map_or(0, |row| row.total),
        items: rows.into_iter().map(|row| row.approval).collect(),
    })
}
