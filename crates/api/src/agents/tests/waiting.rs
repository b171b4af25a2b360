use http::{Method, StatusCode};
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AGENTS, id, made, path, run};
use crate::{
    fixtures::{self, agent, board, gateway, home, organization},
    testing::TestServer,
};

const CHECK_IN: &str = "/api/v1/agent/heartbeat";

async fn task(server: &TestServer, board: Uuid, extra: Value) -> Uuid {
    let mut body = json!({"title": "Work"});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let answer = server.user(Method::POST, &format!("/api/v1/boards/{board}/tasks"), Some(body)).await;
    id(&answer.json)
}

#[tokio::test]
async fn a_lead_hears_of_given_tasks_when_it_checks_in() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let home = home(&server).await;
        let (ada, lead) = agent(&server, (home, board), "Ada", true, None).await;
        let (bob, worker) = agent(&server, (home, board), "Bob", false, None).await;
        let given = async |token: &str| {
            let answer = server.agent(token, Method::POST, CHECK_IN, None).await;
            answer.json["check_in"]["given_tasks"].clone()
        };
        assert_eq!(given(&lead).await, json!([]));
        task(&server, board, json!({"title": "for nobody"})).await;
        task(&server, board, json!({"title": "for the lead", "assigned_agent_id": ada.id})).await;
        let of_bob = task(&server, board, json!({"title": "for Bob", "assigned_agent_id": bob.id})).await;
        assert_eq!(given(&worker).await, json!([]), "only leads look after the work of others");
        let expected = json!({
            "id": of_bob, "title": "for Bob", "status": "inbox", "assigned_agent_id": bob.id, "assignee": "Bob",
        });
        assert_eq!(given(&lead).await, json!([expected]));
        assert_eq!(given(&lead).await, json!([]), "once");
    })
    .await;
}

#[tokio::test]
async fn one_heartbeat_tells_all_that_is_new() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let board = board(&server, "Ours").await;
        let (ada, token) = made(&server, board, "Ada").await;
        let check_in =
            async || server.agent(&token, Method::POST, CHECK_IN, None).await.json["check_in"].clone();
        let nothing = check_in().await;
        assert_eq!(
            (&nothing["has_work"], &nothing["tasks"], &nothing["paused"]),
            (&json!(false), &json!([]), &json!(false))
        );
        assert_eq!(nothing["rules"]["require_approval_for_done"], json!(false));
        assert_eq!(
            nothing["next_check_in_seconds"],
            json!(600),
            "an agent of another runtime keeps time itself"
        );

        let first = task(&server, board, json!({"assigned_agent_id": ada})).await;
        let second = task(&server, board, json!({"assigned_agent_id": ada})).await;
        let waits =
            sql("INSERT INTO task_dependencies (id, board_id, task_id, depends_on_task_id, created_at)
                         VALUES ($1, $2, $3, $4, $5)");
        let waits = waits.bind(Uuid::from_u128(1)).bind(board).bind(second).bind(first);
        run(&store, waits.bind(store.clock().now())).await;
        let memory = format!("/api/v1/boards/{board}/memory");
        server.user(Method::POST, &memory, Some(json!({"content": "hello @ada", "tags": ["chat"]}))).await;
        server.user(Method::POST, &memory, Some(json!({"content": "hello all", "tags": ["chat"]}))).await;
        let comments = format!("/api/v1/boards/{board}/tasks/{first}/comments");
        server.user(Method::POST, &comments, Some(json!({"message": "please begin"}))).await;
        let approvals = format!("/api/v1/boards/{board}/approvals");
        let wish =
            json!({"action_type": "deploy", "confidence": 50, "lead_reasoning": "why", "agent_id": ada});
        let approval = server
            .agent(&token, Method::POST, &format!("/api/v1/agent/boards/{board}/approvals"), Some(wish))
            .await;
        let decision = Some(json!({"status": "approved"}));
        let decided =
            server.user(Method::PATCH, &format!("{approvals}/{}", id(&approval.json)), decision).await;
        assert_eq!(decided.json["status"], "approved", "{}", decided.json);

        let all = check_in().await;
        let work = &all["work"];
        let counts = ["assigned", "mentions", "chat", "comments", "approvals"]
            .map(|name| work[name].as_i64().unwrap());
        assert_eq!((all["has_work"].as_bool(), counts), (Some(true), [1, 1, 0, 1, 1]), "{all}");
        let tasks = all["tasks"].as_array().unwrap();
        assert_eq!(
            tasks.iter().map(|task| (&task["id"], &task["is_blocked"])).collect::<Vec<_>>(),
            [(&json!(first), &json!(false)), (&json!(second), &json!(true)),]
        );
        assert_eq!(all["decided_approvals"][0]["action_type"], "deploy");

        let rules = json!({"paused": true, "require_review_before_done": true});
        server.user(Method::PATCH, &format!("/api/v1/boards/{board}"), Some(rules)).await;
        let later = check_in().await;
        let counts = ["assigned", "mentions", "comments", "approvals"]
            .map(|name| later["work"][name].as_i64().unwrap());
        assert_eq!(counts, [1, 0, 0, 0], "what was told is not new any more");
        assert_eq!((&later["has_work"], &later["paused"]), (&json!(false), &json!(true)));
        assert_eq!(later["rules"]["require_review_before_done"], json!(true));
        let by_id =
            server.agent(&token, Method::POST, &format!("{}/heartbeat", path(ada)), Some(json!({}))).await;
        assert_eq!(by_id.json["check_in"]["paused"], json!(true));
        let by_person = server.user(Method::POST, &format!("{}/heartbeat", path(ada)), Some(json!({}))).await;
        assert_eq!(by_person.json["check_in"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn lists_tell_what_waits_and_what_it_costs() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (gateway, _) = gateway(&server, home).await;
        let (lead, _) = agent(&server, (home, board), "Lead", true, Some("agent:lead:main")).await;
        let (ada, _) = agent(&server, (home, board), "Ada", false, Some("agent:ada:main")).await;
        run(&store, sql("UPDATE agents SET gateway_id = $1 WHERE board_id IS NOT NULL").bind(gateway)).await;
        let facts = async |agent: Uuid| {
            let one = server.user(Method::GET, &path(agent), None).await.json;
            let list = server.user(Method::GET, &format!("{AGENTS}?board_id={board}"), None).await.json;
            let listed = list["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|item| item["id"] == json!(agent))
                .unwrap()
                .clone();
            for name in ["work", "estimated_model_calls_per_day", "wake", "cadence_seconds", "next_round_at"]
            {
                assert_eq!(one[name], listed[name], "{name}");
            }
            (
                one["work"]["assigned"].clone(),
                one["work"]["inbox"].clone(),
                one["estimated_model_calls_per_day"].clone(),
            )
        };
        assert_eq!(facts(ada.id).await, (json!(0), json!(0), json!(0)), "an idle agent costs nothing");
        task(&server, board, json!({"assigned_agent_id": ada.id})).await;
        task(&server, board, json!({})).await;
        assert_eq!(facts(ada.id).await, (json!(1), json!(0), json!(144)));
        assert_eq!(facts(lead.id).await, (json!(0), json!(1), json!(144)));
        let config = |config: Value| sql("UPDATE agents SET heartbeat_config = $1").bind(config.to_string());
        run(&store, config(json!({"wake": "never"}))).await;
        assert_eq!(facts(ada.id).await.2, json!(0));
        run(&store, config(json!({"wake": "always", "every": "1m"}))).await;
        assert_eq!(facts(ada.id).await.2, json!(1440));
        let cost = async |query: &str| server.user(Method::GET, &format!("{AGENTS}/cost{query}"), None).await;
        let elsewhere = fixtures::board(&server, "Elsewhere").await;
        made(&server, elsewhere, "Other").await;
        let expected = json!({
            "agents": 2, "woken_for_work": 0, "woken_always": 2, "woken_never": 0, "with_work": 2,
            "estimated_model_calls_per_day": 2880, "wakes_in_last_day": 0,
        });
        assert_eq!(cost(&format!("?board_id={board}")).await.json, expected);
        let all = cost("").await.json;
        assert_eq!((&all["agents"], &all["estimated_model_calls_per_day"]), (&json!(4), &json!(4320)));
        let theirs = organization(&server, "Theirs").await;
        let (foreign, _) = fixtures::gateway(&server, theirs).await;
        assert_eq!(cost(&format!("?gateway_id={foreign}")).await.status, StatusCode::NOT_FOUND);
        run(&store, sql("UPDATE tasks SET status = 'done'")).await;
        assert_eq!(facts(ada.id).await.2, json!(1440), "by the clock, whether there is work or not");
    })
    .await;
}
