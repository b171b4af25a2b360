use std::collections::BTreeMap;

use mc_base::Timestamp;
use mc_domain::approvals::ApprovalDetail;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// A request for a decision.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalRead {
    /// What is to be approved, such as `task.execute`.
    action_type: String,
    /// The first of `task_ids`, or null.
    task_id: Option<Uuid>,
    /// The tasks that it is about.
    task_ids: Vec<Uuid>,
    /// Reasons and details, free in form.
    payload: Option<Map<String, Value>>,
    /// How sure the asking agent is, 0 to 100.
    confidence: f64,
    /// Points by criterion.
    rubric_scores: Option<BTreeMap<String, i64>>,
    /// `pending`, `approved` or `rejected`.
    status: &'static str,
    id: Uuid,
    board_id: Uuid,
    /// The titles of those tasks that still exist.
    task_titles: Vec<String>,
    /// The agent that asks.
    agent_id: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    /// The person who decided.
    resolved_by_user_id: Option<Uuid>,
    /// What that person said.
    decision_note: Option<String>,
}

impl From<ApprovalDetail> for ApprovalRead {
    fn from(detail: ApprovalDetail) -> Self {
        let approval = detail.approval;
        Self {
            action_type: approval.action_type,
            task_id: detail.task_ids.first().copied(),
            task_ids: detail.task_ids,
            payload: approval.payload.map(|json| json.0),
            confidence: approval.confidence,
            rubric_scores: approval.rubric_scores.map(|json| json.0),
            status: approval.status.as_str(),
            id: approval.id,
            board_id: approval.board_id,
            task_titles: detail.task_titles,
            agent_id: approval.agent_id,
            created_at: approval.created_at.into(),
            resolved_at: approval.resolved_at.map(Timestamp::from),
            resolved_by_user_id: approval.resolved_by_user_id,
            decision_note: approval.decision_note,
        }
    }
}
