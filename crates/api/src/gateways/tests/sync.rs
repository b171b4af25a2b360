use mc_domain::gateways::port::{Failure, GatewayError};
use mc_store::testing::on_both;

use super::*;
use crate::fixtures::{agent, board, home, organization};

async fn linked(place: &Place, name: &str, gateway: Uuid) -> Uuid {
    let board = board(&place.server, name).await;
    let txn = place.server.context.store().begin().await.unwrap();
    txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board).bind(gateway))
        .await
        .unwrap();
    txn.commit().await.unwrap();
    board
}

fn counts(report: &Value) -> (i64, i64, bool) {
    let count = |name: &str| report[name].as_i64().unwrap();
    (count("agents_updated"), count("agents_skipped"), report["main_updated"].as_bool().unwrap())
}

#[tokio::test]
async fn agents_are_brought_in_line_and_failures_are_told() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let home = home(&place.server).await;
        let (ops, paused) = (linked(&place, "Ops", gateway).await, linked(&place, "Paused", gateway).await);
        let (ada, _) = agent(&place.server, (home, ops), "Ada", true, Some("agent:lead-1:main")).await;
        agent(&place.server, (home, ops), "Bob", false, Some("agent:mc-2:main")).await;
        agent(&place.server, (home, paused), "Pia", false, Some("agent:mc-3:main")).await;
        let (plain, _) = agent(&place.server, (home, ops), "Plain", false, None).await;
        let txn = store.begin().await.unwrap();
        txn.run(
            sql("UPDATE agents SET gateway_id = $1 WHERE board_id IS NOT NULL AND id <> $2")
                .bind(gateway)
                .bind(plain.id),
        )
        .await
        .unwrap();
        txn.run_one(sql("UPDATE boards SET paused_at = $2 WHERE id = $1").bind(paused).bind(txn.now()))
            .await
            .unwrap();
        txn.commit().await.unwrap();
        let path = format!("/{gateway}/templates/sync");

        let planned = place.ask(Method::POST, &format!("{path}?dry_run=true"), None).await.json;
        assert_eq!((counts(&planned), &planned["dry_run"]), ((0, 0, false), &json!(true)));
        let actions: Vec<(&str, &str, bool)> = planned["agents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|agent| {
                let text = |name: &str| agent[name].as_str().unwrap();
                (text("agent_name"), text("action"), agent["behind"].as_bool().unwrap())
            })
            .collect();
        let expected = [
            ("Ada", "refresh", true),
            ("Bob", "refresh", true),
            ("Pia", "skip", true),
            ("Home Gateway Agent", "refresh", false),
        ];
        assert_eq!(actions, expected);
        assert!(place.gateway.take_seen().is_empty(), "nothing is done");

        let report = place.ask(Method::POST, &path, None).await;
        assert_eq!(report.status, StatusCode::OK, "{}", report.json);
        assert_eq!(counts(&report.json), (2, 1, true));
        assert_eq!(report.json["errors"], json!([]));
        assert_eq!(
            (&report.json["include_main"], &report.json["reset_sessions"]),
            (&json!(true), &json!(false))
        );
        let seen = place.gateway.take_seen();
        assert_eq!(seen[0].method, "health");
        let mut labels: Vec<&str> = seen
            .iter()
            .filter(|seen| seen.method == "sessions.patch")
            .map(|seen| seen.params["label"].as_str().unwrap())
            .collect();
        labels.sort_unstable();
        assert_eq!(labels, ["Ada", "Bob"], "who has never been woken is woken, nobody else");
        assert_eq!(place.events().await.last().unwrap().0, "gateway.synced");

        place.gateway.answer("agents.create", Err(GatewayError::new(Failure::Refused, "disk is full")));
        let query = "?lead_only=true&include_main=false&reset_sessions=true&rotate_tokens=true";
        let report = place.ask(Method::POST, &format!("{path}{query}"), None).await.json;
        assert_eq!(counts(&report), (0, 1, false));
        assert_eq!(
            report["errors"][0],
            json!({"agent_id": ada.id, "agent_name": "Ada", "board_id": ops, "message": "disk is full"})
        );
        let report =
            place.ask(Method::POST, &format!("{path}?reset_sessions=true&board_id={ops}"), None).await;
        assert_eq!(counts(&report.json), (2, 0, true));
        let resets = place.gateway.take_methods().iter().filter(|method| *method == "sessions.reset").count();
        assert_eq!(resets, 3);
    })
    .await;
}

#[tokio::test]
async fn what_stops_a_sync_is_one_error() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let path = format!("/{gateway}/templates/sync");
        let elsewhere = board(&place.server, "Elsewhere").await;
        organization(&place.server, "Other").await;
        let report = place.ask(Method::POST, &format!("{path}?board_id={elsewhere}"), None).await;
        assert_eq!(report.status, StatusCode::OK);
        assert_eq!(counts(&report.json), (0, 0, false));
        assert_eq!(report.json["errors"].as_array().unwrap().len(), 1);

        let without = TestServer::new(&store).await;
        let report = without.user(Method::POST, &format!("/api/v1/gateways{path}"), None).await;
        assert_eq!(report.status, StatusCode::INTERNAL_SERVER_ERROR, "another server key opens no token");

        place.gateway.answer("health", Err(GatewayError::new(Failure::Unreachable, "connection refused")));
        let report = place.ask(Method::POST, &path, None).await;
        assert_eq!((report.status, counts(&report.json)), (StatusCode::OK, (0, 0, false)));
        assert_eq!(
            report.json["errors"],
            json!([{"agent_id": null, "agent_name": null, "board_id": null, "message": "connection refused"}])
        );
        let unknown = place.ask(Method::POST, &format!("/{}/templates/sync", Uuid::from_u128(5)), None).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    })
    .await;
}
