//! Reads of what somebody should look at.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::Read;
use sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType, WindowStatement,
};

use super::{
    Attention, OverdueTask,
    queries::{Boards, column},
    rules::Timeline,
};
use crate::{Result, tasks::TaskStatus};

/// The most overdue tasks that are shown.
const OVERDUE_MAX: u64 = 10;

#[derive(sqlx::FromRow)]
struct OverdueRow {
    #[sqlx(flatten)]
    task: OverdueTask,
    total: i64,
}

/// What somebody should look at on these boards, in two statements.
pub(super) async fn attention(on: &impl Read, boards: &Boards, timeline: &Timeline) -> Result<Attention> {
    let overdue: Vec<OverdueRow> = on.all(on.render(&overdue(boards, timeline.end))).await?;
    let failed = count("deliveries", "board_webhook_payloads")
        .and_where(boards.of_row())
        .and_where(column("received_at").gte(timeline.middle))
        .and_where(column("received_at").lte(timeline.end))
        .and_where(column("delivery_status").eq("failed"))
        .take();
    let query = blocked(boards).union(UnionType::All, failed).take();
    let counts: Vec<(String, i64)> = on.all(on.render(&query)).await?;
    let counted = |name: &str| counts.iter().find(|(known, _)| known == name).map_or(0, |(_, count)| *count);
    Ok(Attention {
        overdue: overdue.first().map_or(0, |row| row.total),
        overdue_tasks: overdue.into_iter().map(|row| row.task).collect(),
        blocked: counted("blocked"),
        failed_deliveries: counted("deliveries"),
    })
}

/// A count with its name.
fn count(name: &'static str, table: &'static str) -> SelectStatement {
    Query::select()
        .expr(Expr::val(name))
        .expr(Func::count(Expr::col(Asterisk)))
        .from(Alias::new(table))
        .take()
}

/// Unfinished tasks that depend on an unfinished one.
fn blocked(boards: &Boards) -> SelectStatement {
    let (dependencies, needed) = (|| Alias::new("task_dependencies"), || Alias::new("needed"));
    let waiting = Query::select()
        .column((dependencies(), Alias::new("task_id")))
        .from(dependencies())
        .join_as(
            sea_query::JoinType::InnerJoin,
            Alias::new("tasks"),
            needed(),
            Expr::col((needed(), Alias::new("id")))
                .equals((dependencies(), Alias::new("depends_on_task_id"))),
        )
        .and_where(Expr::col((needed(), Alias::new("status"))).ne(TaskStatus::Done.as_str()))
        .take();
    count("blocked", "tasks")
        .and_where(boards.of_row())
        .and_where(column("status").ne(TaskStatus::Done.as_str()))
        .and_where(column("id").in_subquery(waiting))
        .take()
}

/// Unfinished tasks whose day is over: due dates name a day by its beginning, wherever their author was.
fn overdue(boards: &Boards, now: DateTime<Utc>) -> SelectStatement {
    let (tasks, name) = (|| Alias::new("tasks"), |name: &'static str| Alias::new(name));
    let of_task = |column: &'static str| Expr::col((tasks(), name(column)));
    Query::select()
        .columns(["id", "board_id", "title", "due_at"].map(|column| (tasks(), name(column))))
        .expr_as(Expr::col((name("boards"), name("name"))), name("board_name"))
        .expr_window_as(Func::count(Expr::col(Asterisk)), WindowStatement::new(), name("total"))
        .from(tasks())
        .inner_join(
            name("boards"),
            Expr::col((name("boards"), name("id"))).equals((tasks(), name("board_id"))),
        )
        .cond_where(boards.condition())
        .and_where(of_task("status").ne(TaskStatus::Done.as_str()))
        .and_where(of_task("due_at").lt(now - TimeDelta::days(1)))
        .order_by((tasks(), name("due_at")), Order::Asc)
        .order_by((tasks(), name("id")), Order::Asc)
        .limit(OVERDUE_MAX)
        .take()
}
