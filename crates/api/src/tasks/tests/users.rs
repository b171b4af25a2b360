//! What people do with tasks.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{activity, agent, board, create, id, ok, patch, path, read, refusal, tasks, text};
use crate::{
    fixtures::{self, gateway, grant, home, organization, person},
    testing::{TOKEN, TestServer},
};

#[tokio::test]
async fn a_task_is_made_read_changed_and_deleted() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let body = json!({"title": " Write ", "due_at": "2026-01-02T05:00:00+05:00", "priority": "high"});
        let task = create(&server, board, body).await;
        assert_eq!((&task["title"], &task["due_at"]), (&json!("Write"), &json!("2026-01-02T00:00:00")));
        assert_eq!((&task["status"], &task["is_blocked"]), (&json!("inbox"), &json!(false)));
        assert_eq!(task["custom_field_values"], json!({}));
        assert_eq!(read(&server, &task).await, task);

        let changed =
            ok(patch(&server, &task, json!({"description": "long", "status": "in_progress"})).await);
        assert!(changed["in_progress_at"].is_string());
        let emptied = ok(patch(&server, &task, json!({"description": null, "due_at": null})).await);
        assert_eq!((&emptied["description"], &emptied["due_at"]), (&Value::Null, &Value::Null));
        assert_eq!((&emptied["status"], &emptied["title"]), (&json!("in_progress"), &json!("Write")));
        let untouched = ok(patch(&server, &task, json!({})).await);
        assert!(text(&untouched["updated_at"]) >= text(&emptied["updated_at"]));
        let list = server.user(Method::GET, &tasks(board), None).await;
        assert_eq!(list.json, json!({"items": [untouched], "total": 1, "limit": 200, "offset": 0}));

        assert_eq!(ok(server.user(Method::DELETE, &path(&task), None).await), json!({"ok": true}));
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(server.user(method, &path(&task), None).await.status, StatusCode::NOT_FOUND);
        }
        let kinds: Vec<String> = activity(&server, board).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(
            kinds,
            ["task.created", "task.status_changed", "task.updated", "task.updated", "task.deleted"]
        );
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (worker, _) = agent(&server, board, "Bob", false).await;
        for (title, status, assignee) in [
            ("a", "inbox", None),
            ("b", "in_progress", Some(worker.id)),
            ("c", "review", Some(worker.id)),
            ("d", "done", None),
        ] {
            let body = json!({"title": title, "status": status, "assigned_agent_id": assignee});
            create(&server, board, body).await;
        }
        let worker = worker.id;
        let other = Uuid::from_u128(7);
        for (query, expected) in [
            (String::new(), "dcba"),
            ("?status=".into(), "dcba"),
            ("?status=inbox".into(), "a"),
            ("?status=inbox,%20done,".into(), "da"),
            (format!("?assigned_agent_id={worker}"), "cb"),
            (format!("?assigned_agent_id={worker}&status=review"), "c"),
            (format!("?assigned_agent_id={other}"), ""),
            ("?unassigned=true".into(), "da"),
            ("?unassigned=false".into(), "dcba"),
            (format!("?unassigned=true&assigned_agent_id={worker}"), ""),
            ("?limit=2&offset=1".into(), "cb"),
            ("?offset=9".into(), ""),
        ] {
            let list = ok(server.user(Method::GET, &format!("{}{query}", tasks(board)), None).await);
            let titles: String =
                list["items"].as_array().unwrap().iter().map(|item| text(&item["title"])).collect();
            assert_eq!(titles, expected, "{query}");
        }
        let page = ok(server.user(Method::GET, &format!("{}?limit=1&offset=3", tasks(board)), None).await);
        assert_eq!((&page["total"], &page["limit"], &page["offset"]), (&json!(4), &json!(1), &json!(3)));
        let unknown = server.user(Method::GET, &format!("{}?status=todo", tasks(board)), None).await;
        assert_eq!(refusal(&unknown), (422, "unknown_task_status"));
        assert!(unknown.json["detail"].is_string());
        for query in ["?limit=0", "?limit=201", "?offset=-1", "?assigned_agent_id=x", "?unassigned=maybe"] {
            let answer = server.user(Method::GET, &format!("{}{query}", tasks(board)), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!(answer.json["detail"][0]["loc"][0], "query");
        }
    })
    .await;
}

#[tokio::test]
async fn bad_bodies_name_the_field() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        for (body, kind, field) in [
            (json!({}), "missing", "title"),
            (json!({"title": null}), "string_type", "title"),
            (json!({"title": " "}), "string_too_short", "title"),
            (json!({"title": "a\u{0}"}), "value_error", "title"),
            (json!({"title": "x", "status": "todo"}), "literal_error", "status"),
            (json!({"title": "x", "priority": null}), "string_type", "priority"),
            (json!({"title": "x", "due_at": "soon"}), "datetime_from_date_parsing", "due_at"),
            (json!({"title": "x", "assigned_agent_id": "bob"}), "uuid_parsing", "assigned_agent_id"),
            (json!({"title": "x", "depends_on_task_ids": null}), "list_type", "depends_on_task_ids"),
            (json!({"title": "x", "custom_field_values": []}), "dict_type", "custom_field_values"),
        ] {
            let answer = server.user(Method::POST, &tasks(board), Some(body)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
            let issue = &answer.json["detail"][0];
            assert_eq!((&issue["type"], &issue["loc"][1]), (&json!(kind), &json!(field)));
        }
        for (body, kind, loc) in [
            (json!({"title": null}), "string_type", json!(["body", "title"])),
            (json!({"priority": null}), "string_type", json!(["body", "priority"])),
            (json!({"status": null}), "value_error", json!(["body"])),
            (json!({"description": "\u{0}"}), "value_error", json!(["body", "description"])),
            (json!({"comment": "x".repeat(65_537)}), "string_too_long", json!(["body", "comment"])),
        ] {
            let answer = patch(&server, &task, body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
            let issue = &answer.json["detail"][0];
            assert_eq!((&issue["type"], &issue["loc"]), (&json!(kind), &loc));
        }
        let nothing = json!({"depends_on_task_ids": null, "tag_ids": null, "custom_field_values": null, "comment": " "});
        assert_eq!(ok(patch(&server, &task, nothing).await)["title"], "x");
    })
    .await;
}

#[tokio::test]
async fn assignees_must_work_on_the_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, json!({})).await;
        let other = fixtures::board(&server, "Other").await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (own, _) = agent(&server, board, "Own", false).await;
        let (neighbour, _) = agent(&server, other, "Neighbour", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        gateway(&server, home).await;
        gateway(&server, elsewhere).await;
        let mains: Vec<(Uuid, Uuid)> = mc_store::Read::all(
            server.context.store(),
            mc_store::sql("SELECT id, organization_id FROM agents WHERE board_id IS NULL"),
        )
        .await
        .unwrap();
        let main_of = |tenant| mains.iter().find(|(_, organization)| *organization == tenant).unwrap().0;
        for (name, assignee, expected) in [
            ("own", own.id, 200),
            ("of another board", neighbour.id, 409),
            ("main agent of another gateway", main_of(home), 409),
            ("main agent of another tenant", main_of(elsewhere), 404),
            ("unknown", Uuid::from_u128(7), 404),
        ] {
            let body = json!({"title": "x", "assigned_agent_id": assignee});
            let made = server.user(Method::POST, &tasks(board), Some(body)).await;
            assert_eq!(made.status.as_u16(), expected, "{name}");
            let moved = patch(&server, &task, json!({"assigned_agent_id": assignee})).await;
            assert_eq!(moved.status.as_u16(), expected, "{name}");
        }
        assert_eq!(read(&server, &task).await["assigned_agent_id"], json!(own.id));
    })
    .await;
}

#[tokio::test]
async fn nobody_makes_a_task_in_the_name_of_others_but_an_administrator() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, json!({})).await;
        let member = person(&server, "member", home, Role::Member, (false, false)).await;
        grant(&server, &member, board, true, true).await;
        let admin: Uuid =
            text(&create(&server, board, json!({"title": "x"})).await["created_by_user_id"]).parse().unwrap();
        let stranger = Uuid::from_u128(7);
        for (named, expected) in [(member.user_id, member.user_id), (stranger, admin), (admin, admin)] {
            let task = create(&server, board, json!({"title": "x", "created_by_user_id": named})).await;
            assert_eq!(task["created_by_user_id"], json!(expected));
        }
        let body = json!({"title": "x", "created_by_user_id": admin});
        let made = ok(member.call(&server, Method::POST, &tasks(board), Some(body)).await);
        assert_eq!(made["created_by_user_id"], json!(member.user_id));
    })
    .await;
}

#[tokio::test]
async fn a_started_task_knows_since_when_and_review_goes_to_the_lead() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (lead, _) = agent(&server, board, "Ada", true).await;
        let (worker, _) = agent(&server, board, "Bob", false).await;
        let body = json!({"title": "x", "status": "in_progress", "assigned_agent_id": worker.id});
        let task = create(&server, board, body).await;
        assert!(task["in_progress_at"].is_string());
        let again = ok(patch(&server, &task, json!({"status": "in_progress"})).await);
        assert_eq!(again["in_progress_at"], task["in_progress_at"]);
        let review = ok(patch(&server, &task, json!({"status": "review"})).await);
        assert_eq!(
            (&review["assigned_agent_id"], &review["in_progress_at"]),
            (&json!(lead.id), &Value::Null)
        );
        let repeated = ok(patch(&server, &task, json!({"status": "review"})).await);
        assert_eq!(repeated["assigned_agent_id"], json!(lead.id));
        let done = ok(patch(&server, &task, json!({"status": "done"})).await);
        assert_eq!(done["assigned_agent_id"], json!(lead.id));

        let silent = patch(&server, &task, json!({"status": "inbox"})).await;
        assert_eq!(refusal(&silent), (422, "task_reopen_comment_required"));
        assert!(silent.json["detail"].is_string());
        let reopened = ok(patch(&server, &task, json!({"status": "inbox", "comment": " not yet "})).await);
        assert_eq!((&reopened["status"], &reopened["assigned_agent_id"]), (&json!("inbox"), &Value::Null));
        let log = activity(&server, board).await;
        let last: Vec<&str> = log.iter().rev().take(2).map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(last, ["task.status_changed", "task.comment"], "the comment comes first");
    })
    .await;
}

#[tokio::test]
async fn a_deleted_task_leaves_its_trace() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let first = create(&server, board, json!({"title": "First"})).await;
        let waiting =
            create(&server, board, json!({"title": "Second", "depends_on_task_ids": [first["id"]]})).await;
        assert_eq!(waiting["is_blocked"], json!(true));
        let approval = super::approval(&server, board, &first, "approved", true).await;
        ok(server.user(Method::DELETE, &path(&first), None).await);
        let freed = read(&server, &waiting).await;
        assert_eq!((&freed["depends_on_task_ids"], &freed["is_blocked"]), (&json!([]), &json!(false)));
        let log = activity(&server, board).await;
        assert_eq!(log[2], ("task.deleted".into(), "Task deleted: First".into()));
        assert_eq!(log[3].0, "task.updated");
        let row: (Uuid, Option<Uuid>) = mc_store::Read::one(
            server.context.store(),
            mc_store::sql("SELECT id, task_id FROM approvals WHERE id = $1").bind(approval),
        )
        .await
        .unwrap();
        assert_eq!(row, (approval, None), "what was decided stays on record");
        let events: Vec<(Uuid,)> = mc_store::Read::all(
            server.context.store(),
            mc_store::sql("SELECT id FROM events WHERE task_id = $1").bind(id(&first)),
        )
        .await
        .unwrap();
        assert_eq!(events.len(), 1, "its history stays on the board");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_what_somebody_else_has_changed_is_refused_when_it_says_so() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let made = server
            .user(Method::POST, &format!("/api/v1/boards/{board}/tasks"), Some(json!({"title": "One"})))
            .await;
        let path = format!("/api/v1/boards/{board}/tasks/{}", made.json["id"].as_str().unwrap());
        let tag = made.headers["etag"].to_str().unwrap().to_owned();
        let bearer = format!("Bearer {TOKEN}");
        let change = async |tag: &str, title: &str| {
            let headers = [("authorization", bearer.as_str()), ("if-match", tag)];
            server.call(Method::PATCH, &path, &headers, Some(json!({ "title": title }))).await
        };
        let first = change(&tag, "Two").await;
        assert_eq!(first.status, StatusCode::OK, "{first:?}");
        let late = change(&tag, "Three").await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(late.json["code"], "changed_meanwhile");
        assert_eq!(server.user(Method::GET, &path, None).await.json["title"], "Two");
        let known = first.headers["etag"].to_str().unwrap();
        assert_eq!(change(&format!("W/{known}"), "Four").await.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(change(&format!("\"0\", {known}"), "Four").await.status, StatusCode::OK);
        assert_eq!(change("*", "Five").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn from_cursor_to_cursor_every_task_comes_once_while_others_are_made() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(
                create(&server, board, json!({ "title": format!("Task {number}") })).await["id"].clone(),
            );
        }
        made.reverse();
        let list = format!("/api/v1/boards/{board}/tasks?limit=2");
        let mut seen = Vec::new();
        let mut next = list.clone();
        for page in 0..3 {
            let answer = server.user(Method::GET, &next, None).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            seen.extend(answer.json["items"].as_array().unwrap().iter().map(|task| task["id"].clone()));
            if let Some(cursor) = answer.json["next_cursor"].as_str() {
                next = format!("{list}&cursor={cursor}");
            } else {
                assert_eq!(page, 2, "the last page, which is not full, has no next one");
            }
            create(&server, board, json!({ "title": "In between" })).await;
        }
        assert_eq!(seen, made);
        let wrong = server.user(Method::GET, &format!("{list}&cursor=nonsense"), None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.json["detail"][0]["loc"], json!(["query", "cursor"]));
    })
    .await;
}
