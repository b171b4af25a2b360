//! Who and what is refused.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{agent_path, complete, confirm, goal, path, question, reply, start, update};
use crate::{
    coordination::tests::{World, faulty, linked_board, main_of_gateway, refused, run},
    fixtures::{board, grant, organization, person},
};

#[tokio::test]
async fn a_board_without_a_usable_gateway_has_no_interview() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let plain = board(server, "Plain").await;
        let begin = async |id: Uuid| server.user(Method::POST, &path(id, "/start"), Some(json!({}))).await;
        refused(&begin(plain).await, StatusCode::UNPROCESSABLE_ENTITY, "Board gateway_id is required");
        let elsewhere = organization(server, "Elsewhere").await;
        let (foreign, _) = main_of_gateway(server, elsewhere).await;
        let other = linked_board(server, world.gateway_id, "Other").await;
        run(server, sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(other).bind(foreign)).await;
        refused(&begin(other).await, StatusCode::UNPROCESSABLE_ENTITY, "Board gateway_id is invalid");
        run(server, sql("UPDATE gateways SET url = ' ' WHERE id = $1").bind(world.gateway_id)).await;
        refused(&start(&world).await, StatusCode::UNPROCESSABLE_ENTITY, "Gateway url is required");
    })
    .await;
}

#[tokio::test]
async fn bad_bodies_are_refused_with_the_name_of_the_field() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        start(&world).await;
        let answer = world.server.user(Method::POST, &path(world.linked, "/start"), None).await;
        faulty(&answer, "missing", &json!(["body"]));
        faulty(&reply(&world, json!({"answer": " "})).await, "string_too_short", &json!(["body", "answer"]));
        faulty(
            &reply(&world, json!({"answer": "a", "other_text": 1})).await,
            "string_type",
            &json!(["body", "other_text"]),
        );
        faulty(&confirm(&world, json!({})).await, "missing", &json!(["body", "board_type"]));
        let half = json!({"board_type": "goal", "objective": "grow", "success_metrics": {}});
        faulty(&confirm(&world, half.clone()).await, "value_error", &json!(["body"]));

        // What fits neither branch is told for both of them.
        let (result, next) = ("BoardOnboardingAgentComplete", "BoardOnboardingAgentQuestion");
        let neither = update(&world, json!({})).await;
        let places: Vec<&Value> =
            neither.json["detail"].as_array().unwrap().iter().map(|issue| &issue["loc"]).collect();
        let expected = [
            json!(["body", result, "board_type"]),
            json!(["body", result, "status"]),
            json!(["body", next, "question"]),
            json!(["body", next, "options"]),
        ];
        assert_eq!((neither.status, places), (StatusCode::UNPROCESSABLE_ENTITY, expected.iter().collect()));
        for (body, branch, kind, field) in [
            (json!({"question": "?", "options": []}), next, "too_short", json!(["body", next, "options"])),
            (
                json!({"question": "?", "options": [{"id": "1"}]}),
                next,
                "missing",
                json!(["body", next, "options", 0, "label"]),
            ),
            (
                json!({"question": "?", "options": [1]}),
                next,
                "model_attributes_type",
                json!(["body", next, "options", 0]),
            ),
            (
                json!({"status": "done", "board_type": "x"}),
                result,
                "literal_error",
                json!(["body", result, "status"]),
            ),
            (
                json!({"status": "complete", "board_type": "goal", "objective": "grow"}),
                result,
                "value_error",
                json!(["body", result]),
            ),
            (
                json!({"status": "complete", "board_type": "x", "lead_agent": {"verbosity": "loud"}}),
                result,
                "literal_error",
                json!(["body", result, "lead_agent", "verbosity"]),
            ),
        ] {
            let answer = update(&world, body).await;
            let issues = answer.json["detail"].as_array().unwrap();
            let found = issues.iter().find(|issue| issue["loc"][1] == branch).unwrap();
            assert_eq!((&found["type"], &found["loc"]), (&json!(kind), &field), "{answer:?}");
        }
        // What fits both is a result.
        let mut both = complete();
        both["question"] = "?".into();
        both["options"] = question()["options"].clone();
        assert_eq!(update(&world, both).await.json["status"], "completed");
    })
    .await;
}

#[tokio::test]
async fn only_the_main_agent_of_the_gateway_leads_and_only_people_of_the_board_take_part() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let (_, lead) = world.lead(world.linked, "Ada").await;
        let elsewhere = organization(server, "Elsewhere").await;
        let (_, foreign) = main_of_gateway(server, elsewhere).await;
        let (_, neighbour) = main_of_gateway(server, world.home).await;
        let plain = board(server, "Plain").await;
        refused(&update(&world, question()).await, StatusCode::NOT_FOUND, "Not Found");
        start(&world).await;
        for place in [agent_path(world.linked), path(world.linked, "/agent")] {
            for token in [&lead, &foreign, &neighbour] {
                let answer = server.agent(token, Method::POST, &place, Some(question())).await;
                refused(&answer, StatusCode::FORBIDDEN, "Forbidden");
            }
            let person = server.user(Method::POST, &place, Some(question())).await;
            assert_eq!(person.status, StatusCode::UNAUTHORIZED);
            let main = server.agent(&world.main, Method::POST, &place, Some(question())).await;
            assert_eq!(main.status, StatusCode::OK);
        }
        // A main agent does not take the word on a board without a gateway.
        let answer = server.agent(&world.main, Method::POST, &agent_path(plain), Some(question())).await;
        refused(&answer, StatusCode::FORBIDDEN, "Forbidden");
        let rename = sql("UPDATE agents SET openclaw_session_id = 'agent:other:main' WHERE gateway_id = $1 AND board_id IS NULL");
        run(server, rename.bind(world.gateway_id)).await;
        refused(&update(&world, question()).await, StatusCode::FORBIDDEN, "Only the main agent of the board's gateway may do this");

        let stranger = person(server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let reader = person(server, "reader", world.home, Role::Member, (false, false)).await;
        grant(server, &reader, world.linked, true, false).await;
        for (method, what, body) in [
            (Method::GET, "", None),
            (Method::POST, "/start", Some(json!({}))),
            (Method::POST, "/answer", Some(json!({"answer": "x"}))),
            (Method::POST, "/confirm", Some(goal())),
        ] {
            let place = path(world.linked, what);
            let answer = stranger.call(server, method.clone(), &place, body.clone()).await;
            refused(&answer, StatusCode::FORBIDDEN, "No org access");
            let answer = reader.call(server, method.clone(), &place, body.clone()).await;
            if method == Method::GET {
                assert_eq!(answer.status, StatusCode::OK);
            } else {
                refused(&answer, StatusCode::FORBIDDEN, "Board access denied");
            }
            assert_eq!(server.agent(&lead, method, &place, body).await.status, StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}
