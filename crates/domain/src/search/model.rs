use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{tags::TagRef, tasks::TaskStatus};

/// What a text finds, the best first in each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Boards by their names.
    pub boards: Vec<BoardHit>,
    /// Board groups by their names.
    pub board_groups: Vec<NamedHit>,
    /// Tasks by their titles, or by the beginning of their ids.
    pub tasks: Vec<TaskHit>,
    /// Agents by their names.
    pub agents: Vec<AgentHit>,
    /// Gateways by their names; nothing for plain members.
    pub gateways: Vec<NamedHit>,
    /// Tags by their names.
    pub tags: Vec<TagRef>,
}

/// Something that has a name and nothing else to tell it by.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct NamedHit {
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: String,
}

/// A board that was found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BoardHit {
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// What the board is for.
    pub description: String,
}

/// A task that was found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskHit {
    /// The id.
    pub id: Uuid,
    /// The board that it is on.
    pub board_id: Uuid,
    /// The name of that board.
    pub board_name: String,
    /// The title.
    pub title: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub status: TaskStatus,
    /// How urgent it is.
    pub priority: String,
    /// When it was changed the last time.
    pub updated_at: DateTime<Utc>,
}

/// An agent that was found.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AgentHit {
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The board that it works for; none for main agents of gateways.
    pub board_id: Option<Uuid>,
    /// The name of that board.
    pub board_name: Option<String>,
    /// Whether it leads its board.
    pub is_board_lead: bool,
}
