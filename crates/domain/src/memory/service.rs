//! Use cases on board memory.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use serde_json::json;

use super::{MemoryEntry, NewMemoryEntry, notify, queries, rules};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{BoardReader, BoardWriter},
    agents,
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
    questions::answered_by(txn, board, author, &entry).await?;
    if is_chat && board.gateway_id.is_some() {
        let agents = agents::service::of_board(txn, board.id).await?;
        for notice in notify::notices(board, author, &entry.content, &agents, context.base_url()) {
            agents::messages::enqueue(&txn, &notice).await?;
        }
    }
    Ok(entry)
}
