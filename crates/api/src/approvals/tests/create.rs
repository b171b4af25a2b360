//! Asking for a decision.

use http::Method;
use mc_store::{Store, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{agent, approvals, ask, ask_as, board, body, connected_board, events, id, ok, read, task};
use crate::testing::{Answer, TestServer};

/// The place and type of each fault of a 422.
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status.as_u16(), 422, "{answer:?}");
    let faults = answer.json["detail"].as_array().unwrap();
    let place = |fault: &Value| {
        let parts: Vec<String> =
            fault["loc"].as_array().unwrap().iter().map(|part| part.to_string().replace('"', "")).collect();
        parts.join(".")
    };
    faults.iter().map(|fault| (place(fault), fault["type"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn an_approval_has_every_field() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (one, two) = (task(&server, board, "one").await, task(&server, board, "two").await);
        let extra = json!({
            "task_ids": [two["id"], one["id"], two["id"]], "task_id": one["id"],
            "rubric_scores": {"clarity": 40, "risk": "48"}, "lead_reasoning": "not needed",
        });
        let made = ok(ask(&server, board, extra).await);
        let expected = json!({
            "rubric_total": 88, "confidence_matches_rubric": true,
            "action_type": "task.execute", "task_id": one["id"], "task_ids": [one["id"], two["id"]],
            "payload": {"reason": "it is time"}, "confidence": 88.75, "rubric_scores": {"clarity": 40, "risk": 48},
            "status": "pending", "id": made["id"], "board_id": board, "task_titles": ["one", "two"],
            "agent_id": null, "created_at": made["created_at"], "resolved_at": null,
            "resolved_by_user_id": null, "decision_note": null, "agent_name": null, "resolved_by_name": null,
        });
        assert_eq!(made, expected);
        assert_eq!(read(&server, &made).await, made);
        let [(kind, data)] = events(&server, board).await.try_into().unwrap();
        let expected =
            json!({"approval_id": made["id"], "status": "pending", "task_ids": [one["id"], two["id"]]});
        assert_eq!((kind.as_str(), data), ("approval.created", expected));
    })
    .await;
}

#[tokio::test]
async fn reasons_and_tasks_are_found_in_the_payload() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (a, b) = (task(&server, board, "A").await, task(&server, board, "B").await);
        let payload = json!({"taskIds": [b["id"], "bad"], "taskID": a["id"], "decision": {"reason": "so"}});
        let made = ok(ask(&server, board, json!({"payload": payload, "confidence": "88"})).await);
        assert_eq!((&made["task_ids"], &made["task_id"]), (&json!([b["id"], a["id"]]), &b["id"]));
        assert_eq!((&made["payload"], &made["confidence"]), (&payload, &json!(88.0)));
        let told =
            json!({"payload": null, "lead_reasoning": " because ", "action_type": "", "confidence": true});
        let told = ok(ask(&server, board, told).await);
        assert_eq!((&told["payload"], &told["task_ids"]), (&json!({"reason": "because"}), &json!([])));
        assert_eq!((&told["confidence"], &told["task_titles"]), (&json!(1.0), &json!([])));
        let boast = ok(ask(&server, board, json!({"rubric_scores": {"clarity": 20}})).await);
        assert_eq!(
            (&boast["rubric_total"], &boast["confidence_matches_rubric"]),
            (&json!(20), &json!(false))
        );
    })
    .await;
}

#[tokio::test]
async fn bad_fields_are_named() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let deep = (0..40).fold(json!(1), |value, _| json!([value]));
        for (extra, place, kind) in [
            (json!({"confidence": null}), "body.confidence", "float_type"),
            (json!({"confidence": 100.5}), "body.confidence", "less_than_equal"),
            (json!({"confidence": -1}), "body.confidence", "greater_than_equal"),
            (json!({"confidence": "NaN"}), "body.confidence", "float_parsing"),
            (json!({"confidence": "inf"}), "body.confidence", "float_parsing"),
            (json!({"action_type": null}), "body.action_type", "string_type"),
            (json!({"action_type": "a\u{0}b"}), "body.action_type", "value_error"),
            (json!({"payload": {"reason": "a\u{0}b"}}), "body.payload", "value_error"),
            (json!({"payload": ["reason"]}), "body.payload", "dict_type"),
            (json!({"payload": {"reason": " "}}), "body", "value_error"),
            (json!({"payload": null, "lead_reasoning": " "}), "body", "value_error"),
            (json!({"payload": {"reason": "x", "deep": deep}}), "body.payload", "value_error"),
            (json!({"payload": {"reason": "x".repeat(256 * 1024)}}), "body.payload", "value_error"),
            (json!({"rubric_scores": {"clarity": 1.5}}), "body.rubric_scores.clarity", "int_from_float"),
            (json!({"rubric_scores": {"clarity": null}}), "body.rubric_scores.clarity", "int_type"),
            (json!({"rubric_scores": [1]}), "body.rubric_scores", "dict_type"),
            (json!({"task_id": "x"}), "body.task_id", "uuid_parsing"),
            (json!({"task_ids": ["x"]}), "body.task_ids.0", "uuid_parsing"),
            (json!({"agent_id": "x"}), "body.agent_id", "uuid_parsing"),
            (json!({"status": "done"}), "body.status", "literal_error"),
        ] {
            let answer = ask(&server, board, extra.clone()).await;
            assert_eq!(faults(&answer), [(place.to_owned(), kind.to_owned())], "{answer:?}");
        }
        let bare = server.user(Method::POST, &approvals(board), Some(json!({}))).await;
        let missing = |name: &str| (format!("body.{name}"), "missing".to_owned());
        assert_eq!(faults(&bare), [missing("action_type"), missing("confidence")]);
        let too_many: Vec<Uuid> = (0..201).map(Uuid::from_u128).collect();
        let answer = ask(&server, board, json!({"task_ids": too_many})).await;
        assert_eq!(answer.status.as_u16(), 422);
        assert!(answer.json["detail"].as_str().unwrap().contains("at most 200"), "{answer:?}");
        assert_eq!(events(&server, board).await, []);
    })
    .await;
}

#[tokio::test]
async fn agents_ask_for_themselves_and_never_decide() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (board, main) = connected_board(&server).await;
        let (ada, lead) = agent(&server, board, "Ada", true).await;
        let (bob, worker) = agent(&server, board, "Bob", false).await;
        for (token, own) in [(&lead, Some(ada.id)), (&worker, Some(bob.id)), (&main, None)] {
            for status in ["approved", "rejected"] {
                let refused = ask_as(&server, token, board, json!({"status": status})).await;
                assert_eq!(refused.status.as_u16(), 403, "{refused:?}");
                assert_eq!(refused.json["code"], "approval_decision_not_for_agents");
            }
            let made = ok(ask_as(&server, token, board, json!({"agent_id": ada.id})).await);
            assert_eq!(made["status"], "pending");
            match own {
                Some(id) => assert_eq!(made["agent_id"], json!(id)),
                None => assert!(made["agent_id"].is_string() && made["agent_id"] != json!(ada.id)),
            }
            for change in [json!({"status": "approved"}), json!({})] {
                let answer = server.agent(token, Method::PATCH, &super::path(&made), Some(change)).await;
                assert_eq!(answer.status.as_u16(), 401);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn people_name_agents_of_the_board_and_may_decide_at_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server).await, board(&server).await);
        let (bob, _) = agent(&server, ours, "Bob", false).await;
        let (eve, _) = agent(&server, other, "Eve", false).await;
        for stranger in [eve.id, Uuid::from_u128(7)] {
            let refused = ask(&server, ours, json!({"agent_id": stranger})).await;
            assert_eq!(refused.status.as_u16(), 404);
            assert!(refused.json["detail"].as_str().unwrap().starts_with("agent_id"), "{refused:?}");
        }
        let me = server.user(Method::GET, "/api/v1/users/me", None).await.json["id"].clone();
        let made = ok(ask(&server, ours, json!({"agent_id": bob.id, "status": "rejected"})).await);
        assert_eq!((&made["agent_id"], &made["status"]), (&json!(bob.id), &json!("rejected")));
        assert_eq!((&made["resolved_at"], &made["resolved_by_user_id"]), (&made["created_at"], &me));
        assert_eq!(super::kinds(&server, ours).await, ["approval.created", "approval.rejected"]);
    })
    .await;
}

#[tokio::test]
async fn tasks_must_be_of_the_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server).await, board(&server).await);
        let (own, foreign) = (task(&server, ours, "own").await, task(&server, other, "secret").await);
        let unknown = Uuid::from_u128(7);
        for extra in [
            json!({"task_ids": [unknown, own["id"], foreign["id"]]}),
            json!({"task_id": unknown, "payload": {"reason": "x", "task_id": foreign["id"], "taskIds": [own["id"]]}}),
        ] {
            let refused = ask(&server, ours, extra).await;
            assert_eq!(refused.status.as_u16(), 404, "{refused:?}");
            assert_eq!(refused.json["detail"]["missing_task_ids"], json!([unknown, foreign["id"]]));
            assert!(!refused.json.to_string().contains("secret"));
        }
    })
    .await;
}

/// The conflicts of a 409.
fn conflicts(answer: &Answer) -> Value {
    assert_eq!(answer.status.as_u16(), 409, "{answer:?}");
    assert!(answer.json["detail"]["message"].is_string());
    answer.json["detail"]["conflicts"].clone()
}

#[tokio::test]
async fn a_task_has_one_pending_approval() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (_, token) = agent(&server, board, "Bob", false).await;
        let mut tasks = [task(&server, board, "a").await, task(&server, board, "b").await];
        tasks.sort_by_key(|task| task["id"].to_string());
        let [a, b] = [tasks[0]["id"].clone(), tasks[1]["id"].clone()];
        let first = ok(ask(&server, board, json!({"task_ids": [a]})).await);
        let second = ok(ask(&server, board, json!({"task_ids": [b]})).await);
        let expected = json!([
            {"task_id": a, "approval_id": first["id"]}, {"task_id": b, "approval_id": second["id"]}
        ]);
        assert_eq!(conflicts(&ask(&server, board, json!({"task_ids": [b, a]})).await), expected);
        let by_agent = ask_as(&server, &token, board, json!({"task_id": a})).await;
        assert_eq!(conflicts(&by_agent), json!([expected[0]]));
        // Decided ones and those without tasks are never in the way.
        ok(ask(&server, board, json!({"task_id": a, "status": "approved"})).await);
        for _ in 0..2 {
            ok(ask(&server, board, json!({})).await);
        }
        ok(super::decide(&server, &first, json!({"status": "rejected"})).await);
        ok(ask(&server, board, json!({"task_id": a})).await);
    })
    .await;
}

#[tokio::test]
async fn older_approvals_without_links_are_in_the_way_too() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let task = task(&server, board, "a").await;
        let old = insert_unlinked(&store, board, id(&task["id"])).await;
        let refused = ask(&server, board, json!({"task_id": task["id"]})).await;
        assert_eq!(conflicts(&refused), json!([{"task_id": task["id"], "approval_id": old}]));
        let read = ok(server.user(Method::GET, &format!("{}/{old}", approvals(board)), None).await);
        assert_eq!((&read["task_ids"], &read["task_titles"]), (&json!([task["id"]]), &json!(["a"])));
    })
    .await;
}

async fn insert_unlinked(store: &Store, board: Uuid, task: Uuid) -> Uuid {
    let txn = store.begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO approvals (id, board_id, task_id, action_type, confidence, status, created_at)
             VALUES ($1, $2, $3, 'task.review', 50.0, 'pending', $4)")
        .bind(id)
        .bind(board)
        .bind(task)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
    id
}

#[tokio::test]
async fn of_many_that_ask_for_one_task_at_once_one_succeeds() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let task = task(&server, board, "a").await;
        let asking = (0..8).map(|_| {
            let (server, task) = (server.clone(), task["id"].clone());
            tokio::spawn(async move { ask(&server, board, json!({"task_id": task})).await })
        });
        let mut statuses = Vec::new();
        for answer in asking.collect::<Vec<_>>() {
            statuses.push(answer.await.unwrap().status.as_u16());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_a_second_pending_link() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let task = task(&server, board, "a").await;
        ok(ask(&server, board, json!({"task_id": task["id"]})).await);
        let other = ok(ask(&server, board, json!({})).await);
        let txn = store.begin().await.unwrap();
        let refused = txn
            .run(
                sql("INSERT INTO approval_task_links (id, approval_id, task_id, is_pending, created_at)
                     VALUES ($1, $2, $3, TRUE, $4)")
                .bind(txn.new_id())
                .bind(id(&other["id"]))
                .bind(id(&task["id"]))
                .bind(txn.now()),
            )
            .await;
        assert!(refused.unwrap_err().is_unique_violation());
    })
    .await;
}

#[tokio::test]
async fn agents_find_the_same_among_their_own_operations() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (bob, token) = agent(&server, board, "Bob", false).await;
        let own = format!("/api/v1/agent/boards/{board}/approvals");
        let made = ok(server.agent(&token, Method::POST, &own, body(json!({}))).await);
        assert_eq!((&made["agent_id"], &made["status"]), (&json!(bob.id), &json!("pending")));
        let forged = server.agent(&token, Method::POST, &own, body(json!({"status": "approved"}))).await;
        assert_eq!(forged.status.as_u16(), 403);
        let list = ok(server.agent(&token, Method::GET, &format!("{own}?status=pending"), None).await);
        assert_eq!((&list["items"], &list["total"]), (&json!([made]), &json!(1)));
        for method in [Method::GET, Method::POST] {
            assert_eq!(server.user(method, &own, body(json!({}))).await.status.as_u16(), 401);
        }
    })
    .await;
}
