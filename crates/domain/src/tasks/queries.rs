//! Reads of tasks with what hangs on them: a fixed number of statements, however many tasks.

use std::collections::{HashMap, HashSet};

use mc_store::{Read, sql};
use sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query, SimpleExpr};
use uuid::Uuid;

use super::{
    custom_fields,
    model::{Task, TaskDetail, TaskFilter, TaskStatus},
    tags,
};
use crate::{Page, PageRequest, Result, page};

/// Which tasks a read of what hangs on them is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of<'a> {
    /// These; at most a page of them.
    Tasks(&'a [Uuid]),
    /// All of a board.
    Board(Uuid),
}

impl Of<'_> {
    /// The condition on a column that holds the id of a task.
    pub(super) fn condition(self, table: &'static str, column: &'static str) -> SimpleExpr {
        let column = Expr::col((Alias::new(table), Alias::new(column)));
        match self {
            Self::Tasks(ids) => column.is_in(ids.iter().copied()),
            Self::Board(id) => column.in_subquery(
                Query::select()
                    .column(Alias::new("id"))
                    .from(Alias::new("tasks"))
                    .and_where(Expr::col(Alias::new("board_id")).eq(id))
                    .take(),
            ),
        }
    }
}

/// The ids without repetitions, in their order.
pub(super) fn distinct(ids: &[Uuid]) -> Vec<Uuid> {
    let mut seen = HashSet::new();
    ids.iter().copied().filter(|id| seen.insert(*id)).collect()
}

/// A page of the tasks of a board, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn page(
    on: &impl Read,
    board_id: Uuid,
    filter: &TaskFilter,
    request: PageRequest,
) -> Result<Page<TaskDetail>> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let mut condition = Condition::all().add(column("board_id").eq(board_id));
    match filter.statuses.as_slice() {
        [] => {}
        [one] => condition = condition.add(column("status").eq(one.as_str())),
        all => condition = condition.add(column("status").is_in(all.iter().map(|status| status.as_str()))),
    }
    condition = condition.add_option(filter.assigned_agent_id.map(|id| column("assigned_agent_id").eq(id)));
    if filter.unassigned {
        condition = condition.add(column("assigned_agent_id").is_null());
    }
    let page: Page<Task> = page::newest_first(on, "tasks", condition, request).await?;
    Ok(Page { items: details(on, board_id, page.items).await?, total: page.total, request })
}

/// The tasks of a board, newest first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(on: &impl Read, board_id: Uuid, limit: i64) -> Result<Vec<TaskDetail>> {
    let tasks: Vec<Task> = on
        .all(
            sql("SELECT * FROM tasks WHERE board_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
                .bind(board_id)
                .bind(limit),
        )
        .await?;
    with_details(on, board_id, tasks, Of::Board(board_id)).await
}

/// One task of a board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<Task>> {
    Ok(on
        .optional(sql("SELECT * FROM tasks WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?)
}

/// One task of a board with what hangs on it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn detail(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<TaskDetail>> {
    let task = find(on, board_id, id).await?;
    Ok(details(on, board_id, task.into_iter().collect()).await?.pop())
}

/// These tasks of one board with what hangs on them, in the same order.
pub(super) async fn details(on: &impl Read, board_id: Uuid, tasks: Vec<Task>) -> Result<Vec<TaskDetail>> {
    let ids: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
    with_details(on, board_id, tasks, Of::Tasks(&ids)).await
}

async fn with_details(
    on: &impl Read,
    board_id: Uuid,
    tasks: Vec<Task>,
    of: Of<'_>,
) -> Result<Vec<TaskDetail>> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let mut edges = edges(on, of).await?;
    let mut tags = tags::of_tasks(on, of).await?;
    let definitions = custom_fields::definitions_of_board(on, board_id).await?;
    let stored = match definitions.as_slice() {
        [] => HashMap::new(),
        _ => custom_fields::stored_values(on, of).await?,
    };
    let details = tasks.into_iter().map(|task| {
        let edges = edges.remove(&task.id).unwrap_or_default();
        let tags = tags.remove(&task.id).unwrap_or_default();
        let values = custom_fields::shown(&definitions, stored.get(&task.id));
        assemble(task, &edges, tags, values)
    });
    Ok(details.collect())
}

/// Puts a task and what hangs on it together.
pub(super) fn assemble(
    task: Task,
    edges: &[Edge],
    tags: Vec<super::TagRef>,
    custom_field_values: serde_json::Map<String, serde_json::Value>,
) -> TaskDetail {
    let blocked_by = if task.status == TaskStatus::Done { Vec::new() } else { open_ends(edges) };
    let depends_on = edges.iter().map(|edge| edge.depends_on_task_id).collect();
    TaskDetail { task, depends_on, blocked_by, tags, custom_field_values }
}

/// One task that another waits for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Edge {
    /// The task that waits.
    pub(super) task_id: Uuid,
    /// The task that it waits for.
    pub(super) depends_on_task_id: Uuid,
    /// Where that one stands.
    #[sqlx(try_from = "String")]
    pub(super) status: TaskStatus,
}

/// The tasks at the ends of these edges that are not done.
pub(super) fn open_ends(edges: &[Edge]) -> Vec<Uuid> {
    edges.iter().filter(|edge| edge.status != TaskStatus::Done).map(|edge| edge.depends_on_task_id).collect()
}

/// The edges of tasks, by task, in the order in which they were made.
pub(super) async fn edges(on: &impl Read, of: Of<'_>) -> Result<HashMap<Uuid, Vec<Edge>>> {
    let (dependencies, tasks) = (|| Alias::new("task_dependencies"), || Alias::new("tasks"));
    let query = Query::select()
        .columns(["task_id", "depends_on_task_id"].map(|name| (dependencies(), Alias::new(name))))
        .column((tasks(), Alias::new("status")))
        .from(dependencies())
        .inner_join(
            tasks(),
            Expr::col((tasks(), Alias::new("id"))).equals((dependencies(), Alias::new("depends_on_task_id"))),
        )
        .and_where(of.condition("task_dependencies", "task_id"))
        .order_by((dependencies(), Alias::new("created_at")), Order::Asc)
        .order_by((dependencies(), Alias::new("id")), Order::Asc)
        .take();
    let rows: Vec<Edge> = on.all(on.render(&query)).await?;
    let mut found: HashMap<Uuid, Vec<Edge>> = HashMap::new();
    for edge in rows {
        found.entry(edge.task_id).or_default().push(edge);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_are_dropped_in_order() {
        let id = Uuid::from_u128;
        assert_eq!(distinct(&[id(2), id(1), id(2), id(3), id(1)]), [id(2), id(1), id(3)]);
    }
}
