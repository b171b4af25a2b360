//! A gateway on loopback that does what a test says, faults included.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use mc_openclaw::{Backoff, ClientMode, ConnectOptions, DeviceIdentity, Environment, Policy};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// Longest wait for anything in these tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that stands and randomness that is always the same.
pub(crate) struct Fixed;

impl Environment for Fixed {
    fn unix_millis(&self) -> u64 {
        1_700_000_000_000
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// Options for a gateway at this address, with limits that suit tests.
pub(crate) fn options(url: &str) -> ConnectOptions {
    let identity = DeviceIdentity::from_seed(&[1; 32]);
    let mut options = ConnectOptions::new(url, ClientMode::Device(identity), Arc::new(Fixed)).unwrap();
    options.token = Some("shared-token".into());
    options.platform = "linux".to_owned();
    options
}

/// A policy that tries again at once.
pub(crate) fn eager() -> Policy {
    let soon = || Backoff { first: Duration::from_millis(5), max: Duration::from_millis(20), jitter: 0.0 };
    Policy {
        unreachable: soon(),
        restarting: soon(),
        restart: PATIENCE,
        pairing: soon(),
        refused: soon(),
        stable: Duration::ZERO,
    }
}

/// One connection as the gateway sees it.
pub(crate) struct Peer {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

impl Peer {
    pub(crate) async fn send(&mut self, frame: &Value) {
        self.raw(Message::text(frame.to_string())).await;
    }

    /// Sends; a client that has gone already is no matter.
    pub(crate) async fn raw(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// The next request, or `None` when the client has gone.
    pub(crate) async fn request(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Waits for this many pings, which are answered by the way.
    pub(crate) async fn pings(&mut self, count: usize) {
        let mut seen = 0;
        while seen < count {
            seen += usize::from(self.socket.next().await.unwrap().unwrap().is_ping());
        }
    }

    pub(crate) async fn answer(&mut self, request: &Value, payload: Value) {
        self.send(&json!({"type": "res", "id": request["id"], "ok": true, "payload": payload})).await;
    }

    pub(crate) async fn refuse(&mut self, request: &Value, error: Value) {
        self.send(&json!({"type": "res", "id": request["id"], "ok": false, "error": error})).await;
    }

    pub(crate) async fn challenge(&mut self) {
        self.send(&json!({"type": "event", "event": "connect.challenge",
            "payload": {"nonce": "nonce-1", "ts": 1_700_000_000_123_u64}}))
            .await;
    }

    pub(crate) async fn close(&mut self, code: u16, reason: &'static str) {
        let _ = self.socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await;
        // The client answers the close; then there is nothing more to read.
        while let Some(Ok(_)) = self.socket.next().await {}
    }

    /// Challenge and hello; returns the parameters of `connect`.
    pub(crate) async fn admit(&mut self) -> Value {
        self.challenge().await;
        let connect = self.request().await.unwrap();
        assert_eq!(connect["method"], "connect");
        self.answer(&connect, hello()).await;
        connect["params"].clone()
    }

    /// Answers every request with its own parameters, until the client goes.
    pub(crate) async fn echo(&mut self) {
        while let Some(request) = self.request().await {
            let params = request["params"].clone();
            self.answer(&request, params).await;
        }
    }
}

/// A hello like that of a current gateway.
pub(crate) fn hello() -> Value {
    serde_json::from_str(include_str!("../fixtures/hello-2026.9.6.json")).unwrap()
}

/// A running gateway; it ends with the test's runtime.
pub(crate) struct Gateway {
    pub(crate) url: String,
    connections: mpsc::UnboundedReceiver<()>,
}

impl Gateway {
    /// Serves every connection with `serve`, which gets the number of the connection from 0.
    pub(crate) async fn start<F, Done>(serve: F) -> Self
    where
        F: Fn(usize, Peer) -> Done + Send + 'static,
        Done: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/", listener.local_addr().unwrap());
        let (sender, connections) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(socket) = tokio_tungstenite::accept_async(stream).await {
                    tokio::spawn(serve(number, Peer { socket }));
                    number += 1;
                    let _ = sender.send(());
                }
            }
        });
        Self { url, connections }
    }

    /// Waits for the next connection.
    pub(crate) async fn connected(&mut self) {
        tokio::time::timeout(PATIENCE, self.connections.recv()).await.unwrap().unwrap();
    }
}
