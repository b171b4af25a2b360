//! The stream of tasks.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::{agent, board, create, ok, patch, path, read, tasks, text};
use crate::{
    fixtures::{Stream, home, organization, person},
    testing::{TOKEN, TestServer},
};

#[tokio::test]
async fn a_stream_shows_tasks_as_they_are_and_comments_as_they_were() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let stream = format!("{}/stream", tasks(board));
        let mut open = Stream::of_user(&server, &stream).await;
        let task = create(&server, board, json!({"title": "x"})).await;
        let made = open.next().await.unwrap();
        assert_eq!((made.event.as_str(), &made.data["type"]), ("task", &json!("task.created")));
        assert_eq!((&made.data["task"], &made.data["activity"]["task_id"]), (&task, &task["id"]));
        let keys: Vec<&String> = made.data["activity"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "event_type", "message", "agent_id", "task_id", "created_at"]);
        assert!(made.data.get("comment").is_none());

        ok(patch(&server, &task, json!({"status": "in_progress", "comment": "go"})).await);
        let comment = open.next().await.unwrap();
        assert_eq!(comment.data["type"], "task.comment");
        assert_eq!(comment.data["comment"]["message"], "go");
        assert_eq!(comment.data["comment"]["id"], comment.data["activity"]["id"]);
        assert!(comment.data.get("task").is_none());
        let moved = open.next().await.unwrap();
        assert_eq!(
            (&moved.data["type"], &moved.data["task"]),
            (&json!("task.status_changed"), &read(&server, &task).await)
        );

        ok(server.user(Method::DELETE, &path(&task), None).await);
        let deleted = open.next().await.unwrap();
        assert_eq!((&deleted.data["type"], &deleted.data["task"]), (&json!("task.deleted"), &Value::Null));
        assert_eq!(
            (&deleted.data["activity"]["task_id"], &deleted.data["task_id"]),
            (&Value::Null, &task["id"])
        );
        let ids = [made.id, comment.id, moved.id, deleted.id];
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        server.stop.cancel();
        assert_eq!(open.next().await, None);
    })
    .await;
}

#[tokio::test]
async fn a_stream_resumes_after_an_id_and_since_a_time() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let stream = format!("{}/stream", tasks(board));
        let mut open = Stream::of_user(&server, &stream).await;
        let mut made = Vec::new();
        for title in ["a", "b", "c"] {
            create(&server, board, json!({"title": title})).await;
            made.push(open.next().await.unwrap());
        }
        let bearer = format!("Bearer {TOKEN}");
        let position = made[0].id.unwrap().to_string();
        let headers = [("authorization", bearer.as_str()), ("last-event-id", position.as_str())];
        let mut resumed = Stream::open(&server, &stream, &headers).await;
        assert_eq!(
            [resumed.next().await.unwrap(), resumed.next().await.unwrap()],
            [made[1].clone(), made[2].clone()]
        );

        let time = text(&made[1].data["activity"]["created_at"]);
        for since in [time.to_owned(), format!("{time}Z"), format!("{time} 00:00"), format!("{time}%2B00:00")]
        {
            let since = since.replace(' ', "%20");
            let mut open = Stream::of_user(&server, &format!("{stream}?since={since}")).await;
            assert_eq!(open.next().await.unwrap(), made[1], "{since}");
        }
        // No time: the stream begins now.
        for since in ["", "yesterday"] {
            let mut open = Stream::of_user(&server, &format!("{stream}?since={since}")).await;
            let task = create(&server, board, json!({"title": "d"})).await;
            assert_eq!(open.next().await.unwrap().data["task"]["id"], task["id"], "{since}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_for_those_who_may_read_the_board_and_shows_that_board_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = board(&server, json!({})).await;
        let other = board(&server, json!({})).await;
        let stream = format!("{}/stream", tasks(ours));
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let (_, own) = agent(&server, ours, "Own", false).await;
        let (_, neighbour) = agent(&server, other, "Neighbour", false).await;
        for (name, value, status) in [
            ("cookie", stranger.cookie.as_str(), StatusCode::FORBIDDEN),
            ("x-agent-token", neighbour.as_str(), StatusCode::FORBIDDEN),
            ("x-none", "", StatusCode::UNAUTHORIZED),
        ] {
            assert_eq!(Stream::request(&server, &stream, &[(name, value)]).await.status(), status);
        }
        let mut open = Stream::open(&server, &stream, &[("x-agent-token", &own)]).await;
        create(&server, other, json!({"title": "theirs"})).await;
        let task = create(&server, ours, json!({"title": "ours"})).await;
        assert_eq!(open.next().await.unwrap().data["task"], task);

        let home = home(&server).await;
        let reader = person(&server, "reader", home, Role::Member, (true, false)).await;
        let mut open = Stream::open(&server, &stream, &[("cookie", &reader.cookie)]).await;
        ok(patch(&server, &task, json!({"title": "still ours"})).await);
        assert_eq!(open.next().await.unwrap().data["type"], "task.updated");
    })
    .await;
}

#[tokio::test]
async fn the_stream_of_a_browser_carries_the_task_and_the_comment() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, json!({})).await;
        let mut open = Stream::of_user(&server, "/api/v1/events").await;
        assert_eq!(open.next().await.unwrap().event, "ready");
        let task = create(&server, board, json!({"title": "x"})).await;
        let made = open.next().await.unwrap().data;
        assert_eq!((&made["type"], &made["data"]["task"]), (&json!("task.created"), &task));
        ok(patch(&server, &task, json!({"comment": "hm", "status": "review"})).await);
        let comment = open.next().await.unwrap().data;
        assert_eq!(
            (&comment["type"], &comment["data"]["comment"]["message"]),
            (&json!("task.comment"), &json!("hm"))
        );
        let moved = open.next().await.unwrap().data;
        assert_eq!(
            (&moved["data"]["from_status"], &moved["data"]["to_status"]),
            (&json!("inbox"), &json!("review"))
        );
        assert_eq!(moved["data"]["task"]["status"], "review");
        ok(server.user(Method::DELETE, &path(&task), None).await);
        let deleted = open.next().await.unwrap().data;
        assert_eq!((&deleted["task_id"], &deleted["data"]["task_id"]), (&Value::Null, &task["id"]));
    })
    .await;
}
