//! What becomes of a task's status, assignee and clocks.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    super::model::{Task, TaskStatus},
    Role, assignee, blocked,
};
use crate::{Error, Kind, Result, agents::Agent, boards::Board};

/// Everything that the decision depends on.
#[derive(Clone, Debug)]
pub(in super::super) struct Case<'a> {
    /// By which rules the caller acts.
    pub(in super::super) role: Role,
    /// The board.
    pub(in super::super) board: &'a Board,
    /// The task as it is.
    pub(in super::super) task: &'a Task,
    /// The status that was asked for.
    pub(in super::super) status: Option<TaskStatus>,
    /// The assignee that was asked for; `Some(None)` is nobody.
    pub(in super::super) assignee: Option<Option<Uuid>>,
    /// The agent of that id, if there is one.
    pub(in super::super) agent: Option<&'a Agent>,
    /// Whether the dependencies were replaced.
    pub(in super::super) dependencies_changed: bool,
    /// Whether the change brings a comment.
    pub(in super::super) has_comment: bool,
    /// The dependencies that are not done.
    pub(in super::super) blocked_by: &'a [Uuid],
    /// The agent that leads the board.
    pub(in super::super) lead: Option<Uuid>,
    /// The worker that handed the task in for review, if it still works on this board.
    pub(in super::super) rework: Option<Uuid>,
    /// Whether the present assignee has been silent for long.
    pub(in super::super) assignee_is_offline: bool,
    /// The time of the change.
    pub(in super::super) now: DateTime<Utc>,
}

/// The task after the change.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Outcome {
    /// The task with its new status, assignee and clocks; the texts are as before.
    pub(in super::super) task: Task,
    /// Whether it went to the inbox because it is blocked, whatever was asked for.
    pub(in super::super) was_reset: bool,
}

/// Decides. See the module's text; the gates come after.
pub(in super::super) fn decide(case: &Case<'_>) -> Result<Outcome> {
    let outcome = match case.role {
        Role::Lead(_) => by_lead(case)?,
        Role::User | Role::Worker(_) => by_other(case)?,
    };
    let mut task = outcome.task;
    if case.task.status == TaskStatus::Done && task.status != TaskStatus::Done {
        if !case.has_comment {
            let text = "comment is required when a finished task is reopened: say why in the same request";
            return Err(Error::invalid(text).code("task_reopen_comment_required"));
        }
        task.reopened_at = Some(case.now);
    }
    Ok(Outcome { task, ..outcome })
}

/// People, and agents that do not lead.
fn by_other(case: &Case<'_>) -> Result<Outcome> {
    let old = case.task;
    let is_blocked = !case.blocked_by.is_empty();
    match case.role {
        Role::Worker(_) => {
            if is_blocked && case.status.is_some_and(|status| status != TaskStatus::Inbox) {
                return Err(blocked(case.blocked_by));
            }
        }
        _ => {
            let touches = case.status.is_some() || case.assignee.is_some() || case.dependencies_changed;
            let stays_done =
                old.status == TaskStatus::Done && case.status.is_none_or(|status| status == TaskStatus::Done);
            if is_blocked && touches && !stays_done {
                let mut task = old.clone();
                return_to_inbox(&mut task);
                return Ok(Outcome { task, was_reset: true });
            }
        }
    }
    let mut task = old.clone();
    if let Some(status) = case.status {
        if status == old.status {
            repeat(&mut task, case);
        } else {
            enter(&mut task, status, case);
        }
    }
    if let Some(assignee) = case.assignee {
        if assignee.is_some() {
            assignee::check(case.role, case.board, case.agent)?;
        }
        task.assigned_agent_id = assignee;
    }
    if task.status == TaskStatus::Review && old.status != TaskStatus::Review {
        if let Role::Worker(id) = case.role {
            task.review_submitted_by_agent_id = Some(id);
        }
        task.assigned_agent_id = case.lead.or(task.assigned_agent_id);
    }
    Ok(Outcome { task, was_reset: false })
}

/// Back to nobody, remembering the period of work that ends here.
fn return_to_inbox(task: &mut Task) {
    task.status = TaskStatus::Inbox;
    task.assigned_agent_id = None;
    task.previous_in_progress_at = task.in_progress_at.or(task.previous_in_progress_at);
    task.in_progress_at = None;
}

/// A step to another status.
fn enter(task: &mut Task, status: TaskStatus, case: &Case<'_>) {
    task.status = status;
    match status {
        TaskStatus::Inbox | TaskStatus::Review => {
            task.previous_in_progress_at = task.in_progress_at;
            task.in_progress_at = None;
            task.assigned_agent_id = None;
        }
        TaskStatus::InProgress => task.in_progress_at = Some(case.now),
        TaskStatus::Done => {}
    }
    if let (Role::Worker(id), TaskStatus::InProgress | TaskStatus::Done) = (case.role, status) {
        task.assigned_agent_id = Some(id);
    }
}

/// The same status again. It changes nothing, except that a worker takes a running task that has
/// nobody, and hands back one that waits for it.
fn repeat(task: &mut Task, case: &Case<'_>) {
    let Role::Worker(id) = case.role else { return };
    match (task.status, task.assigned_agent_id) {
        (TaskStatus::InProgress, None) => {
            task.assigned_agent_id = Some(id);
            task.in_progress_at = Some(case.now);
        }
        (TaskStatus::Inbox, Some(_)) => task.assigned_agent_id = None,
        _ => {}
    }
}

fn by_lead(case: &Case<'_>) -> Result<Outcome> {
    if !case.blocked_by.is_empty() && (case.status.is_some() || case.assignee.is_some()) {
        return Err(blocked(case.blocked_by));
    }
    let old = case.task;
    let mut task = old.clone();
    if let Some(assignee) = case.assignee {
        if assignee.is_some() {
            assignee::check(case.role, case.board, case.agent)?;
        }
        task.assigned_agent_id = assignee;
    }
    match (old.status, case.status) {
        (_, None) => {}
        (TaskStatus::Inbox, Some(TaskStatus::InProgress)) if case.assignee.flatten().is_some() => {
            task.status = TaskStatus::InProgress;
            task.in_progress_at = Some(case.now);
        }
        (TaskStatus::Review, Some(TaskStatus::Done)) => task.status = TaskStatus::Done,
        (TaskStatus::Review, Some(TaskStatus::Inbox)) => {
            task.status = TaskStatus::Inbox;
            task.assigned_agent_id = case.rework;
            task.in_progress_at = None;
        }
        (TaskStatus::InProgress, Some(TaskStatus::Inbox)) if case.assignee_is_offline => {
            return_to_inbox(&mut task);
        }
        (TaskStatus::Review, Some(wanted)) => {
            let text = format!(
                "A lead agent moves a task from review to done or to inbox, not to {}",
                wanted.as_str()
            );
            return Err(Error::text(Kind::Forbidden, text).code("task_status_not_for_lead"));
        }
        (present, Some(_)) => {
            let text = format!(
                "A lead agent changes the status of tasks in review only; this one is in {}. From inbox it may \
                 start a task by naming status in_progress and an assignee together",
                present.as_str()
            );
            return Err(Error::text(Kind::Forbidden, text).code("task_status_not_for_lead"));
        }
    }
    Ok(Outcome { task, was_reset: false })
}

#[cfg(test)]
#[path = "transition_tests.rs"]
mod tests;
