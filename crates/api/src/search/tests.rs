use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{Person, agent, board, gateway, grant, home, organization, person},
    testing::{Answer, TestServer},
};

fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

async fn task(server: &TestServer, board: Uuid, title: &str) -> Value {
    let path = format!("/api/v1/boards/{board}/tasks");
    ok(server.user(Method::POST, &path, Some(json!({ "title": title }))).await)
}

async fn find(server: &TestServer, text: &str) -> Value {
    let query = url(text);
    ok(server.user(Method::GET, &format!("/api/v1/search?q={query}"), None).await)
}

async fn find_as(server: &TestServer, person: &Person, text: &str) -> Value {
    let query = url(text);
    ok(person.call(server, Method::GET, &format!("/api/v1/search?q={query}"), None).await)
}

/// A text as a part of a query.
fn url(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn texts<'a>(found: &'a Value, kind: &str, field: &str) -> Vec<&'a str> {
    found[kind].as_array().unwrap().iter().map(|hit| hit[field].as_str().unwrap()).collect()
}

fn nothing() -> Value {
    json!({"boards": [], "board_groups": [], "tasks": [], "agents": [], "gateways": [], "tags": []})
}

#[tokio::test]
async fn everything_of_the_organization_is_found_by_what_it_is_called() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Rocket launch").await;
        let made = task(&server, board, "Fuel the rocket").await;
        let (lead, _) = agent(&server, (home, board), "Rocketeer", true, None).await;
        gateway(&server, home).await;
        let group = json!({"name": "Rockets", "slug": "rockets"});
        let group = ok(server.user(Method::POST, "/api/v1/board-groups", Some(group)).await);
        let tag = ok(server.user(Method::POST, "/api/v1/tags", Some(json!({"name": "rocket"}))).await);

        let found = find(&server, "ROCKET").await;
        assert_eq!(
            found,
            json!({
                "boards": [{"id": board, "name": "Rocket launch", "description": found["boards"][0]["description"]}],
                "board_groups": [{"id": group["id"], "name": "Rockets"}],
                "tasks": [{
                    "id": made["id"], "board_id": board, "board_name": "Rocket launch", "title": "Fuel the rocket",
                    "status": "inbox", "priority": "medium", "updated_at": made["updated_at"],
                }],
                "agents": [{
                    "id": lead.id, "name": "Rocketeer", "board_id": board, "board_name": "Rocket launch",
                    "is_board_lead": true,
                }],
                "gateways": [],
                "tags": [{"id": tag["id"], "name": "rocket", "slug": "rocket", "color": "9e9e9e"}],
            })
        );
        assert_eq!(texts(&find(&server, "gate").await, "gateways", "name"), ["Gateway"]);
        assert_eq!(texts(&find(&server, "main").await, "agents", "name"), ["Main"]);
    })
    .await;
}

#[tokio::test]
async fn words_may_stand_anywhere_in_any_case_and_mean_themselves() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Words").await;
        for title in
            ["Deploy the API", "API: deploy 100% of it", "Über die Größe", "snake_case", "snakeXcase"]
        {
            task(&server, board, title).await;
        }
        let titles = async |text: &str| {
            let found = find(&server, text).await;
            let mut titles: Vec<String> =
                texts(&found, "tasks", "title").into_iter().map(str::to_owned).collect();
            titles.sort_unstable();
            titles
        };
        assert_eq!(titles("api DEPLOY").await, ["API: deploy 100% of it", "Deploy the API"]);
        assert_eq!(titles("api 100%").await, ["API: deploy 100% of it"]);
        assert_eq!(titles("snake_case").await, ["snake_case"], "an underscore is no pattern");
        assert_eq!(titles("über GRÖßE").await, ["Über die Größe"]);
        assert_eq!(titles("%").await, ["API: deploy 100% of it"]);
        assert_eq!(titles("deploy missing").await, [""; 0]);
        assert_eq!(titles("' OR 1=1 --").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_begins_with_the_text_comes_first_and_finished_tasks_last() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Order").await;
        task(&server, board, "Old: write").await;
        task(&server, board, "Re: write").await;
        let done = task(&server, board, "Could write").await;
        task(&server, board, "Write it").await;
        store_done(&server, &done).await;
        let found = find(&server, "write").await;
        assert_eq!(texts(&found, "tasks", "title"), ["Write it", "Re: write", "Old: write", "Could write"]);
        let path = "/api/v1/search?q=write&limit=2";
        assert_eq!(ok(server.user(Method::GET, path, None).await)["tasks"].as_array().unwrap().len(), 2);
    })
    .await;
}

async fn store_done(server: &TestServer, task: &Value) {
    let id: Uuid = task["id"].as_str().unwrap().parse().unwrap();
    let txn = server.context.store().begin().await.unwrap();
    txn.run_one(sql("UPDATE tasks SET status = 'done' WHERE id = $1").bind(id)).await.unwrap();
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn a_task_is_found_by_the_beginning_of_its_id() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ids").await;
        let made = task(&server, board, "Somewhere").await;
        let id = made["id"].as_str().unwrap();
        for text in [id, &id[..8], &id[..13].to_uppercase()] {
            assert_eq!(texts(&find(&server, text).await, "tasks", "id"), [id], "{text}");
        }
        assert_eq!(find(&server, &id[..5]).await["tasks"], json!([]), "too short to be meant");
    })
    .await;
}

#[tokio::test]
async fn nobody_finds_what_the_rights_hide() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (open, closed) = (board(&server, "Secret open").await, board(&server, "Secret closed").await);
        let hidden = task(&server, closed, "Secret task closed").await;
        task(&server, open, "Secret task open").await;
        agent(&server, (home, open), "Secret agent open", false, None).await;
        agent(&server, (home, closed), "Secret agent closed", false, None).await;
        gateway(&server, home).await;
        let member = person(&server, "reader", home, Role::Member, (false, false)).await;
        assert_eq!(find_as(&server, &member, "secret").await, nothing());
        grant(&server, &member, open, true, false).await;
        let found = find_as(&server, &member, "secret").await;
        assert_eq!(texts(&found, "boards", "name"), ["Secret open"]);
        assert_eq!(texts(&found, "tasks", "title"), ["Secret task open"]);
        assert_eq!(texts(&found, "agents", "name"), ["Secret agent open"]);
        assert_eq!(find_as(&server, &member, hidden["id"].as_str().unwrap()).await, nothing());
        let reader = person(&server, "all", home, Role::Member, (true, false)).await;
        assert_eq!(find_as(&server, &reader, "secret").await["tasks"].as_array().unwrap().len(), 2);
        assert_eq!(find_as(&server, &reader, "gateway").await, nothing(), "gateways are for administrators");
        assert_eq!(find_as(&server, &reader, "main").await, nothing(), "so are their main agents");

        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        for text in ["secret", "gateway", "main", hidden["id"].as_str().unwrap()] {
            assert_eq!(find_as(&server, &stranger, text).await, nothing(), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_bad_question_names_the_parameter() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let long = format!("q={}", "x".repeat(201));
        let cases = [
            ("", "missing", "q"),
            ("q=", "string_too_short", "q"),
            ("q=%20", "string_too_short", "q"),
            (long.as_str(), "string_too_long", "q"),
            ("q=x&limit=0", "greater_than_equal", "limit"),
            ("q=x&limit=51", "less_than_equal", "limit"),
        ];
        for (query, kind, field) in cases {
            let answer = server.user(Method::GET, &format!("/api/v1/search?{query}"), None).await;
            let fault = &answer.json["detail"][0];
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!((&fault["type"], &fault["loc"]), (&json!(kind), &json!(["query", field])), "{query}");
        }
    })
    .await;
}
