//! Reads of board memory.

use mc_store::{Read, sql};
use sea_query::{Alias, Asterisk, Condition, Expr, ExprTrait, Func, Order, Query};
use uuid::Uuid;

use super::MemoryEntry;
use crate::{Page, PageRequest, Result};

/// An entry of a board, or `None` when it is gone or belongs to another board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_id(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<MemoryEntry>> {
    Ok(on
        .optional(sql("SELECT * FROM board_memory WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?)
}

/// The entries of a board, newest first.
pub(super) async fn of_board(
    on: &impl Read,
    board_id: Uuid,
    is_chat: Option<bool>,
    request: PageRequest,
) -> Result<Page<MemoryEntry>> {
    let table = Alias::new("board_memory");
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let condition = Condition::all()
        .add(column("board_id").eq(board_id))
        .add_option(is_chat.map(|is_chat| column("is_chat").eq(is_chat)));
    let page = Query::select()
        .column(Asterisk)
        .from(table.clone())
        .cond_where(condition.clone())
        .order_by(Alias::new("created_at"), Order::Desc)
        .order_by(Alias::new("id"), Order::Desc)
        .limit(u64::try_from(request.limit).unwrap_or(0))
        .offset(u64::try_from(request.offset).unwrap_or(0))
        .take();
    let count =
        Query::select().expr(Func::count(Expr::col(Asterisk))).from(table).cond_where(condition).take();
    let items: Vec<MemoryEntry> = on.all(on.render(&page)).await?;
    let (total,): (i64,) = on.one(on.render(&count)).await?;
    Ok(Page { items, total, request })
}

/// The newest chat messages of a board that are not blank, oldest of them first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn latest_chat(on: &impl Read, board_id: Uuid, limit: i64) -> Result<Vec<MemoryEntry>> {
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
