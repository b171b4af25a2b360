//! The `connect` exchange: challenge, proof, hello.

use futures_util::{SinkExt as _, StreamExt as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use crate::error::{Error, shorten};
use crate::frame::{self, Incoming};
use crate::hello::Hello;
use crate::options::{ClientMode, ConnectOptions};
use crate::progress::Step;
use crate::signature::{SignatureVersion, SignedFields};
use crate::transport::Socket;

/// The protocols that this client speaks.
const PROTOCOLS: (u32, u32) = (3, 4);
/// The role of every client that controls a gateway.
const ROLE: &str = "operator";
/// The id of the `connect` request; all others are numbers.
const CONNECT_ID: &str = "connect";

/// Which of the tokens goes into `auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    Shared,
    Device,
    None,
}

/// What a gateway sends first.
#[derive(Debug, Default)]
struct Challenge {
    nonce: Option<String>,
    ts: Option<u64>,
}

/// Runs the exchange on a fresh socket.
pub(crate) async fn run(
    socket: &mut Socket,
    options: &ConnectOptions,
    credential: Credential,
    version: SignatureVersion,
) -> Result<Hello, Error> {
    let limit = options.timing.handshake;
    let until = Instant::now() + limit;
    let late = |_| Error::Timeout { what: "connect".to_owned(), limit, sent: false };
    let challenge = timeout(options.timing.challenge.min(limit), challenge(socket)).await;
    let challenge = challenge.unwrap_or_else(|_| Ok(Challenge::default()))?;
    let request = frame::request(CONNECT_ID, "connect", params(options, &challenge, credential, version));
    timeout_at(until, socket.send(Message::text(request))).await.map_err(late)?.map_err(closed)?;
    let hello = timeout_at(until, answer(socket, options)).await.map_err(late)??;
    if let Some(scope) = hello.missing_scope(&options.scopes) {
        return Err(Error::MissingScope(scope.to_owned()));
    }
    if !(PROTOCOLS.0..=PROTOCOLS.1).contains(&hello.protocol) {
        return Err(Error::Protocol(format!("protocol {} was not offered", hello.protocol)));
    }
    Ok(hello)
}

/// Waits for the challenge; other events before it are none of our business.
async fn challenge(socket: &mut Socket) -> Result<Challenge, Error> {
    loop {
        if let Incoming::Event(event) = next(socket).await?
            && event.name == "connect.challenge"
        {
            let nonce = event.payload.get("nonce").and_then(Value::as_str).map(str::trim);
            return Ok(Challenge {
                nonce: nonce.filter(|nonce| !nonce.is_empty()).map(str::to_owned),
                ts: event.payload.get("ts").and_then(Value::as_u64),
            });
        }
    }
}

async fn answer(socket: &mut Socket, options: &ConnectOptions) -> Result<Hello, Error> {
    loop {
        if let Incoming::Response { id, outcome } = next(socket).await?
            && id == CONNECT_ID
        {
            options.progress.reached(Step::Answered);
            return Hello::parse(outcome.map_err(Error::Refused)?);
        }
    }
}

/// The next frame that the protocol knows.
async fn next(socket: &mut Socket) -> Result<Incoming, Error> {
    loop {
        let message = match socket.next().await {
            Some(message) => message.map_err(closed)?,
            None => return Err(Error::Closed { code: None, reason: String::new() }),
        };
        if let Some(incoming) = read(&message)? {
            return Ok(incoming);
        }
    }
}

/// The frame in a WebSocket message; `None` for pings and the like.
pub(crate) fn read(message: &Message) -> Result<Option<Incoming>, Error> {
    match message {
        Message::Text(text) => frame::parse(text),
        Message::Binary(_) => Err(Error::Protocol("a binary message".to_owned())),
        Message::Close(frame) => Err(Error::Closed {
            code: frame.as_ref().map(|frame| frame.code.into()),
            reason: frame.as_ref().map(|frame| shorten(&frame.reason)).unwrap_or_default(),
        }),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(None),
    }
}

/// The end of a connection by a fault of the socket.
pub(crate) fn closed(error: WsError) -> Error {
    match error {
        WsError::Capacity(error) => Error::Protocol(shorten(&error.to_string())),
        WsError::ConnectionClosed | WsError::AlreadyClosed => {
            Error::Closed { code: None, reason: String::new() }
        }
        error => Error::Closed { code: None, reason: shorten(&error.to_string()) },
    }
}

fn params(
    options: &ConnectOptions,
    challenge: &Challenge,
    credential: Credential,
    version: SignatureVersion,
) -> Value {
    let (key, token) = match credential {
        Credential::Shared => ("token", options.token.as_ref()),
        Credential::Device => ("deviceToken", options.device_token.as_ref()),
        Credential::None => ("token", None),
    };
    let token = token.map(|token| token.expose_secret().trim());
    let mut params = json!({
        "minProtocol": PROTOCOLS.0,
        "maxProtocol": PROTOCOLS.1,
        "role": ROLE,
        "scopes": options.scopes,
        "client": {
            "id": options.mode.client_id(),
            "version": options.client_version,
            "platform": options.platform,
            "mode": options.mode.mode(),
        },
    });
    if let Some(token) = token {
        params["auth"] = json!({ key: token });
    }
    if let ClientMode::Device(identity) = &options.mode {
        // The gateway's own time, where it tells it, keeps a wrong clock on this side from being refused.
        let signed_at = challenge.ts.unwrap_or_else(|| options.environment.unix_millis());
        let fields = SignedFields {
            device_id: identity.id(),
            client_id: options.mode.client_id(),
            client_mode: options.mode.mode(),
            role: ROLE,
            scopes: &options.scopes.join(","),
            signed_at,
            token: token.unwrap_or_default(),
            nonce: challenge.nonce.as_deref().unwrap_or_default(),
            platform: &options.platform,
        };
        let version = if challenge.nonce.is_some() { version } else { SignatureVersion::V1 };
        params["device"] = json!({
            "id": identity.id(),
            "publicKey": identity.public_key(),
            "signature": identity.sign(&fields.text(version)),
            "signedAt": signed_at,
        });
        if let Some(nonce) = &challenge.nonce {
            params["device"]["nonce"] = json!(nonce);
        }
    }
    params
}
