use http::{Method, StatusCode};
use mc_domain::{
    gateways::port::{Failure, GatewayError},
    organizations::Role,
};
use mc_store::testing::on_both;
use serde_json::json;

use super::*;
use crate::fixtures::{organization, person};

#[tokio::test]
async fn the_doctor_names_the_rung_that_breaks() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let path = format!("/{gateway}/doctor");
        let well = place.ask(Method::POST, &path, None).await;
        assert_eq!(
            (well.status, &well.json["ok"], &well.json["failed"]),
            (StatusCode::OK, &json!(true), &json!(null))
        );
        let names: Vec<&str> = well.json["rungs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rung| rung["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "dns",
                "tcp",
                "tls",
                "upgrade",
                "protocol",
                "auth",
                "pairing",
                "scopes",
                "version",
                "first_call"
            ]
        );
        place.gateway.set_hello(Err(GatewayError::new(Failure::Auth, "unauthorized: token mismatch")));
        let broken = place.ask(Method::POST, &path, None).await.json;
        assert_eq!((&broken["failed"], &broken["error_code"]), (&json!("auth"), &json!("gateway_auth")));
        assert!(broken["advice"].as_str().unwrap().contains("gateway.auth.token"), "{broken}");
        assert_eq!(broken["rungs"][6]["state"], "not_reached");
        let address = json!({"url": "wss://new.test:1", "token": "sesame"});
        let unstored = place.ask(Method::POST, "/doctor", Some(address)).await;
        assert_eq!(unstored.json["gateway_url"], "wss://new.test:1");
        assert!(!unstored.json.to_string().contains("sesame"));
        let empty = place.ask(Method::POST, "/doctor", Some(json!({}))).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn a_gateway_is_connected_to_when_asked_and_shows_its_connection() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let made = place.make(json!({"allow_insecure_tls": true})).await;
        assert!(made["warnings"][0].as_str().unwrap().contains("allow_insecure_tls"), "{made}");
        let path = format!("/{}/reconnect", id(&made));
        let answer = place.ask(Method::POST, &path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        assert_eq!(place.gateway.take_methods(), ["hello"]);
        let connection = &answer.json["connection"];
        assert_eq!((&connection["failures"], &connection["pairing"]), (&json!(0), &json!(null)));
        place.gateway.set_hello(Err(GatewayError::new(Failure::Unreachable, "connection refused")));
        assert_eq!(
            place.ask(Method::POST, &path, None).await.status,
            StatusCode::OK,
            "the answer has the state"
        );
    })
    .await;
}

#[tokio::test]
async fn strangers_neither_examine_nor_reconnect() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        let gateway = id(&place.make(json!({})).await);
        let tenant = organization(&place.server, "Other").await;
        let stranger = person(&place.server, "eve", tenant, Role::Owner, (true, true)).await;
        for action in ["doctor", "reconnect"] {
            let path = format!("/api/v1/gateways/{gateway}/{action}");
            let answer = stranger.call(&place.server, Method::POST, &path, None).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{action}");
        }
        assert!(place.gateway.take_seen().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_blank_board_beside_an_address_is_none() {
    on_both(|store| async move {
        let place = Place::new(&store).await;
        place.gateway.set_hello(Err(GatewayError::new(Failure::Unreachable, "connection refused")));
        let path = "/status?board_id=&gateway_id=&gateway_url=ws://127.0.0.1:1";
        let answer = place.ask(Method::GET, path, None).await;
        assert_eq!((answer.status, &answer.json["connected"]), (StatusCode::OK, &json!(false)));
        let nothing = place.ask(Method::GET, "/status?board_id=", None).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let odd = place.ask(Method::GET, "/status?board_id=x&gateway_url=ws://127.0.0.1:1", None).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}
