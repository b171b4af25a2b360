use mc_base::Timestamp;
use mc_domain::search::{AgentHit, BoardHit, Found, NamedHit, TaskHit};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    fields::{Int, NonEmpty},
    tasks::TagRef,
};

crate::query! {
    /// What is looked for.
    pub(crate) struct SearchQuery {
        /// Words of a name or a title, or at least six digits of the beginning of a task's id. The first eight words
        /// count.
        q: NonEmpty<200>,
        /// The most of each kind.
        limit: Int<1, 50> = 10,
    }
}

impl SearchQuery {
    pub(crate) fn limit(&self) -> u64 {
        self.limit.0.unsigned_abs()
    }
}

/// Something that was found by its name.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedFound {
    id: Uuid,
    name: String,
}

impl From<NamedHit> for NamedFound {
    fn from(hit: NamedHit) -> Self {
        Self { id: hit.id, name: hit.name }
    }
}

/// A board that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardFound {
    id: Uuid,
    name: String,
    description: String,
}

impl From<BoardHit> for BoardFound {
    fn from(hit: BoardHit) -> Self {
        Self { id: hit.id, name: hit.name, description: hit.description }
    }
}

/// A task that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskFound {
    id: Uuid,
    board_id: Uuid,
    board_name: String,
    title: String,
    /// `inbox`, `in_progress`, `review` or `done`.
    status: &'static str,
    priority: String,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<TaskHit> for TaskFound {
    fn from(hit: TaskHit) -> Self {
        Self {
            id: hit.id,
            board_id: hit.board_id,
            board_name: hit.board_name,
            title: hit.title,
            status: hit.status.as_str(),
            priority: hit.priority,
            updated_at: hit.updated_at.into(),
        }
    }
}

/// An agent that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentFound {
    id: Uuid,
    name: String,
    /// The board that it works for; null for main agents of gateways.
    board_id: Option<Uuid>,
    board_name: Option<String>,
    /// Whether it leads its board.
    is_board_lead: bool,
}

impl From<AgentHit> for AgentFound {
    fn from(hit: AgentHit) -> Self {
        Self {
            id: hit.id,
            name: hit.name,
            board_id: hit.board_id,
            board_name: hit.board_name,
            is_board_lead: hit.is_board_lead,
        }
    }
}

/// What was found, the best first in each kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchResults {
    boards: Vec<BoardFound>,
    board_groups: Vec<NamedFound>,
    tasks: Vec<TaskFound>,
    agents: Vec<AgentFound>,
    /// Always empty for plain members.
    gateways: Vec<NamedFound>,
    tags: Vec<TagRef>,
}

impl From<Found> for SearchResults {
    fn from(found: Found) -> Self {
        Self {
            boards: found.boards.into_iter().map(BoardFound::from).collect(),
            board_groups: found.board_groups.into_iter().map(NamedFound::from).collect(),
            tasks: found.tasks.into_iter().map(TaskFound::from).collect(),
            agents: found.agents.into_iter().map(AgentFound::from).collect(),
            gateways: found.gateways.into_iter().map(NamedFound::from).collect(),
            tags: found.tags.into_iter().map(TagRef::from).collect(),
        }
    }
}
