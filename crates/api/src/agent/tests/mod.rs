mod operations;
mod workspace;

use http::{Method, StatusCode};
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, gateway, home, organization},
    testing::{Answer, TestServer},
};

const AGENTS: &str = "/api/v1/agent/agents";

fn names(answer: &Answer) -> Vec<&str> {
    let items = answer.json["items"].as_array().unwrap();
    items.iter().map(|item| item["name"].as_str().unwrap()).collect()
}

fn one(board: Uuid, agent: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/agents/{agent}")
}

async fn set_limit(server: &TestServer, board: Uuid, limit: i64) {
    let txn = server.context.store().begin().await.unwrap();
    let update = sql("UPDATE boards SET max_agents = $2 WHERE id = $1");
    txn.run_one(update.bind(board).bind(limit)).await.unwrap();
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn an_agent_learns_who_it_is() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (ada, token) = agent(&server, (home, board), "Ada", true, None).await;
        let answer = server.agent(&token, Method::GET, "/api/v1/agent/healthz", None).await;
        let expected = json!({
            "ok": true, "agent_id": ada.id, "board_id": board, "gateway_id": null, "status": "online", "is_board_lead": true
        });
        assert_eq!((answer.status, answer.json), (StatusCode::OK, expected));
        for path in ["/api/v1/agent/healthz", AGENTS] {
            let person = server.user(Method::GET, path, None).await;
            assert_eq!(person.status, StatusCode::UNAUTHORIZED);
            assert_eq!(server.call(Method::GET, path, &[], None).await.status, StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test]
async fn a_roster_ends_at_the_board_or_the_gateway_and_hides_instructions() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gate, main) = gateway(&server, home).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let txn = store.begin().await.unwrap();
        let connect = sql("UPDATE boards SET gateway_id = $2 WHERE id = $1");
        txn.run_one(connect.bind(ours).bind(gate)).await.unwrap();
        txn.commit().await.unwrap();
        let (_, lead) = agent(&server, (home, ours), "Lead", true, Some("s1")).await;
        let (_, bob) = agent(&server, (home, ours), "Bob", false, Some("s2")).await;
        agent(&server, (home, other), "Eve", false, Some("s3")).await;
        let foreign = organization(&server, "Foreign").await;
        let (_, foreign_main) = gateway(&server, foreign).await;
        let txn = store.begin().await.unwrap();
        txn.run(sql("UPDATE agents SET soul_template = 'secret', identity_template = 'secret'"))
            .await
            .unwrap();
        txn.commit().await.unwrap();

        let list = async |token: &str, query: &str| {
            server.agent(token, Method::GET, &format!("{AGENTS}{query}"), None).await
        };
        assert_eq!(names(&list(&bob, "").await), ["Bob", "Lead"]);
        assert_eq!(names(&list(&bob, &format!("?board_id={ours}")).await), ["Bob", "Lead"]);
        for board in [other, Uuid::nil()] {
            let refused = list(&bob, &format!("?board_id={board}")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(names(&list(&main, "").await), ["Bob", "Lead", "Main"]);
        assert_eq!(names(&list(&main, &format!("?board_id={ours}")).await), ["Bob", "Lead"]);
        assert_eq!(list(&main, &format!("?board_id={other}")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(names(&list(&foreign_main, "").await), ["Main"]);
        assert_eq!(list(&foreign_main, &format!("?board_id={ours}")).await.status, StatusCode::FORBIDDEN);
        let page = list(&bob, "?limit=1&offset=1").await;
        assert_eq!((names(&page), &page.json["total"]), (vec!["Lead"], &json!(2)));

        for (token, shown) in [(&bob, ["Bob"].as_slice()), (&lead, &["Bob", "Lead"]), (&main, &["Main"])] {
            let answer = list(token, "").await;
            for item in answer.json["items"].as_array().unwrap() {
                let is_shown = shown.contains(&item["name"].as_str().unwrap());
                for field in ["soul_template", "identity_template"] {
                    assert_eq!(item[field] == "secret", is_shown, "{item}");
                }
                assert!(is_shown || item["openclaw_session_id"].is_null());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_lead_makes_workers_up_to_the_limit_of_its_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let (_, lead) = agent(&server, (home, ours), "Lead", true, None).await;
        let (_, worker) = agent(&server, (home, other), "Worker", false, None).await;
        let (_, main) = gateway(&server, home).await;
        let create = async |token: &str, path: &str, body: Value| {
            server.agent(token, Method::POST, path, Some(body)).await
        };
        for token in [&worker, &main] {
            let refused = create(token, AGENTS, json!({"name": "Bob"})).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
            assert!(refused.json["detail"].as_str().unwrap().contains("Only board leads"));
        }
        let bob = create(&lead, AGENTS, json!({"name": "Bob", "board_id": other})).await;
        assert_eq!((bob.status, &bob.json["board_id"]), (StatusCode::OK, &json!(ours)), "{}", bob.json);
        assert_eq!(bob.json["token"], Value::Null, "agents mint no tokens");
        let full = create(&lead, AGENTS, json!({"name": "Eve"})).await;
        assert_eq!((full.status, &full.json["code"]), (StatusCode::CONFLICT, &json!("board_agent_limit")));
        let detail = full.json["detail"].as_str().unwrap();
        assert!(detail.contains("max_agents=1") && detail.contains("excluding the lead"), "{detail}");

        set_limit(&server, ours, 9).await;
        let shared = "/api/v1/agents";
        let elsewhere = create(&lead, shared, json!({"name": "Eve", "board_id": other})).await;
        assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
        let made = create(&lead, shared, json!({"name": "Eve", "is_board_lead": true})).await;
        assert_eq!((made.status, &made.json["is_board_lead"]), (StatusCode::OK, &json!(false)));
        assert_eq!(create(&lead, shared, json!({"name": "bob"})).await.status, StatusCode::CONFLICT);
        let body = json!({"name": "Zoe", "token_expires_at": "2099-01-01"});
        assert_eq!(create(&lead, AGENTS, body).await.status, StatusCode::FORBIDDEN);
        // People are not bound by the limit.
        set_limit(&server, ours, 0).await;
        let by_person =
            server.user(Method::POST, shared, Some(json!({"name": "Zoe", "board_id": ours}))).await;
        assert_eq!(by_person.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_lead_that_is_being_deleted_makes_and_deletes_nothing() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (lead, token) = agent(&server, (home, board), "Lead", true, None).await;
        let (bob, _) = agent(&server, (home, board), "Bob", false, None).await;
        set_limit(&server, board, 9).await;
        let txn = store.begin().await.unwrap();
        txn.run_one(sql("UPDATE agents SET status = 'deleting' WHERE id = $1").bind(lead.id)).await.unwrap();
        txn.commit().await.unwrap();
        let made = server.agent(&token, Method::POST, AGENTS, Some(json!({"name": "Eve"}))).await;
        let deleted = server.agent(&token, Method::DELETE, &one(board, bob.id), None).await;
        assert_eq!((made.status, deleted.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
        let read = server.agent(&token, Method::GET, AGENTS, None).await;
        assert_eq!(read.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_lead_deletes_workers_of_its_board_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gate, main) = gateway(&server, home).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let (lead, token) = agent(&server, (home, ours), "Lead", true, None).await;
        let (bob, worker) = agent(&server, (home, ours), "Bob", false, None).await;
        let (eve, _) = agent(&server, (home, other), "Eve", false, None).await;
        let (main_id,): (Uuid,) = mc_store::Read::one(
            &store,
            sql("SELECT id FROM agents WHERE gateway_id = $1 AND board_id IS NULL").bind(gate),
        )
        .await
        .unwrap();
        let delete = async |token: &str, board: Uuid, agent: Uuid| {
            server.agent(token, Method::DELETE, &one(board, agent), None).await
        };
        for (token, board, agent, status) in [
            (&token, ours, lead.id, StatusCode::FORBIDDEN),
            (&token, ours, eve.id, StatusCode::NOT_FOUND),
            (&token, other, eve.id, StatusCode::FORBIDDEN),
            (&token, ours, main_id, StatusCode::FORBIDDEN),
            (&token, ours, Uuid::nil(), StatusCode::OK),
            (&worker, ours, bob.id, StatusCode::FORBIDDEN),
            (&main, ours, bob.id, StatusCode::FORBIDDEN),
            (&token, ours, bob.id, StatusCode::OK),
            (&token, ours, bob.id, StatusCode::OK),
        ] {
            let answer = delete(token, board, agent).await;
            assert_eq!(answer.status, status, "{agent}: {}", answer.json);
        }
        assert_eq!(names(&server.agent(&token, Method::GET, AGENTS, None).await), ["Lead"]);
    })
    .await;
}

/// What `docs/agents.md` tells an agent of any runtime to do.
#[tokio::test]
async fn an_agent_of_any_runtime_takes_a_task_from_the_inbox_to_review() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Plain").await;
        let tasks = format!("/api/v1/agent/boards/{board}/tasks");
        let people = format!("/api/v1/boards/{board}/tasks");
        server.user(Method::POST, &people, Some(json!({"title": "Write the report"}))).await;

        let made = server
            .user(Method::POST, "/api/v1/agents", Some(json!({"name": "Ada", "board_id": board})))
            .await
            .json;
        let token = made["token"].as_str().unwrap();
        let call = async |method: Method, path: &str, body: Option<Value>| {
            let answer = server.agent(token, method, path, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.json);
            answer.json
        };
        call(Method::POST, "/api/v1/agent/heartbeat", None).await;
        let free = call(Method::GET, &format!("{tasks}?status=inbox&unassigned=true"), None).await;
        let task = format!("{tasks}/{}", free["items"][0]["id"].as_str().unwrap());
        let claimed = call(Method::PATCH, &task, Some(json!({"status": "in_progress"}))).await;
        assert_eq!(claimed["assigned_agent_id"], made["id"]);
        call(Method::POST, &format!("{task}/comments"), Some(json!({"message": "Half of it is done."})))
            .await;
        let done = call(
            Method::PATCH,
            &task,
            Some(json!({"status": "review", "comment": "The report is in the wiki."})),
        )
        .await;
        assert_eq!(done["status"], "review");
    })
    .await;
}
