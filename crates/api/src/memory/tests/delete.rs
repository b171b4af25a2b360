use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{Stream, agent, board, grant, home, person},
    testing::TestServer,
};

fn path(board: Uuid, entry: &Value) -> String {
    format!("/api/v1/boards/{board}/memory/{}", entry["id"].as_str().unwrap())
}

async fn note(server: &TestServer, board: Uuid) -> Value {
    let body = Some(json!({"content": "a note"}));
    server.user(Method::POST, &format!("/api/v1/boards/{board}/memory"), body).await.json
}

#[tokio::test]
async fn writers_delete_entries_and_agents_only_their_own() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let first = note(&server, ours).await;
        let mut events = Stream::of_user(&server, "/api/v1/events").await;
        assert_eq!(events.next().await.unwrap().event, "ready");

        let answer = server.user(Method::DELETE, &path(other, &first), None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "of another board");
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let answer = reader.call(&server, Method::DELETE, &path(ours, &first), None).await;
        assert_eq!(answer.json["detail"], "Board access denied");
        let (_, token) = agent(&server, (home, ours), "Ada", false, None).await;
        let answer = server.agent(&token, Method::DELETE, &path(ours, &first), None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let own = Some(json!({"content": "mine"}));
        let own =
            server.agent(&token, Method::POST, &format!("/api/v1/boards/{ours}/memory"), own).await.json;
        let answer = server.agent(&token, Method::DELETE, &path(ours, &own), None).await;
        assert_eq!((answer.status, &answer.json["ok"]), (StatusCode::OK, &json!(true)));
        assert_eq!(server.user(Method::DELETE, &path(ours, &first), None).await.status, StatusCode::OK);
        let again = server.user(Method::DELETE, &path(ours, &first), None).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        let malformed = format!("/api/v1/boards/{ours}/memory/xyz");
        let answer = server.user(Method::DELETE, &malformed, None).await;
        assert_eq!(answer.json["detail"][0]["loc"], json!(["path", "memory_id"]));

        let online = events.next().await.unwrap().data;
        assert_eq!(online["type"], "agent.status_changed", "the agent called for the first time");
        for (kind, entry) in [("memory.created", &own), ("memory.deleted", &own), ("memory.deleted", &first)]
        {
            let mut change = events.next().await.unwrap().data;
            // The agent's first call is a sign of life, which is told as well.
            while change["type"].as_str().unwrap().starts_with("agent.") {
                change = events.next().await.unwrap().data;
            }
            assert_eq!((&change["type"], &change["data"]["memory_id"]), (&json!(kind), &entry["id"]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_command_of_a_person_or_lead_pauses_the_board_until_it_is_resumed() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let memory = format!("/api/v1/boards/{board}/memory");
        let chat = |text: &str| Some(json!({"content": text, "tags": ["chat"]}));
        let paused = async || {
            let read = server.user(Method::GET, &format!("/api/v1/boards/{board}"), None).await.json;
            read["paused_at"].clone()
        };
        assert_eq!(paused().await, Value::Null);
        let (_, worker) = agent(&server, (home, board), "Worker", false, None).await;
        server.agent(&worker, Method::POST, &memory, chat("/pause")).await;
        server.user(Method::POST, &memory, Some(json!({"content": "/pause"}))).await;
        server.user(Method::POST, &memory, chat("/pause please")).await;
        assert_eq!(paused().await, Value::Null, "a worker, a note, and other words pause nothing");

        server.user(Method::POST, &memory, chat(" /PAUSE ")).await;
        let since = paused().await;
        assert!(since.is_string());
        server.user(Method::POST, &memory, chat("/pause")).await;
        assert_eq!(paused().await, since, "the first pause counts");
        let change = Some(json!({"description": "other"}));
        server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), change).await;
        assert_eq!(paused().await, since, "a change of the board does not resume it");
        let (_, lead) = agent(&server, (home, board), "Lead", true, None).await;
        server.agent(&lead, Method::POST, &memory, chat("/resume")).await;
        assert_eq!(paused().await, Value::Null);

        let told: Vec<(String, Option<String>)> = store
            .all(sql("SELECT kind, message FROM events WHERE activity ORDER BY position"))
            .await
            .unwrap();
        let expected = [
            ("board.paused", "Agents of the board paused by Local User"),
            ("board.resumed", "Agents of the board resumed by Lead"),
        ];
        assert_eq!(told, expected.map(|(kind, text)| (kind.to_owned(), Some(text.to_owned()))));
    })
    .await;
}
