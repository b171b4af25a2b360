use http::{Method, StatusCode};
use mc_domain::{
    gateways::{
        port::{Failure, GatewayError},
        testing::ScriptedGateway,
    },
    organizations::Role,
};
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{create, id, kinds, path, run};
use crate::{
    fixtures::{agent, board, gateway, home, organization, person},
    testing::TestServer,
};

/// A board on a gateway that nobody answers for.
async fn connected(server: &TestServer, name: &str, gate: Uuid) -> Uuid {
    let board = board(server, name).await;
    run(
        server.context.store(),
        sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board).bind(gate),
    )
    .await;
    board
}

#[tokio::test]
async fn a_failed_creation_is_kept_with_its_error_and_goes_on() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gate, main) = gateway(&server, home).await;
        let (ours, other) = (connected(&server, "Ours", gate).await, connected(&server, "Other", gate).await);
        let failed = create(&server, json!({"name": "Ada", "board_id": ours})).await;
        assert_eq!(failed.status, StatusCode::BAD_GATEWAY);
        let detail = failed.json["detail"].as_str().unwrap();
        assert!(detail.starts_with("Gateway provision failed: "), "{detail}");
        let list = server.user(Method::GET, &format!("/api/v1/agents?board_id={ours}"), None).await.json;
        let row = &list["items"][0];
        for (field, expected) in [
            ("lifecycle_state", json!("requested")),
            ("status", json!("provisioning")),
            ("lifecycle_generation", json!(1)),
            ("gateway_id", json!(gate)),
            ("openclaw_session_id", json!(format!("agent:mc-{}:main", id(row)))),
        ] {
            assert_eq!(row[field], expected, "{field}");
        }
        assert!(row["waits_for_gateway_since"].is_string() && row["next_attempt_at"].is_string());
        assert!(row["last_provision_error"].as_str().is_some_and(|text| detail.ends_with(text)));

        let again = create(&server, json!({"name": "ADA", "board_id": ours, "soul_template": "new"})).await;
        assert_eq!(again.status, StatusCode::BAD_GATEWAY, "it goes on, and fails for the same reason");
        let list = server.user(Method::GET, &format!("/api/v1/agents?board_id={ours}"), None).await.json;
        assert_eq!(list["total"], 1, "no second row");
        assert_eq!(
            (&list["items"][0]["soul_template"], &list["items"][0]["lifecycle_generation"]),
            (&json!("new"), &json!(2))
        );
        let beside = create(&server, json!({"name": "ada", "board_id": other})).await;
        assert_eq!(beside.status, StatusCode::CONFLICT, "the name is taken on the gateway");

        run(&store, sql("UPDATE agents SET last_seen_at = created_at WHERE id = $1").bind(id(row))).await;
        let live = create(&server, json!({"name": "Ada", "board_id": ours})).await;
        assert_eq!(live.status, StatusCode::CONFLICT, "an agent that has lived is not made anew");
        let roster = server.agent(&main, Method::GET, "/api/v1/agent/agents", None).await.json;
        assert_eq!(roster["total"], 2);
        let log = kinds(&store).await;
        assert_eq!(log.iter().filter(|(kind, feed)| kind == "agent.provision.failed" && *feed).count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_must_be_complete() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (gate, _) = gateway(&server, home(&server).await).await;
        let board = connected(&server, "Ours", gate).await;
        for (statement, word) in [
            (sql("UPDATE gateways SET workspace_root = ' ' WHERE id = $1"), "workspace_root"),
            (sql("UPDATE gateways SET url = '' WHERE id = $1"), "url"),
        ] {
            run(&store, statement.bind(gate)).await;
            let refused = create(&server, json!({"name": "Ada", "board_id": board})).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.json["detail"].as_str().unwrap().contains(word), "{}", refused.json);
        }
        let list = server.user(Method::GET, &format!("/api/v1/agents?board_id={board}"), None).await.json;
        assert_eq!(list["total"], 0);
    })
    .await;
}

#[tokio::test]
async fn a_failed_change_stays_and_says_so() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gate, _) = gateway(&server, home).await;
        let board = connected(&server, "Ours", gate).await;
        let (ada, token) = agent(&server, (home, board), "Ada", false, Some("agent:mc-1:main")).await;
        run(&store, sql("UPDATE agents SET gateway_id = $2 WHERE id = $1").bind(ada.id).bind(gate)).await;
        server.agent(&token, Method::GET, "/api/v1/agent/healthz", None).await;
        let change = server.user(Method::PATCH, &path(ada.id), Some(json!({"name": "Eve"}))).await;
        assert_eq!(change.status, StatusCode::BAD_GATEWAY);
        assert!(change.json["detail"].as_str().unwrap().starts_with("Gateway update failed: "));
        let shown = server.user(Method::GET, &path(ada.id), None).await.json;
        assert_eq!(
            (&shown["name"], &shown["lifecycle_state"], &shown["status"]),
            (&json!("Eve"), &json!("requested"), &json!("online"))
        );
        let still = server.agent(&token, Method::GET, "/api/v1/agent/healthz", None).await;
        assert_eq!(still.status, StatusCode::OK, "the agent is not locked out");
        let nothing = server.user(Method::PATCH, &path(ada.id), Some(json!({}))).await;
        assert_eq!(nothing.status, StatusCode::OK, "nothing to do is nothing to fail");
        let expiry =
            server.user(Method::PATCH, &path(ada.id), Some(json!({"token_expires_at": "2099-01-01"}))).await;
        assert_eq!(expiry.status, StatusCode::OK, "tokens are no matter of the gateway");
        let forced =
            server.user(Method::PATCH, &format!("{}?force=true", path(ada.id)), Some(json!({}))).await;
        assert_eq!(forced.status, StatusCode::BAD_GATEWAY);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_away_keeps_its_agents_unless_forced() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gate, _) = gateway(&server, home).await;
        let board = connected(&server, "Ours", gate).await;
        let (ada, _) = agent(&server, (home, board), "Ada", false, Some("agent:mc-1:main")).await;
        run(&store, sql("UPDATE agents SET gateway_id = $2 WHERE id = $1").bind(ada.id).bind(gate)).await;
        let kept = server.user(Method::DELETE, &path(ada.id), None).await;
        assert_eq!(kept.status, StatusCode::BAD_GATEWAY);
        assert!(kept.json["detail"].as_str().unwrap().starts_with("Gateway cleanup failed"));
        let shown = server.user(Method::GET, &path(ada.id), None).await.json;
        assert_eq!(shown["lifecycle_state"], "ready");
        let gone = server.user(Method::DELETE, &format!("{}?force=true", path(ada.id)), None).await;
        assert_eq!(gone.json, json!({"ok": true}));
        assert_eq!(server.user(Method::GET, &path(ada.id), None).await.status, StatusCode::NOT_FOUND);
        let (payload,): (mc_store::Json<Value>,) =
            store.one(sql("SELECT payload FROM jobs WHERE kind = 'agent.cleanup'")).await.unwrap();
        assert_eq!(payload.0["remains"]["agent_key"], "mc-1");
        let log = kinds(&store).await;
        assert!(log.contains(&("agent.delete.failed".to_owned(), true)));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_has_one_main_agent() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gate, _) = gateway(&server, home).await;
        let board = connected(&server, "Ours", gate).await;
        let (ada, _) = agent(&server, (home, board), "Ada", false, None).await;
        let second = server.user(Method::PATCH, &path(ada.id), Some(json!({"is_gateway_main": true}))).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        let main = server.user(Method::GET, &format!("/api/v1/agents?gateway_id={gate}"), None).await.json;
        let main = id(main["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|agent| agent["is_gateway_main"] == true)
            .unwrap());
        let homeless = server.user(Method::PATCH, &path(main), Some(json!({"is_gateway_main": false}))).await;
        assert_eq!(homeless.status, StatusCode::UNPROCESSABLE_ENTITY);
        let leads = server.user(Method::PATCH, &path(main), Some(json!({"is_board_lead": true}))).await;
        assert_eq!(leads.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn an_agent_is_set_up_again_and_woken_by_request() {
    on_both(|store| async move {
        let script = ScriptedGateway::default();
        let server = TestServer::with_gateways(&store, script.clone()).await;
        let home = home(&server).await;
        let (gate, _) = gateway(&server, home).await;
        let board = connected(&server, "Ours", gate).await;
        script.answer("agents.create", Err(GatewayError::new(Failure::Refused, "disk is full")));
        let failed = create(&server, json!({"name": "Ada", "board_id": board})).await;
        assert_eq!(failed.status, StatusCode::BAD_GATEWAY);
        let list = server.user(Method::GET, &format!("/api/v1/agents?board_id={board}"), None).await.json;
        let row = &list["items"][0];
        assert_eq!((&row["lifecycle_state"], &row["status"]), (&json!("failed"), &json!("offline")));
        let step = row["provisioning"]["steps"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(step, json!({"name": "register", "state": "failed", "detail": "disk is full"}));
        assert_eq!(row["files"]["behind"], true);
        let wake = format!("{}/wake", path(id(row)));
        let early = server.user(Method::POST, &wake, Some(json!({}))).await;
        assert_eq!((early.status, &early.json["code"]), (StatusCode::CONFLICT, &json!("agent_not_set_up")));

        let again = format!("{}/reprovision", path(id(row)));
        let made = server.user(Method::POST, &again, None).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.json);
        assert_eq!(made.json["lifecycle_state"], "awaiting_checkin");
        assert_eq!(
            (&made.json["files"]["behind"], &made.json["next_attempt_at"]),
            (&json!(false), &Value::Null)
        );
        let files = made.json["files"]["items"].as_array().unwrap();
        assert!(files.iter().any(|file| file["name"] == "AGENTS.md" && file["state"] == "done"), "{files:?}");
        assert_eq!(made.json["last_wake_reason"], "provisioned");
        let woken = server.user(Method::POST, &wake, Some(json!({"reason": "the build is red"}))).await;
        assert_eq!(
            (&woken.json["wake_attempts"], &woken.json["last_wake_reason"]),
            (&json!(2), &json!("the build is red"))
        );
        let blank = server.user(Method::POST, &wake, Some(json!({"reason": " "}))).await;
        assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);

        let other = organization(&server, "Other").await;
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;
        for path in [&again, &wake] {
            let foreign = stranger.call(&server, Method::POST, path, Some(json!({}))).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}
