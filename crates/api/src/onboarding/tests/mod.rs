//! An interview from its first question to its end.

mod refusals;

use http::{Method, StatusCode};
use mc_domain::{
    agents::{self, LifecycleState},
    gateways::port::{Failure, GatewayError, Hello},
};
use mc_store::{Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    coordination::tests::{World, refused, run},
    testing::Answer,
};

fn path(board: Uuid, what: &str) -> String {
    format!("/api/v1/boards/{board}/onboarding{what}")
}

fn agent_path(board: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/onboarding")
}

async fn start(world: &World) -> Answer {
    world.server.user(Method::POST, &path(world.linked, "/start"), Some(json!({}))).await
}

async fn reply(world: &World, body: Value) -> Answer {
    world.server.user(Method::POST, &path(world.linked, "/answer"), Some(body)).await
}

async fn confirm(world: &World, body: Value) -> Answer {
    world.server.user(Method::POST, &path(world.linked, "/confirm"), Some(body)).await
}

async fn update(world: &World, body: Value) -> Answer {
    world.server.agent(&world.main, Method::POST, &agent_path(world.linked), Some(body)).await
}

async fn get(world: &World) -> Value {
    world.server.user(Method::GET, &path(world.linked, ""), None).await.json
}

fn question() -> Value {
    json!({"question": " Why? ", "options": [{"id": "1", "label": "Growth"}, {"id": "2", "label": "Other"}]})
}

fn complete() -> Value {
    json!({
        "status": "complete", "board_type": "goal", "objective": "grow", "success_metrics": {"users": 10},
        "target_date": "2026-12-31",
        "user_profile": {"preferred_name": " Grace ", "timezone": "Europe/Berlin", "notes": " "},
        "lead_agent": {
            "name": "Ava", "identity_profile": {"emoji": ":rocket:", "level": 5, "x": null},
            "autonomy_level": "autonomous", "verbosity": "", "update_cadence": "daily",
        },
    })
}

fn goal() -> Value {
    json!({"board_type": "goal", "objective": "grow", "success_metrics": {"users": 10}, "target_date": "2026-12-31T00:00:00Z"})
}

/// Role, delivery and content of what was said.
fn said(interview: &Value) -> Vec<(&str, Option<&str>, &str)> {
    interview["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            let role = message["role"].as_str().unwrap();
            (role, message["delivery_status"].as_str(), message["content"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn an_interview_leads_from_the_first_question_to_a_board_with_goal_and_lead() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        assert_eq!(server.user(Method::GET, &path(world.linked, ""), None).await.status, StatusCode::NOT_FOUND);
        refused(&reply(&world, json!({"answer": "x"})).await, StatusCode::NOT_FOUND, "Not Found");
        refused(&confirm(&world, goal()).await, StatusCode::NOT_FOUND, "Not Found");

        let begun = start(&world).await;
        assert_eq!(begun.status, StatusCode::OK, "{begun:?}");
        let session = format!("agent:mc-gateway-{}:main", world.gateway_id);
        assert_eq!(
            (&begun.json["status"], &begun.json["session_key"], &begun.json["draft_goal"]),
            (&json!("active"), &json!(session), &Value::Null)
        );
        assert_eq!(said(&begun.json)[0].1, Some("pending"));
        world.run_jobs().await;
        let sent = world.take_messages().remove(0);
        assert_eq!((sent.session, sent.label.as_str(), sent.deliver), (session, "Gateway Agent", false));
        assert!(sent.text.starts_with("BOARD ONBOARDING REQUEST\n"));
        assert_eq!(said(&get(&world).await), [("user", Some("delivered"), sent.text.as_str())]);

        let asked = update(&world, question()).await;
        assert_eq!(asked.status, StatusCode::OK, "{asked:?}");
        let text = r#"{"question":"Why?","options":[{"id":"1","label":"Growth"},{"id":"2","label":"Other"}]}"#;
        assert_eq!(said(&asked.json)[1], ("assistant", None, text));
        refused(&confirm(&world, goal()).await, StatusCode::CONFLICT, "The interview has no result yet");

        let answered = reply(&world, json!({"answer": " Other ", "other_text": "speed"})).await;
        assert_eq!(said(&answered.json)[2], ("user", Some("pending"), "Other: speed"));
        world.run_jobs().await;
        assert_eq!(said(&get(&world).await)[2].1, Some("delivered"));
        assert_eq!(world.take_messages()[0].text, "Other: speed");

        let done = update(&world, complete()).await;
        let draft = json!({
            "board_type": "goal", "objective": "grow", "success_metrics": {"users": 10},
            "target_date": "2026-12-31T00:00:00", "status": "complete",
            "user_profile": {
                "preferred_name": "Grace", "pronouns": null, "timezone": "Europe/Berlin", "notes": null, "context": null,
            },
            "lead_agent": {
                "name": "Ava", "identity_profile": {"emoji": ":rocket:", "level": "5"}, "autonomy_level": "autonomous",
                "verbosity": null, "output_format": null, "update_cadence": "daily", "custom_instructions": null,
            },
        });
        assert_eq!((&done.json["status"], &done.json["draft_goal"]), (&json!("completed"), &draft));
        assert_eq!(get(&world).await, done.json);
        // A question afterwards is taken, and the result stays.
        assert_eq!(update(&world, question()).await.json["status"], "completed");

        let board = confirm(&world, goal()).await;
        assert_eq!(board.status, StatusCode::OK, "{board:?}");
        assert_eq!(
            (&board.json["goal_confirmed"], &board.json["goal_source"], &board.json["require_approval_for_done"]),
            (&json!(true), &json!("lead_agent_onboarding"), &json!(false))
        );
        assert_eq!((&board.json["objective"], &board.json["target_date"]), (&json!("grow"), &json!("2026-12-31T00:00:00")));
        assert_eq!(get(&world).await["status"], "confirmed");
        let lead = agents::service::lead_of(&store, world.linked).await.unwrap().unwrap();
        assert_eq!((lead.name.as_str(), lead.gateway_id), ("Ava", Some(world.gateway_id)));
        assert_eq!(lead.lifecycle_state, LifecycleState::Requested);
        assert_eq!(
            Value::Object(lead.identity_profile.unwrap().0),
            json!({
                "role": "Board Lead", "communication_style": "direct, concise, practical", "emoji": ":rocket:",
                "level": "5", "autonomy_level": "autonomous", "update_cadence": "daily",
            })
        );
        let me = server.user(Method::GET, "/api/v1/users/me", None).await.json;
        assert_eq!((&me["preferred_name"], &me["timezone"]), (&json!("Grace"), &json!("Europe/Berlin")));
    })
    .await;
}

#[tokio::test]
async fn a_lead_is_set_up_after_the_answer_and_again_when_that_fails() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        start(&world).await;
        update(&world, complete()).await;
        world.gateway.set_hello(Err(GatewayError::new(Failure::Refused, "out of order")));
        assert_eq!(confirm(&world, goal()).await.status, StatusCode::OK);
        let state = async || {
            let lead = agents::service::lead_of(&store, world.linked).await.unwrap().unwrap();
            (lead.lifecycle_state, lead.last_provision_error)
        };
        world.run_jobs().await;
        assert_eq!(state().await, (LifecycleState::Failed, Some("out of order".to_owned())));
        world.gateway.set_hello(Ok(Hello::default()));
        world.run_jobs().await;
        assert_eq!(state().await, (LifecycleState::AwaitingCheckin, None));
    })
    .await;
}

#[tokio::test]
async fn confirming_again_changes_nothing_and_another_goal_is_refused() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        run(server, sql("UPDATE users SET preferred_name = 'Own', notes = ' '")).await;
        let (ada, _) = world.lead(world.linked, "Ada").await;
        start(&world).await;
        update(&world, complete()).await;
        let first = confirm(&world, goal()).await;
        assert_eq!(first.status, StatusCode::OK);
        let again = confirm(&world, goal()).await;
        assert_eq!((again.status, &again.json), (StatusCode::OK, &first.json));
        let other = confirm(&world, json!({"board_type": "general"})).await;
        assert_eq!(
            (other.status, &other.json["code"]),
            (StatusCode::CONFLICT, &json!("onboarding_confirmed"))
        );
        refused(&update(&world, question()).await, StatusCode::CONFLICT, "Conflict");
        // The lead that was there gets the name of the result and is set up again; the person's own words stay.
        let lead = agents::service::lead_of(&store, world.linked).await.unwrap().unwrap();
        assert_eq!((lead.id, lead.name.as_str()), (ada.id, "Ava"));
        assert_eq!(lead.lifecycle_state, LifecycleState::Requested);
        let me = server.user(Method::GET, "/api/v1/users/me", None).await.json;
        assert_eq!((&me["preferred_name"], &me["timezone"]), (&json!("Own"), &json!("Europe/Berlin")));
        // Answers still reach the agent, and the interview stays confirmed.
        let late = reply(&world, json!({"answer": "thanks"})).await;
        assert_eq!((late.status, &late.json["status"]), (StatusCode::OK, &json!("confirmed")));
    })
    .await;
}

#[tokio::test]
async fn starting_again_takes_up_the_interview_and_sends_what_is_owed() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let begun = tokio::join!(start(&world), start(&world));
        assert_eq!(begun.0.json["id"], begun.1.json["id"], "{begun:?}");
        let asked = async || {
            world.run_jobs().await;
            world
                .take_messages()
                .iter()
                .filter(|sent| sent.text.starts_with("BOARD ONBOARDING REQUEST"))
                .count()
        };
        assert_eq!(asked().await, 1, "one message, however often it is asked for");

        let again = start(&world).await;
        assert_eq!((&again.json["id"], said(&again.json).len()), (&begun.0.json["id"], 1));
        assert_eq!(asked().await, 1, "an agent that owes an answer is asked again");
        update(&world, question()).await;
        assert_eq!(said(&start(&world).await.json).len(), 2);
        assert_eq!(asked().await, 0, "the person owes an answer, not the agent");

        update(&world, complete()).await;
        let anew = start(&world).await;
        assert_ne!(anew.json["id"], begun.0.json["id"], "after a result another interview may begin");
        let sessions: (i64,) = store
            .one(sql("SELECT count(*) FROM board_onboarding_sessions WHERE board_id = $1").bind(world.linked))
            .await
            .unwrap();
        assert_eq!(sessions.0, 2);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_is_away_gets_the_words_later() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let away = || Err(GatewayError::new(Failure::Unreachable, "connection refused"));
        world.gateway.answer("sessions.patch", away());
        assert_eq!(start(&world).await.status, StatusCode::OK);
        world.run_jobs().await;
        let interview = get(&world).await;
        assert_eq!(said(&interview)[0].1, Some("pending"));
        assert_eq!(interview["messages"][0]["delivery_error"], "connection refused");
        world.run_jobs().await;
        let interview = get(&world).await;
        assert_eq!(
            (said(&interview)[0].1, &interview["messages"][0]["delivery_error"]),
            (Some("delivered"), &Value::Null)
        );
        update(&world, question()).await;
        drop(world.gateway.take_seen());

        world.refuse("chat.send");
        assert_eq!(reply(&world, json!({"answer": "Growth"})).await.status, StatusCode::OK);
        world.run_jobs().await;
        let failed = get(&world).await;
        assert_eq!(
            (said(&failed)[2].1, &failed["messages"][2]["delivery_error"]),
            (Some("failed"), &json!("out of order"))
        );
        let again = reply(&world, json!({"answer": "Growth"})).await;
        assert_eq!(said(&again.json).len(), 3, "the same answer is the same message");
        world.run_jobs().await;
        assert_eq!(said(&get(&world).await)[2].1, Some("delivered"));
        // Once it has arrived, the same words are a new answer.
        let next = reply(&world, json!({"answer": "Growth"})).await;
        assert_eq!(said(&next.json).len(), 4);
    })
    .await;
}

#[tokio::test]
async fn messages_that_come_at_once_are_all_kept() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        start(&world).await;
        let more = |text: &'static str| reply(&world, json!({"answer": text}));
        let answers = tokio::join!(
            more("a"),
            update(&world, question()),
            more("b"),
            update(&world, question()),
            more("c")
        );
        for answer in [&answers.0, &answers.1, &answers.2, &answers.3, &answers.4] {
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        }
        let interview = get(&world).await;
        let mut said: Vec<&str> = said(&interview).into_iter().map(|(role, ..)| role).collect();
        said.sort_unstable();
        assert_eq!(said, ["assistant", "assistant", "user", "user", "user", "user"]);
    })
    .await;
}
