//! Deciding, and opening again.

use http::Method;
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{approvals, ask, board, decide, events, id, kinds, ok, read, task};
use crate::testing::TestServer;

#[tokio::test]
async fn a_decision_is_recorded_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let me = server.user(Method::GET, "/api/v1/users/me", None).await.json["id"].clone();
        let made = ok(ask(&server, board, json!({})).await);
        assert_eq!(ok(decide(&server, &made, json!({})).await), made);
        assert_eq!(ok(decide(&server, &made, json!({"status": "pending"})).await), made);
        let note = json!({"status": "approved", "decision_note": " go ahead "});
        let approved = ok(decide(&server, &made, note).await);
        assert_eq!(
            (&approved["status"], &approved["decision_note"]),
            (&json!("approved"), &json!("go ahead"))
        );
        assert_eq!(approved["resolved_by_user_id"], me);
        assert!(approved["resolved_at"].is_string());
        for same in [
            json!({}),
            json!({"status": "approved"}),
            json!({"status": "approved", "decision_note": "go ahead"}),
        ] {
            assert_eq!(ok(decide(&server, &made, same).await), approved, "nothing moves");
        }
        for other in [json!({"status": "rejected"}), json!({"status": "approved", "decision_note": "other"})]
        {
            let refused = decide(&server, &made, other).await;
            assert_eq!(refused.status.as_u16(), 409, "{refused:?}");
            assert_eq!(refused.json["code"], "approval_already_decided");
            assert_eq!(refused.json["detail"]["status"], "approved");
            assert!(refused.json["detail"]["message"].is_string());
        }
        assert_eq!(read(&server, &made).await, approved);
        assert_eq!(kinds(&server, board).await, ["approval.created", "approval.approved"]);
        let (_, data) = events(&server, board).await.pop().unwrap();
        assert_eq!(data, json!({"approval_id": made["id"], "status": "approved", "task_ids": []}));
    })
    .await;
}

#[tokio::test]
async fn bad_decisions_are_refused() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server).await, board(&server).await);
        let made = ok(ask(&server, ours, json!({})).await);
        for (change, place) in [
            (json!({"status": null}), json!(["body", "status"])),
            (json!({"status": "done"}), json!(["body", "status"])),
            (
                json!({"status": "approved", "decision_note": "x".repeat(4_001)}),
                json!(["body", "decision_note"]),
            ),
            (json!({"status": "approved", "decision_note": "a\u{0}"}), json!(["body", "decision_note"])),
        ] {
            let answer = decide(&server, &made, change).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json["detail"][0]["loc"]),
                (422, &place),
                "{answer:?}"
            );
        }
        for change in [json!({"decision_note": "x"}), json!({"status": "pending", "decision_note": "x"})] {
            let answer = decide(&server, &made, change).await;
            assert_eq!(answer.status.as_u16(), 422);
            assert!(answer.json["detail"].as_str().unwrap().starts_with("decision_note"), "{answer:?}");
        }
        let approve = Some(json!({"status": "approved"}));
        for (board, id, status) in [
            (ours, Uuid::from_u128(7).to_string(), 404),
            (other, super::text(&made["id"]).to_owned(), 404),
            (ours, "x".to_owned(), 422),
        ] {
            let path = format!("{}/{id}", approvals(board));
            for (method, body) in [(Method::PATCH, approve.clone()), (Method::GET, None)] {
                assert_eq!(server.user(method, &path, body).await.status.as_u16(), status, "{path}");
            }
        }
        assert_eq!(read(&server, &made).await, made);
    })
    .await;
}

#[tokio::test]
async fn of_two_that_decide_at_once_one_is_told_that_it_is_decided() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        for _ in 0..5 {
            let made = ok(ask(&server, board, json!({})).await);
            let (yes, no) = tokio::join!(
                decide(&server, &made, json!({"status": "approved"})),
                decide(&server, &made, json!({"status": "rejected"})),
            );
            let mut statuses = [yes.status.as_u16(), no.status.as_u16()];
            let winner = if statuses[0] == 200 { yes.json } else { no.json };
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
            assert_eq!(read(&server, &made).await, winner);
        }
    })
    .await;
}

#[tokio::test]
async fn a_decided_approval_is_opened_again_explicitly() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let task = task(&server, board, "a").await;
        let made = ok(ask(&server, board, json!({"task_id": task["id"]})).await);
        ok(decide(&server, &made, json!({"status": "rejected", "decision_note": "no"})).await);
        let open = json!({"status": "pending"});
        assert_eq!(ok(decide(&server, &made, open.clone()).await), made, "the decision is cleared");
        let again = ask(&server, board, json!({"task_id": task["id"]})).await;
        assert_eq!(again.status.as_u16(), 409, "it is pending as before");
        ok(decide(&server, &made, json!({"status": "approved"})).await);
        let next = ok(ask(&server, board, json!({"task_id": task["id"]})).await);
        let refused = decide(&server, &made, open.clone()).await;
        assert_eq!(refused.status.as_u16(), 409);
        assert_eq!(
            refused.json["detail"]["conflicts"],
            json!([{"task_id": task["id"], "approval_id": next["id"]}])
        );
        assert_eq!(read(&server, &made).await["status"], "approved");
        ok(decide(&server, &next, json!({"status": "rejected"})).await);
        ok(decide(&server, &made, open).await);
        let expected = ["created", "rejected", "reopened", "approved", "created", "rejected", "reopened"];
        assert_eq!(kinds(&server, board).await, expected.map(|kind| format!("approval.{kind}")));
    })
    .await;
}

#[tokio::test]
async fn the_database_keeps_decisions() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let made = ok(ask(&server, board, json!({"status": "approved"})).await);
        for change in ["rejected", "pending"] {
            let txn = store.begin().await.unwrap();
            let forged = txn
                .run(sql("UPDATE approvals SET status = $2 WHERE id = $1").bind(id(&made["id"])).bind(change))
                .await;
            assert!(forged.is_err(), "{change}");
        }
        let txn = store.begin().await.unwrap();
        let moved = txn
            .run(
                sql("UPDATE approvals SET resolved_at = $2 WHERE id = $1")
                    .bind(id(&made["id"]))
                    .bind(txn.now() + chrono::TimeDelta::days(1)),
            )
            .await;
        assert!(moved.is_err());
        drop(txn);
        assert_eq!(read(&server, &made).await, made);
    })
    .await;
}

#[tokio::test]
async fn an_approval_outlives_its_tasks_and_frees_the_others() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (a, b) = (task(&server, board, "a").await, task(&server, board, "b").await);
        let made = ok(ask(&server, board, json!({"task_ids": [a["id"], b["id"]]})).await);
        let delete = |task: Value| {
            let (server, path) =
                (server.clone(), format!("/api/v1/boards/{board}/tasks/{}", super::text(&task["id"])));
            async move { ok(server.user(Method::DELETE, &path, None).await) }
        };
        delete(a).await;
        let left = read(&server, &made).await;
        assert_eq!((&left["task_id"], &left["task_ids"]), (&b["id"], &json!([b["id"]])));
        let conflict = ask(&server, board, json!({"task_id": b["id"]})).await;
        assert_eq!(conflict.status.as_u16(), 409, "it is still pending for the other task");
        let approved = ok(decide(&server, &made, json!({"status": "approved"})).await);
        delete(b).await;
        let bare = read(&server, &made).await;
        assert_eq!(
            (&bare["task_id"], &bare["task_ids"], &bare["task_titles"]),
            (&Value::Null, &json!([]), &json!([]))
        );
        assert_eq!((&bare["status"], &bare["resolved_at"]), (&json!("approved"), &approved["resolved_at"]));
        ok(decide(&server, &made, json!({"status": "pending"})).await);
    })
    .await;
}
