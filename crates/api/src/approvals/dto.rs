use std::collections::BTreeMap;

use mc_base::{
    Timestamp,
    text::{NAME_MAX, TEXT_MAX},
};
use mc_domain::{
    Cursor, PageRequest,
    approvals::{
        ApprovalChange, ApprovalDetail, ApprovalStatus, NewApproval, policy, queries::TaskCounts, rules,
    },
    boards::Board,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{
    ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AdditionalProperties, ObjectBuilder, Type},
    },
};
use uuid::Uuid;

use crate::fields::{Field, Int, Number, Reader, Sent, Text, names_schema, read_name};

/// The longest note on a decision, in characters.
const NOTE_MAX: usize = 4_000;
/// The most criteria of a rubric.
const CRITERIA_MAX: usize = 100;
/// The most points, above or below zero, that one criterion gives.
const POINTS_MAX: i64 = 1_000_000;

impl Field for ApprovalStatus {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

/// Points by criterion.
#[derive(Clone, Debug)]
pub(crate) struct RubricScores(BTreeMap<String, i64>);

type Points = Int<{ -POINTS_MAX }, POINTS_MAX>;

impl Field for RubricScores {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let map = Map::<String, Value>::read(value, reader)?;
        if map.len() > CRITERIA_MAX {
            let msg = format!("Dictionary should have at most {CRITERIA_MAX} items, not {}", map.len());
            let ctx = json!({ "max_length": CRITERIA_MAX, "actual_length": map.len() });
            reader.fault("too_long", msg, None, Some(ctx));
            return None;
        }
        let read: Vec<Option<(String, i64)>> = map
            .into_iter()
            .map(|(name, points)| {
                let points = reader.within(name.as_str(), |reader| {
                    // The names are kept, so they are bounded as other names are.
                    Text::<NAME_MAX>::read(&name.as_str().into(), reader)?;
                    Points::read(&points, reader)
                });
                points.map(|points| (name, points.0))
            })
            .collect();
        read.into_iter().collect::<Option<_>>().map(Self)
    }
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::RefOr(Points::schema())))
            .build()
            .into()
    }
}

crate::query! {
    /// Which approvals are wanted.
    pub(crate) struct ApprovalListQuery {
        /// Only those that are `pending`, `approved` or `rejected`.
        status: Option<ApprovalStatus>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

impl ApprovalListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: self.cursor }
    }
}

crate::query! {
    /// Which approvals of all boards are wanted.
    pub(crate) struct AllApprovalsQuery {
        /// Only those of this board.
        board_id: Option<Uuid>,
        /// Only those that are `pending`, `approved` or `rejected`.
        status: Option<ApprovalStatus>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

impl AllApprovalsQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: self.cursor }
    }
}

crate::query! {
    /// Where the stream begins.
    pub(crate) struct ApprovalStreamQuery {
        /// A time: the stream begins with what happened since then. Without one, or with a text that is no time, it
        /// begins now. `Last-Event-ID` goes before it.
        since: Option<Text<100>>,
    }
}

crate::body! {
    /// A decision to ask for.
    ///
    /// It has a reason: `payload.reason`, `payload.decision.reason` or `lead_reasoning`.
    pub(crate) struct ApprovalCreate {
        /// What is to be approved, such as `task.execute` or `task.review`.
        action_type: Text<NAME_MAX>,
        /// The first task that it is about. Tasks that the payload names under `task_id` or `task_ids` are added.
        task_id: Option<Uuid>,
        /// The tasks that it is about, of this board; at most 200 in all.
        task_ids: Vec<Uuid> = Vec::<Uuid>::new(),
        /// Reasons and details, free in form; at most 256 KiB and 32 levels.
        payload: Option<Map<String, Value>>,
        /// How sure the asking agent is, 0 to 100.
        confidence: Number<0, 100>,
        /// Points by criterion; their sum is the confidence.
        rubric_scores: Option<RubricScores>,
        /// What becomes of it. Agents leave it `pending`; people may decide at once.
        status: ApprovalStatus = ApprovalStatus::Pending,
        /// The agent of this board that asks, when a person writes for it. An agent always asks for itself.
        agent_id: Option<Uuid>,
        /// The reason; becomes `payload.reason` when the payload has none.
        lead_reasoning: Option<Text<TEXT_MAX>>,
    } check check_new;
}

fn check_new(approval: &ApprovalCreate, reader: &mut Reader, object: &Map<String, Value>) {
    if let Some(Err(reason)) = approval.payload.as_ref().map(rules::check_payload) {
        // What is too large is not sent back.
        reader.within("payload", |reader| reader.value_error(&reason, None));
    } else if !rules::has_reason(approval.payload.as_ref(), approval.lead_reasoning.as_deref()) {
        let reason = "a reason is required: payload.reason, payload.decision.reason or lead_reasoning";
        reader.value_error(reason, Some(&Value::Object(object.clone())));
    }
}

impl From<ApprovalCreate> for NewApproval {
    fn from(body: ApprovalCreate) -> Self {
        Self {
            action_type: body.action_type.into(),
            payload: body.payload,
            confidence: body.confidence.0,
            rubric_scores: body.rubric_scores.map(|scores| scores.0),
            lead_reasoning: body.lead_reasoning.map(String::from),
            task_ids: body.task_id.into_iter().chain(body.task_ids).collect(),
            status: body.status,
            agent_id: body.agent_id,
        }
    }
}

crate::body! {
    /// A decision.
    pub(crate) struct ApprovalUpdate {
        /// `approved` or `rejected` decides; `pending` opens a decided approval again.
        status: Sent<ApprovalStatus>,
        /// A word on the decision, for the agents that hear of it.
        decision_note: Option<Text<NOTE_MAX>>,
    }
}

impl From<ApprovalUpdate> for ApprovalChange {
    fn from(body: ApprovalUpdate) -> Self {
        let note = body.decision_note.map(|note| note.trim().to_owned());
        Self { status: body.status.0, decision_note: note.filter(|note| !note.is_empty()) }
    }
}

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
    /// The present name of the agent that asks.
    agent_name: Option<String>,
    /// The present name of the person who decided.
    resolved_by_name: Option<String>,
    /// The sum of `rubric_scores`, as this server counts it; null without them.
    rubric_total: Option<i64>,
    /// Whether `confidence` is that sum, but for roundings; null without `rubric_scores`.
    confidence_matches_rubric: Option<bool>,
}

impl From<ApprovalDetail> for ApprovalRead {
    fn from(detail: ApprovalDetail) -> Self {
        let approval = detail.approval;
        Self {
            rubric_total: approval.rubric_total(),
            confidence_matches_rubric: approval.confidence_matches_rubric(),
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
            agent_name: detail.agent_name,
            resolved_by_name: detail.resolved_by_name,
        }
    }
}

/// How many approvals a task has.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalTaskCounts {
    task_id: Uuid,
    /// All of them.
    approvals_count: i64,
    /// Those that nobody has decided.
    approvals_pending_count: i64,
}

/// The counts of the tasks of an approval: of one task, or a list of several.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum TaskCountsOfApproval {
    /// Of the only task.
    One(ApprovalTaskCounts),
    /// Of each task.
    Several(Vec<ApprovalTaskCounts>),
}

impl TaskCountsOfApproval {
    /// None for an approval without tasks.
    pub(crate) fn of(counts: Vec<(Uuid, TaskCounts)>) -> Option<Self> {
        let mut counts: Vec<ApprovalTaskCounts> = counts
            .into_iter()
            .map(|(task_id, counts)| ApprovalTaskCounts {
                task_id,
                approvals_count: counts.total,
                approvals_pending_count: counts.pending,
            })
            .collect();
        match counts.len() {
            0 => None,
            1 => counts.pop().map(Self::One),
            _ => Some(Self::Several(counts)),
        }
    }
}

/// One frame of the stream of approvals.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalStreamEvent {
    /// The approval as it is now.
    pub(crate) approval: ApprovalRead,
    /// How many approvals of the whole board are pending.
    pub(crate) pending_approvals_count: i64,
    /// The numbers of approvals of its tasks: an object for one task, a list for several, absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task_counts: Option<TaskCountsOfApproval>,
}

/// When an action on a board needs an approval.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApprovalPolicyRead {
    board_id: Uuid,
    /// An action of an agent that is less sure than this (0 to 100), or that is external or risky, needs an approval.
    confidence_min: f64,
    /// From this many signs of an unclear goal on, an agent plans before it acts.
    planning_signals_min: usize,
    /// A task can be done only with an approval that is linked to it.
    require_approval_for_done: bool,
    /// The status of a task stays while an approval of it is pending.
    block_status_changes_with_pending_approval: bool,
}

impl From<&Board> for ApprovalPolicyRead {
    fn from(board: &Board) -> Self {
        Self {
            board_id: board.id,
            confidence_min: policy::CONFIDENCE_MIN,
            planning_signals_min: policy::PLANNING_SIGNALS_MIN,
            require_approval_for_done: board.require_approval_for_done,
            block_status_changes_with_pending_approval: board.block_status_changes_with_pending_approval,
        }
    }
}
