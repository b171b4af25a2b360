//! What open streams see of changes of members.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{events::NewEvent, testing::on_both};
use serde_json::json;

use super::at;
use crate::{
    fixtures::{Person, Stream, board, grant, home, person},
    live::RECHECK,
    testing::TestServer,
};

const EVENTS: &str = "/api/v1/events";

async fn open(server: &TestServer, person: &Person, path: &str) -> Stream {
    Stream::open(server, path, &[("cookie", &person.cookie)]).await
}

/// The next change of a kind; others before it are passed over.
async fn change(stream: &mut Stream, kind: &str) -> serde_json::Value {
    loop {
        let seen = stream.next().await.expect("the stream goes on");
        if seen.event == "change" && seen.data["type"] == kind {
            return seen.data;
        }
    }
}

#[tokio::test]
async fn a_removed_member_sees_nothing_more_on_any_stream() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, true)).await;
        let sam = person(&server, "sam", home, Role::Member, (true, true)).await;
        let tasks = format!("/api/v1/boards/{ops}/tasks/stream");
        let mut all = open(&server, &zoe, EVENTS).await;
        let mut of_board = open(&server, &zoe, &tasks).await;
        let mut memory = open(&server, &zoe, &format!("/api/v1/boards/{ops}/memory/stream")).await;
        let mut of_sam = open(&server, &sam, &tasks).await;
        assert_eq!(all.next().await.unwrap().event, "ready");

        let path = at(&format!("me/members/{}", zoe.member_id));
        assert_eq!(server.user(Method::DELETE, &path, None).await.status, StatusCode::OK);
        let task = Some(json!({"title": "after"}));
        let made = server.user(Method::POST, &format!("/api/v1/boards/{ops}/tasks"), task).await;
        assert_eq!(made.status, StatusCode::OK);
        for stream in [&mut all, &mut of_board, &mut memory] {
            assert_eq!(stream.next().await, None);
        }
        let seen = of_sam.next().await.unwrap();
        assert_eq!(seen.data["task"]["title"], "after", "others go on, and see nothing of the change");
    })
    .await;
}

#[tokio::test]
async fn rights_that_were_taken_count_for_open_streams() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (one, two) = (board(&server, "One").await, board(&server, "Two").await);
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        grant(&server, &zoe, one, true, false).await;
        let mut all = open(&server, &zoe, EVENTS).await;
        let mut of_one = open(&server, &zoe, &format!("/api/v1/boards/{one}/tasks/stream")).await;
        let put = Some(json!({"board_access": [{"board_id": two}]}));
        let path = at(&format!("me/members/{}/access", zoe.member_id));
        assert_eq!(server.user(Method::PUT, &path, put).await.status, StatusCode::OK);
        for (board, title) in [(one, "hidden"), (two, "shown")] {
            let task = Some(json!({ "title": title }));
            server.user(Method::POST, &format!("/api/v1/boards/{board}/tasks"), task).await;
        }
        assert_eq!(of_one.next().await, None);
        let own = change(&mut all, "organization.member.access_changed").await;
        assert_eq!(own["data"]["member_id"], json!(zoe.member_id));
        assert_eq!(change(&mut all, "task.created").await["data"]["task"]["title"], "shown");
    })
    .await;
}

#[tokio::test]
async fn changes_of_others_are_for_administrators() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, true)).await;
        let sam = person(&server, "sam", home, Role::Member, (true, true)).await;
        let mut of_zoe = open(&server, &zoe, EVENTS).await;
        let mut of_owner = Stream::of_user(&server, EVENTS).await;
        let invite = Some(json!({"invited_email": "new@example.com"}));
        let made = server.user(Method::POST, &at("me/invites"), invite).await;
        assert_eq!(made.status, StatusCode::OK);
        let admin = Some(json!({"role": "admin"}));
        let path = |person: &Person| at(&format!("me/members/{}", person.member_id));
        server.user(Method::PATCH, &path(&sam), admin.clone()).await;
        let task = Some(json!({"title": "marker"}));
        server.user(Method::POST, &format!("/api/v1/boards/{ops}/tasks"), task).await;

        assert_eq!(of_zoe.next().await.unwrap().event, "ready");
        assert_eq!(of_zoe.next().await.unwrap().data["type"], "task.created");
        let invited = change(&mut of_owner, "organization.invite.created").await;
        assert_eq!(invited["data"]["invited_email"], "new@example.com");
        assert!(!invited.to_string().contains(made.json["token"].as_str().unwrap()));
        let changed = change(&mut of_owner, "organization.member.role_changed").await;
        assert_eq!(
            (&changed["data"]["user_id"], &changed["data"]["role"]),
            (&json!(sam.user_id), &json!("admin"))
        );

        // Who becomes an administrator sees them from then on, on the stream that is open already.
        server.user(Method::PATCH, &path(&zoe), admin).await;
        assert_eq!(
            change(&mut of_zoe, "organization.member.role_changed").await["data"]["user_id"],
            json!(zoe.user_id)
        );
        server.user(Method::DELETE, &path(&sam), None).await;
        let removed = change(&mut of_zoe, "organization.member.removed").await;
        assert_eq!(removed["message"], "Removed sam from the organization");
    })
    .await;
}

#[tokio::test]
async fn a_slow_stream_that_missed_the_removal_ends_too() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let zoe = person(&server, "zoe", home, Role::Member, (true, true)).await;
        let mut slow = open(&server, &zoe, &format!("/api/v1/boards/{ops}/tasks/stream")).await;
        let path = at(&format!("me/members/{}", zoe.member_id));
        assert_eq!(server.user(Method::DELETE, &path, None).await.status, StatusCode::OK);
        // More than a stream may be behind, none of it on the board.
        let txn = store.begin().await.unwrap();
        for _ in 0..1_100 {
            txn.append(NewEvent::new("organization.noise", home)).await.unwrap();
        }
        txn.commit().await.unwrap();
        // A new stream opens when the follower has come to the end of the log.
        Stream::of_user(&server, EVENTS).await.next().await.unwrap();
        // Well before the rights of all streams are loaded again, as they are from time to time.
        let end = tokio::time::timeout(RECHECK / 2, slow.next()).await;
        assert_eq!(end.expect("the stream ends by itself"), None);
    })
    .await;
}
