use mc_base::Timestamp;
use mc_domain::memory::MemoryEntry;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A note or a chat message on a board.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardMemoryRead {
    id: Uuid,
    board_id: Uuid,
    content: String,
    /// The tags, as they were sent.
    tags: Option<Vec<String>>,
    /// From whom or where the entry comes.
    source: Option<String>,
    /// Whether it is part of the chat.
    is_chat: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<MemoryEntry> for BoardMemoryRead {
    fn from(entry: MemoryEntry) -> Self {
        Self {
            id: entry.id,
            board_id: entry.board_id,
            content: entry.content,
            tags: entry.tags.map(|json| json.0),
            source: entry.source,
            is_chat: entry.is_chat,
            created_at: entry.created_at.into(),
        }
    }
}
