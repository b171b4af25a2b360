use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mc_store::Json;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::policy;

/// What became of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Nobody has decided.
    Pending,
    /// A person said yes.
    Approved,
    /// A person said no.
    Rejected,
}

impl ApprovalStatus {
    /// All statuses with their stored and published names.
    pub const NAMES: [(&'static str, Self); 3] =
        [("pending", Self::Pending), ("approved", Self::Approved), ("rejected", Self::Rejected)];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, status)| *status)
    }
}

impl TryFrom<String> for ApprovalStatus {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or_else(|| format!("unknown approval status {name}"))
    }
}

/// A request for a decision.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Approval {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The first task that it is about; counts only when no tasks are linked.
    pub task_id: Option<Uuid>,
    /// The agent that asks.
    pub agent_id: Option<Uuid>,
    /// What is to be approved, such as `task.execute`.
    pub action_type: String,
    /// Reasons and details, free in form.
    pub payload: Option<Json<Map<String, Value>>>,
    /// How sure the asking agent is, 0 to 100.
    pub confidence: f64,
    /// Points by criterion.
    pub rubric_scores: Option<Json<BTreeMap<String, i64>>>,
    /// What became of it.
    #[sqlx(try_from = "String")]
    pub status: ApprovalStatus,
    /// The person who decided.
    pub resolved_by_user_id: Option<Uuid>,
    /// What that person said.
    pub decision_note: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was decided.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl Approval {
    /// The sum of the points by criterion; none without them.
    #[must_use]
    pub fn rubric_total(&self) -> Option<i64> {
        self.rubric_scores.as_ref().map(|scores| policy::rubric_total(&scores.0))
    }

    /// Whether the confidence that the agent states is the one that its points give; none without points.
    #[must_use]
    pub fn confidence_matches_rubric(&self) -> Option<bool> {
        let scores = self.rubric_scores.as_ref()?;
        Some(policy::matches(self.confidence, &scores.0))
    }
}

/// An approval with the tasks that it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct ApprovalDetail {
    /// The approval.
    pub approval: Approval,
    /// The linked tasks in the order of the links; without links the first task.
    pub task_ids: Vec<Uuid>,
    /// The titles of those that are on the board, in the same order.
    pub task_titles: Vec<String>,
    /// The present name of the agent that asks; none without one.
    pub agent_name: Option<String>,
    /// The present name of the person who decided; none while nobody has.
    pub resolved_by_name: Option<String>,
}

/// An approval to ask for.
#[derive(Clone, Debug)]
pub struct NewApproval {
    /// See [`Approval::action_type`].
    pub action_type: String,
    /// See [`Approval::payload`].
    pub payload: Option<Map<String, Value>>,
    /// See [`Approval::confidence`]; finite, 0 to 100.
    pub confidence: f64,
    /// See [`Approval::rubric_scores`].
    pub rubric_scores: Option<BTreeMap<String, i64>>,
    /// The reason, for a payload that has none.
    pub lead_reasoning: Option<String>,
    /// The tasks that it is about; more are found in the payload.
    pub task_ids: Vec<Uuid>,
    /// What became of it already; an agent leaves it pending.
    pub status: ApprovalStatus,
    /// The agent that asks; an agent asks for itself.
    pub agent_id: Option<Uuid>,
}

/// What a person does with an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalChange {
    /// The decision, or `pending` to open it again.
    pub status: Option<ApprovalStatus>,
    /// A word on the decision.
    pub decision_note: Option<String>,
}
