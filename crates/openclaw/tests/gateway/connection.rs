//! One connection to gateways that behave and to gateways that do not.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::peer::{Gateway, PATIENCE, hello, options};
use mc_openclaw::{ClientMode, Connection, Error, Refusal, Resolver, Stage};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn requests_share_a_connection_and_answers_may_come_in_any_order() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.admit().await;
        let first = peer.request().await.unwrap();
        let second = peer.request().await.unwrap();
        peer.send(&json!({"type": "event", "event": "tick", "payload": {"ts": 1}, "seq": 1})).await;
        peer.send(&json!({"type": "res", "id": "of nobody", "ok": true})).await;
        peer.answer(&second, second["method"].clone()).await;
        peer.answer(&first, first["method"].clone()).await;
        peer.echo().await;
    })
    .await;
    let connection = Connection::open(&options(&gateway.url)).await.unwrap();
    let mut events = connection.events();
    let (one, two) = tokio::join!(
        connection.request("one", Value::Null, PATIENCE),
        connection.request("two", Value::Null, PATIENCE),
    );
    assert_eq!((one.unwrap(), two.unwrap()), (json!("one"), json!("two")));
    let event = events.recv().await.unwrap();
    assert_eq!((event.name.as_str(), event.seq), ("tick", Some(1)));
}

#[tokio::test]
async fn the_client_proves_itself_by_the_challenge() {
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let gateway = Gateway::start(move |_, mut peer| {
        let sender = sender.clone();
        async move {
            sender.send(peer.admit().await).unwrap();
            peer.echo().await;
        }
    })
    .await;
    let mut options = options(&gateway.url);
    Connection::open(&options).await.unwrap();
    let connect = seen.recv().await.unwrap();
    assert_eq!((&connect["minProtocol"], &connect["maxProtocol"]), (&json!(3), &json!(4)));
    assert_eq!(connect["client"]["id"], "gateway-client");
    assert_eq!(connect["auth"], json!({"token": "shared-token"}));
    let ClientMode::Device(identity) = &options.mode else { panic!() };
    let text = format!(
        "v3|{}|gateway-client|backend|operator|{}|1700000000123|shared-token|nonce-1|linux|",
        identity.id(),
        options.scopes.join(",")
    );
    assert_eq!(
        connect["device"],
        json!({"id": identity.id(), "publicKey": identity.public_key(), "signature": identity.sign(&text),
            "signedAt": 1_700_000_000_123_u64, "nonce": "nonce-1"})
    );

    options.mode = ClientMode::ControlUi;
    options.token = None;
    options.device_token = Some("device-token".into());
    Connection::open(&options).await.unwrap();
    let connect = seen.recv().await.unwrap();
    assert_eq!(connect["client"]["mode"], "ui");
    assert_eq!(connect["auth"], json!({"deviceToken": "device-token"}));
    assert!(connect.get("device").is_none());
}

#[tokio::test]
async fn old_gateways_get_old_proofs() {
    let gateway = Gateway::start(|_, mut peer| async move {
        let connect = peer.request().await.unwrap();
        assert!(connect["params"]["device"].get("nonce").is_none());
        assert_eq!(connect["params"]["device"]["signedAt"], 1_700_000_000_000_u64);
        peer.answer(&connect, json!({"protocol": 3, "server": {"version": "2026.2.9"}})).await;
        peer.echo().await;
    })
    .await;
    let mut silent = options(&gateway.url);
    silent.timing.challenge = Duration::from_millis(20);
    let connection = Connection::open(&silent).await.unwrap();
    assert_eq!(connection.hello().server_version.as_deref(), Some("2026.2.9"));

    let gateway = Gateway::start(|number, mut peer| async move {
        if number == 1 {
            peer.admit().await;
            return peer.echo().await;
        }
        peer.challenge().await;
        let connect = peer.request().await.unwrap();
        let error = json!({"code": "INVALID_REQUEST", "message": "device signature invalid",
            "details": {"code": "DEVICE_AUTH_SIGNATURE_INVALID"}});
        peer.refuse(&connect, error).await;
        peer.close(1008, "device signature invalid").await;
    })
    .await;
    Connection::open(&options(&gateway.url)).await.unwrap();
}

#[tokio::test]
async fn the_devices_own_token_steps_in_for_the_shared_one() {
    let gateway = Gateway::start(|number, mut peer| async move {
        if number == 1 {
            let connect = peer.admit().await;
            assert_eq!(connect["auth"], json!({"deviceToken": "device-token"}));
            return peer.echo().await;
        }
        peer.challenge().await;
        let connect = peer.request().await.unwrap();
        let error = json!({"code": "INVALID_REQUEST", "message": "unauthorized: gateway token mismatch",
            "details": {"code": "AUTH_TOKEN_MISMATCH", "canRetryWithDeviceToken": true}});
        peer.refuse(&connect, error).await;
        peer.close(1008, "unauthorized").await;
    })
    .await;
    let mut options = options(&gateway.url);
    options.device_token = Some("device-token".into());
    Connection::open(&options).await.unwrap();
}

#[tokio::test]
async fn fewer_scopes_than_asked_for_are_not_enough() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.challenge().await;
        let connect = peer.request().await.unwrap();
        let mut less = hello();
        less["auth"]["scopes"] = json!(["operator.read"]);
        peer.answer(&connect, less).await;
        peer.echo().await;
    })
    .await;
    let error = Connection::open(&options(&gateway.url)).await.unwrap_err();
    assert!(matches!(&error, Error::MissingScope(scope) if scope == "operator.write"), "{error}");
    let mut reader = options(&gateway.url);
    reader.scopes = vec!["operator.read".to_owned()];
    Connection::open(&reader).await.unwrap();
}

#[tokio::test]
async fn silence_runs_into_the_callers_deadline_only() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.admit().await;
        while let Some(request) = peer.request().await {
            if request["method"] == "quick" {
                peer.answer(&request, json!("here")).await;
            }
        }
    })
    .await;
    let connection = Connection::open(&options(&gateway.url)).await.unwrap();
    let error = connection.request("slow", Value::Null, Duration::from_millis(30)).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { sent: true, .. }) && error.outcome_unknown(), "{error}");
    assert_eq!(connection.request("quick", Value::Null, PATIENCE).await.unwrap(), json!("here"));
}

#[tokio::test]
async fn a_gateway_that_says_nothing_is_given_up() {
    let gateway = Gateway::start(|number, mut peer| async move {
        match number {
            // Not even a hello.
            0 => while peer.request().await.is_some() {},
            // Nothing is read after the hello, so that no ping is answered either.
            _ => {
                peer.admit().await;
                std::future::pending::<()>().await;
            }
        }
    })
    .await;
    let mut hasty = options(&gateway.url);
    hasty.timing.challenge = Duration::from_millis(10);
    hasty.timing.handshake = Duration::from_millis(50);
    let error = Connection::open(&hasty).await.unwrap_err();
    assert!(matches!(&error, Error::Timeout { what, sent: false, .. } if what == "connect"), "{error}");

    let mut deaf = options(&gateway.url);
    deaf.timing.ping = Duration::from_millis(20);
    deaf.timing.silence = Duration::from_millis(60);
    let connection = Connection::open(&deaf).await.unwrap();
    let error = connection.request("anything", Value::Null, PATIENCE).await.unwrap_err();
    assert!(error.outcome_unknown() && error.to_string().contains("nothing heard"), "{error}");
    let error = connection.request("more", Value::Null, PATIENCE).await.unwrap_err();
    assert!(matches!(error, Error::NotConnected(_)) && !error.outcome_unknown(), "{error}");
}

#[tokio::test]
async fn pings_keep_a_quiet_connection_alive() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.admit().await;
        peer.pings(3).await;
        peer.send(&json!({"type": "event", "event": "enough"})).await;
        peer.echo().await;
    })
    .await;
    let mut quiet = options(&gateway.url);
    quiet.timing.ping = Duration::from_millis(10);
    let connection = Connection::open(&quiet).await.unwrap();
    let event = tokio::time::timeout(PATIENCE, connection.events().recv()).await.unwrap();
    assert_eq!(event.unwrap().name, "enough");
    assert_eq!(connection.request("x", json!({"a": 1}), PATIENCE).await.unwrap(), json!({"a": 1}));
}

#[tokio::test]
async fn broken_data_end_the_connection_with_a_reason() {
    let garbage = [
        (Message::text("nonsense"), "not a JSON object"),
        (Message::text("[1,2]"), "not a JSON object"),
        (Message::text(r#"{"type":"event"}"#), "without a name"),
        (Message::binary(vec![0, 1, 2]), "binary"),
        (Message::text("x".repeat(70_000)), "too long"),
    ];
    for (message, expected) in garbage {
        let sent = message.clone();
        let gateway = Gateway::start(move |_, mut peer| {
            let message = message.clone();
            async move {
                peer.admit().await;
                peer.request().await;
                peer.raw(message).await;
                peer.echo().await;
            }
        })
        .await;
        let mut small = options(&gateway.url);
        small.max_message = 65_536;
        let connection = Connection::open(&small).await.unwrap();
        let error = connection.request("anything", Value::Null, PATIENCE).await.unwrap_err();
        assert!(
            matches!(&error, Error::Protocol(text) if text.contains(expected)),
            "{error} after {}",
            sent.len()
        );
    }
}

#[tokio::test]
async fn large_events_are_dropped_and_large_requests_refused() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.challenge().await;
        let connect = peer.request().await.unwrap();
        let mut narrow = hello();
        narrow["policy"]["maxPayload"] = json!(1000);
        peer.answer(&connect, narrow).await;
        peer.request().await;
        peer.send(&json!({"type": "event", "event": "large", "payload": "x".repeat(2000)})).await;
        peer.send(&json!({"type": "event", "event": "small", "payload": 1})).await;
        peer.echo().await;
    })
    .await;
    let mut options = options(&gateway.url);
    options.max_event = 1000;
    let connection = Connection::open(&options).await.unwrap();
    let mut events = connection.events();
    let error = connection.request("x", json!({"text": "x".repeat(2000)}), PATIENCE).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error}");
    let started = connection.request("start", Value::Null, Duration::from_millis(1));
    let (_, event) = tokio::join!(started, events.recv());
    assert_eq!(event.unwrap().name, "small");
}

#[tokio::test]
async fn a_close_in_the_middle_of_a_call_says_why() {
    let gateway = Gateway::start(|number, mut peer| async move {
        peer.admit().await;
        peer.request().await;
        match number {
            0 => peer.close(1012, "service restart").await,
            1 => peer.close(1008, "device removed").await,
            _ => drop(peer),
        }
    })
    .await;
    for expected in [Some(1012), Some(1008), None] {
        let connection = Connection::open(&options(&gateway.url)).await.unwrap();
        let error = connection.request("config.patch", Value::Null, PATIENCE).await.unwrap_err();
        assert!(matches!(error, Error::Closed { code, .. } if code == expected), "{error}");
        assert!(error.outcome_unknown() && error.is_transient());
        assert!(matches!(connection.closed().await, Error::Closed { code, .. } if code == expected));
    }
}

#[tokio::test]
async fn refused_calls_keep_the_connection() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.admit().await;
        let call = peer.request().await.unwrap();
        let error = json!({"code": "UNAVAILABLE", "message": "rate limit exceeded for config.patch; retry after 58s",
            "retryable": true, "retryAfterMs": 57_997});
        peer.refuse(&call, error).await;
        peer.echo().await;
    })
    .await;
    let connection = Connection::open(&options(&gateway.url)).await.unwrap();
    let error = connection.request("config.patch", Value::Null, PATIENCE).await.unwrap_err();
    assert_eq!(error.refusal(), Some(Refusal::RateLimited));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(57_997)));
    connection.request("next", Value::Null, PATIENCE).await.unwrap();
}

/// Refuses every address, as a guard against calls into closed networks does.
struct Closed;

impl Resolver for Closed {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        _port: u16,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(
            async move { Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{host} is private"))) },
        )
    }
}

#[tokio::test]
async fn addresses_are_the_resolvers_choice_and_redirects_nobodys() {
    let mut options = options("ws://127.0.0.1:9/");
    options.resolver = Arc::new(Closed);
    let error = Connection::open(&options).await.unwrap_err();
    assert!(matches!(&error, Error::AddressRefused(text) if text.contains("127.0.0.1")), "{error}");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let redirect = b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
        let mut request = [0; 4096];
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut request).await;
        tokio::io::AsyncWriteExt::write_all(&mut stream, redirect).await.unwrap();
    });
    let error = Connection::open(&crate::peer::options(&url)).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { stage: Stage::Upgrade, .. }), "{error}");
    assert!(error.to_string().contains("302"), "{error}");
}
