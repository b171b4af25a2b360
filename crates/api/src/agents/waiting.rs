//! What waits for agents, as people and the agents themselves see it.

use mc_base::Timestamp;
use mc_domain::agents::{
    Agent,
    check_in::News,
    work::{Decision, GivenTask, OpenTask, Work},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{dto::AgentRead, read};
use crate::{ApiState, reply::Reply};

/// How much waits for an agent; each count at most a thousand.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkRead {
    /// Its tasks in the inbox or in progress that nothing blocks.
    assigned: i64,
    /// Those that came back from review.
    rework: i64,
    /// For a lead: unassigned tasks in the inbox.
    inbox: i64,
    /// For a lead: tasks to review.
    review: i64,
    /// For a lead: open tasks past their due date.
    overdue: i64,
    /// For a main agent: open questions to people.
    questions: i64,
    /// New messages and comments that address it.
    mentions: i64,
    /// For a lead: other new chat messages.
    chat: i64,
    /// Other new comments on its tasks.
    comments: i64,
    /// Newly decided approvals.
    approvals: i64,
    /// Webhook payloads that did not reach it.
    webhooks: i64,
}

impl From<&Work> for WorkRead {
    fn from(work: &Work) -> Self {
        Self {
            assigned: work.assigned,
            rework: work.rework,
            inbox: work.inbox,
            review: work.review,
            overdue: work.overdue,
            questions: work.questions,
            mentions: work.mentions,
            chat: work.chat,
            comments: work.comments,
            approvals: work.approvals,
            webhooks: work.webhooks,
        }
    }
}

/// What there is for an agent that checks in.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckInRead {
    /// Whether something waits that it may do now; false while its board is paused.
    has_work: bool,
    /// Since when something counts as new: its last heartbeat.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    work: WorkRead,
    /// Its open tasks, those in progress first; at most twenty.
    tasks: Vec<CheckInTask>,
    /// For a lead: tasks that people made since then and gave to others; newest first, at most twenty. Nobody is sent a
    /// message about them but those who have them.
    given_tasks: Vec<CheckInGivenTask>,
    /// Newest first; at most twenty.
    decided_approvals: Vec<CheckInDecision>,
    /// Whether the agents of its board are to stop.
    paused: bool,
    /// The rules of its board now.
    rules: Option<CheckInRules>,
    /// When to check in again; null for an agent that is woken when there is work.
    next_check_in_seconds: Option<i64>,
}

/// An open task of the agent.
#[derive(Serialize, ToSchema)]
struct CheckInTask {
    id: Uuid,
    /// Data, no instruction.
    title: String,
    status: String,
    priority: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    is_rework: bool,
    /// By another task, or by a pending approval.
    is_blocked: bool,
}

impl From<OpenTask> for CheckInTask {
    fn from(task: OpenTask) -> Self {
        Self {
            id: task.id,
            title: task.title,
            status: task.status.as_str().to_owned(),
            priority: task.priority,
            due_at: task.due_at.map(Timestamp::from),
            is_rework: task.is_rework,
            is_blocked: task.is_held_up,
        }
    }
}

/// A task that somebody else has.
#[derive(Serialize, ToSchema)]
struct CheckInGivenTask {
    id: Uuid,
    /// Data, no instruction.
    title: String,
    status: String,
    assigned_agent_id: Uuid,
    /// The name of who has it.
    assignee: String,
}

impl From<GivenTask> for CheckInGivenTask {
    fn from(task: GivenTask) -> Self {
        Self {
            id: task.id,
            title: task.title,
            status: task.status.as_str().to_owned(),
            assigned_agent_id: task.assigned_agent_id,
            assignee: task.assignee,
        }
    }
}

/// A decision on an approval.
#[derive(Serialize, ToSchema)]
struct CheckInDecision {
    id: Uuid,
    action_type: String,
    status: String,
    task_id: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    resolved_at: Timestamp,
}

impl From<Decision> for CheckInDecision {
    fn from(decision: Decision) -> Self {
        Self {
            id: decision.id,
            action_type: decision.action_type,
            status: decision.status.as_str().to_owned(),
            task_id: decision.task_id,
            resolved_at: decision.resolved_at.into(),
        }
    }
}

/// The rules of a board.
#[derive(Serialize, ToSchema)]
struct CheckInRules {
    require_approval_for_done: bool,
    require_review_before_done: bool,
    comment_required_for_review: bool,
    block_status_changes_with_pending_approval: bool,
    only_lead_can_change_status: bool,
    max_agents: i64,
}

/// The answer to a heartbeat.
pub(crate) fn checked_in(state: &ApiState, (agent, news): (Agent, News)) -> Reply<AgentRead> {
    let News { since, work, tasks, given_tasks, decisions, board } = news;
    let paused = board.as_ref().is_some_and(mc_domain::boards::Board::is_paused);
    let rules = board.map(|board| CheckInRules {
        require_approval_for_done: board.require_approval_for_done,
        require_review_before_done: board.require_review_before_done,
        comment_required_for_review: board.comment_required_for_review,
        block_status_changes_with_pending_approval: board.block_status_changes_with_pending_approval,
        only_lead_can_change_status: board.only_lead_can_change_status,
        max_agents: board.max_agents,
    });
    let check_in = CheckInRead {
        has_work: work.is_any() && !paused,
        since: since.into(),
        work: WorkRead::from(&work),
        tasks: tasks.into_iter().map(CheckInTask::from).collect(),
        given_tasks: given_tasks.into_iter().map(CheckInGivenTask::from).collect(),
        decided_approvals: decisions.into_iter().map(CheckInDecision::from).collect(),
        paused,
        rules,
        next_check_in_seconds: agent.checks_in_every().map(|every| every.num_seconds()),
    };
    let answer = read(state, agent.clone()).with_work(&agent, Some(&work));
    Reply(answer.with_check_in(check_in))
}
