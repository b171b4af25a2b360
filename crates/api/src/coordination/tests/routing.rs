//! Main agents and leads.

use http::StatusCode;
use mc_domain::{
    agents,
    gateways::port::{Failure, GatewayError, Hello},
};
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, faulty, linked_board, main_of_gateway, post, refused, run};
use crate::fixtures::{agent, board, organization};

const BROADCAST: &str = "/api/v1/agent/gateway/leads/broadcast";

fn message(board: Uuid) -> String {
    format!("/api/v1/agent/gateway/boards/{board}/lead/message")
}

#[tokio::test]
async fn a_message_reaches_the_lead_and_leaves_its_name_alone() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let (ada, _) = world.lead(world.linked, "Ada").await;
        let body = json!({"content": " Status? ", "correlation_id": " c-1 "});
        let answer = post(&world, &world.main, &message(world.linked), body).await;
        let expected = json!({
            "ok": true, "board_id": world.linked, "lead_agent_id": ada.id,
            "lead_agent_name": "Ada", "lead_created": false,
        });
        assert_eq!((answer.status, &answer.json), (StatusCode::OK, &expected));
        let sent = world.take_messages().remove(0);
        assert_eq!(sent.session, format!("agent:lead-{}:main", world.linked));
        assert_eq!((sent.label.as_str(), sent.deliver), ("Ada", false));
        assert!(sent.text.starts_with("GATEWAY MAIN QUESTION\nBoard: Linked\n"), "{}", sent.text);
        assert!(sent.text.contains("\nCorrelation ID: c-1\n\nStatus?\n"), "{}", sent.text);
        assert!(
            sent.text.contains(r#""tags":["gateway_main","lead_reply"],"source":"lead_to_gateway_main"}"#),
            "{}",
            sent.text
        );
        let events = world.activity("gateway.main.lead_message.sent").await;
        assert_eq!((events.len(), events[0].0), (1, Some(world.linked)));

        let body =
            json!({"content": "take over", "kind": "handoff", "reply_tags": ["own"], "reply_source": "me"});
        assert_eq!(post(&world, &world.main, &message(world.linked), body).await.status, StatusCode::OK);
        let sent = world.take_messages().remove(0);
        assert!(sent.text.starts_with("GATEWAY MAIN HANDOFF\n"));
        assert!(sent.text.contains(r#""tags":["own"],"source":"me"}"#), "{}", sent.text);

        world.refuse("chat.send");
        let answer = post(&world, &world.main, &message(world.linked), json!({"content": "x"})).await;
        refused(&answer, StatusCode::BAD_GATEWAY, "Gateway lead message dispatch failed: out of order");
        assert_eq!(world.activity("gateway.main.lead_message.failed").await.len(), 1);
        let lead = agents::service::lead_of(&store, world.linked).await.unwrap().unwrap();
        assert_eq!(lead.name, "Ada");
    })
    .await;
}

#[tokio::test]
async fn a_board_gets_one_lead_however_many_messages_come_at_once() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let path = message(world.linked);
        let send = || post(&world, &world.main, &path, json!({"content": "hello"}));
        let answers = tokio::join!(send(), send(), send());
        let answers = [answers.0, answers.1, answers.2];
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| answer.json["lead_created"] == true).count(), 1);
        let lead = agents::service::lead_of(&store, world.linked).await.unwrap().unwrap();
        assert_eq!((lead.name.as_str(), lead.gateway_id), ("Lead Agent", Some(world.gateway_id)));
        assert_eq!(lead.openclaw_session_id, Some(format!("agent:lead-{}:main", world.linked)));
        let profile = Value::Object(lead.identity_profile.unwrap().0);
        assert_eq!((&profile["role"], &profile["emoji"]), (&json!("Board Lead"), &json!(":gear:")));
        assert!(answers.iter().all(|answer| answer.json["lead_agent_id"] == json!(lead.id)));
    })
    .await;
}

#[tokio::test]
async fn a_lead_that_could_not_be_set_up_is_set_up_by_the_next_message() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let path = message(world.linked);
        let send = || post(&world, &world.main, &path, json!({"content": "hello"}));
        let down = GatewayError::new(Failure::Refused, "out of order");
        world.gateway.set_hello(Err(down));
        refused(&send().await, StatusCode::BAD_GATEWAY, "Gateway provision failed: out of order");
        refused(&send().await, StatusCode::BAD_GATEWAY, "Gateway provision failed: out of order");
        assert!(world.take_messages().is_empty());
        assert!(world.activity("gateway.main.lead_message.failed").await.is_empty());
        world.gateway.set_hello(Ok(Hello::default()));
        let answer = send().await;
        assert_eq!((answer.status, &answer.json["lead_created"]), (StatusCode::OK, &json!(false)));
        let lead = agents::service::lead_of(&store, world.linked).await.unwrap().unwrap();
        assert_eq!((lead.name.as_str(), lead.last_provision_error), ("Lead Agent", None));
    })
    .await;
}

#[tokio::test]
async fn only_the_main_agent_of_the_gateway_writes_to_leads() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let plain = board(server, "Plain").await;
        let (_, lead) = world.lead(world.linked, "Ada").await;
        let elsewhere = organization(server, "Elsewhere").await;
        let (_, stranger) = main_of_gateway(server, elsewhere).await;
        let (_, neighbour) = main_of_gateway(server, world.home).await;
        let body = || json!({"content": "x"});
        for path in [message(world.linked), BROADCAST.to_owned()] {
            refused(&post(&world, &lead, &path, body()).await, StatusCode::FORBIDDEN, "Forbidden");
            faulty(&post(&world, &lead, &path, json!({})).await, "missing", &json!(["body", "content"]));
            assert_eq!(server.user(http::Method::POST, &path, Some(body())).await.status, StatusCode::UNAUTHORIZED);
        }
        for token in [&stranger, &neighbour] {
            refused(&post(&world, token, &message(world.linked), body()).await, StatusCode::FORBIDDEN, "Forbidden");
        }
        refused(&post(&world, &world.main, &message(plain), body()).await, StatusCode::FORBIDDEN, "Forbidden");
        let unknown = message(Uuid::from_u128(7));
        refused(&post(&world, &world.main, &unknown, body()).await, StatusCode::NOT_FOUND, "There is no such board");
        let answer = post(&world, &world.main, &message(world.linked), json!({"content": "x", "kind": "order"})).await;
        faulty(&answer, "literal_error", &json!(["body", "kind"]));
        let answer = post(&world, &world.main, &message(world.linked), json!({"content": " "})).await;
        faulty(&answer, "string_too_short", &json!(["body", "content"]));

        run(server, sql("UPDATE agents SET openclaw_session_id = 'agent:other:main' WHERE gateway_id = $1 AND board_id IS NULL").bind(world.gateway_id)).await;
        for path in [message(world.linked), BROADCAST.to_owned()] {
            let answer = post(&world, &world.main, &path, body()).await;
            refused(&answer, StatusCode::FORBIDDEN, "Only the main agent of a gateway may do this");
        }
        assert!(world.gateway.take_seen().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_broadcast_says_what_became_of_each_board_and_makes_nobody() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let (ada, _) = world.lead(world.linked, "Ada").await;
        let leaderless = linked_board(server, world.gateway_id, "Leaderless").await;
        let second = linked_board(server, world.gateway_id, "Second").await;
        let (eve, _) = world.lead(second, "Eve").await;
        let plain = board(server, "Plain").await;
        agent(server, (world.home, plain), "Far", true, None).await;

        let answer = post(&world, &world.main, BROADCAST, json!({"content": "all hands", "board_ids": []})).await;
        assert_eq!(answer.status, StatusCode::OK);
        let result = |board: Uuid, lead: Option<(&Uuid, &str)>, error: Option<&str>| {
            json!({
                "board_id": board, "lead_agent_id": lead.map(|lead| lead.0), "lead_agent_name": lead.map(|lead| lead.1),
                "ok": error.is_none(), "error": error,
            })
        };
        let expected = json!({"ok": true, "sent": 2, "failed": 1, "results": [
            result(second, Some((&eve.id, "Eve")), None),
            result(leaderless, None, Some("The board has no lead")),
            result(world.linked, Some((&ada.id, "Ada")), None),
        ]});
        assert_eq!(answer.json, expected);
        assert_eq!(world.take_messages().len(), 2);
        assert!(agents::service::lead_of(&store, leaderless).await.unwrap().is_none());
        let events = world.activity("gateway.main.lead_broadcast.sent").await;
        assert_eq!((events.len(), events[0].0), (1, None));

        let unknown = Uuid::from_u128(7);
        world.refuse("chat.send");
        let body = json!({"content": "x", "board_ids": [world.linked, unknown, plain, unknown]});
        let answer = post(&world, &world.main, BROADCAST, body).await;
        let none = "There is no such board on this gateway";
        let expected = json!({"ok": false, "sent": 0, "failed": 3, "results": [
            result(world.linked, Some((&ada.id, "Ada")), Some("Gateway lead broadcast dispatch failed: out of order")),
            result(unknown, None, Some(none)),
            result(plain, None, Some(none)),
        ]});
        assert_eq!((answer.status, &answer.json), (StatusCode::OK, &expected));
        assert_eq!(world.activity("gateway.main.lead_broadcast.failed").await.len(), 1);
        let answer = post(&world, &world.main, BROADCAST, json!({"content": "x", "board_ids": ["abc"]})).await;
        faulty(&answer, "uuid_parsing", &json!(["body", "board_ids", 0]));

        let rows: Vec<(Uuid,)> =
            store.all(sql("SELECT id FROM agents WHERE board_id = $1").bind(leaderless)).await.unwrap();
        assert!(rows.is_empty());
    })
    .await;
}
