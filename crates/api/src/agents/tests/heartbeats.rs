use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AGENTS, kinds, made, path, run};
use crate::{
    fixtures::{agent, board, home, organization, person},
    testing::TestServer,
};

const BY_NAME: &str = "/api/v1/agents/heartbeat";

#[tokio::test]
async fn an_agent_reports_for_itself_with_a_known_status_or_a_note() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, token) = made(&server, board, "Ada").await;
        let (bob, _) = made(&server, board, "Bob").await;
        let own = format!("{}/heartbeat", path(ada));
        let say = |body: Option<Value>| server.agent(&token, Method::POST, &own, body);
        for (status, shown, note) in [
            (json!("busy"), "busy", Value::Null),
            (json!("healthy"), "online", json!("healthy")),
            (json!("deleting"), "online", json!("deleting")),
            (json!("paused"), "paused", Value::Null),
            (Value::Null, "paused", Value::Null),
        ] {
            let answer = say(Some(json!({ "status": status }))).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
            assert_eq!(
                (&answer.json["status"], &answer.json["status_note"]),
                (&json!(shown), &note),
                "{status}"
            );
        }
        assert_eq!(say(None).await.status, StatusCode::UNPROCESSABLE_ENTITY, "an object is required");
        assert_eq!(say(Some(json!({"status": 5}))).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let other =
            server.agent(&token, Method::POST, &format!("{}/heartbeat", path(bob)), Some(json!({}))).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN);
        let by_name =
            server.agent(&token, Method::POST, BY_NAME, Some(json!({"name": "Bob", "status": "idle"}))).await;
        assert_eq!((&by_name.json["name"], &by_name.json["status"]), (&json!("Ada"), &json!("idle")));
        let plain = server.agent(&token, Method::POST, "/api/v1/agent/heartbeat", Some(json!("any"))).await;
        assert_eq!((plain.status, &plain.json["status"]), (StatusCode::OK, &json!("idle")));
        let feed: Vec<_> =
            kinds(&store).await.into_iter().filter(|(kind, _)| kind == "agent.heartbeat").collect();
        assert!(feed.is_empty(), "heartbeats are no activity");
    })
    .await;
}

#[tokio::test]
async fn every_call_revives_an_agent() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, token) = made(&server, board, "Ada").await;
        server.agent(&token, Method::GET, "/api/v1/agent/healthz", None).await;
        run(
            &store,
            sql("UPDATE agents SET status = 'offline', wake_attempts = 3, lifecycle_state = 'gave_up',
                     last_provision_error = 'silent' WHERE id = $1")
            .bind(ada),
        )
        .await;
        // Seen a moment ago, and still every kind of call counts.
        server.agent(&token, Method::GET, &format!("/api/v1/boards/{board}/tasks"), None).await;
        let shown = server.user(Method::GET, &path(ada), None).await.json;
        for (field, expected) in [
            ("status", json!("online")),
            ("wake_attempts", json!(0)),
            ("lifecycle_state", json!("ready")),
            ("last_provision_error", Value::Null),
        ] {
            assert_eq!(shown[field], expected, "{field}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_persons_report_is_no_sign_of_life() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (ada, _) = made(&server, board, "Ada").await;
        let heartbeat = format!("{}/heartbeat", path(ada));
        let answer = server.user(Method::POST, &heartbeat, Some(json!({"status": "paused"}))).await;
        assert_eq!((answer.status, &answer.json["last_seen_at"]), (StatusCode::OK, &Value::Null));
        assert_eq!(answer.json["presence"], "never");
        let reader = person(&server, "reader", home, Role::Admin, (true, false)).await;
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        for who in [&reader, &member] {
            let refused = who.call(&server, Method::POST, &heartbeat, Some(json!({}))).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
    })
    .await;
}

#[tokio::test]
async fn a_person_names_an_agent_of_the_own_organization_or_makes_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ours, twin) = (board(&server, "Ours").await, board(&server, "Twin").await);
        let other = organization(&server, "Other").await;
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;
        let theirs = stranger
            .call(
                &server,
                Method::POST,
                "/api/v1/boards",
                Some(json!({"name": "T", "slug": "t", "description": "d", "board_type": "general"})),
            )
            .await;
        let theirs: Uuid = theirs.json["id"].as_str().unwrap().parse().unwrap();
        agent(&server, (other, theirs), "Ada", false, None).await;

        let say = |body: Value| server.user(Method::POST, BY_NAME, Some(body));
        let homeless = say(json!({"name": "Ada"})).await;
        assert_eq!(
            homeless.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "a foreign agent is not found by its name"
        );
        let made = say(json!({"name": "Ada", "board_id": ours})).await;
        assert_eq!((made.status, made.json["token"].is_string()), (StatusCode::OK, true), "{}", made.json);
        let again = say(json!({"name": "Ada", "status": "paused"})).await;
        assert_eq!((&again.json["id"], &again.json["token"]), (&made.json["id"], &Value::Null));
        super::made(&server, twin, "Ada").await;
        assert_eq!(say(json!({"name": "Ada"})).await.status, StatusCode::CONFLICT);
        assert_eq!(say(json!({"name": "Ada", "board_id": ours})).await.json["id"], made.json["id"]);
        let listed = stranger.call(&server, Method::GET, AGENTS, None).await.json;
        assert_eq!(listed["total"], 1);
    })
    .await;
}
