//! What people and agents say about tasks.

use mc_base::text;
use mc_store::{Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{
    model::{Task, TaskComment, TaskStatus},
    notify::{self, Comment, Notice, Occasion},
    queries,
    rules::Role,
    service,
};
use crate::{
    Context, Error, Kind, Page, PageRequest, Result,
    access::{Actor, BoardReader, BoardWriter},
    agents::{self, Agent},
    boards::Board,
};

/// How many comments are searched for a mention of the lead, newest first.
const MENTION_SEARCH: i64 = 500;

/// The comments on a task, oldest first.
///
/// # Errors
/// `NotFound` when the task is not on the board.
pub async fn list(
    context: &Context,
    scope: &BoardReader,
    task_id: Uuid,
    request: PageRequest,
) -> Result<Page<TaskComment>> {
    let store = context.store();
    let task = queries::find(store, scope.board().id, task_id).await?.ok_or_else(Error::not_found)?;
    let items: Vec<TaskComment> = store
        .all(
            sql("SELECT id, task_id, agent_id, user_id, author_name, message, created_at FROM task_comments
                 WHERE task_id = $1 ORDER BY created_at, id LIMIT $2 OFFSET $3")
            .bind(task.id)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let short = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let total = if request.offset == 0 && short < request.limit {
        short
    } else {
        let (total,): (i64,) =
            store.one(sql("SELECT count(*) FROM task_comments WHERE task_id = $1").bind(task.id)).await?;
        total
    };
    Ok(Page { items, total, request })
}

/// One comment of a board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<TaskComment>> {
    Ok(on
        .optional(
            sql("SELECT id, task_id, agent_id, user_id, author_name, message, created_at FROM task_comments
                 WHERE id = $1 AND board_id = $2")
            .bind(id)
            .bind(board_id),
        )
        .await?)
}

/// Writes a comment and tells the agents whom it concerns.
///
/// # Errors
/// `NotFound` when the task is not on the board; `Forbidden` when a lead agent has no part in it.
pub async fn create(
    context: &Context,
    scope: &BoardWriter,
    task_id: Uuid,
    message: String,
) -> Result<TaskComment> {
    let board = scope.board();
    let txn = context.store().begin().await?;
    let task = service::lock(&txn, board.id, task_id).await?;
    if let (Role::Lead(_), Actor::Agent(lead)) = (Role::of(scope.actor(), board), scope.actor()) {
        check_lead(&txn, lead, &task).await?;
    }
    let comment = insert(&txn, board, task.id, scope.actor(), message).await?;
    tell(&txn, board, &task, &comment).await?;
    txn.commit().await?;
    Ok(comment)
}

/// Writes a comment and its event.
pub(super) async fn insert(
    txn: &Txn,
    board: &Board,
    task_id: Uuid,
    actor: &Actor,
    message: String,
) -> Result<TaskComment> {
    let comment = TaskComment {
        id: txn.new_id(),
        task_id,
        agent_id: actor.agent_id(),
        user_id: actor.user_id(),
        author_name: Some(actor.display_name().to_owned()),
        message,
        created_at: txn.now(),
    };
    txn.run_one(
        sql("INSERT INTO task_comments (id, board_id, task_id, agent_id, user_id, author_name, message, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(comment.id)
        .bind(board.id)
        .bind(comment.task_id)
        .bind(comment.agent_id)
        .bind(comment.user_id)
        .bind(comment.author_name.as_deref())
        .bind(comment.message.as_str())
        .bind(comment.created_at),
    )
    .await?;
    txn.append(
        NewEvent::new("task.comment", board.organization_id)
            .id(comment.id)
            .board(board.id)
            .task(task_id)
            .agent(comment.agent_id)
            .user(comment.user_id)
            .message(comment.message.as_str())
            .activity(),
    )
    .await?;
    Ok(comment)
}

/// A lead comments on what it reviews, what it made, and where it was asked.
async fn check_lead(txn: &Txn, lead: &Agent, task: &Task) -> Result<()> {
    if task.status == TaskStatus::Review || task.created_by_agent_id == Some(lead.id) {
        return Ok(());
    }
    let messages: Vec<(String,)> = txn
        .all(
            sql("SELECT message FROM task_comments WHERE task_id = $1 AND message LIKE '%@%'
                 ORDER BY created_at DESC, id DESC LIMIT $2")
            .bind(task.id)
            .bind(MENTION_SEARCH),
        )
        .await?;
    let is_mentioned = messages
        .iter()
        .any(|(message,)| text::mention_matches(&text::mentions(message), &lead.name, lead.is_board_lead));
    if is_mentioned {
        return Ok(());
    }
    let text = "A lead agent comments on tasks in review, on those it made, and where a comment mentions it";
    Err(Error::text(Kind::Forbidden, text).code("task_comment_not_for_lead"))
}

/// Tells the agents whom a comment concerns.
async fn tell(txn: &Txn, board: &Board, task: &Task, comment: &TaskComment) -> Result<()> {
    if board.gateway_id.is_none() {
        return Ok(());
    }
    let agents = agents::service::of_board(txn, board.id).await?;
    let main;
    let assignee = match task.assigned_agent_id {
        None => None,
        Some(id) => match agents.iter().find(|agent| agent.id == id) {
            Some(agent) => Some(agent),
            // The main agent of the gateway has no board.
            None => {
                main = agents::service::by_id(txn, id).await?;
                main.as_ref()
            }
        },
    };
    let author = comment.author_name.clone().unwrap_or_default();
    let notices: Vec<Notice<'_>> =
        notify::comment_recipients(&comment.message, &agents, assignee, comment.agent_id)
            .into_iter()
            .map(|(recipient, is_mention)| {
                let comment = Comment { author: author.clone(), text: comment.message.clone(), is_mention };
                Notice { recipient, occasion: Occasion::Commented(comment) }
            })
            .collect();
    notify::send(txn, board, task, &notices).await
}
