//! Use cases on board memory.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    MemoryEntry, NewMemoryEntry, notify, queries,
    rules::{self, Command},
};
use crate::{
    Context, Error, Kind, Page, PageRequest, Result,
    access::{Actor, BoardReader, BoardWriter},
    agents, boards,
    coordination::questions,
};

/// The entries of a board, newest first; all, only the chat, or only the notes.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &BoardReader,
    is_chat: Option<bool>,
    page: PageRequest,
) -> Result<Page<MemoryEntry>> {
    queries::of_board(context.store(), scope.board().id, is_chat, page).await
}

/// Writes an entry. A chat message is passed on to the agents that it concerns.
///
/// # Errors
/// `NotFound` when the board was deleted meanwhile.
pub async fn create(context: &Context, scope: &BoardWriter, new: NewMemoryEntry) -> Result<MemoryEntry> {
    let txn = context.store().begin().await?;
    let entry = write(context, &txn, scope, new).await?;
    txn.commit().await?;
    Ok(entry)
}

/// As [`create`], within a transaction of the caller.
pub(crate) async fn write(
    context: &Context,
    txn: &Txn,
    scope: &BoardWriter,
    new: NewMemoryEntry,
) -> Result<MemoryEntry> {
    let (board, author) = (scope.board(), scope.actor());
    let is_chat = rules::is_chat(new.tags.as_deref());
    let command = rules::command(&new.content).filter(|_| is_chat && rules::may_command(author));
    let inserted = txn
        .one(
            sql("INSERT INTO board_memory (id, board_id, agent_id, user_id, content, tags, source, is_chat, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *")
            .bind(txn.new_id())
            .bind(board.id)
            .bind(author.agent_id())
            .bind(author.user_id())
            .bind(new.content)
            .bind(new.tags.map(Json))
            .bind(rules::source(author, is_chat, new.source))
            .bind(is_chat)
            .bind(txn.now()),
        )
        .await;
    let entry: MemoryEntry = match inserted {
        Err(error) if error.is_foreign_key_violation() => return Err(Error::not_found()),
        other => other?,
    };
    txn.append(
        NewEvent::new("memory.created", board.organization_id)
            .board(board.id)
            .agent(author.agent_id())
            .user(author.user_id())
            .data(json!({ "memory_id": entry.id, "is_chat": is_chat })),
    )
    .await?;
    if let Some(command) = command {
        boards::pause::set(txn, board, command == Command::Pause, author).await?;
    }
    questions::answered_by(txn, board, author, &entry).await?;
    if is_chat && board.gateway_id.is_some() {
        let agents = agents::service::of_board(txn, board.id).await?;
        for notice in notify::notices(board, author, &entry.content, &agents, context.base_url()) {
            agents::messages::enqueue(txn, &notice).await?;
        }
    }
    Ok(entry)
}

/// Deletes an entry. An agent deletes only what it wrote itself.
///
/// # Errors
/// `NotFound` when the board has no such entry; `Forbidden` for an entry that is not the agent's own.
pub async fn delete(context: &Context, scope: &BoardWriter, id: Uuid) -> Result<()> {
    let board = scope.board();
    let txn = context.store().begin().await?;
    let entry = queries::by_id(&txn, board.id, id).await?.ok_or_else(Error::not_found)?;
    if let Actor::Agent(agent) = scope.actor()
        && entry.agent_id != Some(agent.id)
    {
        return Err(Error::text(Kind::Forbidden, "Agents delete only the entries that they wrote"));
    }
    let deleted = txn.run(sql("DELETE FROM board_memory WHERE id = $1").bind(entry.id)).await?;
    if deleted == 0 {
        return Err(Error::not_found());
    }
    txn.append(
        NewEvent::new("memory.deleted", board.organization_id)
            .board(board.id)
            .agent(scope.actor().agent_id())
            .user(scope.actor().user_id())
            .data(json!({ "memory_id": entry.id, "is_chat": entry.is_chat })),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}
