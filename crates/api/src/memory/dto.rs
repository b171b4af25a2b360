use mc_base::{Timestamp, text::TEXT_MAX};
use mc_domain::{
    Cursor, PageRequest,
    memory::{GroupMemoryEntry, MemoryEntry, NewMemoryEntry},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fields::{Int, NonEmpty, Text};

crate::query! {
    /// Which entries are wanted.
    pub(crate) struct MemoryListQuery {
        /// Only the chat (true), or only what is not chat (false).
        is_chat: Option<bool>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

impl MemoryListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: self.cursor }
    }
}

crate::query! {
    /// Which entries are streamed, and from when on.
    pub(crate) struct MemoryStreamQuery {
        /// An ISO 8601 time: the stream begins with what was written since. Without one it begins now.
        since: Option<Text<100>>,
        /// Only the chat (true), or only what is not chat (false).
        is_chat: Option<bool>,
    }
}

crate::body! {
    /// An entry to write.
    pub(crate) struct BoardMemoryCreate {
        /// The text; blanks around it are removed.
        content: NonEmpty<TEXT_MAX>,
        /// Tags of your own, kept as they are. The tag `chat`, exactly so, makes the entry a chat message.
        tags: Option<Vec<Text<255>>>,
        /// From whom or where a note comes. A chat message is signed with the name of its author.
        source: Option<Text<255>>,
    }
}

impl From<BoardMemoryCreate> for NewMemoryEntry {
    fn from(body: BoardMemoryCreate) -> Self {
        Self {
            content: body.content.into(),
            tags: body.tags.map(|tags| tags.into_iter().map(String::from).collect()),
            source: body.source.map(String::from),
        }
    }
}

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
    /// The agent that wrote it, whatever `source` says.
    agent_id: Option<Uuid>,
    /// The person who wrote it, whatever `source` says.
    user_id: Option<Uuid>,
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
            agent_id: entry.agent_id,
            user_id: entry.user_id,
        }
    }
}

crate::body! {
    /// An entry to write into the memory of a board group.
    pub(crate) struct BoardGroupMemoryCreate {
        /// The text; blanks around it are removed. `@all` makes it a message for every agent of the group.
        content: NonEmpty<TEXT_MAX>,
        /// Tags of your own, kept as they are. The tag `chat`, exactly so, makes the entry a chat message, and
        /// `broadcast` one for every agent of the group.
        tags: Option<Vec<Text<255>>>,
        /// From whom or where a note comes. A message is signed with the name of its author.
        source: Option<Text<255>>,
    }
}

impl From<BoardGroupMemoryCreate> for NewMemoryEntry {
    fn from(body: BoardGroupMemoryCreate) -> Self {
        Self {
            content: body.content.into(),
            tags: body.tags.map(|tags| tags.into_iter().map(String::from).collect()),
            source: body.source.map(String::from),
        }
    }
}

/// A note or a chat message in a board group.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardGroupMemoryRead {
    id: Uuid,
    board_group_id: Uuid,
    content: String,
    /// The tags, as they were sent.
    tags: Option<Vec<String>>,
    /// From whom or where the entry comes.
    source: Option<String>,
    /// Whether it is part of the chat.
    is_chat: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The agent that wrote it, whatever `source` says.
    agent_id: Option<Uuid>,
    /// The person who wrote it, whatever `source` says.
    user_id: Option<Uuid>,
}

impl From<GroupMemoryEntry> for BoardGroupMemoryRead {
    fn from(entry: GroupMemoryEntry) -> Self {
        Self {
            id: entry.id,
            board_group_id: entry.board_group_id,
            content: entry.content,
            tags: entry.tags.map(|json| json.0),
            source: entry.source,
            is_chat: entry.is_chat,
            created_at: entry.created_at.into(),
            agent_id: entry.agent_id,
            user_id: entry.user_id,
        }
    }
}
