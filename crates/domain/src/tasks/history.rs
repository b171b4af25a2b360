//! The record of where tasks stood and when, from which figures over time are made.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Read, Txn, sql};
use sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{Task, TaskStatus, queries};
use crate::{Context, Error, Page, PageRequest, Result, access::BoardReader};

/// How long the record is kept: the longest range of the figures, twice, and some days.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(2 * 365 + 7);
/// How many changes one statement writes.
const CHUNK: usize = 500;
/// How many rows one run of [`purge`] deletes; the next run goes on.
const PURGE_MAX: i64 = 10_000;

/// A task came to another status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    board_id: Uuid,
    task_id: Uuid,
    from: Option<TaskStatus>,
    to: TaskStatus,
    in_progress_at: Option<DateTime<Utc>>,
}

impl Change {
    /// The beginning of a task.
    pub(crate) fn made(task: &Task) -> Self {
        let (board_id, task_id) = (task.board_id, task.id);
        Self { board_id, task_id, from: None, to: task.status, in_progress_at: None }
    }

    /// The change of a task from what it was to a status; none when it stays.
    pub(crate) fn of(old: &Task, to: TaskStatus) -> Option<Self> {
        let is_ended = old.status == TaskStatus::InProgress;
        (old.status != to).then(|| Self {
            board_id: old.board_id,
            task_id: old.id,
            from: Some(old.status),
            to,
            in_progress_at: old.in_progress_at.filter(|_| is_ended),
        })
    }
}

/// Records changes. Whoever writes the status of tasks calls this in the same transaction.
pub(crate) async fn record(txn: &Txn, changes: &[Change]) -> Result<()> {
    for chunk in changes.chunks(CHUNK) {
        leave(txn, chunk).await?;
        let mut insert = Query::insert()
            .into_table(Alias::new("task_status_changes"))
            .columns(
                ["id", "board_id", "task_id", "from_status", "to_status", "in_progress_at", "created_at"]
                    .map(Alias::new),
            )
            .take();
        for change in chunk {
            insert.values_panic([
                txn.new_id().into(),
                change.board_id.into(),
                change.task_id.into(),
                change.from.map(TaskStatus::as_str).into(),
                change.to.as_str().into(),
                change.in_progress_at.into(),
                txn.now().into(),
            ]);
        }
        txn.run(txn.render(&insert)).await?;
    }
    Ok(())
}

/// Ends the stay of tasks where they stood.
async fn leave(txn: &Txn, changes: &[Change]) -> Result<()> {
    let moved: Vec<Uuid> =
        changes.iter().filter(|change| change.from.is_some()).map(|change| change.task_id).collect();
    if moved.is_empty() {
        return Ok(());
    }
    let update = Query::update()
        .table(Alias::new("task_status_changes"))
        .value(Alias::new("left_at"), txn.now())
        .and_where(Expr::col(Alias::new("task_id")).is_in(moved))
        .and_where(Expr::col(Alias::new("left_at")).is_null())
        .take();
    txn.run(txn.render(&update)).await?;
    Ok(())
}

/// A time that a task spent in one status.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stay {
    /// Where it stood.
    #[sqlx(try_from = "String")]
    pub status: TaskStatus,
    /// Since when.
    pub entered_at: DateTime<Utc>,
    /// Until when; none where it stands now.
    pub left_at: Option<DateTime<Utc>>,
}

/// Where a task stood and how long, the latest first. The record reaches back two years.
///
/// # Errors
/// `NotFound` when the task is not on the board.
pub async fn stays(
    context: &Context,
    scope: &BoardReader,
    task_id: Uuid,
    request: PageRequest,
) -> Result<Page<Stay>> {
    let store = context.store();
    let task = queries::find(store, scope.board().id, task_id).await?.ok_or_else(Error::not_found)?;
    let items = store
        .all(
            sql("SELECT to_status AS status, created_at AS entered_at, left_at FROM task_status_changes
                 WHERE task_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3")
            .bind(task.id)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let (total,): (i64,) =
        store.one(sql("SELECT count(*) FROM task_status_changes WHERE task_id = $1").bind(task.id)).await?;
    Ok(Page { items, total, request })
}

/// Deletes what no figure reads any more, at most some thousand rows; gives their number.
pub(crate) async fn purge(txn: &Txn) -> Result<u64> {
    Ok(txn
        .run(
            sql("DELETE FROM task_status_changes WHERE id IN (
                     SELECT c.id FROM boards b JOIN task_status_changes c ON c.board_id = b.id AND c.created_at < $1
                     LIMIT $2)")
            .bind(txn.now() - KEPT)
            .bind(PURGE_MAX),
        )
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::testing::task;

    #[test]
    fn only_work_that_ends_has_a_beginning() {
        let began = DateTime::UNIX_EPOCH;
        let in_status = |status| Task { in_progress_at: Some(began), ..task(status) };
        let names = TaskStatus::NAMES.map(|(_, status)| status);
        for (from, to) in names.into_iter().flat_map(|from| names.map(|to| (from, to))) {
            let change = Change::of(&in_status(from), to);
            assert_eq!(change.is_some(), from != to);
            let began = change.and_then(|change| change.in_progress_at);
            assert_eq!(began.is_some(), from == TaskStatus::InProgress && to != from, "{from:?} {to:?}");
        }
        assert_eq!(Change::made(&in_status(TaskStatus::InProgress)).in_progress_at, None);
    }
}
