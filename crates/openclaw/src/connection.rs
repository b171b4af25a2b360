//! One connection, shared by any number of requests.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore, broadcast, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tracing::debug;

use crate::error::Error;
use crate::frame::{self, Event, Incoming};
use crate::handshake::{self, Credential};
use crate::hello::Hello;
use crate::options::{ConnectOptions, Timing};
use crate::pending::Pending;
use crate::refusal::Refusal;
use crate::rpc::Rpc;
use crate::signature::SignatureVersion;
use crate::transport::{self, Socket};

/// Requests of one connection that may wait for answers at a time; further ones wait for their turn.
const MAX_IN_FLIGHT: usize = 256;
/// Events that a slow reader may lag behind before it loses the oldest.
const EVENT_BUFFER: usize = 64;
/// How long to wait for the other side when closing.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// An admitted connection to a gateway. Clones share it; it is closed when the last one is dropped.
#[derive(Clone)]
pub struct Connection {
    inner: Arc<Inner>,
}

struct Inner {
    hello: Arc<Hello>,
    pending: Arc<Pending>,
    outgoing: mpsc::Sender<String>,
    turns: Semaphore,
    next_id: AtomicU64,
    events: broadcast::Sender<Event>,
    ended: watch::Receiver<Option<Error>>,
    config_turn: Mutex<()>,
}

impl Connection {
    /// Connects, proves who the client is, and checks the granted scopes.
    ///
    /// Tries the shared token and the newest form of the signature first, and once more with the device's own token
    /// or the older form where the gateway's answer calls for it.
    ///
    /// # Errors
    /// Any [`Error`]; nothing of the connection is left then.
    pub async fn open(options: &ConnectOptions) -> Result<Self, Error> {
        Self::open_with(options, broadcast::Sender::new(EVENT_BUFFER)).await
    }

    /// As [`Self::open`], with the place to send events to.
    pub(crate) async fn open_with(
        options: &ConnectOptions,
        events: broadcast::Sender<Event>,
    ) -> Result<Self, Error> {
        options.check()?;
        match (Self::admit(options, &events).await, &options.fallback) {
            (Err(error), Some(mode)) if error.refusal().is_some() => {
                debug!(endpoint = %options.endpoint(), %error, "trying as another kind of client");
                Self::admit(&ConnectOptions { mode: mode.clone(), ..options.clone() }, &events).await
            }
            (outcome, _) => outcome,
        }
    }

    async fn admit(options: &ConnectOptions, events: &broadcast::Sender<Event>) -> Result<Self, Error> {
        let mut credential = match (&options.token, &options.device_token) {
            (Some(_), _) => Credential::Shared,
            (None, Some(_)) => Credential::Device,
            (None, None) => Credential::None,
        };
        let mut version = SignatureVersion::V3;
        loop {
            let error = match Self::attempt(options, credential, version, events).await {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            match error.refusal() {
                Some(Refusal::Unauthorized)
                    if credential == Credential::Shared && options.device_token.is_some() =>
                {
                    credential = Credential::Device;
                }
                // A wrong time is not cured by another form of the signature.
                Some(Refusal::DeviceRejected)
                    if version == SignatureVersion::V3 && error.to_string().contains("invalid") =>
                {
                    version = SignatureVersion::V2;
                }
                _ => return Err(error),
            }
        }
    }

    async fn attempt(
        options: &ConnectOptions,
        credential: Credential,
        version: SignatureVersion,
        events: &broadcast::Sender<Event>,
    ) -> Result<Self, Error> {
        let mut socket = Box::pin(transport::open(options)).await?;
        let hello = match Box::pin(handshake::run(&mut socket, options, credential, version)).await {
            Ok(hello) => Arc::new(hello),
            Err(error) => {
                close(&mut socket).await;
                return Err(error);
            }
        };
        debug!(endpoint = %options.endpoint(), version = hello.server_version, protocol = hello.protocol, "connected");
        let (outgoing, requests) = mpsc::channel(16);
        let (end, ended) = watch::channel(None);
        let pending = Arc::new(Pending::default());
        let driver = Driver {
            socket,
            requests,
            pending: Arc::clone(&pending),
            events: events.clone(),
            timing: options.timing.clone(),
            max_event: options.max_event,
        };
        tokio::spawn(driver.run(end));
        Ok(Self {
            inner: Arc::new(Inner {
                hello,
                pending,
                outgoing,
                turns: Semaphore::new(MAX_IN_FLIGHT),
                next_id: AtomicU64::new(1),
                events: events.clone(),
                ended,
                config_turn: Mutex::new(()),
            }),
        })
    }

    /// What the gateway said when it admitted this client.
    #[must_use]
    pub fn hello(&self) -> &Arc<Hello> {
        &self.inner.hello
    }

    /// The gateway's events from now on. A reader that is more than 64 events behind loses the oldest.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Waits for the end of the connection, and says why it ended.
    pub async fn closed(&self) -> Error {
        let mut ended = self.inner.ended.clone();
        match ended.wait_for(Option::is_some).await {
            Ok(error) => error.clone(),
            Err(_) => None,
        }
        .unwrap_or_else(|| Error::Closed { code: None, reason: "the runtime is stopping".to_owned() })
    }

    /// Sends a request and waits for its answer, at most `limit` in all.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::outcome_unknown`] says whether the gateway may have carried it out.
    pub async fn request(&self, method: &str, params: Value, limit: Duration) -> Result<Value, Error> {
        let until = Instant::now() + limit;
        let late = |sent| Error::Timeout { what: method.to_owned(), limit, sent };
        let id = self.inner.next_id.fetch_add(1, Ordering::Relaxed).to_string();
        let text = frame::request(&id, method, params);
        let (size, limit_bytes) = (text.len(), self.inner.hello.max_payload);
        if size > limit_bytes {
            return Err(Error::TooLarge { size, limit: limit_bytes });
        }
        let turn = timeout_at(until, self.inner.turns.acquire()).await.map_err(|_| late(false))?;
        let _turn = turn.expect("the semaphore is never closed");
        let (_ticket, answer) = self.inner.pending.enter(&id)?;
        match timeout_at(until, self.inner.outgoing.send(text)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(Error::NotConnected("the connection has just ended".to_owned())),
            Err(_) => return Err(late(false)),
        }
        match timeout_at(until, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::Closed { code: None, reason: String::new() }),
            Err(_) => Err(late(true)),
        }
    }
}

impl Rpc for Connection {
    fn request(
        &self,
        method: &str,
        params: Value,
        limit: Duration,
    ) -> impl Future<Output = Result<Value, Error>> + Send {
        Self::request(self, method, params, limit)
    }

    fn config_turn(&self) -> &Mutex<()> {
        &self.inner.config_turn
    }

    async fn ready(&self, _limit: Duration) -> Result<Arc<Hello>, Error> {
        match &*self.inner.ended.borrow() {
            Some(error) => Err(Error::NotConnected(error.to_string())),
            None => Ok(Arc::clone(&self.inner.hello)),
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("hello", &self.inner.hello).finish_non_exhaustive()
    }
}

/// Owns the socket of a connection.
struct Driver {
    socket: Socket,
    requests: mpsc::Receiver<String>,
    pending: Arc<Pending>,
    events: broadcast::Sender<Event>,
    timing: Timing,
    max_event: usize,
}

impl Driver {
    async fn run(mut self, end: watch::Sender<Option<Error>>) {
        let error = self.drive().await;
        debug!(%error, "disconnected");
        self.pending.close(&error);
        end.send_replace(Some(error));
        close(&mut self.socket).await;
    }

    /// Moves messages both ways until the connection ends, and says why it ended.
    async fn drive(&mut self) -> Error {
        let mut heard = Instant::now();
        let mut pinged = false;
        loop {
            let alarm = heard + if pinged { self.timing.silence } else { self.timing.ping };
            tokio::select! {
                message = self.socket.next() => {
                    heard = Instant::now();
                    pinged = false;
                    let read = match message {
                        Some(Ok(message)) => self.receive(&message),
                        Some(Err(error)) => Err(handshake::closed(error)),
                        None => Err(Error::Closed { code: None, reason: String::new() }),
                    };
                    if let Err(error) = read {
                        return error;
                    }
                }
                request = self.requests.recv() => {
                    let Some(request) = request else {
                        return Error::Closed { code: Some(1000), reason: "closed by this client".to_owned() };
                    };
                    if let Err(error) = self.send(Message::text(request)).await {
                        return error;
                    }
                }
                () = sleep_until(alarm) => {
                    if pinged {
                        let reason = format!("nothing heard for {} s", self.timing.silence.as_secs_f32());
                        return Error::Closed { code: None, reason };
                    }
                    pinged = true;
                    if let Err(error) = self.send(Message::Ping(Vec::new().into())).await {
                        return error;
                    }
                }
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), Error> {
        match timeout(self.timing.write, self.socket.send(message)).await {
            Ok(sent) => sent.map_err(handshake::closed),
            Err(_) => Err(Error::Closed { code: None, reason: "the gateway takes no data".to_owned() }),
        }
    }

    fn receive(&self, message: &Message) -> Result<(), Error> {
        match handshake::read(message)? {
            Some(Incoming::Response { id, outcome }) => {
                let awaited = self.pending.answer(&id, outcome.map_err(Error::Refused));
                debug!(awaited, "answer");
            }
            Some(Incoming::Event(event)) => {
                if message.len() > self.max_event {
                    debug!(event = event.name, size = message.len(), "event dropped, it is too large");
                } else {
                    // Nobody listening is no error.
                    let _ = self.events.send(event);
                }
            }
            None => {}
        }
        Ok(())
    }
}

async fn close(socket: &mut Socket) {
    // The other side may be gone already; the connection is over either way.
    let _ = timeout(CLOSE_LIMIT, socket.close(None)).await;
}
