//! Tasks that wait for others.

use http::Method;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{activity, agent, board, create, ok, patch, patch_as, read, refusal, tasks};
use crate::{fixtures, testing::TestServer};

#[tokio::test]
async fn edges_are_kept_in_order_and_checked() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let other = fixtures::board(&server, "Other").await;
        let foreign = create(&server, other, json!({"title": "foreign"})).await;
        let a = create(&server, board, json!({"title": "a"})).await;
        let b = create(&server, board, json!({"title": "b", "status": "done"})).await;
        let edges = json!([b["id"], a["id"], b["id"]]);
        let task = create(&server, board, json!({"title": "c", "depends_on_task_ids": edges})).await;
        assert_eq!(task["depends_on_task_ids"], json!([b["id"], a["id"]]));
        assert_eq!((&task["blocked_by_task_ids"], &task["is_blocked"]), (&json!([a["id"]]), &json!(true)));

        let unknown = json!(Uuid::from_u128(7));
        let missing = json!({"depends_on_task_ids": [foreign["id"], a["id"], unknown]});
        let answer = patch(&server, &task, missing).await;
        assert_eq!(answer.status.as_u16(), 404);
        assert_eq!(answer.json["detail"]["missing_task_ids"], json!([foreign["id"], unknown]));
        let own = patch(&server, &task, json!({"depends_on_task_ids": [task["id"]]})).await;
        assert_eq!(refusal(&own), (422, "task_dependency_self"));
        let circle = patch(&server, &a, json!({"depends_on_task_ids": [task["id"]]})).await;
        assert_eq!(refusal(&circle), (409, "task_dependency_cycle"));
        assert_eq!(read(&server, &a).await["depends_on_task_ids"], json!([]), "nothing of it stays");
        let of_done = patch(&server, &b, json!({"depends_on_task_ids": []})).await;
        assert_eq!(refusal(&of_done), (409, "task_done_dependencies"));
        let emptied = ok(patch(&server, &task, json!({"depends_on_task_ids": []})).await);
        assert_eq!((&emptied["depends_on_task_ids"], &emptied["is_blocked"]), (&json!([]), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn a_long_chain_is_no_trouble() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let first = create(&server, board, json!({"title": "first"})).await;
        let mut last = first.clone();
        for _ in 0..60 {
            let body = json!({"title": "next", "depends_on_task_ids": [last["id"]]});
            last = create(&server, board, body).await;
        }
        let circle = patch(&server, &first, json!({"depends_on_task_ids": [last["id"]]})).await;
        assert_eq!(refusal(&circle), (409, "task_dependency_cycle"));
    })
    .await;
}

#[tokio::test]
async fn two_changes_at_once_close_no_circle() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        for _ in 0..5 {
            let a = create(&server, board, json!({"title": "a"})).await;
            let b = create(&server, board, json!({"title": "b"})).await;
            let (first, second) = tokio::join!(
                patch(&server, &a, json!({"depends_on_task_ids": [b["id"]]})),
                patch(&server, &b, json!({"depends_on_task_ids": [a["id"]]})),
            );
            let mut statuses = [first.status.as_u16(), second.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_blocked_task_waits_in_the_inbox() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (_, lead) = agent(&server, board, "Ada", true).await;
        let (bob, worker) = agent(&server, board, "Bob", false).await;
        let first = create(&server, board, json!({"title": "first"})).await;
        let edges = json!([first["id"]]);
        for extra in [json!({"status": "review"}), json!({"assigned_agent_id": bob.id})] {
            let mut body = json!({"title": "x", "depends_on_task_ids": edges});
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            let answer = server.user(Method::POST, &tasks(board), Some(body)).await;
            assert_eq!(refusal(&answer), (409, "task_blocked_cannot_transition"));
            assert_eq!(answer.json["detail"]["blocked_by_task_ids"], edges);
        }
        let task = create(&server, board, json!({"title": "x", "depends_on_task_ids": edges})).await;
        for (token, body) in [
            (&worker, json!({"status": "in_progress"})),
            (&lead, json!({"assigned_agent_id": bob.id})),
            (&lead, json!({"assigned_agent_id": bob.id, "status": "in_progress"})),
        ] {
            let answer = patch_as(&server, token, &task, body).await;
            assert_eq!(refusal(&answer), (409, "task_blocked_cannot_transition"));
            assert_eq!(answer.json["detail"]["blocked_by_task_ids"], edges);
        }
        let reset = ok(patch(&server, &task, json!({"status": "in_progress", "title": "y"})).await);
        assert_eq!((&reset["status"], &reset["title"]), (&json!("inbox"), &json!("y")));
        let free = json!({"depends_on_task_ids": [], "assigned_agent_id": bob.id});
        assert_eq!(ok(patch_as(&server, &lead, &task, free).await)["assigned_agent_id"], json!(bob.id));
    })
    .await;
}

#[tokio::test]
async fn a_reopened_task_sends_those_that_wait_back_to_the_inbox() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (bob, worker) = agent(&server, board, "Bob", false).await;
        let first = create(&server, board, json!({"title": "First", "status": "done"})).await;
        let edges = json!([first["id"]]);
        let waiting = |title: &str, status: &str| json!({"title": title, "status": status, "depends_on_task_ids": edges});
        let running = create(&server, board, waiting("Running", "in_progress")).await;
        ok(patch_as(&server, &worker, &running, json!({"status": "in_progress"})).await);
        let idle = create(&server, board, waiting("Idle", "inbox")).await;
        let finished = create(&server, board, waiting("Finished", "done")).await;
        assert_eq!(read(&server, &running).await["assigned_agent_id"], json!(bob.id));
        let before = activity(&server, board).await.len();

        ok(patch(&server, &first, json!({"status": "in_progress", "comment": "again"})).await);
        let stopped = read(&server, &running).await;
        assert_eq!(
            (&stopped["status"], &stopped["assigned_agent_id"], &stopped["in_progress_at"], &stopped["is_blocked"]),
            (&json!("inbox"), &Value::Null, &Value::Null, &json!(true))
        );
        assert_eq!(read(&server, &finished).await["status"], "done");
        assert_eq!(read(&server, &finished).await["is_blocked"], json!(false));
        assert_eq!(read(&server, &idle).await["status"], "inbox");
        let log = activity(&server, board).await.split_off(before);
        let kinds: Vec<&str> = log.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["task.comment", "task.status_changed", "task.status_changed", "task.updated"]);
        assert!(log[2].1.starts_with("Returned to inbox") && log[2].1.contains("First"), "{log:?}");

        ok(patch(&server, &first, json!({"status": "done"})).await);
        assert_eq!(read(&server, &running).await["is_blocked"], json!(false));
        let (kind, message) = activity(&server, board).await.pop().unwrap();
        assert_eq!((kind.as_str(), message.contains("First")), ("task.updated", true));
    })
    .await;
}
