//! What approvals mean for the status of tasks.

use http::Method;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{agent, ask, ask_as, decide, ok, task};
use crate::{
    fixtures,
    testing::{Answer, TestServer},
};

async fn board(server: &TestServer, rules: Value) -> Uuid {
    let board = fixtures::board(server, "Ops").await;
    ok(server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(rules)).await);
    board
}

async fn to(server: &TestServer, token: Option<&str>, task: &Value, body: Value) -> Answer {
    let path =
        format!("/api/v1/boards/{}/tasks/{}", super::text(&task["board_id"]), super::text(&task["id"]));
    match token {
        Some(token) => server.agent(token, Method::PATCH, &path, Some(body)).await,
        None => server.user(Method::PATCH, &path, Some(body)).await,
    }
}

fn is_closed(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 409, "{answer:?}");
    assert_eq!(answer.json["detail"]["blocked_by_task_ids"], json!([]));
}

#[tokio::test]
async fn done_passes_when_a_person_has_approved_and_stops_when_one_has_rejected() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"require_approval_for_done": true})).await;
        let (_, lead) = agent(&server, board, "Ada", true).await;
        let (bob, worker) = agent(&server, board, "Bob", false).await;
        let task = task(&server, board, "x").await;
        let assigned = json!({"assigned_agent_id": bob.id, "status": "in_progress"});
        ok(to(&server, None, &task, assigned).await);
        let done = json!({"status": "done"});

        is_closed(&to(&server, Some(&worker), &task, done.clone()).await);
        let forged =
            ask_as(&server, &worker, board, json!({"task_id": task["id"], "status": "approved"})).await;
        assert_eq!(forged.status.as_u16(), 403, "nobody approves itself");
        let asked = ok(ask_as(&server, &worker, board, json!({"task_id": task["id"]})).await);
        is_closed(&to(&server, Some(&worker), &task, done.clone()).await);

        ok(decide(&server, &asked, json!({"status": "rejected"})).await);
        for token in [None, Some(worker.as_str())] {
            is_closed(&to(&server, token, &task, done.clone()).await);
        }
        ok(to(&server, None, &task, json!({"status": "review"})).await);
        is_closed(&to(&server, Some(&lead), &task, done.clone()).await);

        let again = ok(ask_as(&server, &lead, board, json!({"task_ids": [task["id"]]})).await);
        ok(decide(&server, &again, json!({"status": "approved"})).await);
        let finished = ok(to(&server, Some(&lead), &task, done.clone()).await);
        assert_eq!(finished["status"], "done");

        // What was approved before does not count for what is done anew.
        ok(to(&server, None, &task, json!({"status": "review", "comment": "once more"})).await);
        is_closed(&to(&server, None, &task, done.clone()).await);
        ok(decide(&server, &again, json!({"status": "pending"})).await);
        ok(decide(&server, &again, json!({"status": "approved"})).await);
        ok(to(&server, None, &task, done).await);
    })
    .await;
}

#[tokio::test]
async fn one_decision_counts_for_all_its_tasks_and_a_later_rejection_cancels_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"require_approval_for_done": true})).await;
        let (a, b) = (task(&server, board, "a").await, task(&server, board, "b").await);
        let both = ok(ask(&server, board, json!({"task_ids": [a["id"], b["id"]]})).await);
        ok(decide(&server, &both, json!({"status": "approved"})).await);
        ok(to(&server, None, &a, json!({"status": "done"})).await);
        ok(ask(&server, board, json!({"task_id": b["id"], "status": "rejected"})).await);
        is_closed(&to(&server, None, &b, json!({"status": "done"})).await);
    })
    .await;
}

#[tokio::test]
async fn a_pending_approval_holds_the_status_where_the_board_says_so() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"block_status_changes_with_pending_approval": true})).await;
        let task = task(&server, board, "x").await;
        let asked = ok(ask(&server, board, json!({"task_id": task["id"]})).await);
        let start = json!({"status": "in_progress"});
        is_closed(&to(&server, None, &task, start.clone()).await);
        ok(to(&server, None, &task, json!({"title": "y"})).await);
        ok(decide(&server, &asked, json!({"status": "rejected"})).await);
        ok(to(&server, None, &task, start).await);
        ok(decide(&server, &asked, json!({"status": "pending"})).await);
        is_closed(&to(&server, None, &task, json!({"status": "review"})).await);
    })
    .await;
}
