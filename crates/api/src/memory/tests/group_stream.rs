use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};

use super::group::{group, join, of_board, of_group, write};
use crate::{
    fixtures::{Stream, agent, board, grant, home, organization, person},
    testing::{TOKEN, TestServer},
};

#[tokio::test]
async fn the_stream_of_a_group_shows_each_entry_once_and_resumes() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (group(&server, "Ours").await, group(&server, "Other").await);
        let stream = format!("{}/stream", of_group(ours));
        let mut all = Stream::of_user(&server, &stream).await;
        let before = write(&server, &of_group(ours), json!({"content": "before"})).await;
        let first = all.next().await.unwrap();
        assert_eq!((first.event.as_str(), &first.data), ("memory", &json!({"memory": before})));
        let mut chat = Stream::of_user(&server, &format!("{stream}?is_chat=true&since=")).await;
        write(&server, &of_group(other), json!({"content": "elsewhere"})).await;
        let note = write(&server, &of_group(ours), json!({"content": "note"})).await;
        let hello = write(&server, &of_group(ours), json!({"content": "hello", "tags": ["chat"]})).await;
        assert_eq!(all.next().await.unwrap().data["memory"], note);
        assert_eq!(all.next().await.unwrap().data["memory"], hello);
        assert_eq!(chat.next().await.unwrap().data["memory"], hello);

        let last = first.id.unwrap().to_string();
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("last-event-id", last.as_str())];
        let mut resumed = Stream::open(&server, &stream, &headers).await;
        assert_eq!(resumed.next().await.unwrap().data["memory"], note);
        let since = format!("{stream}?since={}Z", before["created_at"].as_str().unwrap());
        let mut since = Stream::of_user(&server, &since).await;
        assert_eq!(since.next().await.unwrap().data["memory"], before);
    })
    .await;
}

#[tokio::test]
async fn the_stream_by_a_board_follows_it_into_other_groups() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (first, second) = (group(&server, "First").await, group(&server, "Second").await);
        let (moving, staying) = (board(&server, "Moving").await, board(&server, "Staying").await);
        join(&server, staying, Some(first)).await;
        let (_, token) = agent(&server, (home, moving), "Ada", false, None).await;
        let path = format!("{}/stream", of_board(moving));
        let mut open = Stream::open(&server, &path, &[("x-agent-token", token.as_str())]).await;
        let mut stays = Stream::of_user(&server, &format!("{}/stream", of_board(staying))).await;

        let early = write(&server, &of_group(first), json!({"content": "early"})).await;
        assert_eq!(stays.next().await.unwrap().data["memory"], early);
        join(&server, moving, Some(first)).await;
        let one = write(&server, &of_group(first), json!({"content": "one"})).await;
        assert_eq!(open.next().await.unwrap().data["memory"], one, "not what was written before it joined");
        join(&server, moving, Some(second)).await;
        write(&server, &of_group(first), json!({"content": "for others"})).await;
        let two = write(&server, &of_board(moving), json!({"content": "two", "tags": ["chat"]})).await;
        assert_eq!(open.next().await.unwrap().data["memory"], two);

        let since = one["created_at"].as_str().unwrap();
        let mut back = Stream::of_user(&server, &format!("{path}?since={since}")).await;
        assert_eq!(back.next().await.unwrap().data["memory"], two, "only of the group that it is in now");
        join(&server, moving, None).await;
        write(&server, &of_group(second), json!({"content": "later"})).await;
        let mut silent = Stream::of_user(&server, &format!("{path}?since={since}")).await;
        join(&server, moving, Some(first)).await;
        let three = write(&server, &of_group(first), json!({"content": "three"})).await;
        assert_eq!(silent.next().await.unwrap().data["memory"], three);
        assert_eq!(open.next().await.unwrap().data["memory"], three);
    })
    .await;
}

/// The next event about a group on the stream of an organization.
async fn next_of_group(events: &mut Stream) -> Value {
    loop {
        let frame = events.next().await.unwrap();
        if frame.data["type"].as_str().is_some_and(|kind| kind.contains("group")) {
            return frame.data;
        }
    }
}

#[tokio::test]
async fn what_happens_in_groups_is_seen_by_those_who_may_read_them() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (open, closed) = (group(&server, "Open").await, group(&server, "Closed").await);
        let (readable, secret) = (board(&server, "Readable").await, board(&server, "Secret").await);
        join(&server, readable, Some(open)).await;
        join(&server, secret, Some(closed)).await;
        let member = person(&server, "member", home, Role::Member, (false, false)).await;
        grant(&server, &member, readable, true, false).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let cookie = |cookie: &str| [("cookie".to_owned(), cookie.to_owned())];
        let events = async |cookies: &[(String, String)]| {
            let headers = [(cookies[0].0.as_str(), cookies[0].1.as_str())];
            let mut stream = Stream::open(&server, "/api/v1/events", &headers).await;
            assert_eq!(stream.next().await.unwrap().event, "ready");
            stream
        };
        let mut seen = events(&cookie(&member.cookie)).await;
        let mut foreign = events(&cookie(&stranger.cookie)).await;
        let mut mine = Stream::of_user(&server, "/api/v1/events").await;

        write(&server, &of_group(closed), json!({"content": "hidden"})).await;
        let shown = write(&server, &of_group(open), json!({"content": "shown"})).await;
        let change = next_of_group(&mut seen).await;
        assert_eq!(
            (&change["type"], &change["board_group_id"], &change["board_id"], &change["data"]["memory"]),
            (&json!("group_memory.created"), &json!(open), &Value::Null, &shown)
        );
        assert_eq!(next_of_group(&mut mine).await["data"]["memory"]["content"], "hidden");

        // A board that joins the other group opens that group to its readers, at once.
        join(&server, readable, Some(closed)).await;
        write(&server, &of_group(open), json!({"content": "not any more"})).await;
        write(&server, &of_group(closed), json!({"content": "opened"})).await;
        assert_eq!(next_of_group(&mut seen).await["data"]["memory"]["content"], "opened");

        let body = Some(json!({"name": "Theirs", "slug": ""}));
        let made = stranger.call(&server, Method::POST, "/api/v1/board-groups", body).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        let change = next_of_group(&mut foreign).await;
        assert_eq!(
            (&change["type"], &change["board_group_id"]),
            (&json!("board_group.created"), &made.json["id"]),
            "nothing of the other organization came before"
        );
    })
    .await;
}

#[tokio::test]
async fn an_open_stream_ends_with_its_group() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = group(&server, "Ours").await;
        let mut open = Stream::of_user(&server, &format!("{}/stream", of_group(ours))).await;
        write(&server, &of_group(ours), json!({"content": "one"})).await;
        assert_eq!(open.next().await.unwrap().data["memory"]["content"], "one");
        server.user(Method::DELETE, &format!("/api/v1/board-groups/{ours}"), None).await;
        assert_eq!(open.next().await, None);
    })
    .await;
}

#[tokio::test]
async fn an_open_stream_ends_when_its_reader_has_no_board_in_the_group_any_more() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = group(&server, "Ours").await;
        let (readable, other) = (board(&server, "Readable").await, board(&server, "Other").await);
        join(&server, readable, Some(ours)).await;
        join(&server, other, Some(ours)).await;
        let member = person(&server, "member", home, Role::Member, (false, false)).await;
        grant(&server, &member, readable, true, false).await;
        let path = format!("{}/stream", of_group(ours));
        let mut open = Stream::open(&server, &path, &[("cookie", member.cookie.as_str())]).await;
        write(&server, &of_group(ours), json!({"content": "one"})).await;
        assert_eq!(open.next().await.unwrap().data["memory"]["content"], "one");
        join(&server, readable, None).await;
        assert_eq!(open.next().await, None);
    })
    .await;
}
