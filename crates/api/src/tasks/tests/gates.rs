//! The gates of a board.

use http::Method;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::{agent, approval, board, create, ok, patch, patch_as, path, refusal, tasks};
use crate::testing::{Answer, TestServer};

/// Checks the answer of a closed gate: an object without a code, and without blockers.
fn is_closed(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 409, "{answer:?}");
    let detail = answer.json["detail"].as_object().unwrap();
    assert!(detail["message"].is_string() && !detail.contains_key("code"), "{answer:?}");
    assert_eq!(detail["blocked_by_task_ids"], json!([]));
}

#[tokio::test]
async fn done_needs_an_approval_that_is_newer_than_the_last_reopening() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"require_approval_for_done": true})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let done = || patch(&server, &task, json!({"status": "done"}));
        is_closed(&done().await);
        approval(&server, board, &task, "pending", true).await;
        is_closed(&done().await);
        approval(&server, board, &task, "approved", true).await;
        approval(&server, board, &task, "rejected", true).await;
        is_closed(&done().await);
        // An approval of older days has no link, only its first task.
        approval(&server, board, &task, "approved", false).await;
        ok(done().await);
        ok(patch(&server, &task, json!({"status": "in_progress", "comment": "again"})).await);
        is_closed(&done().await);
        approval(&server, board, &task, "approved", true).await;
        ok(done().await);
        ok(done().await);
    })
    .await;
}

#[tokio::test]
async fn approvals_of_other_tasks_do_not_count() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"require_approval_for_done": true})).await;
        let (_, token) = agent(&server, board, "Bob", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let other = create(&server, board, json!({"title": "y"})).await;
        approval(&server, board, &other, "approved", true).await;
        is_closed(&patch(&server, &task, json!({"status": "done"})).await);
        is_closed(&patch_as(&server, &token, &task, json!({"status": "done"})).await);
    })
    .await;
}

#[tokio::test]
async fn done_comes_from_review_and_a_pending_approval_holds_everything() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let rules =
            json!({"require_review_before_done": true, "block_status_changes_with_pending_approval": true});
        let board = board(&server, rules).await;
        let (_, lead) = agent(&server, board, "Ada", true).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        is_closed(&patch(&server, &task, json!({"status": "done"})).await);
        ok(patch(&server, &task, json!({"status": "review"})).await);
        approval(&server, board, &task, "pending", true).await;
        is_closed(&patch(&server, &task, json!({"status": "done"})).await);
        is_closed(&patch_as(&server, &lead, &task, json!({"status": "done"})).await);
        ok(patch(&server, &task, json!({"status": "review", "title": "y"})).await);
        ok(patch(&server, &task, json!({"assigned_agent_id": null})).await);

        // A pending approval does not keep a task in place whose dependencies changed.
        let other = create(&server, board, json!({"title": "z"})).await;
        let moved = ok(patch(&server, &task, json!({"depends_on_task_ids": [other["id"]]})).await);
        assert_eq!(moved["status"], "inbox");
    })
    .await;
}

#[tokio::test]
async fn review_needs_a_comment_of_the_worker_in_its_period() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"comment_required_for_review": true})).await;
        let (_, bob) = agent(&server, board, "Bob", false).await;
        let (_, eve) = agent(&server, board, "Eve", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let comments = format!("{}/comments", path(&task));
        let comment = |token: String| {
            let (server, comments) = (server.clone(), comments.clone());
            async move {
                ok(server.agent(&token, Method::POST, &comments, Some(json!({"message": "so far"}))).await)
            }
        };
        let review = || patch_as(&server, &bob, &task, json!({"status": "review"}));
        comment(bob.clone()).await;
        assert_eq!(refusal(&review().await), (422, "task_review_comment_required"), "nobody works on it");
        ok(patch_as(&server, &bob, &task, json!({"status": "in_progress"})).await);
        comment(eve).await;
        assert_eq!(
            refusal(&review().await),
            (422, "task_review_comment_required"),
            "a colleague's does not count"
        );
        comment(bob.clone()).await;
        ok(review().await);
        let again = patch(&server, &task, json!({"status": "review"})).await;
        assert_eq!(refusal(&again), (422, "task_review_comment_required"));
        assert!(again.json["detail"].is_string());
        ok(patch(&server, &task, json!({"status": "review", "comment": "still"})).await);
        ok(patch(&server, &task, json!({"status": "inbox"})).await);
        ok(patch_as(&server, &bob, &task, json!({"status": "review", "comment": "at once"})).await);
    })
    .await;
}

#[tokio::test]
async fn a_new_task_passes_the_same_gates() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let approving = board(&server, json!({"require_approval_for_done": true})).await;
        let reviewing = board(&server, json!({"require_review_before_done": true})).await;
        let commenting = board(&server, json!({"comment_required_for_review": true})).await;
        let make = |board, status: &'static str| {
            let body = json!({"title": "x", "status": status});
            let server = server.clone();
            async move { server.user(Method::POST, &tasks(board), Some(body)).await }
        };
        is_closed(&make(approving, "done").await);
        is_closed(&make(reviewing, "done").await);
        assert_eq!(refusal(&make(commenting, "review").await), (422, "task_review_comment_required"));
        for (board, status) in [(approving, "review"), (reviewing, "review"), (commenting, "done")] {
            assert_eq!(ok(make(board, status).await)["in_progress_at"], Value::Null);
        }
    })
    .await;
}
