//! What worker and lead agents do with tasks.

use http::Method;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{activity, agent, board, create, id, ok, patch, patch_as, path, read, refusal};
use crate::{
    fixtures::{self, home},
    testing::TestServer,
};

#[tokio::test]
async fn a_worker_claims_works_and_hands_in() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (lead, lead_token) = agent(&server, board, "Ada", true).await;
        let (bob, bob_token) = agent(&server, board, "Bob", false).await;
        let (_, eve_token) = agent(&server, board, "Eve", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;

        let claimed = ok(patch_as(&server, &bob_token, &task, json!({"status": "in_progress"})).await);
        assert_eq!(claimed["assigned_agent_id"], json!(bob.id));
        let late = patch_as(&server, &eve_token, &task, json!({"status": "in_progress"})).await;
        assert_eq!(refusal(&late), (403, "task_assignee_mismatch"));
        ok(patch_as(&server, &eve_token, &task, json!({"comment": "I can help"})).await);
        let forbidden = patch_as(&server, &bob_token, &task, json!({"title": "y", "tag_ids": []})).await;
        assert_eq!(refusal(&forbidden), (403, "task_update_field_forbidden"));
        let nulls = json!({"depends_on_task_ids": null, "tag_ids": null, "comment": "started"});
        ok(patch_as(&server, &bob_token, &task, nulls).await);

        let review = ok(patch_as(&server, &bob_token, &task, json!({"status": "review"})).await);
        assert_eq!(review["assigned_agent_id"], json!(lead.id));
        let returned = ok(patch_as(&server, &lead_token, &task, json!({"status": "inbox"})).await);
        assert_eq!(returned["assigned_agent_id"], json!(bob.id), "rework goes to whoever handed it in");
        ok(patch_as(&server, &bob_token, &task, json!({"status": "review"})).await);
        let done = ok(patch_as(&server, &lead_token, &task, json!({"status": "done"})).await);
        assert_eq!((&done["status"], &done["assigned_agent_id"]), (&json!("done"), &json!(lead.id)));
    })
    .await;
}

#[tokio::test]
async fn of_several_claims_at_once_one_wins() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let mut claims = tokio::task::JoinSet::new();
        for number in 0..6 {
            let (agent, token) = agent(&server, board, &format!("Worker {number}"), false).await;
            let (server, task) = (server.clone(), task.clone());
            claims.spawn(async move {
                let answer = patch_as(&server, &token, &task, json!({"status": "in_progress"})).await;
                (agent.id, answer)
            });
        }
        let mut winners = Vec::new();
        while let Some(claim) = claims.join_next().await {
            let (agent, answer) = claim.unwrap();
            if answer.status.is_success() {
                winners.push(agent);
            } else {
                assert_eq!(refusal(&answer), (403, "task_assignee_mismatch"));
            }
        }
        assert_eq!(winners.len(), 1);
        assert_eq!(read(&server, &task).await["assigned_agent_id"], json!(winners[0]));
    })
    .await;
}

#[tokio::test]
async fn a_lead_assigns_and_decides_on_reviews_and_nothing_else() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({"only_lead_can_change_status": true})).await;
        let (lead, lead_token) = agent(&server, board, "Ada", true).await;
        let (bob, bob_token) = agent(&server, board, "Bob", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;

        let by_worker = patch_as(&server, &bob_token, &task, json!({"status": "in_progress"})).await;
        assert_eq!(refusal(&by_worker), (403, "task_status_lead_only"));
        let as_lead = |body| patch_as(&server, &lead_token, &task, body);
        for (body, code) in [
            (json!({"title": "y"}), "task_update_field_forbidden"),
            (json!({"comment": "hm"}), "task_update_field_forbidden"),
            (json!({"status": "review"}), "task_status_not_for_lead"),
            (json!({"status": "done"}), "task_status_not_for_lead"),
            (json!({"status": "in_progress"}), "task_status_not_for_lead"),
            (json!({"assigned_agent_id": lead.id}), "task_assignee_is_lead"),
        ] {
            let answer = as_lead(body.clone()).await;
            assert_eq!(refusal(&answer), (403, code), "{body}");
            assert!(answer.json["detail"].is_string());
        }
        let unknown = as_lead(json!({"assigned_agent_id": Uuid::from_u128(7)})).await;
        assert_eq!(refusal(&unknown), (404, "agent_not_found"));
        let start = json!({"status": "in_progress", "assigned_agent_id": bob.id, "comment": " "});
        let started = ok(as_lead(start).await);
        assert!(started["in_progress_at"].is_string());
        let stuck = as_lead(json!({"status": "inbox"})).await;
        assert_eq!(refusal(&stuck), (403, "task_status_not_for_lead"));

        // Once the worker has been silent for long the lead may free its task.
        let txn = server.context.store().begin().await.unwrap();
        let long_ago = txn.now() - chrono::TimeDelta::hours(1);
        txn.run_one(
            sql("UPDATE agents SET last_seen_at = $2, status = 'online' WHERE id = $1")
                .bind(bob.id)
                .bind(long_ago),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let freed = ok(as_lead(json!({"status": "inbox"})).await);
        assert_eq!((&freed["assigned_agent_id"], &freed["in_progress_at"]), (&Value::Null, &Value::Null));
        let unassigned = ok(as_lead(json!({"assigned_agent_id": null})).await);
        assert_eq!(unassigned["assigned_agent_id"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn finished_tasks_are_reopened_with_a_word_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (_, token) = agent(&server, board, "Bob", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        ok(patch_as(&server, &token, &task, json!({"status": "done"})).await);
        let silent = patch_as(&server, &token, &task, json!({"status": "in_progress"})).await;
        assert_eq!(refusal(&silent), (422, "task_reopen_comment_required"));
        let body = json!({"status": "in_progress", "comment": "found a fault"});
        ok(patch_as(&server, &token, &task, body).await);
    })
    .await;
}

#[tokio::test]
async fn the_log_names_the_agent_and_the_statuses() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (bob, token) = agent(&server, board, "Bob", false).await;
        let task = create(&server, board, json!({"title": "Report"})).await;
        ok(patch_as(&server, &token, &task, json!({"status": "in_progress"})).await);
        assert_eq!(
            activity(&server, board).await,
            [
                ("task.created".into(), "Task created: Report".into()),
                ("task.status_changed".into(), "Task moved to in_progress: Report".into()),
            ]
        );
        let row: (Option<Uuid>, Option<Uuid>, mc_store::Json<Value>) = server
            .context
            .store()
            .one(
                sql("SELECT agent_id, user_id, data FROM events WHERE task_id = $1 AND kind = 'task.status_changed'")
                    .bind(id(&task)),
            )
            .await
            .unwrap();
        let data = json!({"from_status": "inbox", "to_status": "in_progress"});
        assert_eq!(row, (Some(bob.id), None, mc_store::Json(data)));
    })
    .await;
}

#[tokio::test]
async fn agents_with_a_session_are_told_in_order() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = fixtures::gateway(&server, home).await;
        let board = board(&server, json!({})).await;
        let told = || async {
            let waiting = mc_domain::testing::waiting_messages(server.context.store()).await;
            waiting
                .into_iter()
                .map(|payload| {
                    let lane = payload["lane"].as_str().unwrap();
                    assert_eq!(lane, format!("agent:{}", payload["agent_id"].as_str().unwrap()));
                    let message = payload["message"].as_str().unwrap();
                    (
                        payload["label"].as_str().unwrap().to_owned(),
                        message.lines().next().unwrap().to_owned(),
                    )
                })
                .collect::<Vec<_>>()
        };
        let (ada, ada_token) = fixtures::agent(&server, (home, board), "Ada", true, Some("s1")).await;
        let (bob, bob_token) = fixtures::agent(&server, (home, board), "Bob", false, Some("s2")).await;
        let (mute, _) = fixtures::agent(&server, (home, board), "Mute", false, None).await;
        create(&server, board, json!({"title": "x", "assigned_agent_id": bob.id})).await;
        assert_eq!(told().await, [], "a board without a gateway reaches nobody");
        let txn = server.context.store().begin().await.unwrap();
        txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board).bind(gateway))
            .await
            .unwrap();
        txn.commit().await.unwrap();

        let task = create(&server, board, json!({"title": "x", "assigned_agent_id": bob.id})).await;
        ok(patch(&server, &task, json!({"assigned_agent_id": mute.id})).await);
        ok(patch(&server, &task, json!({"assigned_agent_id": bob.id})).await);
        ok(patch_as(&server, &bob_token, &task, json!({"status": "review"})).await);
        let words = json!({"message": "add a table"});
        let comments = format!("{}/comments", path(&task));
        ok(server.agent(&ada_token, Method::POST, &comments, Some(words)).await);
        ok(patch_as(&server, &ada_token, &task, json!({"status": "inbox"})).await);
        ok(patch_as(&server, &bob_token, &task, json!({"status": "inbox"})).await);
        ok(server.user(Method::POST, &comments, Some(json!({"message": "@bob please"}))).await);
        ok(patch(&server, &task, json!({"assigned_agent_id": ada.id})).await);
        ok(server.user(Method::DELETE, &path(&task), None).await);
        create(&server, board, json!({"title": "for nobody"})).await;
        create(&server, board, json!({"title": "for the lead", "assigned_agent_id": ada.id})).await;
        let told = told().await;
        let told: Vec<(&str, &str)> =
            told.iter().map(|(label, header)| (label.as_str(), header.as_str())).collect();
        assert_eq!(
            told,
            [
                ("Bob", "TASK ASSIGNED"),
                ("Bob", "TASK ASSIGNED"),
                ("Ada", "TASK READY FOR LEAD REVIEW"),
                ("Bob", "CHANGES REQUESTED"),
                ("Lead Agent", "TASK BACK IN INBOX"),
                ("Bob", "TASK MENTION"),
                ("Ada", "TASK ASSIGNED"),
                ("Ada", "TASK DELETED"),
                ("Lead Agent", "NEW TASK ADDED"),
                ("Ada", "TASK ASSIGNED"),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn agents_have_operations_of_their_own() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let other = fixtures::board(&server, "Other").await;
        let (lead, lead_token) = agent(&server, board, "Ada", true).await;
        let (bob, worker_token) = agent(&server, board, "Bob", false).await;
        let (_, neighbour) = agent(&server, other, "Eve", true).await;
        let list = format!("/api/v1/agent/boards/{board}/tasks");
        let body = || Some(json!({"title": "Split", "assigned_agent_id": bob.id}));
        for (token, status) in [(&worker_token, 403), (&neighbour, 403), (&lead_token, 200)] {
            let answer = server.agent(token, Method::POST, &list, body()).await;
            assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        }
        let wrong = server.agent(&worker_token, Method::POST, &list, Some(json!({"title": 7}))).await;
        assert_eq!(wrong.status.as_u16(), 422, "the role is checked after the body");
        let found = ok(server.agent(&worker_token, Method::GET, &format!("{list}?status=inbox"), None).await);
        let task = &found["items"][0];
        assert_eq!((&task["assigned_agent_id"], &task["created_by_user_id"]), (&json!(bob.id), &Value::Null));
        let blocked = json!({"title": "x", "depends_on_task_ids": [task["id"]], "assigned_agent_id": bob.id});
        let answer = server.agent(&lead_token, Method::POST, &list, Some(blocked)).await;
        assert_eq!(refusal(&answer), (409, "task_blocked_cannot_transition"));
        assert_eq!(
            answer.json["code"], "task_blocked_cannot_transition",
            "agents find every reason at one place"
        );
        let to_lead = json!({"title": "x", "assigned_agent_id": lead.id});
        let answer = server.agent(&lead_token, Method::POST, &list, Some(to_lead)).await;
        assert_eq!(refusal(&answer), (403, "task_assignee_is_lead"));

        let one = format!("{list}/{}", id(task));
        let started = json!({"status": "in_progress"});
        ok(server.agent(&worker_token, Method::PATCH, &one, Some(started)).await);
        let comments = format!("{one}/comments");
        // A lead has a part in what it made.
        for token in [&worker_token, &lead_token] {
            ok(server.agent(token, Method::POST, &comments, Some(json!({"message": "hm"}))).await);
        }
        let read = ok(server.agent(&worker_token, Method::GET, &comments, None).await);
        assert_eq!(read["total"], 2);
        for (method, path, body) in [
            (Method::GET, &list, None),
            (Method::PATCH, &one, Some(json!({}))),
            (Method::GET, &comments, None),
            (Method::DELETE, &one, None),
        ] {
            let person = server.user(method.clone(), path, body.clone()).await;
            assert_eq!(person.status.as_u16(), 401, "{method} {path}");
            let foreign = server.agent(&neighbour, method.clone(), path, body).await;
            assert_eq!(foreign.status.as_u16(), 403, "{method} {path}");
        }
        assert_eq!(server.agent(&worker_token, Method::DELETE, &one, None).await.status.as_u16(), 403);
        ok(server.agent(&lead_token, Method::DELETE, &one, None).await);
    })
    .await;
}
