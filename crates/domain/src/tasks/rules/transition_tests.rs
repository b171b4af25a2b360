use TaskStatus::{Done, InProgress, Inbox, Review};
use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::{
    tasks::testing::{agent, task},
    testing,
};

const ME: Uuid = Uuid::from_u128(10);
const LEAD: Uuid = Uuid::from_u128(20);
const OLD_WORKER: Uuid = Uuid::from_u128(30);
const BLOCKER: [Uuid; 1] = [Uuid::from_u128(40)];

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn case<'a>(role: Role, board: &'a Board, task: &'a Task, status: Option<TaskStatus>) -> Case<'a> {
    Case {
        role,
        board,
        task,
        status,
        assignee: None,
        agent: None,
        dependencies_changed: false,
        has_comment: true,
        blocked_by: &[],
        lead: Some(LEAD),
        rework: Some(OLD_WORKER),
        assignee_is_offline: false,
        now: at(100),
    }
}

fn status_of(result: &Result<Outcome>) -> u16 {
    match result {
        Ok(_) => 200,
        Err(error) => match error.kind {
            Kind::Forbidden => 403,
            Kind::Conflict => 409,
            Kind::Invalid => 422,
            other => panic!("{other:?}"),
        },
    }
}

#[test]
fn the_matrix_of_transitions() {
    let board = testing::board();
    let all = [Inbox, InProgress, Review, Done];
    for from in all {
        for to in all {
            let open = task(from);
            for role in [Role::User, Role::Worker(ME)] {
                let result = decide(&case(role, &board, &open, Some(to)));
                assert_eq!(result.unwrap().task.status, to, "{role:?} {from:?} -> {to:?}");
            }
            let allowed = from == Review && matches!(to, Inbox | Done);
            let result = decide(&case(Role::Lead(LEAD), &board, &open, Some(to)));
            assert_eq!(status_of(&result), if allowed { 200 } else { 403 }, "lead {from:?} -> {to:?}");
        }
    }
}

#[test]
fn a_blocked_task_is_reset_for_people_and_refused_to_agents() {
    let board = testing::board();
    for from in [Inbox, InProgress, Review] {
        let task = Task { assigned_agent_id: Some(ME), in_progress_at: Some(at(5)), ..task(from) };
        for to in [Inbox, InProgress, Review, Done] {
            let blocked = |role| Case { blocked_by: &BLOCKER, ..case(role, &board, &task, Some(to)) };
            let outcome = decide(&blocked(Role::User)).unwrap();
            assert!(outcome.was_reset);
            assert_eq!(
                (outcome.task.status, outcome.task.assigned_agent_id, outcome.task.in_progress_at),
                (Inbox, None, None)
            );
            assert_eq!(outcome.task.previous_in_progress_at, Some(at(5)));
            let expected = if to == Inbox { 200 } else { 409 };
            assert_eq!(status_of(&decide(&blocked(Role::Worker(ME)))), expected);
            assert_eq!(status_of(&decide(&blocked(Role::Lead(LEAD)))), 409);
        }
        let title_only = Case { blocked_by: &BLOCKER, ..case(Role::User, &board, &task, None) };
        assert_eq!(decide(&title_only).unwrap().task, task, "a title does not move a task");
        let edges = Case { dependencies_changed: true, ..title_only };
        assert!(decide(&edges).unwrap().was_reset);
        let lead_edges = Case { role: Role::Lead(LEAD), ..edges };
        assert_eq!(decide(&lead_edges).unwrap().task, task, "a lead may edit edges of a blocked task");
    }
    let done = task(Done);
    let stays = Case { blocked_by: &BLOCKER, ..case(Role::User, &board, &done, Some(Done)) };
    assert!(!decide(&stays).unwrap().was_reset);
}

#[test]
fn clocks_and_assignees_follow_the_status() {
    let board = testing::board();
    let worker = Role::Worker(ME);
    let running = Task { assigned_agent_id: Some(ME), in_progress_at: Some(at(5)), ..task(InProgress) };
    let idle = task(Inbox);
    // Who, from, to; then assignee, in progress since, before that since.
    for (name, role, from, to, assignee, since, before) in [
        ("a person starts", Role::User, &idle, InProgress, None, Some(at(100)), None),
        ("a worker starts", worker, &idle, InProgress, Some(ME), Some(at(100)), None),
        ("a worker finishes", worker, &running, Done, Some(ME), Some(at(5)), None),
        ("a person finishes", Role::User, &running, Done, Some(ME), Some(at(5)), None),
        ("a worker hands in", worker, &running, Review, Some(LEAD), None, Some(at(5))),
        ("a person hands in", Role::User, &running, Review, Some(LEAD), None, Some(at(5))),
        ("a worker gives up", worker, &running, Inbox, None, None, Some(at(5))),
        ("a person stops it", Role::User, &running, Inbox, None, None, Some(at(5))),
        ("the same again", worker, &running, InProgress, Some(ME), Some(at(5)), None),
    ] {
        let new = decide(&case(role, &board, from, Some(to))).unwrap().task;
        assert_eq!(
            (new.assigned_agent_id, new.in_progress_at, new.previous_in_progress_at),
            (assignee, since, before),
            "{name}"
        );
        let submitted = (role == worker && to == Review).then_some(ME);
        assert_eq!(new.review_submitted_by_agent_id, submitted, "{name}");
    }
}

#[test]
fn the_same_status_again_keeps_the_lead_of_a_review() {
    let board = testing::board();
    let reviewed =
        Task { assigned_agent_id: Some(LEAD), previous_in_progress_at: Some(at(5)), ..task(Review) };
    let again = decide(&case(Role::User, &board, &reviewed, Some(Review))).unwrap();
    assert_eq!(again.task, reviewed);
}

#[test]
fn a_worker_claims_what_runs_without_anybody_and_hands_back_what_waits() {
    let board = testing::board();
    let orphan = task(InProgress);
    let claimed = decide(&case(Role::Worker(ME), &board, &orphan, Some(InProgress))).unwrap().task;
    assert_eq!((claimed.assigned_agent_id, claimed.in_progress_at), (Some(ME), Some(at(100))));
    let waiting = Task { assigned_agent_id: Some(ME), ..task(Inbox) };
    let returned = decide(&case(Role::Worker(ME), &board, &waiting, Some(Inbox))).unwrap().task;
    assert_eq!(returned.assigned_agent_id, None);
}

#[test]
fn an_explicit_assignee_wins_except_when_review_begins() {
    let board = testing::board();
    let worker = agent(ME, board.id);
    let task = task(InProgress);
    let wanted = |status| Case {
        assignee: Some(Some(ME)),
        agent: Some(&worker),
        ..case(Role::User, &board, &task, status)
    };
    assert_eq!(decide(&wanted(Some(Inbox))).unwrap().task.assigned_agent_id, Some(ME));
    assert_eq!(decide(&wanted(Some(Review))).unwrap().task.assigned_agent_id, Some(LEAD));
    let without_lead = Case { lead: None, ..wanted(Some(Review)) };
    assert_eq!(decide(&without_lead).unwrap().task.assigned_agent_id, Some(ME));
}

#[test]
fn a_lead_starts_accepts_returns_and_frees() {
    let board = testing::board();
    let worker = agent(ME, board.id);
    let lead = Role::Lead(LEAD);
    let idle = task(Inbox);
    let start = Case {
        assignee: Some(Some(ME)),
        agent: Some(&worker),
        ..case(lead, &board, &idle, Some(InProgress))
    };
    let started = decide(&start).unwrap().task;
    assert_eq!((started.status, started.in_progress_at), (InProgress, Some(at(100))));
    let nobody = Case { assignee: Some(None), ..start };
    assert_eq!(status_of(&decide(&nobody)), 403);

    let reviewed =
        Task { assigned_agent_id: Some(LEAD), previous_in_progress_at: Some(at(5)), ..task(Review) };
    let accepted = decide(&case(lead, &board, &reviewed, Some(Done))).unwrap().task;
    assert_eq!((accepted.status, accepted.assigned_agent_id), (Done, Some(LEAD)));
    let returned = decide(&case(lead, &board, &reviewed, Some(Inbox))).unwrap().task;
    assert_eq!((returned.status, returned.assigned_agent_id), (Inbox, Some(OLD_WORKER)));
    assert_eq!(returned.previous_in_progress_at, Some(at(5)));

    let stuck = Task { assigned_agent_id: Some(ME), in_progress_at: Some(at(5)), ..task(InProgress) };
    let free = case(lead, &board, &stuck, Some(Inbox));
    assert_eq!(status_of(&decide(&free)), 403);
    let freed = decide(&Case { assignee_is_offline: true, ..free }).unwrap().task;
    assert_eq!((freed.status, freed.assigned_agent_id), (Inbox, None));
}

#[test]
fn leaving_done_wants_a_reason_and_is_remembered() {
    let board = testing::board();
    let done = task(Done);
    let reopen = case(Role::User, &board, &done, Some(InProgress));
    assert_eq!(decide(&reopen).unwrap().task.reopened_at, Some(at(100)));
    for role in [Role::User, Role::Worker(ME)] {
        let silent = Case { role, has_comment: false, ..reopen.clone() };
        assert_eq!(status_of(&decide(&silent)), 422);
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_the_result_is_consistent(
        role in prop_oneof![Just(Role::User), Just(Role::Worker(ME)), Just(Role::Lead(LEAD))],
        from in prop::sample::select(vec![Inbox, InProgress, Review, Done]),
        to in prop::option::of(prop::sample::select(vec![Inbox, InProgress, Review, Done])),
        assigned in any::<bool>(),
        blocked in any::<bool>(),
        edges in any::<bool>(),
        lead in prop::option::of(Just(LEAD)),
    ) {
        let board = testing::board();
        let task = Task {
            assigned_agent_id: assigned.then_some(ME),
            in_progress_at: (from == InProgress).then(|| at(5)),
            ..task(from)
        };
        let case = Case {
            blocked_by: if blocked { &BLOCKER } else { &[] },
            dependencies_changed: edges,
            lead,
            ..case(role, &board, &task, to)
        };
        if let Ok(Outcome { task: new, was_reset }) = decide(&case) {
            prop_assert!(!was_reset || (new.status == Inbox && new.assigned_agent_id.is_none()));
            prop_assert!(was_reset || new.status == to.unwrap_or(from));
            prop_assert!(new.status != InProgress || new.in_progress_at.is_some());
            prop_assert!(matches!(new.status, InProgress | Done) || new.in_progress_at.is_none());
            prop_assert!(!blocked || to.is_none() || matches!(new.status, Inbox | Done));
        }
    }
}
