use chrono::{DateTime, Utc};
use mc_store::{Json, events::Event};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    access::OrgMember,
    agents::{self, Agent},
    users,
};

/// Who reads the activity feed.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each request, not a list of them")]
pub enum Viewer {
    /// A person: sees what happened on the boards that the person may read.
    Member(OrgMember),
    /// An agent: sees what it did, or what concerned it, on its present board.
    Agent(Agent),
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct ActivityFilter {
    /// Only events of this board.
    pub board_id: Option<Uuid>,
    /// Only events of this agent.
    pub agent_id: Option<Uuid>,
    /// Only events of these kinds; empty means all. A kind that ends in `.*` means all kinds that begin so.
    pub kinds: Vec<String>,
    /// Only events that say that something went wrong, or only the others.
    pub is_failure: Option<bool>,
    /// Only events whose message holds this text, in any case.
    pub text: Option<String>,
    /// Only events from before this time.
    pub before: Option<DateTime<Utc>>,
}

/// An event of the activity feed.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Activity {
    /// The event.
    #[sqlx(flatten)]
    pub event: Event,
    pub(super) agent_name: Option<String>,
    pub(super) user_preferred_name: Option<String>,
    pub(super) user_name: Option<String>,
}

impl Activity {
    /// The present name of the person who acted, else of the agent; `None` when there is neither.
    #[must_use]
    pub fn actor_name(&self) -> Option<&str> {
        match self.event.user_id {
            Some(_) => users::shown_name(self.user_preferred_name.as_deref(), self.user_name.as_deref()),
            None => self.agent_name.as_deref(),
        }
    }
}

/// Which page of a console shows an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The name of the page: `board`, `board.approvals` or `activity`.
    pub name: &'static str,
    /// The parameters of the page, in a fixed order.
    pub params: Vec<(&'static str, String)>,
}

/// A comment on a task, as the feed of comments shows it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CommentItem {
    /// The id of the comment, and of its event.
    pub id: Uuid,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The text.
    pub message: String,
    /// The agent that wrote it.
    pub agent_id: Option<Uuid>,
    /// The present name of that agent.
    pub agent_name: Option<String>,
    pub(super) identity_profile: Option<Json<Map<String, Value>>>,
    /// The person who wrote it.
    pub user_id: Option<Uuid>,
    /// The author's name when the comment was written.
    pub author_name: Option<String>,
    /// The task.
    pub task_id: Uuid,
    /// The title of the task.
    pub task_title: String,
    /// The board.
    pub board_id: Uuid,
    /// The name of the board.
    pub board_name: String,
}

impl CommentItem {
    /// The role of the agent, from its identity profile.
    #[must_use]
    pub fn agent_role(&self) -> Option<&str> {
        agents::role_of(self.identity_profile.as_ref())
    }
}
