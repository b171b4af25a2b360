//! The connections of this process to gateways: one kept for each stored gateway, and short ones for a look at others.

mod environment;
mod identity;
mod link;
mod record;

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mc_base::{SecretKey, SecretString};
use mc_openclaw::{
    Api, Client, ClientMode, ConnectOptions, Connection, DeviceIdentity, Hello, Policy, Rpc, State, Tls,
};
use mc_store::Store;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::port::{Call, Climb, Failure, GatewayError, GatewayPort, Target};
use environment::{GatewayAddresses, Machine};
pub use identity::{IdentityError, KeyFile, device_id, device_identity};
pub(crate) use identity::{NAME as IDENTITY_NAME, PURPOSE as IDENTITY_PURPOSE};
pub use link::{Link, approval_command};
pub(crate) use record::device_token_purpose;

/// The longest that one call waits for its answer; callers have shorter limits of their own.
const CALL_LIMIT: Duration = Duration::from_secs(120);
/// The longest wait for a connection that is being made.
const CONNECT_LIMIT: Duration = Duration::from_secs(25);
/// How often the stored gateways are compared with the connections: other processes change them too.
const COMPARE_EVERY: Duration = Duration::from_secs(30);
/// A call to a gateway that cannot be reached tries at once, but not more often than this.
const NUDGE_EVERY: Duration = Duration::from_secs(2);
/// How long such a call waits for the outcome.
const NUDGE_WAIT: Duration = Duration::from_secs(5);

/// How long connecting, the handshake and the first call may each take when somebody looks for what is wrong.
const CLIMB_LIMIT: Duration = Duration::from_secs(8);

/// The scopes for work: agents are made and configured, and devices that wait are seen.
const WORK_SCOPES: [&str; 3] = ["operator.read", "operator.write", "operator.admin"];
/// The scopes for a look.
const LOOK_SCOPES: [&str; 1] = ["operator.read"];

/// The connections of this process. Clones share them.
#[derive(Clone)]
pub struct Connections(Arc<Inner>);

struct Inner {
    store: Store,
    key: SecretKey,
    identity: DeviceIdentity,
    limits: Limits,
    kept: Mutex<HashMap<Uuid, Kept>>,
}

/// What one process does at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections that are kept.
    pub connections: usize,
    /// Calls of one gateway that wait for their answers at the same time; further ones wait for their turn.
    pub calls: usize,
}

struct Kept {
    target: Target,
    client: Client,
    turns: Arc<Semaphore>,
    nudged: Instant,
    recorder: AbortHandle,
}

impl Kept {
    fn close(self) {
        self.recorder.abort();
        self.client.close();
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("device_id", &self.0.identity.id()).finish_non_exhaustive()
    }
}

impl Connections {
    /// Connections of a device, within limits.
    #[must_use]
    pub fn new(store: Store, key: SecretKey, identity: DeviceIdentity, limits: Limits) -> Self {
        Self(Arc::new(Inner { store, key, identity, limits, kept: Mutex::default() }))
    }

    /// Connects to the stored gateways, and follows their changes until `stop`; then closes all connections.
    pub async fn run(&self, stop: CancellationToken) {
        let mut ticks = interval(COMPARE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = ticks.tick() => {
                    if let Err(error) = self.compare().await {
                        tracing::warn!(%error, "gateway.connections.compare_failed");
                    }
                }
            }
        }
        let all = std::mem::take(&mut *self.kept());
        all.into_values().for_each(Kept::close);
    }

    /// Brings the kept connections in line with the stored gateways.
    async fn compare(&self) -> crate::Result<()> {
        // One that is made while the rows are read is not taken for one without a row.
        let known: Vec<Uuid> = self.kept().keys().copied().collect();
        let stored = record::targets(&self.0.store, &self.0.key, self.0.limits.connections).await?;
        let is_stored = |id: &Uuid| stored.iter().any(|target| target.gateway_id == Some(*id));
        let gone: Vec<Uuid> = known.into_iter().filter(|id| !is_stored(id)).collect();
        for id in gone {
            self.forget(id);
        }
        for target in stored {
            let Some(id) = target.gateway_id else { continue };
            // What cannot be connected to says so in its state.
            let _ = self.client(id, &target).await;
        }
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Uuid, Kept>> {
        // No code panics while it holds the lock.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The kept connection to a gateway, made anew when the gateway is reached in another way than before.
    async fn client(&self, id: Uuid, target: &Target) -> Result<Client, GatewayError> {
        if let Some(client) = self.present(id, target) {
            return Ok(client);
        }
        let mut options = self.options(target)?;
        options.device_token = record::device_token(&self.0.store, &self.0.key, id).await;
        let mut kept = self.kept();
        if let Some(present) = kept.get(&id).filter(|present| is_same(&present.target, target)) {
            return Ok(present.client.clone());
        }
        if let Some(old) = kept.remove(&id) {
            old.close();
        }
        if kept.len() >= self.0.limits.connections {
            let text = format!(
                "{} connections to gateways are open, which is the limit of this server (MC_GATEWAY_CONNECTIONS)",
                self.0.limits.connections
            );
            return Err(GatewayError::new(Failure::Busy, text));
        }
        let client = Client::start(options, Policy::default())?;
        let recorder =
            tokio::spawn(record::follow(self.0.store.clone(), self.0.key.clone(), id, client.clone()));
        let new = Kept {
            target: target.clone(),
            client: client.clone(),
            turns: Arc::new(Semaphore::new(self.0.limits.calls)),
            nudged: Instant::now(),
            recorder: recorder.abort_handle(),
        };
        kept.insert(id, new);
        Ok(client)
    }

    fn present(&self, id: Uuid, target: &Target) -> Option<Client> {
        let kept = self.kept();
        kept.get(&id).filter(|present| is_same(&present.target, target)).map(|present| present.client.clone())
    }

    /// A client that is connected, or why it is not. One that waits to try again tries now, because it is wanted now.
    async fn connected(&self, id: Uuid, target: &Target) -> Result<(Client, Arc<Hello>), GatewayError> {
        let client = self.client(id, target).await?;
        let mut status = client.status();
        let is_away = {
            let seen = status.borrow_and_update();
            // A gateway that asks to wait is given its time.
            let may_be_asked = seen.last_error.as_ref().is_none_or(|error| error.retry_after().is_none());
            matches!(seen.state, State::Unreachable) && may_be_asked
        };
        if is_away && self.may_nudge(id) {
            client.retry_now();
            // Whatever comes of it is the answer; no news in time is none.
            let _ = timeout(NUDGE_WAIT, status.changed()).await;
        }
        let hello = client.hello(CONNECT_LIMIT).await?;
        Ok((client, hello))
    }

    /// Waits for the turn of a call; none when the connection was closed meanwhile.
    async fn turn(&self, id: Uuid) -> Option<OwnedSemaphorePermit> {
        let turns = self.kept().get(&id).map(|kept| Arc::clone(&kept.turns))?;
        turns.acquire_owned().await.ok()
    }

    fn may_nudge(&self, id: Uuid) -> bool {
        let mut kept = self.kept();
        let Some(present) = kept.get_mut(&id) else { return false };
        let may = present.nudged.elapsed() >= NUDGE_EVERY;
        if may {
            present.nudged = Instant::now();
        }
        may
    }

    /// How to connect to a target.
    pub(super) fn options(&self, target: &Target) -> Result<ConnectOptions, GatewayError> {
        let device = ClientMode::Device(self.0.identity.clone());
        let (mode, fallback) = match target.disable_device_pairing {
            true => (ClientMode::ControlUi, Some(device)),
            false => (device, None),
        };
        let machine = Machine::new(self.0.store.clock().clone(), self.0.store.random().clone());
        let mut options = ConnectOptions::new(&target.url, mode, Arc::new(machine))?;
        options.fallback = fallback;
        options.token = target.token.clone().filter(|token| !token.expose_secret().trim().is_empty());
        let scopes: &[&str] = if target.reads_only { &LOOK_SCOPES } else { &WORK_SCOPES };
        options.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        options.resolver = Arc::new(GatewayAddresses);
        if target.allow_insecure_tls {
            options.tls = Tls::Insecure;
        }
        Ok(options)
    }
}

/// Whether two targets are reached in the same way.
fn is_same(one: &Target, other: &Target) -> bool {
    let token =
        |target: &Target| target.token.as_ref().map(|token: &SecretString| token.expose_secret().to_owned());
    one.url == other.url
        && token(one) == token(other)
        && one.allow_insecure_tls == other.allow_insecure_tls
        && one.disable_device_pairing == other.disable_device_pairing
}

impl GatewayPort for Connections {
    fn hello<'a>(&'a self, target: &'a Target) -> Call<'a, Arc<Hello>> {
        Box::pin(async move {
            match target.gateway_id {
                Some(id) => Ok(self.connected(id, target).await?.1),
                None => Ok(Arc::clone(Connection::open(&self.options(target)?).await?.hello())),
            }
        })
    }

    fn request<'a>(&'a self, target: &'a Target, method: &'a str, params: Value) -> Call<'a, Value> {
        Box::pin(async move {
            Ok(match target.gateway_id {
                Some(id) => {
                    let (client, _) = self.connected(id, target).await?;
                    let _turn = self.turn(id).await;
                    Rpc::request(&client, method, params, CALL_LIMIT).await?
                }
                None => {
                    let connection = Connection::open(&self.options(target)?).await?;
                    connection.request(method, params, CALL_LIMIT).await?
                }
            })
        })
    }

    fn link(&self, gateway_id: Uuid) -> Option<Link> {
        let kept = self.kept();
        let status = kept.get(&gateway_id)?.client.status();
        let link = Link::of(&status.borrow());
        Some(link)
    }

    fn reconnect<'a>(&'a self, target: &'a Target) -> Call<'a, ()> {
        Box::pin(async move {
            let Some(id) = target.gateway_id else { return self.hello(target).await.map(drop) };
            let client = self.client(id, target).await?;
            let mut status = client.status();
            // A connection that has just ended also waits before it is made again, longer when it ends often.
            if !matches!(status.borrow_and_update().state, State::Online(_)) {
                client.retry_now();
                // Whatever comes of it is the answer; no news in time is none.
                let _ = timeout(NUDGE_WAIT, status.changed()).await;
            }
            client.hello(NUDGE_WAIT).await?;
            Ok(())
        })
    }

    fn climb<'a>(&'a self, target: &'a Target) -> Pin<Box<dyn Future<Output = Climb> + Send + 'a>> {
        Box::pin(async move {
            let failed = |error| Climb {
                steps: Vec::new(),
                hello: Err(error),
                first_call: None,
                call_took: Duration::ZERO,
            };
            let mut options = match self.options(target) {
                Ok(options) => options,
                Err(error) => return failed(error),
            };
            options.timing.connect = CLIMB_LIMIT;
            options.timing.handshake = CLIMB_LIMIT;
            if let Some(id) = target.gateway_id {
                options.device_token = record::device_token(&self.0.store, &self.0.key, id).await;
            }
            let connection = match Connection::open(&options).await {
                Ok(connection) => connection,
                Err(error) => return Climb { steps: options.progress.steps(), ..failed(error.into()) },
            };
            let began = Instant::now();
            let api = Api::new(&connection);
            let first_call = match timeout(CLIMB_LIMIT, api.list_agents()).await {
                Ok(answer) => answer.map(drop).map_err(GatewayError::from),
                Err(_) => Err(GatewayError::new(Failure::Timeout, "The gateway did not answer in time")),
            };
            Climb {
                steps: options.progress.steps(),
                hello: Ok(Arc::clone(connection.hello())),
                first_call: Some(first_call),
                call_took: began.elapsed(),
            }
        })
    }

    fn forget(&self, gateway_id: Uuid) {
        let gone = self.kept().remove(&gateway_id);
        if let Some(gone) = gone {
            gone.close();
        }
    }
}

#[cfg(test)]
mod tests;
