//! A client that keeps its connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::{Notify, broadcast, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use crate::api::Api;
use crate::backoff::Backoff;
use crate::connection::Connection;
use crate::error::Error;
use crate::frame::Event;
use crate::hello::Hello;
use crate::options::ConnectOptions;
use crate::rpc::Rpc;
use crate::status::{State, Status};

/// Events that a slow reader may lag behind before it loses the oldest.
const EVENT_BUFFER: usize = 64;

/// When to try again.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Delays while the gateway cannot be reached.
    pub unreachable: Backoff,
    /// Delays after the gateway has said that it restarts; short, because callers wait for it.
    pub restarting: Backoff,
    /// How long a gateway that has said so counts as connecting while it cannot be reached.
    pub restart: Duration,
    /// Delays while an operator has not approved this device.
    pub pairing: Backoff,
    /// Delays while the gateway refuses this client; long, because gateways lock out who tries too often.
    pub refused: Backoff,
    /// How long a connection must have lasted to count as good, so that delays start anew after it.
    pub stable: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let between = |first, max| Backoff {
            first: Duration::from_secs(first),
            max: Duration::from_secs(max),
            ..Backoff::default()
        };
        let restarting =
            Backoff { first: Duration::from_millis(250), max: Duration::from_secs(2), ..Backoff::default() };
        Self {
            unreachable: Backoff::default(),
            restarting,
            restart: Duration::from_secs(30),
            pairing: between(15, 30),
            refused: between(30, 300),
            stable: Duration::from_secs(30),
        }
    }
}

/// A handle on one kept connection to a gateway. Clones share it; it is closed when the last one is dropped.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    keeper: Arc<Keeper>,
}

struct Shared {
    options: ConnectOptions,
    policy: Policy,
    status: watch::Sender<Status>,
    connection: Mutex<Option<Connection>>,
    device_token: watch::Sender<Option<SecretString>>,
    events: broadcast::Sender<Event>,
    wake: Notify,
    config_turn: tokio::sync::Mutex<()>,
}

/// Ends the background task together with the last handle.
struct Keeper(AbortHandle);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Client {
    /// Starts connecting in the background; needs a Tokio runtime.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for options that can never work.
    pub fn start(options: ConnectOptions, policy: Policy) -> Result<Self, Error> {
        options.check()?;
        let now = options.environment.unix_millis();
        let status = Status { state: State::Connecting, since: now, failures: 0, last_error: None };
        let shared = Arc::new(Shared {
            device_token: watch::Sender::new(options.device_token.clone()),
            options,
            policy,
            status: watch::Sender::new(status),
            connection: Mutex::new(None),
            events: broadcast::Sender::new(EVENT_BUFFER),
            wake: Notify::new(),
            config_turn: tokio::sync::Mutex::new(()),
        });
        let task = tokio::spawn(Arc::clone(&shared).keep());
        Ok(Self { shared, keeper: Arc::new(Keeper(task.abort_handle())) })
    }

    /// The state of the connection, to be read or waited for.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.shared.status.subscribe()
    }

    /// The events of the gateway from now on, over all connections. A reader that is more than 64 events behind loses
    /// the oldest.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.shared.events.subscribe()
    }

    /// The token that the gateway issued to this device, as soon as it did; keep it sealed.
    #[must_use]
    pub fn device_token(&self) -> watch::Receiver<Option<SecretString>> {
        self.shared.device_token.subscribe()
    }

    /// The methods of the gateway.
    #[must_use]
    pub fn api(&self) -> Api<'_, Self> {
        Api::new(self)
    }

    /// Ends a wait between attempts, for example after an operator approved the device.
    pub fn retry_now(&self) {
        self.shared.wake.notify_one();
    }

    /// What the gateway said when it admitted this client. Waits at most `limit` for a connection that is being made,
    /// and fails at once in every other state than online.
    ///
    /// # Errors
    /// [`Error::Timeout`] when the connection is not made in time; else why there is none.
    pub async fn hello(&self, limit: Duration) -> Result<Arc<Hello>, Error> {
        self.settled("connect", limit).await?;
        self.shared.online().map(|connection| Arc::clone(connection.hello()))
    }

    async fn settled(&self, what: &str, limit: Duration) -> Result<(), Error> {
        let mut status = self.status();
        let settled = |status: &Status| !matches!(status.state, State::Connecting);
        match timeout(limit, status.wait_for(settled)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::Timeout { what: what.to_owned(), limit, sent: false }),
        }
    }

    /// Closes the connection for good, for all handles.
    pub fn close(&self) {
        self.keeper.0.abort();
        self.shared.lock().take();
        self.shared.set(State::Closed, None);
    }
}

impl Rpc for Client {
    /// Waits for a connection that is being made, and fails at once in every other state than online.
    async fn request(&self, method: &str, params: Value, limit: Duration) -> Result<Value, Error> {
        let until = Instant::now() + limit;
        self.settled(method, limit).await?;
        let connection = self.shared.online()?;
        connection.request(method, params, until.saturating_duration_since(Instant::now())).await
    }

    fn config_turn(&self) -> &tokio::sync::Mutex<()> {
        &self.shared.config_turn
    }

    /// Waits in every state but closed.
    async fn ready(&self, limit: Duration) -> Result<Arc<Hello>, Error> {
        let mut status = self.status();
        let over = |status: &Status| matches!(status.state, State::Online(_) | State::Closed);
        match timeout(limit, status.wait_for(over)).await {
            Ok(_) => self.shared.online().map(|connection| Arc::clone(connection.hello())),
            Err(_) => Err(self.shared.offline()),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("options", &self.shared.options)
            .field("status", &*self.shared.status.borrow())
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        // No code panics while it holds the lock.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn online(&self) -> Result<Connection, Error> {
        self.lock().clone().ok_or_else(|| self.offline())
    }

    /// The error of a call without a connection: the gateway's own answer where there is one.
    fn offline(&self) -> Error {
        let status = self.status.borrow();
        match (&status.state, &status.last_error) {
            (State::Closed, _) => Error::NotConnected("the client is closed".to_owned()),
            (_, Some(Error::Closed { code, reason })) => {
                Error::NotConnected(Error::Closed { code: *code, reason: reason.clone() }.to_string())
            }
            (_, Some(error)) => error.clone(),
            (state, None) => Error::NotConnected(state.name().to_owned()),
        }
    }

    fn set(&self, state: State, error: Option<Error>) {
        let now = self.options.environment.unix_millis();
        self.status.send_modify(|status| {
            status.failures = match &state {
                State::Online(_) => 0,
                _ if error.is_some() => status.failures.saturating_add(1),
                _ => status.failures,
            };
            if status.state.name() != state.name() {
                status.since = now;
            }
            status.state = state;
            status.last_error = error.or_else(|| status.last_error.take());
        });
    }

    /// Connects again and again, until the task is aborted.
    async fn keep(self: Arc<Self>) {
        let mut failures = 0_u32;
        let mut restart_until: Option<Instant> = None;
        loop {
            let started = Instant::now();
            let backoff = match Box::pin(self.connect()).await {
                Ok(connection) => {
                    let error = connection.closed().await;
                    if started.elapsed() >= self.policy.stable {
                        failures = 0;
                    }
                    warn!(endpoint = %self.options.endpoint(), %error, "the connection to a gateway ended");
                    self.lock().take();
                    restart_until = error.is_restart().then(|| Instant::now() + self.policy.restart);
                    self.set(State::Connecting, Some(error));
                    if restart_until.is_some() { &self.policy.restarting } else { &self.policy.unreachable }
                }
                Err(error) => self.failed(error, restart_until.is_some_and(|until| Instant::now() < until)),
            };
            failures = failures.saturating_add(1);
            let asked =
                self.status.borrow().last_error.as_ref().and_then(Error::retry_after).unwrap_or_default();
            let delay = backoff.delay(failures, &*self.options.environment).max(asked);
            tokio::select! {
                () = sleep(delay) => {}
                () = self.wake.notified() => {}
            }
        }
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let mut options = self.options.clone();
        options.device_token = self.device_token.borrow().clone();
        let connection = Connection::open_with(&options, self.events.clone()).await?;
        let hello = connection.hello();
        if hello.device_token.is_some() {
            self.device_token.send_replace(hello.device_token.clone());
        }
        info!(endpoint = %options.endpoint(), version = hello.server_version, "connected to a gateway");
        *self.lock() = Some(connection.clone());
        self.set(State::Online(Arc::clone(hello)), None);
        Ok(connection)
    }

    fn failed(&self, error: Error, is_restarting: bool) -> &Backoff {
        let state = State::after(&error);
        if is_restarting && matches!(state, State::Unreachable) {
            // It said that it comes back, so that calls go on waiting.
            self.set(State::Connecting, Some(error));
            return &self.policy.restarting;
        }
        if self.status.borrow().state.name() != state.name() {
            warn!(endpoint = %self.options.endpoint(), state = state.name(), %error, "no connection to a gateway");
        }
        let backoff = match state {
            State::PairingRequired { .. } => &self.policy.pairing,
            State::Refused | State::ProtocolMismatch { .. } => &self.policy.refused,
            _ => &self.policy.unreachable,
        };
        self.set(state, Some(error));
        backoff
    }
}
