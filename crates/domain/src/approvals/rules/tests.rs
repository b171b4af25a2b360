use chrono::TimeDelta;
use mc_store::Json;
use proptest::prelude::*;

use super::*;
use crate::testing;

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn approval(status: ApprovalStatus) -> Approval {
    Approval {
        id: id(9),
        board_id: id(1),
        task_id: None,
        agent_id: None,
        action_type: "task.execute".into(),
        payload: None,
        confidence: 88.5,
        rubric_scores: None,
        status,
        resolved_by_user_id: None,
        decision_note: (status != ApprovalStatus::Pending).then(|| "fine".to_owned()),
        created_at: DateTime::UNIX_EPOCH,
        resolved_at: None,
    }
}

#[test]
fn a_reason_stands_in_the_payload_or_beside_it() {
    for (payload, reasoning, expected) in [
        (None, None, None),
        (None, Some("  "), None),
        (Some(json!({})), None, None),
        (Some(json!({"reason": " "})), None, None),
        (Some(json!({"reason": 5})), None, None),
        (Some(json!({"decision": "yes"})), None, None),
        (Some(json!({"reason": "a"})), None, Some(json!({"reason": "a"}))),
        (Some(json!({"reason": "a"})), Some("b"), Some(json!({"reason": "a"}))),
        (Some(json!({"decision": {"reason": "c"}})), Some("b"), Some(json!({"decision": {"reason": "c"}}))),
        (Some(json!({"reason": " ", "x": 1})), Some(" b "), Some(json!({"reason": "b", "x": 1}))),
        (None, Some(" b "), Some(json!({"reason": "b"}))),
    ] {
        let payload = payload.map(map);
        assert_eq!(has_reason(payload.as_ref(), reasoning), expected.is_some(), "{payload:?} {reasoning:?}");
        if let Some(expected) = expected {
            assert_eq!(with_reason(payload, reasoning), Some(map(expected)));
        }
    }
}

#[test]
fn tasks_are_the_named_ones_then_those_of_the_payload() {
    let (a, b, c) = (id(10), id(11), id(12));
    for (named, payload, expected) in [
        (vec![], json!({}), vec![]),
        (vec![a, b, a], json!({}), vec![a, b]),
        (vec![], json!({"taskIds": [b, "bad"], "taskID": a}), vec![b, a]),
        (vec![c], json!({"task_id": a, "task_ids": [b, c]}), vec![c, b, a]),
        (vec![], json!({"taskIDs": [c], "taskIds": [b], "task_ids": [a]}), vec![a, b, c]),
        (vec![], json!({"taskID": c, "taskId": b, "task_id": a}), vec![a, b, c]),
        (vec![], json!({"task_ids": "no list", "task_id": [a], "taskId": 5, "x": {"task_id": b}}), vec![]),
    ] {
        assert_eq!(task_ids(&named, Some(&map(payload.clone()))).unwrap(), expected, "{payload}");
    }
    let many: Vec<Uuid> = (0..=TASKS_MAX as u128).map(id).collect();
    assert!(task_ids(&many[1..], None).is_ok());
    let error = task_ids(&many[1..], Some(&map(json!({"task_id": many[0]})))).unwrap_err();
    assert_eq!(error.kind, Kind::Invalid);
}

#[test]
fn a_payload_has_a_size_and_a_depth() {
    let nested =
        |levels: usize| {
            let inner = (1..levels).fold(json!(1), |value, level| {
                if level % 2 == 0 { json!([value]) } else { json!({ "x": value }) }
            });
            map(json!({ "x": inner }))
        };
    assert!(check_payload(&nested(PAYLOAD_DEPTH_MAX)).is_ok());
    assert!(check_payload(&nested(PAYLOAD_DEPTH_MAX + 1)).unwrap_err().contains("32"));
    let sized = |bytes: usize| map(json!({ "x": "a".repeat(bytes - r#"{"x":""}"#.len()) }));
    assert!(check_payload(&sized(PAYLOAD_MAX)).is_ok());
    assert!(check_payload(&sized(PAYLOAD_MAX + 1)).unwrap_err().contains("262144"));
}

#[test]
fn agents_ask_and_people_decide() {
    let agent = Actor::Agent(testing::agent("Ada"));
    let person = Actor::User(testing::person("Grace"));
    for (_, status) in ApprovalStatus::NAMES {
        assert!(check_author(&person, status).is_ok());
        let refused = check_author(&agent, status).err().map(|error| (error.kind, error.code));
        let expected = (status != ApprovalStatus::Pending)
            .then_some((Kind::Forbidden, Some("approval_decision_not_for_agents")));
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_decision_stands_until_the_approval_is_opened_again() {
    use ApprovalStatus::{Approved, Pending, Rejected};
    let change =
        |status, note: Option<&str>| ApprovalChange { status, decision_note: note.map(str::to_owned) };
    let some = |note: &str| Some(note.to_owned());
    for (from, to, note, expected) in [
        (Pending, None, None, Ok(Step::Nothing)),
        (Pending, Some(Pending), None, Ok(Step::Nothing)),
        (Pending, Some(Approved), None, Ok(Step::Decide(Approved, None))),
        (Pending, Some(Rejected), Some("no"), Ok(Step::Decide(Rejected, some("no")))),
        (Pending, Some(Approved), Some(" "), Ok(Step::Decide(Approved, None))),
        (Pending, None, Some("x"), Err(Kind::Invalid)),
        (Approved, None, Some("x"), Err(Kind::Invalid)),
        (Approved, Some(Pending), Some("x"), Err(Kind::Invalid)),
        (Approved, None, None, Ok(Step::Nothing)),
        (Approved, Some(Approved), None, Ok(Step::Nothing)),
        (Approved, Some(Approved), Some("fine"), Ok(Step::Nothing)),
        (Approved, Some(Approved), Some("other"), Err(Kind::Conflict)),
        (Approved, Some(Rejected), None, Err(Kind::Conflict)),
        (Rejected, Some(Approved), None, Err(Kind::Conflict)),
        (Approved, Some(Pending), None, Ok(Step::Reopen)),
        (Rejected, Some(Pending), None, Ok(Step::Reopen)),
    ] {
        let found = step(&approval(from), change(to, note)).map_err(|error| error.kind);
        assert_eq!(found, expected, "{from:?} {to:?} {note:?}");
    }
}

#[test]
fn conflicts_name_the_oldest_approval_of_each_task_in_order() {
    let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
    let found = |task, approval, seconds| Pending {
        task_id: id(task),
        approval_id: id(approval),
        created_at: at(seconds),
    };
    assert!(check_conflicts(vec![]).is_ok());
    let error = check_conflicts(vec![found(3, 30, 2), found(2, 21, 9), found(2, 22, 1)]).unwrap_err();
    let crate::Detail::Object(detail) = error.detail else { panic!("{error:?}") };
    assert_eq!(error.kind, Kind::Conflict);
    assert_eq!(
        detail["conflicts"],
        json!([{"task_id": id(2), "approval_id": id(22)}, {"task_id": id(3), "approval_id": id(30)}])
    );
}

#[test]
fn missing_tasks_are_named_in_the_order_of_the_request() {
    assert!(check_tasks(&[id(1), id(2)], &[id(2), id(1)]).is_ok());
    let error = check_tasks(&[id(3), id(1), id(2)], &[id(1)]).unwrap_err();
    let crate::Detail::Object(detail) = error.detail else { panic!("{error:?}") };
    assert_eq!((error.kind, &detail["missing_task_ids"]), (Kind::NotFound, &json!([id(3), id(2)])));
}

#[test]
fn points_are_summed_and_compared_with_the_confidence() {
    let without = approval(ApprovalStatus::Pending);
    assert_eq!((without.rubric_total(), without.confidence_matches_rubric()), (None, None));
    let scores = |points| Some(Json([("clarity".to_owned(), points)].into()));
    let honest = Approval { rubric_scores: scores(88), ..without.clone() };
    assert_eq!((honest.rubric_total(), honest.confidence_matches_rubric()), (Some(88), Some(true)));
    let boasting = Approval { rubric_scores: scores(40), ..without };
    assert_eq!((boasting.rubric_total(), boasting.confidence_matches_rubric()), (Some(40), Some(false)));
}

proptest! {
    #[test]
    fn no_task_is_counted_twice_and_the_named_ones_come_first(
        named in proptest::collection::vec(0u128..20, 0..15),
        listed in proptest::collection::vec(0u128..20, 0..15),
        one in 0u128..20,
    ) {
        let named: Vec<Uuid> = named.into_iter().map(id).collect();
        let listed: Vec<Uuid> = listed.into_iter().map(id).collect();
        let payload = map(json!({ "taskIds": listed, "task_id": id(one) }));
        let ids = task_ids(&named, Some(&payload)).unwrap();
        let mut distinct = ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), ids.len());
        let first = named.iter().chain(&listed).copied().next().unwrap_or_else(|| id(one));
        prop_assert_eq!(ids.first().copied(), Some(first));
        for wanted in named.iter().chain(&listed) {
            prop_assert!(ids.contains(wanted));
        }
    }

    #[test]
    fn what_was_decided_never_becomes_the_other_decision(
        from in 1usize..3,
        to in 1usize..3,
        note in proptest::option::of(".{0,4}"),
    ) {
        let (from, to) = (ApprovalStatus::NAMES[from].1, ApprovalStatus::NAMES[to].1);
        let change = ApprovalChange { status: Some(to), decision_note: note };
        let found = step(&approval(from), change);
        prop_assert!(matches!(found, Ok(Step::Nothing) | Err(_)));
    }
}
