use mc_base::{Timestamp, text::TEXT_MAX};
use mc_domain::{
    PageRequest,
    boards::{Board, BoardChange, NewBoard},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fields::{Int, Patch, Reader, Sent, Text};

crate::query! {
    /// Which boards are wanted.
    pub(crate) struct BoardListQuery {
        /// Only boards of this gateway.
        gateway_id: Option<Uuid>,
        /// Only boards of this group.
        board_group_id: Option<Uuid>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl BoardListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }
}

crate::body! {
    /// A board to make.
    pub(crate) struct BoardCreate {
        /// The name; not unique.
        name: Text<255>,
        /// A short name for addresses; made from the name when blank.
        slug: Text<255>,
        /// What the board is for; not blank.
        description: Text<TEXT_MAX>,
        /// The gateway on which the board's agents live; none for a plain board.
        gateway_id: Option<Uuid>,
        /// The group that the board joins.
        board_group_id: Option<Uuid>,
        /// `goal`, `general`, or a kind of your own.
        board_type: Text<255> = "goal",
        /// What is to be reached.
        objective: Option<Text<TEXT_MAX>>,
        /// How success is measured.
        success_metrics: Option<Map<String, Value>>,
        /// Until when.
        target_date: Option<Timestamp>,
        /// Whether a person has confirmed the goal; needs objective and success metrics on a goal board.
        goal_confirmed: bool = false,
        /// Where the goal comes from.
        goal_source: Option<Text<255>>,
        /// A task can be done only with an approval.
        require_approval_for_done: bool = true,
        /// A task can be done only from review.
        require_review_before_done: bool = false,
        /// A task can enter review only with a comment.
        comment_required_for_review: bool = false,
        /// No status change while an approval of the task is pending.
        block_status_changes_with_pending_approval: bool = false,
        /// Of all agents, only the board's lead changes statuses.
        only_lead_can_change_status: bool = false,
        /// How many worker agents the board may have.
        max_agents: Int<0, { i64::MAX }> = 1,
    } check check_new;
}

fn check_new(board: &BoardCreate, reader: &mut Reader, object: &Map<String, Value>) {
    let whole = Value::Object(object.clone());
    let has_goal = board.objective.as_ref().is_some_and(|text| !text.is_empty())
        && board.success_metrics.as_ref().is_some_and(|metrics| !metrics.is_empty());
    if board.description.trim().is_empty() {
        reader.value_error("description is required", Some(&whole));
    } else if board.goal_confirmed && &*board.board_type == "goal" && !has_goal {
        reader.value_error("Confirmed goal boards require objective and success_metrics", Some(&whole));
    }
}

impl From<BoardCreate> for NewBoard {
    fn from(body: BoardCreate) -> Self {
        Self {
            name: body.name.into(),
            slug: body.slug.into(),
            description: body.description.trim().to_owned(),
            gateway_id: body.gateway_id,
            board_group_id: body.board_group_id,
            board_type: body.board_type.into(),
            objective: body.objective.map(String::from),
            success_metrics: body.success_metrics,
            target_date: body.target_date.map(|time| time.0),
            goal_confirmed: body.goal_confirmed,
            goal_source: body.goal_source.map(String::from),
            require_approval_for_done: body.require_approval_for_done,
            require_review_before_done: body.require_review_before_done,
            comment_required_for_review: body.comment_required_for_review,
            block_status_changes_with_pending_approval: body.block_status_changes_with_pending_approval,
            only_lead_can_change_status: body.only_lead_can_change_status,
            max_agents: body.max_agents.0,
        }
    }
}

crate::body! {
    /// Whether agents are to stop.
    pub(crate) struct BoardsPause {
        /// True stops the agents of all boards, false lets them go on.
        paused: bool,
    }
}

/// What a pause of all boards has changed.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardsPaused {
    /// On how many boards the agents were at work and are paused now, or the other way round.
    pub(crate) changed: usize,
}

crate::body! {
    /// A change of a board. What is left out stays.
    pub(crate) struct BoardUpdate {
        /// The name.
        name: Sent<Text<255>>,
        /// A short name for addresses; made from the name when blank.
        slug: Sent<Text<255>>,
        /// What the board is for; not blank.
        description: Patch<Text<TEXT_MAX>>,
        /// The gateway; null makes it a plain board.
        gateway_id: Patch<Uuid>,
        /// The group; null leaves it.
        board_group_id: Patch<Uuid>,
        /// `goal`, `general`, or a kind of your own.
        board_type: Sent<Text<255>>,
        /// What is to be reached.
        objective: Patch<Text<TEXT_MAX>>,
        /// How success is measured.
        success_metrics: Patch<Map<String, Value>>,
        /// Until when.
        target_date: Patch<Timestamp>,
        /// Whether a person has confirmed the goal.
        goal_confirmed: Sent<bool>,
        /// Where the goal comes from.
        goal_source: Patch<Text<255>>,
        /// A task can be done only with an approval.
        require_approval_for_done: Sent<bool>,
        /// A task can be done only from review.
        require_review_before_done: Sent<bool>,
        /// A task can enter review only with a comment.
        comment_required_for_review: Sent<bool>,
        /// No status change while an approval of the task is pending.
        block_status_changes_with_pending_approval: Sent<bool>,
        /// Of all agents, only the board's lead changes statuses.
        only_lead_can_change_status: Sent<bool>,
        /// How many worker agents the board may have.
        max_agents: Sent<Int<0, { i64::MAX }>>,
        /// Whether the agents of the board are to stop. Paused agents are not woken, and get no work; true and false are what
        /// `/pause` and `/resume` in the chat of the board do, without a message to each agent.
        paused: Sent<bool>,
    } check check_change;
}

fn check_change(board: &BoardUpdate, reader: &mut Reader, object: &Map<String, Value>) {
    let is_blank = |text: &Option<Text<TEXT_MAX>>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    if board.description.0.as_ref().is_some_and(is_blank) {
        reader.value_error("description is required", Some(&Value::Object(object.clone())));
    }
}

impl From<BoardUpdate> for BoardChange {
    fn from(body: BoardUpdate) -> Self {
        fn text<const MAX: usize>(patch: Patch<Text<MAX>>) -> Option<Option<String>> {
            patch.0.map(|value| value.map(String::from))
        }
        Self {
            name: body.name.0.map(String::from),
            slug: body.slug.0.map(String::from),
            description: body.description.0.flatten().map(|text| text.trim().to_owned()),
            gateway_id: body.gateway_id.0,
            board_group_id: body.board_group_id.0,
            board_type: body.board_type.0.map(String::from),
            objective: text(body.objective),
            success_metrics: body.success_metrics.0,
            target_date: body.target_date.0.map(|value| value.map(|time| time.0)),
            goal_confirmed: body.goal_confirmed.0,
            goal_source: text(body.goal_source),
            require_approval_for_done: body.require_approval_for_done.0,
            require_review_before_done: body.require_review_before_done.0,
            comment_required_for_review: body.comment_required_for_review.0,
            block_status_changes_with_pending_approval: body.block_status_changes_with_pending_approval.0,
            only_lead_can_change_status: body.only_lead_can_change_status.0,
            max_agents: body.max_agents.0.map(|count| count.0),
            paused: body.paused.0,
        }
    }
}

/// A board and its rules.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardRead {
    name: String,
    slug: String,
    description: String,
    /// The gateway on which its agents live; null for a plain board.
    gateway_id: Option<Uuid>,
    board_group_id: Option<Uuid>,
    board_type: String,
    objective: Option<String>,
    success_metrics: Option<Map<String, Value>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    target_date: Option<Timestamp>,
    goal_confirmed: bool,
    goal_source: Option<String>,
    require_approval_for_done: bool,
    require_review_before_done: bool,
    comment_required_for_review: bool,
    block_status_changes_with_pending_approval: bool,
    only_lead_can_change_status: bool,
    max_agents: i64,
    /// Since when the agents of the board are paused (`paused`, or `/pause` in its chat); null while they work.
    #[schema(value_type = Option<String>, format = DateTime)]
    paused_at: Option<Timestamp>,
    id: Uuid,
    organization_id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Board> for BoardRead {
    fn from(board: Board) -> Self {
        Self {
            name: board.name,
            slug: board.slug,
            description: board.description,
            gateway_id: board.gateway_id,
            board_group_id: board.board_group_id,
            board_type: board.board_type,
            objective: board.objective,
            success_metrics: board.success_metrics.map(|json| json.0),
            target_date: board.target_date.map(Timestamp::from),
            goal_confirmed: board.goal_confirmed,
            goal_source: board.goal_source,
            require_approval_for_done: board.require_approval_for_done,
            require_review_before_done: board.require_review_before_done,
            comment_required_for_review: board.comment_required_for_review,
            block_status_changes_with_pending_approval: board.block_status_changes_with_pending_approval,
            only_lead_can_change_status: board.only_lead_can_change_status,
            max_agents: board.max_agents,
            paused_at: board.paused_at.map(Timestamp::from),
            id: board.id,
            organization_id: board.organization_id,
            created_at: board.created_at.into(),
            updated_at: board.updated_at.into(),
        }
    }
}
