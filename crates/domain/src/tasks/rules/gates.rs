//! What the rules of a board want before a task may move.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    super::model::{Task, TaskStatus},
    Role,
};
use crate::{Error, Kind, Result, boards::Board};

/// A step of a task.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Step {
    /// The status before.
    pub(in super::super) from: TaskStatus,
    /// The status after.
    pub(in super::super) to: TaskStatus,
    /// The status that was asked for, if one was.
    pub(in super::super) requested: Option<TaskStatus>,
}

impl Step {
    /// Whether a pending approval stands in the way, if there is one.
    pub(in super::super) fn asks_for_no_pending_approval(self, board: &Board) -> bool {
        board.block_status_changes_with_pending_approval
            && self.requested.is_some_and(|status| status != self.from)
            && self.to != self.from
    }

    /// Whether an approval is needed.
    pub(in super::super) fn asks_for_approval(self, board: &Board) -> bool {
        board.require_approval_for_done && self.enters(TaskStatus::Done)
    }

    /// Whether a comment is needed: also when review is asked for once more.
    pub(in super::super) fn asks_for_comment(self, board: &Board, role: Role) -> bool {
        board.comment_required_for_review
            && !matches!(role, Role::Lead(_))
            && self.requested == Some(TaskStatus::Review)
            && self.to == TaskStatus::Review
    }

    fn enters(self, status: TaskStatus) -> bool {
        self.to == status && self.from != status
    }
}

/// The last decision on an approval of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Decision {
    /// Whether it was approved.
    pub(in super::super) approved: bool,
    /// When it was decided.
    pub(in super::super) at: DateTime<Utc>,
}

/// What is known of a task's approvals; loaded only as far as the step asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Approvals {
    /// Whether one is pending.
    pub(in super::super) pending: bool,
    /// The newest decision.
    pub(in super::super) decision: Option<Decision>,
}

fn closed(message: &str) -> Error {
    Error::object(Kind::Conflict, json!({ "message": message, "blocked_by_task_ids": [] }))
}

/// Refuses a step that the approvals do not allow.
///
/// The newest decision counts, and only if it fell after the task last left `done`.
pub(in super::super) fn check_approvals(
    board: &Board,
    step: Step,
    reopened_at: Option<DateTime<Utc>>,
    approvals: Approvals,
) -> Result<()> {
    if step.asks_for_no_pending_approval(board) && approvals.pending {
        return Err(closed("An approval of this task is pending; its status can change when it is decided"));
    }
    if board.require_review_before_done && step.enters(TaskStatus::Done) && step.from != TaskStatus::Review {
        return Err(closed("On this board a task can be done only from review"));
    }
    if step.asks_for_approval(board) {
        let counts = approvals.decision.is_some_and(|decision| {
            decision.approved && reopened_at.is_none_or(|reopened| decision.at > reopened)
        });
        if !counts {
            return Err(closed(
                "On this board a task can be done only with an approval that is linked to it",
            ));
        }
    }
    Ok(())
}

/// Whose comment opens the way to review, and since when: the agent that is or was on the task, in
/// its present or last period of work.
pub(in super::super) fn comment_wanted(
    old: &Task,
    new: &Task,
    requested_assignee: Option<Option<Uuid>>,
) -> Option<(Uuid, DateTime<Utc>)> {
    let agent = requested_assignee.flatten().or(old.assigned_agent_id)?;
    let since = new.previous_in_progress_at.or(old.in_progress_at)?;
    Some((agent, since))
}

/// The refusal of a review without a word.
pub(in super::super) fn comment_missing() -> Error {
    Error::invalid(
        "comment is required on this board when a task goes to review: send it along, or write it while you work",
    )
    .code("task_review_comment_required")
}

#[cfg(test)]
mod tests {
    use TaskStatus::{Done, InProgress, Inbox, Review};
    use chrono::TimeDelta;

    use super::*;
    use crate::{tasks::testing::task, testing};

    fn plain() -> Board {
        Board { require_approval_for_done: false, ..testing::board() }
    }

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn step(from: TaskStatus, to: TaskStatus) -> Step {
        Step { from, to, requested: Some(to) }
    }

    #[test]
    fn a_pending_approval_stops_requested_changes_only() {
        let board = Board { block_status_changes_with_pending_approval: true, ..plain() };
        let pending = Approvals { pending: true, decision: None };
        let implicit = Step { requested: None, ..step(InProgress, Inbox) };
        for (step, approvals, open) in [
            (step(Inbox, InProgress), pending, false),
            (step(Inbox, InProgress), Approvals::default(), true),
            (step(Review, Review), pending, true),
            (implicit, pending, true),
        ] {
            assert_eq!(check_approvals(&board, step, None, approvals).is_ok(), open, "{step:?}");
        }
        assert!(check_approvals(&plain(), step(Inbox, InProgress), None, pending).is_ok());
    }

    #[test]
    fn done_comes_from_review_when_the_board_says_so() {
        let board = Board { require_review_before_done: true, ..plain() };
        for (from, open) in [(Inbox, false), (InProgress, false), (Review, true), (Done, true)] {
            let result = check_approvals(&board, step(from, Done), None, Approvals::default());
            assert_eq!(result.is_ok(), open, "{from:?}");
        }
    }

    #[test]
    fn the_newest_decision_counts_and_only_after_the_last_reopening() {
        let board = testing::board();
        let decided = |approved, minutes| Approvals {
            pending: false,
            decision: Some(Decision { approved, at: at(minutes) }),
        };
        for (name, approvals, reopened, open) in [
            ("none", Approvals::default(), None, false),
            ("approved", decided(true, 5), None, true),
            ("rejected", decided(false, 5), None, false),
            ("approved before it was reopened", decided(true, 5), Some(at(6)), false),
            ("approved at that very time", decided(true, 6), Some(at(6)), false),
            ("approved after it was reopened", decided(true, 7), Some(at(6)), true),
        ] {
            let result = check_approvals(&board, step(Review, Done), reopened, approvals);
            assert_eq!(result.is_ok(), open, "{name}");
        }
        assert!(check_approvals(&board, step(Done, Done), None, Approvals::default()).is_ok());
    }

    #[test]
    fn review_asks_people_and_workers_for_a_comment() {
        let board = Board { comment_required_for_review: true, ..plain() };
        let worker = Role::Worker(Uuid::from_u128(1));
        assert!(step(InProgress, Review).asks_for_comment(&board, worker));
        assert!(step(Review, Review).asks_for_comment(&board, Role::User));
        assert!(!step(InProgress, Done).asks_for_comment(&board, worker));
        assert!(!step(Inbox, Review).asks_for_comment(&board, Role::Lead(Uuid::from_u128(2))));
        let reset = Step { to: Inbox, ..step(InProgress, Review) };
        assert!(!reset.asks_for_comment(&board, Role::User));
        assert!(!step(InProgress, Review).asks_for_comment(&plain(), worker));
    }

    #[test]
    fn the_comment_is_that_of_the_worker_in_its_period() {
        let (old_worker, new_worker) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let old =
            Task { assigned_agent_id: Some(old_worker), in_progress_at: Some(at(5)), ..task(InProgress) };
        let new = Task { previous_in_progress_at: Some(at(5)), in_progress_at: None, ..old.clone() };
        assert_eq!(comment_wanted(&old, &new, None), Some((old_worker, at(5))));
        assert_eq!(comment_wanted(&old, &new, Some(None)), Some((old_worker, at(5))));
        assert_eq!(comment_wanted(&old, &new, Some(Some(new_worker))), Some((new_worker, at(5))));
        let never = task(Inbox);
        assert_eq!(comment_wanted(&never, &never, Some(Some(new_worker))), None);
    }
}
