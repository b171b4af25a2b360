use http::{Method, StatusCode};
use mc_domain::{boards::NewBoard, organizations::Role};
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, gateway, grant, home, organization, person},
    testing::{Answer, TestServer},
};

pub(super) fn of_group(group: Uuid) -> String {
    format!("/api/v1/board-groups/{group}/memory")
}

pub(super) fn of_board(board: Uuid) -> String {
    format!("/api/v1/boards/{board}/group-memory")
}

pub(super) async fn group(server: &TestServer, name: &str) -> Uuid {
    let body = json!({"name": name, "slug": ""});
    let made = server.user(Method::POST, "/api/v1/board-groups", Some(body)).await;
    made.json["id"].as_str().unwrap().parse().unwrap()
}

pub(super) async fn join(server: &TestServer, board: Uuid, group: Option<Uuid>) {
    let body = json!({"board_group_id": group});
    let answer = server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
}

pub(super) async fn write(server: &TestServer, path: &str, body: Value) -> Value {
    let answer = server.user(Method::POST, path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

fn contents(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json["items"].as_array().unwrap().iter().map(|item| item["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_group_has_one_memory_for_people_and_for_its_boards() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (group(&server, "Ours").await, group(&server, "Other").await);
        let (inside, outside) = (board(&server, "Inside").await, board(&server, "Outside").await);
        join(&server, inside, Some(ours)).await;
        let (ada, token) = agent(&server, (home, inside), "Ada", false, None).await;

        let body = json!({"content": " one \n", "tags": ["x", "x"], "source": "import"});
        let one = write(&server, &of_group(ours), body).await;
        assert_eq!(
            (&one["content"], &one["tags"], &one["source"], &one["is_chat"], &one["board_group_id"]),
            (&json!("one"), &json!(["x", "x"]), &json!("import"), &json!(false), &json!(ours))
        );
        let body = json!({"content": "two", "tags": ["chat"], "source": "The Boss"});
        let two = server.agent(&token, Method::POST, &of_board(inside), Some(body)).await.json;
        assert_eq!(
            (&two["source"], &two["is_chat"], &two["agent_id"], &two["user_id"]),
            (&json!("Ada"), &json!(true), &json!(ada.id), &Value::Null)
        );
        let body = json!({"content": "three", "tags": ["broadcast"], "source": "The Boss"});
        let three = server.agent(&token, Method::POST, &of_board(inside), Some(body)).await.json;
        assert_eq!((&three["source"], &three["is_chat"]), (&json!("Ada"), &json!(false)));
        let four = write(&server, &of_board(inside), json!({"content": "four @all"})).await;
        assert_eq!((&four["source"], &four["is_chat"]), (&json!("Local User"), &json!(false)));

        let all = ["four @all", "three", "two", "one"];
        assert_eq!(contents(&server.user(Method::GET, &of_group(ours), None).await), all);
        assert_eq!(contents(&server.agent(&token, Method::GET, &of_board(inside), None).await), all);
        let path = format!("{}?is_chat=true", of_board(inside));
        assert_eq!(contents(&server.user(Method::GET, &path, None).await), ["two"]);
        let path = format!("{}?limit=2&offset=1&is_chat=false", of_group(ours));
        let page = server.user(Method::GET, &path, None).await;
        assert_eq!((contents(&page), &page.json["total"]), (vec!["three", "one"], &json!(3)));
        assert_eq!(contents(&server.user(Method::GET, &of_group(other), None).await), Vec::<&str>::new());

        let empty = server.user(Method::GET, &format!("{}?limit=7", of_board(outside)), None).await;
        assert_eq!(empty.json, json!({"items": [], "total": 0, "limit": 7, "offset": 0}));
        let answer = server.user(Method::POST, &of_board(outside), Some(json!({"content": "x"}))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.json["detail"].as_str().unwrap().contains("belongs to no board group"));
        for body in [json!({}), json!({"content": " "}), json!({"content": "a\u{0}"})] {
            let answer = server.user(Method::POST, &of_group(ours), Some(body)).await;
            assert_eq!(answer.json["detail"][0]["loc"], json!(["body", "content"]));
        }
    })
    .await;
}

#[tokio::test]
async fn only_those_with_a_right_on_the_group_or_board_reach_its_memory() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = group(&server, "Ours").await;
        let (inside, other) = (board(&server, "Inside").await, board(&server, "Other").await);
        join(&server, inside, Some(ours)).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        let entry = || Some(json!({"content": "x"}));
        for path in [of_group(ours), of_board(inside)] {
            for caller in [&stranger, &reader] {
                for (method, body) in [(Method::GET, None), (Method::POST, entry())] {
                    let answer = caller.call(&server, method, &path, body).await;
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
                }
                let answer = caller.call(&server, Method::GET, &format!("{path}/stream"), None).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            }
            assert_eq!(server.call(Method::GET, &path, &[], None).await.status, StatusCode::UNAUTHORIZED);
        }
        grant(&server, &reader, inside, true, false).await;
        for path in [of_group(ours), of_board(inside)] {
            assert_eq!(reader.call(&server, Method::GET, &path, None).await.status, StatusCode::OK);
            let answer = reader.call(&server, Method::POST, &path, entry()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }

        let (_, token) = agent(&server, (home, other), "Eve", true, None).await;
        let (_, main) = gateway(&server, home).await;
        let (_, foreign) = gateway(&server, elsewhere).await;
        for token in [&token, &main, &foreign] {
            for (method, body) in [(Method::GET, None), (Method::POST, entry())] {
                let answer = server.agent(token, method.clone(), &of_board(inside), body.clone()).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN);
                let answer = server.agent(token, method, &of_group(ours), body).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "by the group people only");
            }
        }
        let unknown = of_group(Uuid::from_u128(7));
        assert_eq!(server.user(Method::GET, &unknown, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn messages_become_jobs_for_agents_of_all_boards_of_the_group() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = gateway(&server, home).await;
        let ours = group(&server, "Ours").await;
        let linked = |name| NewBoard {
            gateway_id: Some(gateway),
            board_group_id: Some(ours),
            ..mc_domain::testing::new_board(name)
        };
        let mut boards = Vec::new();
        for name in ["A", "B"] {
            boards.push(mc_domain::testing::board_writer(&server.context, linked(name)).await.board().id);
        }
        boards.push(board(&server, "Plain").await);
        join(&server, boards[2], Some(ours)).await;
        boards.push(board(&server, "Outside").await);
        let mut tokens = Vec::new();
        for (board, letter) in boards.iter().zip(["A", "B", "P", "O"]) {
            for (name, is_lead, session) in
                [("Lead", true, Some("s")), ("Worker", false, Some("s")), ("Silent", false, None)]
            {
                let name = format!("{name}{letter}");
                tokens.push(agent(&server, (home, *board), &name, is_lead, session).await.1);
            }
        }

        write(&server, &of_group(ours), json!({"content": "a note for @workera"})).await;
        let chat = json!({"content": "hi @workerb", "tags": ["chat"]});
        let answer = server.agent(&tokens[0], Method::POST, &of_board(boards[0]), Some(chat)).await;
        assert_eq!(answer.status, StatusCode::OK);
        write(&server, &of_board(boards[0]), json!({"content": "listen", "tags": ["broadcast"]})).await;
        write(&server, &of_group(ours), json!({"content": "/pause", "tags": ["chat"]})).await;

        let jobs = mc_domain::testing::waiting_messages(&store).await;
        let told: Vec<(String, String)> = jobs
            .iter()
            .map(|payload| {
                let lane = payload["lane"].as_str().unwrap();
                assert_eq!(lane, format!("agent-talk:{}", payload["agent_id"].as_str().unwrap()));
                assert_eq!(payload["deliver"], false);
                let text = payload["message"].as_str().unwrap();
                let board = payload["board_id"].as_str().unwrap();
                assert!(text.contains(&format!("/api/v1/boards/{board}/group-memory")), "{text}");
                let header = text.lines().next().unwrap();
                (payload["label"].as_str().unwrap().to_owned(), header.to_owned())
            })
            .collect();
        let expected = [
            ("LeadB", "GROUP CHAT"),
            ("WorkerB", "GROUP CHAT MENTION"),
            ("LeadA", "GROUP BROADCAST"),
            ("WorkerA", "GROUP BROADCAST"),
            ("LeadB", "GROUP BROADCAST"),
            ("WorkerB", "GROUP BROADCAST"),
            ("LeadA", "GROUP CHAT"),
            ("LeadB", "GROUP CHAT"),
        ];
        assert_eq!(told, expected.map(|(name, header)| (name.to_owned(), header.to_owned())));
        let (paused,): (i64,) =
            store.one(sql("SELECT count(*) FROM boards WHERE paused_at IS NOT NULL")).await.unwrap();
        assert_eq!(paused, 0, "a group takes no commands");
    })
    .await;
}
