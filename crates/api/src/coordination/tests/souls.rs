//! Souls and nudges.

use http::{Method, StatusCode};
use mc_domain::gateways::port::{Failure, GatewayError};
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, faulty, linked_board, post, refused};
use crate::fixtures::{agent, board};

fn soul(board: Uuid, agent: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/agents/{agent}/soul")
}

fn nudge(board: Uuid, agent: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/agents/{agent}/nudge")
}

async fn stored(world: &World, agent: Uuid) -> Option<String> {
    let row: (Option<String>,) = world
        .server
        .context
        .store()
        .one(sql("SELECT soul_template FROM agents WHERE id = $1").bind(agent))
        .await
        .unwrap();
    row.0
}

async fn versions(world: &World, agent: Uuid) -> Vec<(String, Option<String>)> {
    let store = world.server.context.store();
    store
        .all(
            sql(
                "SELECT content, reason FROM agent_soul_versions WHERE agent_id = $1 ORDER BY created_at, id",
            )
            .bind(agent),
        )
        .await
        .unwrap()
}

#[tokio::test]
async fn a_soul_is_read_from_the_gateway_by_its_owner_and_its_lead() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let (lead, lead_token) = world.lead(world.linked, "Ada").await;
        let (bob, bob_token) = world.worker(world.linked, "Bob").await;
        for (token, id) in [(&lead_token, bob.id), (&bob_token, bob.id), (&lead_token, lead.id)] {
            let marked = "<!-- mission-control:begin version=1 sha256=00 -->\nbe kind\n<!-- mission-control:end -->\nmine";
            world.gateway.answer("agents.files.get", Ok(json!({"file": {"content": marked}})));
            let answer = server.agent(token, Method::GET, &soul(world.linked, id), None).await;
            assert_eq!((answer.status, &answer.json), (StatusCode::OK, &json!("be kind")));
        }
        let seen = world.gateway.take_seen();
        assert_eq!(seen[0].params, json!({"agentId": "mc-Bob", "name": "SOUL.md"}));
        assert_eq!(seen[2].params["agentId"], json!(format!("lead-{}", world.linked)));
        let upper =
            soul(world.linked, bob.id).replace(&bob.id.to_string(), &bob.id.to_string().to_uppercase());
        world.gateway.answer("agents.files.get", Ok(json!("be kind")));
        assert_eq!(server.agent(&bob_token, Method::GET, &upper, None).await.status, StatusCode::OK);

        for broken in [Ok(json!({"missing": true})), Err(GatewayError::new(Failure::Refused, "secret path"))]
        {
            world.gateway.answer("agents.files.get", broken);
            let answer = server.agent(&bob_token, Method::GET, &soul(world.linked, bob.id), None).await;
            refused(&answer, StatusCode::BAD_GATEWAY, "Gateway SOUL read failed");
        }
        let answer = server.agent(&bob_token, Method::GET, &soul(world.linked, lead.id), None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_lead_writes_souls_of_its_board_and_the_old_ones_are_kept() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let (lead, lead_token) = world.lead(world.linked, "Ada").await;
        let (bob, bob_token) = world.worker(world.linked, "Bob").await;
        let path = soul(world.linked, bob.id);
        let put =
            async |token: &str, body: Value| world.server.agent(token, Method::PUT, &path, Some(body)).await;
        super::run(
            &world.server,
            sql("UPDATE agents SET soul_template = 'made with' WHERE id = $1").bind(bob.id),
        )
        .await;

        world.refuse("agents.files.set");
        let answer = put(&lead_token, json!({"content": "first"})).await;
        refused(&answer, StatusCode::BAD_GATEWAY, "Gateway SOUL update failed: out of order");
        assert_eq!(stored(&world, bob.id).await.as_deref(), Some("made with"));
        assert!(versions(&world, bob.id).await.is_empty());
        drop(world.gateway.take_seen());

        let body =
            json!({"content": " first \n", "reason": " he is late ", "source_url": "https://x.test/soul"});
        let answer = put(&lead_token, body).await;
        assert_eq!((answer.status, &answer.json), (StatusCode::OK, &json!({"ok": true})));
        let seen = world.gateway.take_seen();
        assert_eq!(seen[1].method, "agents.files.set");
        assert_eq!(
            (&seen[1].params["agentId"], &seen[1].params["name"]),
            (&json!("mc-Bob"), &json!("SOUL.md"))
        );
        let first = seen[1].params["content"].as_str().unwrap();
        assert!(
            first.starts_with("<!-- mission-control:begin ") && first.contains("-->\nfirst\n<!--"),
            "{first}"
        );
        world.gateway.answer("agents.files.get", Ok(json!({"content": format!("{first}my own words\n")})));
        assert_eq!(put(&lead_token, json!({"content": "second"})).await.status, StatusCode::OK);
        assert_eq!(stored(&world, bob.id).await.as_deref(), Some("second"));
        let seen = world.gateway.take_seen();
        let second = seen[1].params["content"].as_str().unwrap();
        assert!(second.contains("-->\nsecond\n<!--") && second.ends_with("my own words\n"), "{second}");
        let texts: Vec<(String, Option<String>)> = versions(&world, bob.id).await;
        let expected = [("made with", None), ("first", Some("he is late")), ("second", None)];
        assert_eq!(texts, expected.map(|(text, reason)| (text.to_owned(), reason.map(str::to_owned))));
        let events = world.activity("agent.soul.updated").await;
        assert_eq!(events[0].1, Some(lead.id));
        assert_eq!(
            events[0].2,
            "The soul of Bob was updated. Reason: he is late Source: https://x.test/soul"
        );

        let places = json!({"content": "You are {{ agent_name }}."});
        assert_eq!(put(&lead_token, places).await.status, StatusCode::OK);
        let filled = world.gateway.take_seen()[1].params["content"].as_str().unwrap().to_owned();
        assert!(filled.contains("-->\nYou are Bob.\n<!--"), "places are filled in at once: {filled}");
        assert_eq!(stored(&world, bob.id).await.as_deref(), Some("You are {{ agent_name }}."));

        refused(
            &put(&lead_token, json!({"content": " \n"})).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "content is required",
        );
        faulty(&put(&lead_token, json!({})).await, "missing", &json!(["body", "content"]));
        let long = json!({"content": "x".repeat(100_001)});
        faulty(&put(&lead_token, long).await, "string_too_long", &json!(["body", "content"]));
        let secret = put(&lead_token, json!({"content": "{{ auth_token }}"})).await;
        faulty(&secret, "value_error", &json!(["body", "content"]));
        let answer = put(&bob_token, json!({"content": "x"})).await;
        refused(&answer, StatusCode::FORBIDDEN, "Only the lead of the board may do this");
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_lives_elsewhere_has_the_stored_soul() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let plain = board(server, "Plain").await;
        let (lead, token) = agent(server, (world.home, plain), "Ada", true, None).await;
        let path = soul(plain, lead.id);
        assert_eq!(server.agent(&token, Method::GET, &path, None).await.json, json!(""));
        let answer = server.agent(&token, Method::PUT, &path, Some(json!({"content": "be brave"}))).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(server.agent(&token, Method::GET, &path, None).await.json, json!("be brave"));
        assert!(world.gateway.take_seen().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_lead_reaches_no_agent_of_another_board_and_no_main_agent() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let other = linked_board(server, world.gateway_id, "Other").await;
        let (_, lead) = world.lead(world.linked, "Ada").await;
        let (stranger, _) = world.worker(other, "Bob").await;
        let main: (Uuid,) = server
            .context
            .store()
            .one(
                sql("SELECT id FROM agents WHERE gateway_id = $1 AND board_id IS NULL")
                    .bind(world.gateway_id),
            )
            .await
            .unwrap();
        for id in [stranger.id, main.0, Uuid::from_u128(7)] {
            let path = soul(world.linked, id);
            for (method, path, body) in [
                (Method::GET, &path, None),
                (Method::PUT, &path, Some(json!({"content": "obey"}))),
                (Method::POST, &nudge(world.linked, id), Some(json!({"message": "obey"}))),
            ] {
                let answer = server.agent(&lead, method, path, body).await;
                refused(&answer, StatusCode::NOT_FOUND, "There is no such agent on this board");
            }
        }
        for path in [soul(other, stranger.id), nudge(other, stranger.id)] {
            assert_eq!(
                post(&world, &lead, &nudge(other, stranger.id), json!({"message": "x"})).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        assert!(world.gateway.take_seen().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_nudge_reaches_the_agent_word_for_word_or_says_why_not() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let (lead, token) = world.lead(world.linked, "Ada").await;
        let (bob, bob_token) = world.worker(world.linked, "Bob").await;
        let path = nudge(world.linked, bob.id);
        let answer = post(&world, &token, &path, json!({"message": " wake up "})).await;
        assert_eq!((answer.status, &answer.json), (StatusCode::OK, &json!({"ok": true})));
        let sent = world.take_messages();
        assert_eq!(
            (sent[0].session.as_str(), sent[0].label.as_str(), sent[0].text.as_str(), sent[0].deliver),
            ("agent:mc-Bob:main", "Bob", "wake up", true)
        );
        assert_eq!(world.activity("agent.nudge.sent").await[0].1, Some(lead.id));

        // What may work in a moment is tried again under the same key.
        world.gateway.answer("chat.send", Err(GatewayError::new(Failure::Busy, "restarting")));
        assert_eq!(post(&world, &token, &path, json!({"message": "again"})).await.status, StatusCode::OK);
        let sent = world.take_messages();
        assert_eq!((sent.len(), &sent[0].key), (2, &sent[1].key));

        world.refuse("sessions.patch");
        let answer = post(&world, &token, &path, json!({"message": "x"})).await;
        refused(&answer, StatusCode::BAD_GATEWAY, "Gateway nudge failed: out of order");
        let failed = world.activity("agent.nudge.failed").await;
        assert_eq!(
            failed,
            [(Some(world.linked), Some(lead.id), "Nudge to Bob failed: out of order".to_owned())]
        );

        let (silent, _) = agent(server, (world.home, world.linked), "Silent", false, None).await;
        let answer = post(&world, &token, &nudge(world.linked, silent.id), json!({"message": "x"})).await;
        refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "Agent Silent has no session key");
        faulty(
            &post(&world, &token, &path, json!({"message": " "})).await,
            "string_too_short",
            &json!(["body", "message"]),
        );
        let answer = post(&world, &bob_token, &path, json!({"message": "x"})).await;
        refused(&answer, StatusCode::FORBIDDEN, "Only the lead of the board may do this");
        let answer = post(&world, &world.main, &path, json!({"message": "x"})).await;
        refused(&answer, StatusCode::FORBIDDEN, "Only the lead of the board may do this");

        let plain = board(server, "Plain").await;
        let (_, plain_lead) = world.lead(plain, "Eve").await;
        let (far, _) = world.worker(plain, "Far").await;
        let answer = post(&world, &plain_lead, &nudge(plain, far.id), json!({"message": "x"})).await;
        refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "Board gateway_id is required");
    })
    .await;
}
