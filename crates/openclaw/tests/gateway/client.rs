//! A kept connection: its states, and how it comes back.

use std::time::Duration;

use crate::peer::{Gateway, PATIENCE, eager, hello, options};
use mc_openclaw::{Client, ConnectOptions, Error, Policy, Rpc as _, State, Status};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

fn start(options: ConnectOptions) -> Client {
    Client::start(options, eager()).unwrap()
}

/// Waits for a state by its name.
async fn reach(client: &Client, name: &str) -> Status {
    let mut status = client.status();
    let reached = status.wait_for(|status| status.state.name() == name);
    tokio::time::timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("never {name}")).unwrap().clone()
}

#[tokio::test]
async fn a_restart_is_survived_and_seen() {
    let mut gateway = Gateway::start(|number, mut peer| async move {
        peer.admit().await;
        if number == 0 {
            peer.send(&json!({"type": "event", "event": "before"})).await;
            peer.request().await;
            return peer.close(1012, "service restart").await;
        }
        let request = peer.request().await.unwrap();
        peer.send(&json!({"type": "event", "event": "after"})).await;
        peer.answer(&request, json!("done")).await;
        peer.echo().await;
    })
    .await;
    let client = start(options(&gateway.url));
    let mut events = client.events();
    gateway.connected().await;
    assert_eq!(events.recv().await.unwrap().name, "before");
    let error = client.request("config.patch", Value::Null, PATIENCE).await.unwrap_err();
    assert!(matches!(error, Error::Closed { code: Some(1012), .. }), "{error}");
    gateway.connected().await;
    client.ready(PATIENCE).await.unwrap();
    assert_eq!(client.request("go on", Value::Null, PATIENCE).await.unwrap(), json!("done"));
    assert_eq!(events.recv().await.unwrap().name, "after");
    let status = reach(&client, "online").await;
    assert_eq!(status.failures, 0);
    assert!(status.last_error.unwrap().to_string().contains("1012"), "it says why the last connection ended");
}

/// A gateway that restarts at the first request, and is up again at the connection with this number.
async fn restarting(back: usize) -> Gateway {
    Gateway::start(move |number, mut peer| async move {
        if number == 0 {
            peer.admit().await;
            peer.request().await;
            peer.close(1012, "service restart").await;
        } else if number >= back {
            peer.admit().await;
            peer.echo().await;
        }
        // In between whoever comes is let go before the handshake.
    })
    .await
}

#[tokio::test]
async fn calls_wait_for_a_gateway_that_said_that_it_restarts() {
    let mut gateway = restarting(4).await;
    let client = start(options(&gateway.url));
    gateway.connected().await;
    let error = client.request("agents.create", Value::Null, PATIENCE).await.unwrap_err();
    assert!(error.is_restart(), "{error}");
    gateway.connected().await;
    assert_eq!(client.request("agents.create", json!("again"), PATIENCE).await.unwrap(), json!("again"));
}

#[tokio::test]
async fn a_gateway_that_does_not_come_back_from_a_restart_is_unreachable() {
    let gateway = restarting(usize::MAX).await;
    let policy = Policy { restart: Duration::ZERO, ..eager() };
    let client = Client::start(options(&gateway.url), policy).unwrap();
    client.request("agents.create", Value::Null, PATIENCE).await.unwrap_err();
    reach(&client, "unreachable").await;
    let error = client.request("agents.create", Value::Null, PATIENCE).await.unwrap_err();
    assert!(!error.is_restart(), "{error}");
}

#[tokio::test]
async fn pairing_is_shown_until_an_operator_approves() {
    let gateway = Gateway::start(|number, mut peer| async move {
        if number >= 2 {
            peer.challenge().await;
            let connect = peer.request().await.unwrap();
            let mut paired = hello();
            paired["auth"]["deviceToken"] = json!("issued-token");
            peer.answer(&connect, paired).await;
            return peer.echo().await;
        }
        peer.challenge().await;
        let connect = peer.request().await.unwrap();
        let error = json!({"code": "NOT_PAIRED", "message": "pairing required: device is not approved yet",
            "details": {"code": "PAIRING_REQUIRED", "requestId": "request-1"}});
        peer.refuse(&connect, error).await;
        peer.close(1008, "pairing required").await;
    })
    .await;
    let client = start(options(&gateway.url));
    let status = reach(&client, "pairing_required").await;
    assert!(matches!(status.state, State::PairingRequired { request_id: Some(id) } if id == "request-1"));
    let hello = client.ready(PATIENCE).await.unwrap();
    assert_eq!(hello.server_version.as_deref(), Some("2026.9.6"));
    assert_eq!(client.device_token().borrow().as_ref().unwrap().expose_secret(), "issued-token");
}

#[tokio::test]
async fn calls_fail_at_once_with_the_gateways_words_while_it_refuses() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.challenge().await;
        let connect = peer.request().await.unwrap();
        let error = json!({"code": "INVALID_REQUEST", "message": "protocol mismatch",
            "details": {"code": "PROTOCOL_MISMATCH", "expectedProtocol": 5}});
        peer.refuse(&connect, error).await;
        peer.close(1002, "protocol mismatch").await;
    })
    .await;
    let client = start(options(&gateway.url));
    let error = client.request("health", Value::Null, PATIENCE).await.unwrap_err();
    assert_eq!(error.to_string(), "protocol mismatch");
    let status = reach(&client, "protocol_mismatch").await;
    assert!(matches!(status.state, State::ProtocolMismatch { expected: Some(5) }));
}

#[tokio::test]
async fn an_absent_gateway_is_unreachable_and_closing_ends_it() {
    let client = start(options("ws://127.0.0.1:1/"));
    let status = reach(&client, "unreachable").await;
    assert!(status.failures >= 1 && status.last_error.is_some());
    let error = client.request("health", Value::Null, PATIENCE).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }) && error.is_transient(), "{error}");
    client.close();
    reach(&client, "closed").await;
    let error = client.ready(PATIENCE).await.unwrap_err();
    assert!(error.to_string().contains("closed"), "{error}");
}

#[tokio::test]
async fn the_connection_ends_with_the_last_handle() {
    let (sender, mut gone) = tokio::sync::mpsc::unbounded_channel();
    let gateway = Gateway::start(move |_, mut peer| {
        let sender = sender.clone();
        async move {
            peer.admit().await;
            peer.echo().await;
            let _ = sender.send(());
        }
    })
    .await;
    let client = start(options(&gateway.url));
    let other = client.clone();
    client.ready(PATIENCE).await.unwrap();
    drop(client);
    other.request("still there", Value::Null, PATIENCE).await.unwrap();
    drop(other);
    tokio::time::timeout(PATIENCE, gone.recv()).await.unwrap().unwrap();
}
