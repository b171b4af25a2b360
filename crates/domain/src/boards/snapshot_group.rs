//! What the boards of a group are at: counts by status, and the tasks that matter most.

use std::collections::{BTreeMap, HashMap};

use mc_store::{Read, Store, sql};
use uuid::Uuid;

use super::Board;
use crate::{
    Context, Result,
    access::{Actor, BoardReader, GroupReader},
    board_groups::BoardGroup,
    tasks::{self, TagRef, Task, queries::Of},
};

/// The most boards of a snapshot.
const BOARDS_MAX: i64 = 500;
/// How many ids one statement names.
const CHUNK: usize = 500;

/// What a snapshot of a group holds.
#[derive(Clone, Copy, Debug)]
pub struct GroupSnapshotOptions {
    /// Also the board from which it is looked at.
    pub include_self: bool,
    /// Also tasks that are done.
    pub include_done: bool,
    /// The most tasks of each board.
    pub tasks_per_board: i64,
}

/// A task in a snapshot of a group.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct TaskSummary {
    /// The task.
    #[sqlx(flatten)]
    pub task: Task,
    /// The name of the agent that has it.
    pub assignee: Option<String>,
    /// Its tags, in the order in which they were given.
    #[sqlx(skip)]
    pub tags: Vec<TagRef>,
}

/// A board in a snapshot of its group.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardSummary {
    /// The board.
    pub board: Board,
    /// How many tasks it has in each status that occurs.
    pub counts: BTreeMap<String, i64>,
    /// The tasks that matter most: by status, priority, and last change.
    pub tasks: Vec<TaskSummary>,
}

/// The boards of a group at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupSnapshot {
    /// The group; none when the board belongs to none.
    pub group: Option<BoardGroup>,
    /// Those of its boards that the caller may read, by name.
    pub boards: Vec<BoardSummary>,
}

/// Reads the group of a board. People see the boards that they may read, agents the whole group.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(
    context: &Context,
    scope: &BoardReader,
    options: GroupSnapshotOptions,
) -> Result<GroupSnapshot> {
    let (store, board) = (context.store(), scope.board());
    let Some(group_id) = board.board_group_id else { return Ok(GroupSnapshot::default()) };
    let group: Option<BoardGroup> = store
        .optional(
            sql("SELECT * FROM board_groups WHERE id = $1 AND organization_id = $2")
                .bind(group_id)
                .bind(board.organization_id),
        )
        .await?;
    let Some(group) = group else { return Ok(GroupSnapshot::default()) };
    let mut boards = match scope.actor() {
        Actor::User(actor) => readable(store, &group, actor.user().id).await?,
        Actor::Agent(_) => all(store, &group).await?,
    };
    boards.retain(|other| options.include_self || other.id != board.id);
    let boards = summaries(store, &group, boards, options).await?;
    Ok(GroupSnapshot { group: Some(group), boards })
}

/// Reads a group, with those of its boards that the person may read.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_group(
    context: &Context,
    scope: &GroupReader,
    options: GroupSnapshotOptions,
) -> Result<GroupSnapshot> {
    let (store, group) = (context.store(), scope.group());
    let boards = readable(store, group, scope.actor().user().id).await?;
    let boards = summaries(store, group, boards, options).await?;
    Ok(GroupSnapshot { group: Some(group.clone()), boards })
}

/// The boards of a group that a person may read.
async fn readable(store: &Store, group: &BoardGroup, user_id: Uuid) -> Result<Vec<Board>> {
    Ok(store
        .all(
            sql("SELECT b.* FROM boards b
                 JOIN organization_members m ON m.organization_id = b.organization_id AND m.user_id = $3
                 LEFT JOIN organization_board_access a ON a.organization_member_id = m.id AND a.board_id = b.id
                 WHERE b.board_group_id = $1 AND b.organization_id = $2
                   AND (m.all_boards_read OR m.all_boards_write
                     OR coalesce(a.can_read, FALSE) OR coalesce(a.can_write, FALSE))
                 ORDER BY b.sort_name, b.created_at, b.id LIMIT $4")
            .bind(group.id)
            .bind(group.organization_id)
            .bind(user_id)
            .bind(BOARDS_MAX),
        )
        .await?)
}

/// The boards of a group.
async fn all(store: &Store, group: &BoardGroup) -> Result<Vec<Board>> {
    Ok(store
        .all(
            sql("SELECT * FROM boards WHERE board_group_id = $1 AND organization_id = $2
                 ORDER BY sort_name, created_at, id LIMIT $3")
            .bind(group.id)
            .bind(group.organization_id)
            .bind(BOARDS_MAX),
        )
        .await?)
}

/// Counts and first tasks of these boards of a group. The database ranks the tasks, so that only
/// those that are shown are read.
async fn summaries(
    store: &Store,
    group: &BoardGroup,
    boards: Vec<Board>,
    options: GroupSnapshotOptions,
) -> Result<Vec<BoardSummary>> {
    if boards.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid, String, i64)> = store
        .all(
            sql("SELECT t.board_id, t.status, count(*) AS total FROM tasks t JOIN boards b ON b.id = t.board_id
                 WHERE b.board_group_id = $1 GROUP BY t.board_id, t.status")
            .bind(group.id),
        )
        .await?;
    let mut counts: HashMap<Uuid, BTreeMap<String, i64>> = HashMap::new();
    for (board, status, count) in rows {
        counts.entry(board).or_default().insert(status, count);
    }
    let mut tasks: HashMap<Uuid, Vec<TaskSummary>> = HashMap::new();
    for summary in ranked(store, group, options).await? {
        tasks.entry(summary.task.board_id).or_default().push(summary);
    }
    tasks.retain(|id, _| boards.iter().any(|board| board.id == *id));
    let ids: Vec<Uuid> = tasks.values().flatten().map(|summary| summary.task.id).collect();
    let mut tags = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        tags.extend(tasks::tags::of_tasks(store, Of::Tasks(chunk)).await?);
    }
    for summary in tasks.values_mut().flatten() {
        summary.tags = tags.remove(&summary.task.id).unwrap_or_default();
    }
    let summaries = boards.into_iter().map(|board| BoardSummary {
        counts: counts.remove(&board.id).unwrap_or_default(),
        tasks: tasks.remove(&board.id).unwrap_or_default(),
        board,
    });
    Ok(summaries.collect())
}

async fn ranked(
    store: &Store,
    group: &BoardGroup,
    options: GroupSnapshotOptions,
) -> Result<Vec<TaskSummary>> {
    if options.tasks_per_board == 0 {
        return Ok(Vec::new());
    }
    Ok(store
        .all(
            sql("SELECT ranked.*, a.name AS assignee FROM (
                     SELECT t.*, row_number() OVER (
                         PARTITION BY t.board_id
                         ORDER BY CASE t.status WHEN 'in_progress' THEN 0 WHEN 'review' THEN 1 WHEN 'inbox' THEN 2
                                      WHEN 'done' THEN 3 ELSE 99 END,
                             CASE t.priority WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 99 END,
                             t.updated_at DESC, t.created_at DESC, t.id) AS place
                     FROM tasks t JOIN boards b ON b.id = t.board_id
                     WHERE b.board_group_id = $1 AND (t.status <> 'done' OR $2)
                 ) ranked LEFT JOIN agents a ON a.id = ranked.assigned_agent_id
                 WHERE ranked.place <= $3 ORDER BY ranked.board_id, ranked.place")
            .bind(group.id)
            .bind(options.include_done)
            .bind(options.tasks_per_board),
        )
        .await?)
}
