use http::{Method, StatusCode};
use mc_domain::{activity, organizations::Role};
use mc_store::{Store, events::NewEvent, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Settings,
    fixtures::{Seen, Stream, agent, board, grant, home, organization, person},
    testing::{TOKEN, TestServer, settings},
};

const EVENTS: &str = "/api/v1/events";

async fn append(store: &Store, event: NewEvent) {
    let txn = store.begin().await.unwrap();
    txn.append(event).await.unwrap();
    txn.commit().await.unwrap();
}

async fn resume(server: &TestServer, after: i64) -> Stream {
    let (bearer, after) = (format!("Bearer {TOKEN}"), after.to_string());
    Stream::open(server, EVENTS, &[("authorization", &bearer), ("last-event-id", &after)]).await
}

fn message(seen: &Seen) -> &str {
    assert_eq!(seen.event, "change");
    seen.data["message"].as_str().unwrap()
}

/// The next change with a message; the changes that tests cause beside it are passed over.
async fn told(stream: &mut Stream) -> Seen {
    loop {
        let seen = stream.next().await.expect("the stream goes on");
        if seen.event == "change" && seen.data["message"].is_string() {
            return seen;
        }
    }
}

#[tokio::test]
async fn a_stream_begins_ready_shows_changes_and_resumes_after_any_of_them() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let mut stream = Stream::of_user(&server, EVENTS).await;
        let ready = stream.next().await.unwrap();
        assert_eq!((ready.event.as_str(), ready.id), ("ready", None));
        let start = ready.data["position"].as_i64().unwrap();
        let note = json!({"content": "hello", "tags": ["chat"]});
        let entry =
            server.user(Method::POST, &format!("/api/v1/boards/{board}/memory"), Some(note)).await.json;
        append(&store, NewEvent::new("task.updated", home).board(board).message("two").data(json!({"n": 1})))
            .await;

        let first = stream.next().await.unwrap();
        assert_eq!((first.event.as_str(), &first.data["type"]), ("change", &json!("memory.created")));
        assert_eq!(first.data["data"], json!({"memory_id": entry["id"], "is_chat": true, "memory": entry}));
        assert_eq!(first.id, first.data["position"].as_i64());
        let second = stream.next().await.unwrap();
        assert_eq!((message(&second), &second.data["data"]), ("two", &json!({"n": 1})));
        let fields: Vec<&String> = second.data.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            [
                "position",
                "id",
                "type",
                "organization_id",
                "board_id",
                "board_group_id",
                "task_id",
                "agent_id",
                "user_id",
                "message",
                "created_at",
                "data"
            ]
        );

        let mut from_start = resume(&server, start).await;
        assert_eq!(from_start.next().await.unwrap().data["position"], json!(second.id));
        assert_eq!(
            [from_start.next().await.unwrap(), from_start.next().await.unwrap()],
            [first.clone(), second.clone()]
        );
        let mut from_first = Stream::of_user(&server, &format!("{EVENTS}?after={}", first.id.unwrap())).await;
        from_first.next().await.unwrap();
        assert_eq!(from_first.next().await.unwrap(), second);
        let bad = server.user(Method::GET, &format!("{EVENTS}?after=-1"), None).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_missed_too_much_is_told_to_start_over() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let event = |message: &str| NewEvent::new("task.updated", home).message(message);
        append(&store, event("one")).await;
        let mut stream = Stream::of_user(&server, EVENTS).await;
        let first = stream.next().await.unwrap().data["position"].as_i64().unwrap();
        append(&store, event("two")).await;
        append(&store, event("kept").activity()).await;
        told(&mut stream).await;
        let kept = told(&mut stream).await;
        assert_eq!(message(&kept), "kept");

        // Retention takes what only live views read; the feed still has the newest event.
        let txn = store.begin().await.unwrap();
        let old = txn.now() - chrono::TimeDelta::days(2);
        txn.run(sql("UPDATE events SET created_at = $1 WHERE NOT activity").bind(old)).await.unwrap();
        txn.commit().await.unwrap();
        assert!(activity::jobs::purge(&server.context).await.unwrap() > 0);
        let mut behind = resume(&server, first).await;
        assert_eq!(behind.next().await.unwrap().event, "ready");
        let resync = behind.next().await.unwrap();
        assert_eq!((resync.event.as_str(), resync.id), ("resync", kept.id));
        assert_eq!(resync.data, json!({"position": kept.id}));

        // From the very beginning means what is kept; the end needs nothing; beyond it is another log.
        let mut whole = resume(&server, 0).await;
        assert_eq!(message(&told(&mut whole).await), "kept");
        let mut at_end = resume(&server, kept.id.unwrap()).await;
        let mut beyond = resume(&server, kept.id.unwrap() + 1_000).await;
        append(&store, event("next")).await;
        assert_eq!(at_end.next().await.unwrap().event, "ready");
        assert_eq!(message(&at_end.next().await.unwrap()), "next");
        beyond.next().await.unwrap();
        assert_eq!(beyond.next().await.unwrap().event, "resync");
        assert_eq!(message(&beyond.next().await.unwrap()), "next");

        let txn = store.begin().await.unwrap();
        for _ in 0..2_001 {
            txn.append(event("many")).await.unwrap();
        }
        txn.commit().await.unwrap();
        let mut far_behind = resume(&server, kept.id.unwrap()).await;
        far_behind.next().await.unwrap();
        assert_eq!(far_behind.next().await.unwrap().event, "resync");
    })
    .await;
}

#[tokio::test]
async fn each_event_is_checked_against_the_present_rights_of_its_reader() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let elsewhere = organization(&server, "Elsewhere").await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let mut all = Stream::of_user(&server, EVENTS).await;
        let mut granted = Stream::open(&server, EVENTS, &[("cookie", &reader.cookie)]).await;
        let mut foreign = Stream::open(&server, EVENTS, &[("cookie", &stranger.cookie)]).await;

        let event = |message: &str| NewEvent::new("task.updated", home).message(message);
        append(&store, event("hidden").board(other)).await;
        append(&store, event("seen").board(ours)).await;
        append(&store, event("of all").user(None)).await;
        append(&store, NewEvent::new("session.revoked", home).message("of one").user(Some(reader.user_id)))
            .await;
        // A new grant counts from the event that tells of it.
        grant(&server, &reader, other, true, false).await;
        let granted_event = NewEvent::new("organization.member.access_changed", home).message("granted");
        append(&store, granted_event.data(json!({"user_id": reader.user_id}))).await;
        append(&store, event("now seen").board(other)).await;
        append(&store, NewEvent::new("task.updated", elsewhere).message("elsewhere")).await;

        for (stream, expected) in [
            (&mut all, vec!["hidden", "seen", "of all", "granted", "now seen"]),
            (&mut granted, vec!["seen", "of all", "of one", "granted", "now seen"]),
            (&mut foreign, vec!["elsewhere"]),
        ] {
            for text in expected {
                assert_eq!(message(&told(stream).await), text);
            }
        }

        // Who is put out of the organization sees nothing more.
        let txn = store.begin().await.unwrap();
        txn.run_one(sql("DELETE FROM organization_members WHERE id = $1").bind(reader.member_id))
            .await
            .unwrap();
        let removed = NewEvent::new("organization.member.removed", home);
        txn.append(removed.data(json!({"user_id": reader.user_id}))).await.unwrap();
        txn.commit().await.unwrap();
        append(&store, event("after")).await;
        assert_eq!(granted.next().await, None);
        assert_eq!(message(&told(&mut all).await), "after");
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session_in_whatever_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let place = organization(&server, "Place").await;
        let grace = person(&server, "grace", place, Role::Owner, (true, true)).await;
        let mut stream = Stream::open(&server, EVENTS, &[("cookie", &grace.cookie)]).await;
        stream.next().await.unwrap();
        // The stream stays where it was opened; the person goes on elsewhere and signs out there.
        let made =
            grace.call(&server, Method::POST, "/api/v1/organizations", Some(json!({"name": "New"}))).await;
        assert_eq!(made.status, StatusCode::OK);
        let out = grace.call(&server, Method::DELETE, "/api/v1/auth/session", None).await;
        assert_eq!(out.status, StatusCode::OK);
        assert_eq!(stream.next().await, None);
        let again = Stream::request(&server, EVENTS, &[("cookie", &grace.cookie)]).await;
        assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_stream_of_an_agent_ends_with_its_token_its_place_and_itself() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let path = format!("/api/v1/boards/{ours}/tasks/stream");
        let task = json!({"title": "News"});
        for (name, method, change, body) in [
            ("Ada", Method::POST, "/token?revoke=true", None),
            ("Bob", Method::PATCH, "", Some(json!({"board_id": other}))),
            ("Cleo", Method::DELETE, "", None),
        ] {
            let (ada, token) = agent(&server, (home, ours), name, false, None).await;
            let mut stream = Stream::open(&server, &path, &[("x-agent-token", &token)]).await;
            let bearer = format!("Bearer {token}");
            let mut twin = Stream::open(&server, &path, &[("authorization", &bearer)]).await;
            let tasks = format!("/api/v1/boards/{ours}/tasks");
            server.user(Method::POST, &tasks, Some(task.clone())).await;
            assert_eq!(stream.next().await.unwrap().event, "task", "{name}");
            assert_eq!(twin.next().await.unwrap().event, "task", "{name}");
            let answer = server.user(method, &format!("/api/v1/agents/{}{change}", ada.id), body).await;
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            server.user(Method::POST, &tasks, Some(task.clone())).await;
            assert_eq!(stream.next().await, None, "{name}");
            assert_eq!(twin.next().await, None, "{name}");
        }
        // A new token beside the present one ends nothing before it is used.
        let (ada, token) = agent(&server, (home, ours), "Dora", false, None).await;
        let mut stream = Stream::open(&server, &path, &[("x-agent-token", &token)]).await;
        server.user(Method::POST, &format!("/api/v1/agents/{}/token", ada.id), None).await;
        server.user(Method::POST, &format!("/api/v1/boards/{ours}/tasks"), Some(task)).await;
        assert_eq!(stream.next().await.unwrap().event, "task");
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_with_its_organization_and_with_the_server() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let place = organization(&server, "Place").await;
        let grace = person(&server, "grace", place, Role::Owner, (true, true)).await;
        let mut stream = Stream::open(&server, EVENTS, &[("cookie", &grace.cookie)]).await;
        stream.next().await.unwrap();
        let mut other = Stream::of_user(&server, EVENTS).await;
        other.next().await.unwrap();
        let gone = grace.call(&server, Method::DELETE, "/api/v1/organizations/me", None).await;
        assert_eq!(gone.status, StatusCode::OK);
        assert_eq!(stream.next().await, None);
        server.stop.cancel();
        while let Some(seen) = other.next().await {
            assert_eq!(seen.event, "change");
        }
    })
    .await;
}

#[tokio::test]
async fn one_caller_holds_so_many_streams_and_no_more() {
    on_both(|store| async move {
        let server = TestServer::with(&store, Settings { streams_per_actor: 2, ..settings() }).await;
        let home = home(&server).await;
        let grace = person(&server, "grace", home, Role::Owner, (true, true)).await;
        let first = Stream::of_user(&server, EVENTS).await;
        let _second = Stream::of_user(&server, EVENTS).await;
        let bearer = format!("Bearer {TOKEN}");
        let refused = server.call(Method::GET, EVENTS, &[("authorization", &bearer)], None).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers.contains_key("retry-after"));
        assert_ne!(refused.json["request_id"], Value::Null);
        let _others = Stream::open(&server, EVENTS, &[("cookie", &grace.cookie)]).await;
        drop(first);
        let _third = Stream::of_user(&server, EVENTS).await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_is_refused_with_an_ordinary_error() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let unknown = Uuid::from_u128(7);
        for (path, headers, expected) in [
            (EVENTS.to_owned(), vec![], StatusCode::UNAUTHORIZED),
            (format!("/api/v1/boards/{unknown}/memory/stream"), vec![], StatusCode::UNAUTHORIZED),
        ] {
            let answer = server.call(Method::GET, &path, &headers, None).await;
            assert_eq!((answer.status, &answer.json["detail"]), (expected, &json!("Unauthorized")));
        }
        let missing =
            server.user(Method::GET, &format!("/api/v1/boards/{unknown}/memory/stream"), None).await;
        assert_eq!((missing.status, &missing.json["detail"]), (StatusCode::NOT_FOUND, &json!("Not Found")));
    })
    .await;
}
