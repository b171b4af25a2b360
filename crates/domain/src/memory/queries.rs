//! Reads of board memory.

use mc_store::{Read, sql};
use uuid::Uuid;

use super::MemoryEntry;
use crate::Result;

/// An entry of a board, or `None` when it is gone or belongs to another board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_id(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Option<MemoryEntry>> {
    Ok(on
        .optional(sql("SELECT * FROM board_memory WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?)
}
