use mc_domain::gateways::port::{Failure, GatewayError};
use mc_store::{jobs::queue_state, testing::on_both};
use secrecy::ExposeSecret;

use super::*;
use crate::fixtures::{agent, board, home};

async fn link(place: &Place, board: Uuid, gateway: Uuid) {
    let txn = place.server.context.store().begin().await.unwrap();
    txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board).bind(gateway))
        .await
        .unwrap();
    txn.run(sql("UPDATE agents SET gateway_id = $2 WHERE board_id = $1").bind(board).bind(gateway))
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn a_gateway_goes_with_its_main_agent_and_is_cleaned_up_on_its_host() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        place.run_jobs().await;
        assert!(place.gateway.take_seen().is_empty(), "what is set up needs nothing more");

        place.gateway.answer("agents.delete", Err(GatewayError::new(Failure::Busy, "restarting")));
        let answer = place.ask(Method::DELETE, &format!("/{gateway}"), None).await;
        assert_eq!((answer.status, answer.json), (StatusCode::OK, json!({"ok": true})));
        assert_eq!(place.ask(Method::GET, &format!("/{gateway}"), None).await.status, StatusCode::NOT_FOUND);
        let (agents,): (i64,) = store.one(sql("SELECT count(*) FROM agents")).await.unwrap();
        assert_eq!(agents, 0);
        assert!(place.gateway.take_seen().is_empty(), "nobody waits for the host");
        place.run_jobs().await;
        let seen = place.gateway.take_seen();
        assert_eq!(seen.len(), 2, "tried again");
        assert_eq!(seen[1].method, "agents.delete");
        assert_eq!(seen[1].params, json!({"agentId": format!("mc-gateway-{gateway}"), "deleteFiles": true}));
        assert_eq!(seen[1].target.token.as_ref().unwrap().expose_secret(), "open sesame");
        let (cleanups,): (i64,) =
            store.one(sql("SELECT count(*) FROM jobs WHERE kind = 'gateway.cleanup'")).await.unwrap();
        assert_eq!((cleanups, queue_state(&store).await.unwrap().dead), (0, 0));
        assert_eq!(place.events().await.last().unwrap().0, "gateway.deleted");
        assert_eq!(
            place.ask(Method::DELETE, &format!("/{gateway}"), None).await.status,
            StatusCode::NOT_FOUND
        );
    })
    .await;
}

#[tokio::test]
async fn boards_and_agents_are_in_the_way_unless_it_is_forced() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let server = &place.server;
        let gateway = id(&place.make(json!({})).await);
        let home = home(server).await;
        let board = board(server, "Ops").await;
        let (ada, _) = agent(server, (home, board), "Ada", true, Some("agent:lead-1:main")).await;
        let tasks = format!("/api/v1/boards/{board}/tasks");
        let mut ids = Vec::new();
        for (title, status) in [("Doing", "in_progress"), ("Waiting", "inbox")] {
            let task = json!({"title": title, "status": status, "assigned_agent_id": ada.id});
            let made = server.user(Method::POST, &tasks, Some(task)).await;
            assert_eq!(made.status, StatusCode::OK, "{}", made.json);
            ids.push(id(&made.json));
        }
        link(&place, board, gateway).await;
        let refused = place.ask(Method::DELETE, &format!("/{gateway}"), None).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let detail = &refused.json["detail"];
        assert_eq!(detail["boards"], json!([{"id": board, "name": "Ops"}]));
        assert_eq!(detail["agents"], json!([{"id": ada.id, "name": "Ada"}]));
        assert!(detail["message"].as_str().unwrap().contains("in use"));
        assert_eq!(refused.json["code"], "gateway_in_use");

        let forced = place.ask(Method::DELETE, &format!("/{gateway}?force=true"), None).await;
        assert_eq!(forced.status, StatusCode::OK, "{}", forced.json);
        let plain = server.user(Method::GET, &format!("/api/v1/boards/{board}"), None).await.json;
        assert_eq!(plain["gateway_id"], Value::Null);
        let left = server.user(Method::GET, &tasks, None).await.json;
        for task in left["items"].as_array().unwrap() {
            assert_eq!((&task["status"], &task["assigned_agent_id"]), (&json!("inbox"), &Value::Null));
            assert_eq!(task["in_progress_at"], Value::Null);
        }
        let told: Vec<(String, Option<Uuid>)> = store
            .all(
                sql("SELECT kind, task_id FROM events WHERE board_id = $1 AND data LIKE '%released_agent_id%' ORDER BY position")
                    .bind(board),
            )
            .await
            .unwrap();
        assert_eq!(
            told,
            [("task.status_changed".into(), Some(ids[0])), ("task.updated".into(), Some(ids[1]))]
        );
        place.run_jobs().await;
        let mut deleted: Vec<String> = place
            .gateway
            .take_seen()
            .iter()
            .filter(|seen| seen.method == "agents.delete")
            .map(|seen| seen.params["agentId"].as_str().unwrap().to_owned())
            .collect();
        deleted.sort();
        assert_eq!(deleted, ["lead-1".to_owned(), format!("mc-gateway-{gateway}")]);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_organization_leaves_nothing_on_its_gateways() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let deleted = place.server.user(Method::DELETE, "/api/v1/organizations/me", None).await;
        assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.json);
        place.make_due().await;
        place.run_jobs().await;
        let seen = place.gateway.take_seen();
        let gone: Vec<&Value> = seen
            .iter()
            .filter(|seen| seen.method == "agents.delete")
            .map(|seen| &seen.params["agentId"])
            .collect();
        assert_eq!(gone, [&json!(format!("mc-gateway-{gateway}"))]);
    })
    .await;
}
