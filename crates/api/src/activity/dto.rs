use std::collections::BTreeMap;

use mc_base::Timestamp;
use mc_domain::{
    Cursor, PageRequest,
    activity::{Activity, ActivityFilter, CommentItem, Route},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fields::{Int, Text};

crate::query! {
    /// Which events are wanted.
    pub(crate) struct ActivityListQuery {
        /// Only events of this board.
        board_id: Option<Uuid>,
        /// Only events of this agent: what it did, and what concerned it.
        agent_id: Option<Uuid>,
        /// Only events of these types, separated by commas; `task.*` means all types that begin with `task.`.
        event_type: Option<Text<2_000>>,
        /// `true` for what went wrong alone: messages, deliveries and wake-ups that failed, agents that fell silent.
        /// `false` for everything else.
        failed: Option<bool>,
        /// Only events whose message holds this text, in any case.
        q: Option<Text<200>>,
        /// Only events from before this time (ISO 8601), to page without gaps while new ones arrive.
        before: Option<Timestamp>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

impl ActivityListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: self.cursor }
    }

    pub(crate) fn filter(&self) -> ActivityFilter {
        let names = self.event_type.as_deref().unwrap_or_default().split(',').map(str::trim);
        ActivityFilter {
            board_id: self.board_id,
            agent_id: self.agent_id,
            kinds: names.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            is_failure: self.failed,
            text: self.q.as_deref().map(str::to_owned),
            before: self.before.map(|time| time.0),
        }
    }
}

crate::query! {
    /// Which comments are wanted.
    pub(crate) struct CommentListQuery {
        /// Only comments on tasks of this board.
        board_id: Option<Uuid>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

impl CommentListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: self.cursor }
    }
}

crate::query! {
    /// Which comments are streamed, and from when on.
    pub(crate) struct CommentStreamQuery {
        /// Only comments on tasks of this board.
        board_id: Option<Uuid>,
        /// An ISO 8601 time: the stream begins with what was written since. Without one it begins now.
        since: Option<Text<100>>,
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityEventRead {
    id: Uuid,
    /// What happened, such as `task.created`. Further types may come.
    event_type: String,
    /// A sentence for people.
    message: Option<String>,
    agent_id: Option<Uuid>,
    task_id: Option<Uuid>,
    board_id: Option<Uuid>,
    /// The page of a console that shows it: `board`, `board.approvals` or `activity`.
    route_name: Option<String>,
    /// The parameters of that page.
    route_params: Option<BTreeMap<&'static str, String>>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The person who acted.
    user_id: Option<Uuid>,
    /// The present name of the person who acted, else of the agent.
    actor_name: Option<String>,
}

impl From<Activity> for ActivityEventRead {
    fn from(activity: Activity) -> Self {
        let route = Route::of(&activity.event);
        let actor_name = activity.actor_name().map(str::to_owned);
        let event = activity.event;
        Self {
            id: event.id,
            event_type: event.kind,
            message: event.message,
            agent_id: event.agent_id,
            task_id: event.task_id,
            board_id: event.board_id,
            route_name: Some(route.name.to_owned()),
            route_params: Some(route.params.into_iter().collect()),
            created_at: event.created_at.into(),
            user_id: event.user_id,
            actor_name,
        }
    }
}

/// A comment on a task, with where it was written.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityTaskCommentFeedItemRead {
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    message: Option<String>,
    /// The agent that wrote it; null for a person.
    agent_id: Option<Uuid>,
    agent_name: Option<String>,
    /// What the agent is, from its identity profile.
    agent_role: Option<String>,
    task_id: Uuid,
    task_title: String,
    board_id: Uuid,
    board_name: String,
    /// The person who wrote it; null for an agent.
    user_id: Option<Uuid>,
    /// The author's name when the comment was written.
    author_name: Option<String>,
}

impl From<CommentItem> for ActivityTaskCommentFeedItemRead {
    fn from(item: CommentItem) -> Self {
        Self {
            agent_role: item.agent_role().map(str::to_owned),
            id: item.id,
            created_at: item.created_at.into(),
            message: Some(item.message),
            agent_id: item.agent_id,
            agent_name: item.agent_name,
            task_id: item.task_id,
            task_title: item.task_title,
            board_id: item.board_id,
            board_name: item.board_name,
            user_id: item.user_id,
            author_name: item.author_name,
        }
    }
}
