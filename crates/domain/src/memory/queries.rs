//! Reads of the memory of boards and board groups.

use mc_store::{Read, Row, sql};
use sea_query::{Alias, Condition, Expr, ExprTrait};
use uuid::Uuid;

use super::{GroupMemoryEntry, MemoryEntry};
use crate::{Page, PageRequest, Result, page};

/// An entry of a board, or `None` when it is gone or belongs to another board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_id(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<MemoryEntry>> {
    Ok(on
        .optional(sql("SELECT * FROM board_memory WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?)
}

/// An entry of a group, or `None` when it is gone or belongs to another group.
///
/// # Errors
/// When the database cannot be reached.
pub async fn group_entry(on: &impl Read, board_group_id: Uuid, id: Uuid) -> Result<Option<GroupMemoryEntry>> {
    Ok(on
        .optional(
            sql("SELECT * FROM board_group_memory WHERE id = $1 AND board_group_id = $2")
                .bind(id)
                .bind(board_group_id),
        )
        .await?)
}

/// The entries of a board, newest first.
pub(super) async fn of_board(
    on: &impl Read,
    board_id: Uuid,
    is_chat: Option<bool>,
    request: PageRequest,
) -> Result<Page<MemoryEntry>> {
    page(on, ("board_memory", "board_id"), board_id, is_chat, request).await
}

/// The entries of a group, newest first.
pub(super) async fn of_group(
    on: &impl Read,
    board_group_id: Uuid,
    is_chat: Option<bool>,
    request: PageRequest,
) -> Result<Page<GroupMemoryEntry>> {
    page(on, ("board_group_memory", "board_group_id"), board_group_id, is_chat, request).await
}

async fn page<T: Row>(
    on: &impl Read,
    (table, place): (&'static str, &'static str),
    place_id: Uuid,
    is_chat: Option<bool>,
    request: PageRequest,
) -> Result<Page<T>> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let condition = Condition::all()
        .add(column(place).eq(place_id))
        .add_option(is_chat.map(|is_chat| column("is_chat").eq(is_chat)));
    page::newest_first(on, table, condition, request).await
}

/// The newest chat messages of a board that are not blank, oldest of them first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn latest_chat(on: &impl Read, board_id: Uuid, limit: i64) -> Result<Vec<MemoryEntry>> {
    let mut entries: Vec<MemoryEntry> = on
        .all(
            sql("SELECT * FROM board_memory WHERE board_id = $1 AND is_chat AND trim(content) <> ''
                 ORDER BY created_at DESC, id DESC LIMIT $2")
            .bind(board_id)
            .bind(limit),
        )
        .await?;
    entries.reverse();
    Ok(entries)
}
