use chrono::{DateTime, Utc};
use mc_store::Json;
use uuid::Uuid;

/// A note or a chat message on a board. Entries are never changed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MemoryEntry {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The agent that wrote it; none for a person, a webhook, or an agent that is gone.
    pub agent_id: Option<Uuid>,
    /// The person who wrote it; none for an agent, a webhook, or a person who is gone.
    pub user_id: Option<Uuid>,
    /// The text.
    pub content: String,
    /// The tags, as they were sent.
    pub tags: Option<Json<Vec<String>>>,
    /// From whom or where the entry comes, as it is shown.
    pub source: Option<String>,
    /// Whether it is part of the chat.
    pub is_chat: bool,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// A note or a chat message in a board group. Entries are never changed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GroupMemoryEntry {
    /// The id.
    pub id: Uuid,
    /// The board group.
    pub board_group_id: Uuid,
    /// The agent that wrote it; none for a person, or an agent that is gone.
    pub agent_id: Option<Uuid>,
    /// The person who wrote it; none for an agent, or a person who is gone.
    pub user_id: Option<Uuid>,
    /// The text.
    pub content: String,
    /// The tags, as they were sent.
    pub tags: Option<Json<Vec<String>>>,
    /// From whom or where the entry comes, as it is shown.
    pub source: Option<String>,
    /// Whether it is part of the chat.
    pub is_chat: bool,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// An entry to write.
#[derive(Clone, Debug, Default)]
pub struct NewMemoryEntry {
    /// The text, without blanks around it; not empty.
    pub content: String,
    /// The tags, kept as they are; the tag `chat` makes the entry a chat message, and in a group the tag `broadcast` one
    /// for every agent.
    pub tags: Option<Vec<String>>,
    /// From whom or where a note comes. A chat message is signed with its author's name instead.
    pub source: Option<String>,
}
