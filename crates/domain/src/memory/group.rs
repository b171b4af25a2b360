//! Use cases on the memory of board groups.

use mc_store::{Json, Read, events::NewEvent, sql};
use serde_json::json;

use super::{
    GroupMemoryEntry, NewMemoryEntry, notify_group, queries,
    rules::{self, Audience},
};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{Actor, BoardReader, BoardWriter, GroupReader, GroupWriter},
    agents,
    board_groups::{self, BoardGroup},
};

/// The entries of a group, newest first; all, only the chat, or only the notes.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    context: &Context,
    scope: &GroupReader,
    is_chat: Option<bool>,
    page: PageRequest,
) -> Result<Page<GroupMemoryEntry>> {
    queries::of_group(context.store(), scope.group().id, is_chat, page).await
}

/// The entries of the group of a board, as [`list`]; none when the board belongs to no group. Who may read a board may
/// read the whole memory of its group.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list_of_board(
    context: &Context,
    scope: &BoardReader,
    is_chat: Option<bool>,
    page: PageRequest,
) -> Result<Page<GroupMemoryEntry>> {
    match scope.board().board_group_id {
        Some(id) => queries::of_group(context.store(), id, is_chat, page).await,
        None => Ok(Page::empty(page)),
    }
}

/// Writes an entry into the memory of a group, and tells the agents that it concerns.
///
/// # Errors
/// `NotFound` when the group was deleted meanwhile.
pub async fn create(context: &Context, scope: &GroupWriter, new: NewMemoryEntry) -> Result<GroupMemoryEntry> {
    write(context, scope.group(), &Actor::User(scope.actor().clone()), new).await
}

/// Writes an entry into the memory of the group of a board, as [`create`].
///
/// # Errors
/// `Invalid` when the board belongs to no group; `NotFound` when the group was deleted meanwhile.
pub async fn create_of_board(
    context: &Context,
    scope: &BoardWriter,
    new: NewMemoryEntry,
) -> Result<GroupMemoryEntry> {
    let board = scope.board();
    let id = board
        .board_group_id
        .ok_or_else(|| Error::invalid("The board belongs to no board group; set its board_group_id first"))?;
    let group = board_groups::queries::by_id(context.store(), board.organization_id, id).await?;
    write(context, &group.ok_or_else(Error::not_found)?, scope.actor(), new).await
}

async fn write(
    context: &Context,
    group: &BoardGroup,
    author: &Actor,
    new: NewMemoryEntry,
) -> Result<GroupMemoryEntry> {
    let is_chat = rules::is_chat(new.tags.as_deref());
    let audience = rules::audience(new.tags.as_deref(), &new.content);
    let txn = context.store().begin().await?;
    let inserted = txn
        .one(
            sql("INSERT INTO board_group_memory
                     (id, board_group_id, agent_id, user_id, content, tags, source, is_chat, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *")
            .bind(txn.new_id())
            .bind(group.id)
            .bind(author.agent_id())
            .bind(author.user_id())
            .bind(new.content)
            .bind(new.tags.map(Json))
            .bind(rules::source(author, audience != Audience::Nobody, new.source))
            .bind(is_chat)
            .bind(txn.now()),
        )
        .await;
    let entry: GroupMemoryEntry = match inserted {
        Err(error) if error.is_foreign_key_violation() => return Err(Error::not_found()),
        other => other?,
    };
    txn.append(
        NewEvent::new("group_memory.created", group.organization_id)
            .board_group(group.id)
            .agent(author.agent_id())
            .user(author.user_id())
            .data(json!({ "memory_id": entry.id, "is_chat": is_chat })),
    )
    .await?;
    if audience != Audience::Nobody {
        let recipients = board_groups::queries::reachable_agents(&txn, group).await?;
        let base_url = context.base_url();
        for notice in notify_group::notices(group, author, &entry.content, audience, &recipients, base_url) {
            agents::messages::enqueue(&txn, &notice).await?;
        }
    }
    txn.commit().await?;
    Ok(entry)
}
