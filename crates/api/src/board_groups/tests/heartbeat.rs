use http::{Method, StatusCode};
use mc_domain::{agents, boards::NewBoard, organizations::Role};
use mc_store::{Json, Read, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{group, join, path};
use crate::{
    fixtures::{Stream, agent, board, gateway, grant, home, organization, person},
    testing::TestServer,
};

fn heartbeat(group: Uuid) -> String {
    format!("{}/heartbeat", path(group))
}

async fn config(server: &TestServer, agent: Uuid) -> Value {
    let agent = agents::service::by_id(server.context.store(), agent).await.unwrap().unwrap();
    agent.heartbeat_config.map_or(Value::Null, |json| Value::Object(json.0))
}

#[tokio::test]
async fn a_cadence_is_written_to_the_agents_and_brought_to_their_gateways() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = group(&server, "Ours").await;
        let answer = server.user(Method::POST, &heartbeat(ours), Some(json!({"every": " 5 M "}))).await;
        assert_eq!(
            answer.json,
            json!({
                "board_group_id": ours, "updated_agent_ids": [], "failed_agent_ids": [],
                "requested": {"every": "5m", "include_board_leads": false},
            })
        );

        let (gateway, _) = gateway(&server, home).await;
        let new = NewBoard { gateway_id: Some(gateway), ..mc_domain::testing::new_board("Linked") };
        let linked = mc_domain::testing::board_writer(&server.context, new).await.board().id;
        let (plain, outside) = (board(&server, "Plain").await, board(&server, "Outside").await);
        join(&server, linked, ours).await;
        join(&server, plain, ours).await;
        let (lead, _) = agent(&server, (home, plain), "Lead", true, None).await;
        let (ada, _) = agent(&server, (home, plain), "Ada", false, None).await;
        let (bob, _) = agent(&server, (home, linked), "Bob", false, Some("agent:mc-bob:main")).await;
        let (eve, _) = agent(&server, (home, outside), "Eve", false, None).await;
        let txn = store.begin().await.unwrap();
        let stored = json!({"every": "1h", "target": "none", "prompt": "look"});
        txn.run_one(
            sql("UPDATE agents SET heartbeat_config = $2 WHERE id = $1").bind(ada.id).bind(Json(stored)),
        )
        .await
        .unwrap();
        let kept_there = json!({"wake": "always"});
        txn.run_one(
            sql("UPDATE agents SET gateway_id = $2, heartbeat_config = $3 WHERE id = $1")
                .bind(bob.id)
                .bind(gateway)
                .bind(Json(kept_there)),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let mut events = Stream::of_user(&server, "/api/v1/events").await;
        assert_eq!(events.next().await.unwrap().event, "ready");

        let answer = server.user(Method::POST, &heartbeat(ours), Some(json!({"every": "15m"}))).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.json["updated_agent_ids"], json!([ada.id, bob.id]));
        assert_eq!(
            answer.json["failed_agent_ids"],
            json!([ada.id, bob.id]),
            "she has no gateway, and his is away"
        );
        let changed = json!({"every": "15m", "target": "last", "includeReasoning": false, "prompt": "look"});
        assert_eq!(config(&server, ada.id).await, changed);
        assert_eq!(
            config(&server, bob.id).await,
            json!({"every": "15m", "target": "last", "includeReasoning": false, "wake": "always"})
        );
        assert_eq!(config(&server, lead.id).await, Value::Null);
        assert_eq!(config(&server, eve.id).await, Value::Null);
        for id in [ada.id, bob.id] {
            let change = events.next().await.unwrap().data;
            assert_eq!((&change["type"], &change["agent_id"]), (&json!("agent.updated"), &json!(id)));
        }
        let body = json!({"every": "1h", "include_board_leads": true});
        let answer = server.user(Method::POST, &heartbeat(ours), Some(body)).await;
        assert_eq!(answer.json["updated_agent_ids"], json!([lead.id, ada.id, bob.id]));
        let jobs: Vec<(Json<Value>,)> =
            store.all(sql("SELECT payload FROM jobs WHERE kind = 'board_group.heartbeats'")).await.unwrap();
        assert_eq!(jobs.len(), 1, "one job a gateway, however often it failed");
        assert_eq!(jobs[0].0.0, json!({"board_group_id": ours, "gateway_id": gateway}));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_cadence_is_refused() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let ours = group(&server, "Ours").await;
        for (body, kind) in [
            (json!({}), "missing"),
            (json!({"every": 5}), "string_type"),
            (json!({"every": "banana"}), "value_error"),
            (json!({"every": ""}), "value_error"),
            (json!({"every": "3651d"}), "value_error"),
            (json!({"every": "99999999999999999999999h"}), "value_error"),
            (json!({"every": "x".repeat(101)}), "string_too_long"),
        ] {
            let answer = server.user(Method::POST, &heartbeat(ours), Some(body)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let issue = &answer.json["detail"][0];
            assert_eq!((&issue["type"], &issue["loc"]), (&json!(kind), &json!(["body", "every"])));
        }
    })
    .await;
}

#[tokio::test]
async fn administrators_and_leads_of_the_group_may_set_it() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = group(&server, "Ours").await;
        let (inside, outside) = (board(&server, "Inside").await, board(&server, "Outside").await);
        join(&server, inside, ours).await;
        let body = || Some(json!({"every": "10m"}));
        let path = heartbeat(ours);

        let (_, lead) = agent(&server, (home, inside), "Lead", true, None).await;
        let (_, worker) = agent(&server, (home, inside), "Worker", false, None).await;
        let (_, other) = agent(&server, (home, outside), "Other", true, None).await;
        let (_, main) = gateway(&server, home).await;
        assert_eq!(server.agent(&lead, Method::POST, &path, body()).await.status, StatusCode::OK);
        for token in [&worker, &other, &main] {
            assert_eq!(server.agent(token, Method::POST, &path, body()).await.status, StatusCode::FORBIDDEN);
        }
        let unknown = heartbeat(Uuid::from_u128(7));
        assert_eq!(server.agent(&lead, Method::POST, &unknown, body()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(server.call(Method::POST, &path, &[], body()).await.status, StatusCode::UNAUTHORIZED);

        let elsewhere = organization(&server, "Elsewhere").await;
        for (organization, role, all, expected) in [
            (home, Role::Admin, (true, true), StatusCode::OK),
            (home, Role::Admin, (true, false), StatusCode::FORBIDDEN),
            (home, Role::Member, (true, true), StatusCode::FORBIDDEN),
            (elsewhere, Role::Owner, (true, true), StatusCode::FORBIDDEN),
        ] {
            let caller = person(&server, "caller", organization, role, all).await;
            let answer = caller.call(&server, Method::POST, &path, body()).await;
            assert_eq!(answer.status, expected, "{role:?} {all:?}");
        }
        let admin = person(&server, "admin", home, Role::Admin, (false, false)).await;
        assert_eq!(admin.call(&server, Method::POST, &path, body()).await.status, StatusCode::FORBIDDEN);
        grant(&server, &admin, inside, true, true).await;
        assert_eq!(admin.call(&server, Method::POST, &path, body()).await.status, StatusCode::OK);
    })
    .await;
}
