use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{self, Stream, agent, board, gateway, grant, home, organization, person},
    testing::{Answer, TestServer},
};

fn path(board: Uuid) -> String {
    format!("/api/v1/boards/{board}/memory")
}

fn agent_path(board: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/memory")
}

async fn write(server: &TestServer, board: Uuid, body: Value) -> Answer {
    let answer = server.user(Method::POST, &path(board), Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer
}

fn contents(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn entries_are_kept_as_sent_and_listed_newest_first() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        let first = write(&server, board, json!({"content": "  a note \n"})).await.json;
        assert_eq!(
            (&first["content"], &first["tags"], &first["source"], &first["is_chat"], &first["board_id"]),
            (&json!("a note"), &Value::Null, &Value::Null, &json!(false), &json!(board))
        );
        let tags = json!(["Chat", " chat", "x", "x"]);
        let second = write(&server, board, json!({"content": "two", "tags": tags, "source": ""})).await.json;
        assert_eq!(
            (&second["tags"], &second["source"], &second["is_chat"]),
            (&tags, &json!(""), &json!(false))
        );
        let third = write(&server, board, json!({"content": "three", "tags": []})).await.json;
        assert_eq!(third["tags"], json!([]));
        let body = json!({"content": "hello", "tags": ["chat"], "source": "Somebody Else"});
        let chat = write(&server, board, body).await.json;
        assert_eq!((&chat["is_chat"], &chat["source"]), (&json!(true), &json!("Local User")));

        let all = server.user(Method::GET, &path(board), None).await.json;
        assert_eq!((contents(&all), &all["total"]), (vec!["hello", "three", "two", "a note"], &json!(4)));
        let page = server.user(Method::GET, &format!("{}?limit=2&offset=1", path(board)), None).await.json;
        assert_eq!(
            (contents(&page), &page["total"], &page["limit"]),
            (vec!["three", "two"], &json!(4), &json!(2))
        );
        let chats = server.user(Method::GET, &format!("{}?is_chat=true", path(board)), None).await.json;
        assert_eq!((contents(&chats), &chats["total"]), (vec!["hello"], &json!(1)));
        let notes = server.user(Method::GET, &format!("{}?is_chat=0", path(board)), None).await.json;
        assert_eq!(contents(&notes), ["three", "two", "a note"]);
    })
    .await;
}

#[tokio::test]
async fn bad_entries_are_refused_with_the_name_of_the_field() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ops").await;
        for (body, kind, field) in [
            (json!({}), "missing", "content"),
            (json!({"content": " \n"}), "string_too_short", "content"),
            (json!({"content": null}), "string_type", "content"),
            (json!({"content": "a\u{0}b"}), "value_error", "content"),
            (json!({"content": "x".repeat(100_001)}), "string_too_long", "content"),
            (json!({"content": "x", "tags": "chat"}), "list_type", "tags"),
            (json!({"content": "x", "tags": [1]}), "string_type", "tags"),
            (json!({"content": "x", "source": 1}), "string_type", "source"),
        ] {
            let answer = server.user(Method::POST, &path(board), Some(body)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let issue = &answer.json["detail"][0];
            assert_eq!((&issue["type"], &issue["loc"][1]), (&json!(kind), &json!(field)));
        }
        let answer = server.user(Method::GET, &format!("{}?is_chat=maybe", path(board)), None).await;
        assert_eq!(answer.json["detail"][0]["type"], "bool_parsing");
    })
    .await;
}

#[tokio::test]
async fn only_those_who_may_read_or_write_the_board_reach_its_memory() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let entry = || Some(json!({"content": "x"}));

        let answer = stranger.call(&server, Method::GET, &path(ours), None).await;
        assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::FORBIDDEN, &json!("No org access")));
        assert_eq!(reader.call(&server, Method::GET, &path(ours), None).await.status, StatusCode::OK);
        let answer = reader.call(&server, Method::POST, &path(ours), entry()).await;
        assert_eq!(
            (answer.status, &answer.json["detail"]),
            (StatusCode::FORBIDDEN, &json!("Board access denied"))
        );
        let answer = reader.call(&server, Method::GET, &path(other), None).await;
        assert_eq!(answer.json["detail"], "Board access denied");
        let unknown = path(Uuid::from_u128(7));
        assert_eq!(server.user(Method::GET, &unknown, None).await.status, StatusCode::NOT_FOUND);

        let (_, token) = agent(&server, (home, ours), "Ada", false, None).await;
        assert_eq!(server.agent(&token, Method::GET, &path(ours), None).await.status, StatusCode::OK);
        let answer = server.agent(&token, Method::GET, &path(other), None).await;
        assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));

        // The main agent of another tenant's gateway, and of a gateway of ours that the board does not use.
        for organization in [elsewhere, home] {
            let (_, main) = gateway(&server, organization).await;
            for (method, body) in [(Method::GET, None), (Method::POST, entry())] {
                for path in [path(ours), agent_path(ours)] {
                    let answer = server.agent(&main, method.clone(), &path, body.clone()).await;
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn agents_have_operations_of_their_own_that_know_the_caller_first() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let (ada, token) = agent(&server, (home, board), "Ada", false, None).await;
        let body = json!({"content": "done", "tags": ["chat"], "source": "The Boss"});
        let answer = server.agent(&token, Method::POST, &agent_path(board), Some(body)).await;
        assert_eq!((answer.status, &answer.json["source"]), (StatusCode::OK, &json!("Ada")));
        assert_eq!((&answer.json["agent_id"], &answer.json["user_id"]), (&json!(ada.id), &Value::Null));
        let body = json!({"content": "noted", "source": "research"});
        let answer = server.agent(&token, Method::POST, &agent_path(board), Some(body)).await;
        assert_eq!(answer.json["source"], "research");
        let bearer = format!("Bearer {token}");
        let list = server
            .call(
                Method::GET,
                &format!("{}?is_chat=false", agent_path(board)),
                &[("authorization", &bearer)],
                None,
            )
            .await;
        assert_eq!((list.status, contents(&list.json)), (StatusCode::OK, vec!["noted"]));

        for path in
            [agent_path(board), agent_path(Uuid::from_u128(7)), "/api/v1/agent/boards/xyz/memory".into()]
        {
            let nobody = server.call(Method::GET, &path, &[], None).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(server.user(Method::GET, &path, None).await.status, StatusCode::UNAUTHORIZED);
        }
        let malformed = server.agent(&token, Method::GET, "/api/v1/agent/boards/xyz/memory", None).await;
        assert_eq!(malformed.json["detail"][0]["loc"], json!(["path", "board_id"]));
    })
    .await;
}

#[tokio::test]
async fn a_chat_message_becomes_a_job_for_each_agent_that_it_concerns() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = gateway(&server, home).await;
        let plain = board(&server, "Plain").await;
        let new = mc_domain::boards::NewBoard {
            gateway_id: Some(gateway),
            ..mc_domain::testing::new_board("Linked")
        };
        let linked = mc_domain::testing::board_writer(&server.context, new).await.board().id;
        for board in [plain, linked] {
            agent(&server, (home, board), "Lead", true, Some("lead-session")).await;
            agent(&server, (home, board), "Bob", false, Some("bob-session")).await;
            agent(&server, (home, board), "Silent", false, None).await;
            write(&server, board, json!({"content": "a note for @bob"})).await;
            write(&server, board, json!({"content": "hi @bob @silent", "tags": ["chat"]})).await;
            write(&server, board, json!({"content": "/pause", "tags": ["chat"]})).await;
        }
        let jobs = mc_domain::testing::waiting_messages(&store).await;
        let mut told = Vec::new();
        for payload in jobs {
            let id: Uuid = payload["agent_id"].as_str().unwrap().parse().unwrap();
            assert_eq!(payload["lane"], format!("agent-talk:{id}"));
            let agent = mc_domain::agents::service::by_id(&store, id).await.unwrap().unwrap();
            assert_eq!(agent.board_id, Some(linked));
            let header = payload["message"].as_str().unwrap().lines().next().unwrap().to_owned();
            told.push((agent.name, header, payload["deliver"].as_bool().unwrap()));
        }
        told.sort();
        let expected = [
            ("Bob", "/pause", true),
            ("Bob", "BOARD CHAT MENTION", false),
            ("Lead", "/pause", true),
            ("Lead", "BOARD CHAT", false),
        ];
        let expected: Vec<_> =
            expected.map(|(name, header, deliver)| (name.into(), header.into(), deliver)).into();
        assert_eq!(told, expected);
    })
    .await;
}

#[tokio::test]
async fn the_stream_shows_each_entry_once_and_resumes() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let stream = format!("{}/stream", path(ours));
        let mut all = Stream::of_user(&server, &stream).await;
        let before = write(&server, ours, json!({"content": "before"})).await.json;
        assert_eq!(all.next().await.unwrap().data["memory"], before);
        let mut chat = Stream::of_user(&server, &format!("{stream}?is_chat=true&since=")).await;
        let mut notes = Stream::of_user(&server, &format!("{stream}?is_chat=false&since=nonsense")).await;
        write(&server, other, json!({"content": "elsewhere"})).await;
        let note = write(&server, ours, json!({"content": "note"})).await.json;
        let hello = write(&server, ours, json!({"content": "hello", "tags": ["chat"]})).await.json;

        let first = all.next().await.unwrap();
        assert_eq!((first.event.as_str(), &first.data), ("memory", &json!({"memory": note})));
        assert_eq!(all.next().await.unwrap().data["memory"], hello);
        assert_eq!(chat.next().await.unwrap().data["memory"], hello);
        assert_eq!(notes.next().await.unwrap().data["memory"], note);

        let last = first.id.unwrap().to_string();
        let bearer = format!("Bearer {}", crate::testing::TOKEN);
        let headers = [("authorization", bearer.as_str()), ("last-event-id", last.as_str())];
        let mut resumed = Stream::open(&server, &stream, &headers).await;
        assert_eq!(resumed.next().await.unwrap().data["memory"], hello);

        let since = format!("{}+00:00", before["created_at"].as_str().unwrap());
        for since in [since.clone(), since.replace('+', "%2B"), since.replace("+00:00", "Z")] {
            let mut stream = Stream::of_user(&server, &format!("{stream}?since={since}")).await;
            assert_eq!(stream.next().await.unwrap().data["memory"], before, "{since}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_open_stream_ends_when_its_reader_loses_the_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        let stream = format!("{}/stream", path(board));
        let headers = [("cookie", reader.cookie.as_str())];
        assert_eq!(Stream::request(&server, &stream, &headers).await.status(), StatusCode::FORBIDDEN);
        fixtures::grant(&server, &reader, board, true, false).await;
        let mut open = Stream::open(&server, &stream, &headers).await;
        write(&server, board, json!({"content": "one"})).await;
        assert_eq!(open.next().await.unwrap().data["memory"]["content"], "one");
        server.user(Method::DELETE, &format!("/api/v1/boards/{board}"), None).await;
        assert_eq!(open.next().await, None);
    })
    .await;
}
