//! Comments.

use http::Method;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{agent, board, create, ok, patch, path, refusal, text};
use crate::testing::TestServer;

#[tokio::test]
async fn comments_are_kept_in_order_with_their_authors() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (bob, token) = agent(&server, board, "Bob", false).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let comments = format!("{}/comments", path(&task));
        let first = ok(server.user(Method::POST, &comments, Some(json!({"message": " one\n"}))).await);
        assert_eq!((&first["message"], &first["agent_id"]), (&json!("one"), &Value::Null));
        assert_eq!((&first["task_id"], &first["author_name"]), (&task["id"], &json!("Local User")));
        assert!(first["user_id"].is_string());
        let second = ok(server.agent(&token, Method::POST, &comments, Some(json!({"message": "two"}))).await);
        assert_eq!((&second["agent_id"], &second["user_id"]), (&json!(bob.id), &Value::Null));
        ok(patch(&server, &task, json!({"comment": " three "})).await);

        let list = ok(server.user(Method::GET, &comments, None).await);
        let messages: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|item| text(&item["message"])).collect();
        assert_eq!((messages, &list["total"]), (vec!["one", "two", "three"], &json!(3)));
        let page = ok(server.user(Method::GET, &format!("{comments}?limit=1&offset=1"), None).await);
        assert_eq!((&page["items"], &page["total"]), (&json!([second]), &json!(3)));

        let event: (Uuid, String) = server
            .context
            .store()
            .one(sql("SELECT id, message FROM events WHERE kind = 'task.comment' ORDER BY position LIMIT 1"))
            .await
            .unwrap();
        assert_eq!((json!(event.0), event.1.as_str()), (first["id"].clone(), "one"));
    })
    .await;
}

#[tokio::test]
async fn bad_comments_are_refused() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let comments = format!("{}/comments", path(&task));
        for (body, kind) in [
            (json!({}), "missing"),
            (json!({"message": null}), "string_type"),
            (json!({"message": " "}), "string_too_short"),
            (json!({"message": "\u{0}"}), "value_error"),
            (json!({"message": "x".repeat(65_537)}), "string_too_long"),
        ] {
            let answer = server.user(Method::POST, &comments, Some(body)).await;
            assert_eq!(answer.status.as_u16(), 422);
            assert_eq!(answer.json["detail"][0]["type"], kind);
        }
        ok(server.user(Method::POST, &comments, Some(json!({"message": "x".repeat(65_536)}))).await);
    })
    .await;
}

#[tokio::test]
async fn a_lead_comments_where_it_has_a_part() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let (_, lead) = agent(&server, board, "Ada Lovelace", true).await;
        let make = || create(&server, board, json!({"title": "x"}));
        let say = |task: &Value| {
            let comments = format!("{}/comments", path(task));
            let (server, lead) = (server.clone(), lead.clone());
            async move { server.agent(&lead, Method::POST, &comments, Some(json!({"message": "hm"}))).await }
        };
        let task = make().await;
        assert_eq!(refusal(&say(&task).await), (403, "task_comment_not_for_lead"));
        ok(patch(&server, &task, json!({"status": "review"})).await);
        ok(say(&task).await);
        for (message, expected) in
            [("@lead what now?", 200), ("ask @ada", 200), ("ada@example.org", 403), ("@bob", 403)]
        {
            let task = make().await;
            ok(patch(&server, &task, json!({"comment": message})).await);
            assert_eq!(say(&task).await.status.as_u16(), expected, "{message}");
        }
    })
    .await;
}
