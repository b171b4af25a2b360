use chrono::{DateTime, Utc};
use mc_store::Json;
use serde_json::{Map, Value};
use uuid::Uuid;

/// A board and its rules.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Board {
    /// The id.
    pub id: Uuid,
    /// The tenant.
    pub organization_id: Uuid,
    /// The gateway on which its agents live; none for a plain board.
    pub gateway_id: Option<Uuid>,
    /// The group it belongs to.
    pub board_group_id: Option<Uuid>,
    /// The name; may be empty and is not unique.
    pub name: String,
    /// A short name for addresses; not unique.
    pub slug: String,
    /// What the board is for.
    pub description: String,
    /// `goal`, `general`, or a kind of the caller's own.
    pub board_type: String,
    /// What is to be reached.
    pub objective: Option<String>,
    /// How success is measured.
    pub success_metrics: Option<Json<Map<String, Value>>>,
    /// Until when.
    pub target_date: Option<DateTime<Utc>>,
    /// Whether a person has confirmed the goal.
    pub goal_confirmed: bool,
    /// Where the goal comes from.
    pub goal_source: Option<String>,
    /// A task can be done only with an approval.
    pub require_approval_for_done: bool,
    /// A task can be done only from review.
    pub require_review_before_done: bool,
    /// A task can enter review only with a comment.
    pub comment_required_for_review: bool,
    /// No status change while an approval of the task is pending.
    pub block_status_changes_with_pending_approval: bool,
    /// Only the board's lead changes statuses, of all agents.
    pub only_lead_can_change_status: bool,
    /// How many worker agents the board may have.
    pub max_agents: i64,
    /// Since when its agents are paused; none while they work.
    pub paused_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Board {
    /// Whether its agents are not to work now.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused_at.is_some()
    }

    /// Whether objective and success metrics are both there, as a confirmed goal needs.
    #[must_use]
    pub fn has_goal(&self) -> bool {
        self.objective.as_ref().is_some_and(|text| !text.is_empty())
            && self.success_metrics.as_ref().is_some_and(|metrics| !metrics.0.is_empty())
    }
}

/// A board to make.
#[derive(Clone, Debug)]
pub struct NewBoard {
    /// See [`Board::name`].
    pub name: String,
    /// See [`Board::slug`]; made from the name when blank.
    pub slug: String,
    /// See [`Board::description`].
    pub description: String,
    /// See [`Board::gateway_id`].
    pub gateway_id: Option<Uuid>,
    /// See [`Board::board_group_id`].
    pub board_group_id: Option<Uuid>,
    /// See [`Board::board_type`].
    pub board_type: String,
    /// See [`Board::objective`].
    pub objective: Option<String>,
    /// See [`Board::success_metrics`].
    pub success_metrics: Option<Map<String, Value>>,
    /// See [`Board::target_date`].
    pub target_date: Option<DateTime<Utc>>,
    /// See [`Board::goal_confirmed`].
    pub goal_confirmed: bool,
    /// See [`Board::goal_source`].
    pub goal_source: Option<String>,
    /// See [`Board::require_approval_for_done`].
    pub require_approval_for_done: bool,
    /// See [`Board::require_review_before_done`].
    pub require_review_before_done: bool,
    /// See [`Board::comment_required_for_review`].
    pub comment_required_for_review: bool,
    /// See [`Board::block_status_changes_with_pending_approval`].
    pub block_status_changes_with_pending_approval: bool,
    /// See [`Board::only_lead_can_change_status`].
    pub only_lead_can_change_status: bool,
    /// See [`Board::max_agents`].
    pub max_agents: i64,
}

/// A change of a board: `None` leaves a field; in the doubled ones `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct BoardChange {
    /// See [`Board::name`].
    pub name: Option<String>,
    /// See [`Board::slug`].
    pub slug: Option<String>,
    /// See [`Board::description`].
    pub description: Option<String>,
    /// See [`Board::gateway_id`].
    pub gateway_id: Option<Option<Uuid>>,
    /// See [`Board::board_group_id`].
    pub board_group_id: Option<Option<Uuid>>,
    /// See [`Board::board_type`].
    pub board_type: Option<String>,
    /// See [`Board::objective`].
    pub objective: Option<Option<String>>,
    /// See [`Board::success_metrics`].
    pub success_metrics: Option<Option<Map<String, Value>>>,
    /// See [`Board::target_date`].
    pub target_date: Option<Option<DateTime<Utc>>>,
    /// See [`Board::goal_confirmed`].
    pub goal_confirmed: Option<bool>,
    /// See [`Board::goal_source`].
    pub goal_source: Option<Option<String>>,
    /// See [`Board::require_approval_for_done`].
    pub require_approval_for_done: Option<bool>,
    /// See [`Board::require_review_before_done`].
    pub require_review_before_done: Option<bool>,
    /// See [`Board::comment_required_for_review`].
    pub comment_required_for_review: Option<bool>,
    /// See [`Board::block_status_changes_with_pending_approval`].
    pub block_status_changes_with_pending_approval: Option<bool>,
    /// See [`Board::only_lead_can_change_status`].
    pub only_lead_can_change_status: Option<bool>,
    /// See [`Board::max_agents`].
    pub max_agents: Option<i64>,
    /// Whether its agents are to stop; see [`Board::paused_at`].
    pub paused: Option<bool>,
}

/// Which boards a list is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoardFilter {
    /// Only boards of this gateway.
    pub gateway_id: Option<Uuid>,
    /// Only boards of this group.
    pub board_group_id: Option<Uuid>,
}
