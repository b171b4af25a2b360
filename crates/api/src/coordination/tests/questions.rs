//! Questions of leads to people.

use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::testing::on_both;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{World, faulty, linked_board, main_of_gateway, post, refused};
use crate::{
    fixtures::{agent, board, grant, organization, person},
    testing::{Answer, TestServer},
};

fn ask(board: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/gateway/main/ask-user")
}

fn list(board: Uuid) -> String {
    format!("/api/v1/boards/{board}/questions")
}

fn memory(board: Uuid) -> String {
    format!("/api/v1/agent/boards/{board}/memory")
}

async fn questions(server: &TestServer, board: Uuid, query: &str) -> Value {
    let answer = server.user(Method::GET, &format!("{}{query}", list(board)), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

async fn answer(server: &TestServer, board: Uuid, question: &Value, content: &str) -> Answer {
    let path = format!("{}/{}/answer", list(board), question.as_str().unwrap());
    server.user(Method::POST, &path, Some(json!({"content": content}))).await
}

#[tokio::test]
async fn a_question_goes_to_the_main_agent_and_its_answer_back_to_the_lead() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let (ada, lead) = world.lead(world.linked, "Ada").await;
        let (_, bob) = world.worker(world.linked, "Bob").await;
        let body = json!({"content": " Ship it? ", "correlation_id": "release-42", "preferred_channel": "slack", "reply_source": ""});
        let asked = post(&world, &lead, &ask(world.linked), body).await;
        assert_eq!(asked.status, StatusCode::OK, "{asked:?}");
        assert_eq!(
            (&asked.json["ok"], &asked.json["board_id"], &asked.json["main_agent_name"]),
            (&json!(true), &json!(world.linked), &json!("Main"))
        );
        assert!(asked.json["main_agent_id"].is_string());
        let id = &asked.json["question_id"];
        let sent = world.take_messages().remove(0);
        assert_eq!(sent.session, format!("agent:mc-gateway-{}:main", world.gateway_id));
        assert_eq!((sent.label.as_str(), sent.deliver, sent.key.as_str()), ("Gateway Agent", true, id.as_str().unwrap()));
        assert!(sent.text.starts_with("LEAD REQUEST: ASK USER\nBoard: Linked\n"), "{}", sent.text);
        let recipe = format!(
            r#""tags":["gateway_main","user_reply","question:{}"],"source":"user_via_gateway_main"}}"#,
            id.as_str().unwrap()
        );
        assert!(sent.text.contains(&recipe), "{}", sent.text);
        let events = world.activity("gateway.lead.ask_user.sent").await;
        assert_eq!((events[0].0, events[0].1), (Some(world.linked), Some(ada.id)));
        let open = questions(server, world.linked, "?open=true").await;
        assert_eq!((&open["total"], &open["items"][0]["asked_by_name"]), (&json!(1), &json!("Ada")));

        // Neither chat nor the word of a worker is the answer of a person.
        let tags = json!(["gateway_main", "user_reply"]);
        let entry = |tags: &Value| json!({"content": "yes", "tags": tags, "source": "user_via_gateway_main"});
        post(&world, &bob, &memory(world.linked), entry(&tags)).await;
        post(&world, &lead, &memory(world.linked), entry(&tags)).await;
        post(&world, &world.main, &memory(world.linked), entry(&json!(["gateway_main", "user_reply", "chat"]))).await;
        assert_eq!(questions(server, world.linked, "?open=true").await["total"], 1);
        let told = world.outgoing().await.len();

        let given = post(&world, &world.main, &memory(world.linked), entry(&tags)).await;
        let answered = questions(server, world.linked, "?open=false").await;
        let question = &answered["items"][0];
        assert_eq!((&question["answer"], &question["answer_memory_id"]), (&json!("yes"), &given.json["id"]));
        assert!(question["answered_at"].is_string());
        let messages = world.outgoing().await;
        assert_eq!((messages.len(), messages[told].0), (told + 1, ada.id));
        assert!(messages[told].1.starts_with("USER ANSWERED YOUR QUESTION\n"), "{}", messages[told].1);
        assert!(messages[told].1.contains("Correlation ID: release-42\n"));
        assert_eq!(world.activity("question.answered").await.len(), 1);
        let late = answer(server, world.linked, id, "no").await;
        assert_eq!((late.status, &late.json["code"]), (StatusCode::CONFLICT, &json!("question_answered")));
    })
    .await;
}

#[tokio::test]
async fn a_question_that_the_gateway_does_not_take_is_not_asked() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let (ada, lead) = world.lead(world.linked, "Ada").await;
        world.refuse("chat.send");
        let asked = post(&world, &lead, &ask(world.linked), json!({"content": "Ship it?"})).await;
        refused(&asked, StatusCode::BAD_GATEWAY, "Gateway ask-user dispatch failed: out of order");
        assert_eq!(questions(&world.server, world.linked, "").await["total"], 0);
        let failed = world.activity("gateway.lead.ask_user.failed").await;
        assert_eq!((failed.len(), failed[0].1), (1, Some(ada.id)));
    })
    .await;
}

#[tokio::test]
async fn people_answer_the_questions_of_a_board_without_a_gateway() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let plain = board(server, "Plain").await;
        let (ada, lead) = agent(server, (world.home, plain), "Ada", true, None).await;
        let first = post(&world, &lead, &ask(plain), json!({"content": "Ship it?"})).await;
        assert_eq!(
            (first.status, &first.json["main_agent_id"], &first.json["main_agent_name"]),
            (StatusCode::ACCEPTED, &Value::Null, &Value::Null)
        );
        let waiting = world.activity("question.asked").await;
        assert_eq!((waiting[0].0, waiting[0].1), (Some(plain), Some(ada.id)));
        assert_eq!(world.activity("gateway.lead.ask_user.sent").await, [], "nothing was sent");
        let second =
            post(&world, &lead, &ask(plain), json!({"content": "When?", "reply_tags": ["when", "chat"]}))
                .await;
        assert!(world.gateway.take_seen().is_empty());

        // The order of answers is not that of questions.
        let answered = answer(server, plain, &second.json["question_id"], " tomorrow ").await;
        assert_eq!((answered.status, &answered.json["answer"]), (StatusCode::OK, &json!("tomorrow")));
        let note = server.user(Method::GET, &format!("/api/v1/boards/{plain}/memory"), None).await.json;
        let note = &note["items"][0];
        let tag = format!("question:{}", second.json["question_id"].as_str().unwrap());
        assert_eq!(
            (&note["content"], &note["tags"], &note["source"], &note["is_chat"]),
            (&json!("tomorrow"), &json!(["when", tag]), &json!("user_via_gateway_main"), &json!(false))
        );
        let all = questions(server, plain, "").await;
        let ids: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [&first.json["question_id"], &second.json["question_id"]], "open ones come first");
        assert_eq!(all["items"][0]["asked_by_agent_id"], json!(ada.id));
        let page = questions(server, plain, "?limit=1&offset=1").await;
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&second.json["question_id"], &json!(2)));

        // A lead of another runtime reads its answers by the same list.
        let own = server.agent(&lead, Method::GET, &format!("{}?open=false", list(plain)), None).await.json;
        assert_eq!((&own["total"], &own["items"][0]["answer"]), (&json!(1), &json!("tomorrow")));
        let twice = tokio::join!(
            answer(server, plain, &first.json["question_id"], "yes"),
            answer(server, plain, &first.json["question_id"], "no"),
        );
        let mut statuses = [twice.0.status, twice.1.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::OK, StatusCode::CONFLICT]);
        let notes = server.user(Method::GET, &format!("/api/v1/boards/{plain}/memory"), None).await.json;
        assert_eq!(notes["total"], 2, "what came too late is not kept");
    })
    .await;
}

#[tokio::test]
async fn only_leads_ask_and_only_people_who_may_write_answer() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        let server = &world.server;
        let (_, lead) = world.lead(world.linked, "Ada").await;
        let (_, bob) = world.worker(world.linked, "Bob").await;
        let other = linked_board(server, world.gateway_id, "Other").await;
        let (_, other_lead) = world.lead(other, "Eve").await;
        let elsewhere = organization(server, "Elsewhere").await;
        let (_, foreign_main) = main_of_gateway(server, elsewhere).await;
        let body = || json!({"content": "?"});
        let denied = "Only the lead of the board may do this";
        refused(&post(&world, &bob, &ask(world.linked), body()).await, StatusCode::FORBIDDEN, denied);
        refused(&post(&world, &world.main, &ask(world.linked), body()).await, StatusCode::FORBIDDEN, denied);
        for token in [&other_lead, &foreign_main] {
            refused(
                &post(&world, token, &ask(world.linked), body()).await,
                StatusCode::FORBIDDEN,
                "Forbidden",
            );
        }
        let answer = post(&world, &lead, &ask(world.linked), json!({"content": ""})).await;
        faulty(&answer, "string_too_short", &json!(["body", "content"]));
        let asked = post(&world, &lead, &ask(world.linked), body()).await;
        assert_eq!(asked.status, StatusCode::OK);

        let stranger = person(server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let reader = person(server, "reader", world.home, Role::Member, (false, false)).await;
        grant(server, &reader, world.linked, true, false).await;
        let path = list(world.linked);
        let to = format!("{path}/{}/answer", asked.json["question_id"].as_str().unwrap());
        refused(
            &stranger.call(server, Method::GET, &path, None).await,
            StatusCode::FORBIDDEN,
            "No org access",
        );
        refused(
            &stranger.call(server, Method::POST, &to, Some(body())).await,
            StatusCode::FORBIDDEN,
            "No org access",
        );
        assert_eq!(reader.call(server, Method::GET, &path, None).await.json["total"], 1);
        // Over all boards everybody sees those that the person may read.
        post(&world, &other_lead, &ask(other), body()).await;
        let all = "/api/v1/questions?open=true";
        for (person, total) in [(&reader, 1), (&stranger, 0)] {
            assert_eq!(person.call(server, Method::GET, all, None).await.json["total"], total);
        }
        assert_eq!(server.user(Method::GET, all, None).await.json["total"], 2);
        assert_eq!(server.user(Method::GET, "/api/v1/questions?open=false", None).await.json["total"], 0);
        refused(
            &reader.call(server, Method::POST, &to, Some(body())).await,
            StatusCode::FORBIDDEN,
            "Board access denied",
        );
        assert_eq!(server.agent(&other_lead, Method::GET, &path, None).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            server.agent(&lead, Method::POST, &to, Some(body())).await.status,
            StatusCode::UNAUTHORIZED
        );
        // The question of one board cannot be answered through another one.
        let through = to.replace(&world.linked.to_string(), &other.to_string());
        assert_eq!(server.user(Method::POST, &through, Some(body())).await.status, StatusCode::NOT_FOUND);
        assert_eq!(questions(server, world.linked, "?open=true").await["total"], 1);
    })
    .await;
}
