//! The stream of approvals.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::json;

use super::{agent, approvals, ask, ask_as, board, decide, ok, task, text};
use crate::{
    fixtures::{Stream, home, organization, person},
    testing::TestServer,
};

#[tokio::test]
async fn each_change_is_shown_once_with_its_counts() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let (_, token) = agent(&server, board, "Bob", false).await;
        let (a, b) = (task(&server, board, "a").await, task(&server, board, "b").await);
        let path = format!("{}/stream", approvals(board));
        let mut open = Stream::of_user(&server, &path).await;
        let mut by_agent = Stream::open(&server, &path, &[("x-agent-token", &token)]).await;

        let bare = ok(ask(&server, board, json!({})).await);
        let frame = open.next().await.unwrap();
        let expected = json!({"approval": bare, "pending_approvals_count": 1});
        assert_eq!((frame.event.as_str(), &frame.data), ("approval", &expected));
        assert_eq!(by_agent.next().await.unwrap(), frame);

        let one = ok(ask_as(&server, &token, board, json!({"task_id": a["id"]})).await);
        let asked = open.next().await.unwrap();
        let counts = json!({"task_id": a["id"], "approvals_count": 1, "approvals_pending_count": 1});
        let expected = json!({"approval": one, "pending_approvals_count": 2, "task_counts": counts});
        assert_eq!(asked.data, expected);

        let approved = ok(decide(&server, &one, json!({"status": "approved"})).await);
        let decided = open.next().await.unwrap();
        assert_eq!(decided.data["approval"], approved);
        assert_eq!(decided.data["pending_approvals_count"], 1);
        assert_eq!(decided.data["task_counts"]["approvals_pending_count"], 0);
        // What changes nothing is not shown.
        ok(decide(&server, &one, json!({"status": "approved"})).await);
        ok(decide(&server, &one, json!({})).await);

        let reopened = ok(decide(&server, &one, json!({"status": "pending"})).await);
        assert_eq!(open.next().await.unwrap().data["approval"], reopened);
        ok(decide(&server, &one, json!({"status": "rejected"})).await);
        open.next().await.unwrap();

        ok(ask(&server, board, json!({"task_ids": [b["id"], a["id"]]})).await);
        let several = open.next().await.unwrap();
        let counts = |task: &serde_json::Value, total| {
            json!({"task_id": task["id"], "approvals_count": total, "approvals_pending_count": 1})
        };
        assert_eq!(several.data["task_counts"], json!([counts(&b, 1), counts(&a, 2)]));
        let ids = [frame.id, asked.id, decided.id, several.id];
        assert!(ids.windows(2).all(|pair| pair[0].is_some() && pair[0] < pair[1]), "{ids:?}");

        // Resuming after a frame gives what came after it: each approval that went on as it is now, once.
        let after = decided.id.unwrap().to_string();
        let headers = [("x-agent-token", token.as_str()), ("last-event-id", after.as_str())];
        let mut resumed = Stream::open(&server, &path, &headers).await;
        assert_eq!(resumed.next().await.unwrap().data["approval"]["status"], "rejected");
        assert_eq!(resumed.next().await.unwrap().id, several.id);
        server.stop.cancel();
        assert_eq!(open.next().await, None);
        assert_eq!(resumed.next().await, None);
    })
    .await;
}

#[tokio::test]
async fn a_stream_begins_at_a_time_and_shows_its_board_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server).await, board(&server).await);
        let first = ok(ask(&server, ours, json!({})).await);
        let path = format!("{}/stream", approvals(ours));
        // A plus sign that became a blank on its way is understood.
        let mut since = Stream::of_user(&server, &format!("{path}?since=2000-01-01T00:00:00+00:00")).await;
        assert_eq!(since.next().await.unwrap().data["approval"]["id"], first["id"]);
        let mut now = Stream::of_user(&server, &format!("{path}?since=yesterday")).await;
        ok(ask(&server, other, json!({})).await);
        let second = ok(ask(&server, ours, json!({})).await);
        for stream in [&mut since, &mut now] {
            assert_eq!(stream.next().await.unwrap().data["approval"]["id"], second["id"]);
        }
    })
    .await;
}

#[tokio::test]
async fn streams_are_for_readers_of_the_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = board(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let plain = person(&server, "plain", home(&server).await, Role::Member, (false, false)).await;
        let path = format!("{}/stream", approvals(ours));
        for (headers, status) in [
            (vec![], StatusCode::UNAUTHORIZED),
            (vec![("cookie", stranger.cookie.as_str())], StatusCode::FORBIDDEN),
            (vec![("cookie", plain.cookie.as_str())], StatusCode::FORBIDDEN),
        ] {
            assert_eq!(Stream::request(&server, &path, &headers).await.status(), status);
        }
        let bad = server.user(Method::GET, "/api/v1/boards/x/approvals/stream", None).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn the_stream_of_the_organization_shows_approvals_too() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server).await;
        let mut open = Stream::of_user(&server, "/api/v1/events").await;
        assert_eq!(open.next().await.unwrap().event, "ready");
        let made = ok(ask(&server, board, json!({})).await);
        let change = loop {
            let frame = open.next().await.unwrap();
            if text(&frame.data["type"]).starts_with("approval.") {
                break frame.data;
            }
        };
        assert_eq!((&change["type"], &change["data"]["approval"]), (&json!("approval.created"), &made));
        assert_eq!(change["data"]["pending_approvals_count"], 1);
        assert!(change["data"].get("task_counts").is_none());
    })
    .await;
}
