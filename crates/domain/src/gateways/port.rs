//! The way to gateways: everything that goes over the wire to OpenClaw goes through [`GatewayPort`].
//!
//! Calls happen in jobs, or in requests whose very meaning is that call; never inside a transaction.

use std::{pin::Pin, sync::Arc, time::Duration};

use mc_base::SecretString;
use mc_openclaw::{Error, Refusal, Stage};
pub use mc_openclaw::{Hello, Step};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::connections::Link;

/// Where a gateway is and how it is spoken to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The stored gateway; none for one that is only being tried out.
    pub gateway_id: Option<Uuid>,
    /// `ws://` or `wss://`.
    pub url: String,
    /// The shared secret.
    pub token: Option<SecretString>,
    /// Whether a certificate that cannot be verified is accepted.
    pub allow_insecure_tls: bool,
    /// Whether the server signs in as the control UI does, without a paired device.
    pub disable_device_pairing: bool,
    /// Whether only the right to read is asked for, as for a look at a gateway that is not stored.
    pub reads_only: bool,
}

/// Why a gateway could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection came about: name, network, port or upgrade.
    Unreachable,
    /// The certificate was not accepted.
    Tls,
    /// There was no answer in time.
    Timeout,
    /// The token was refused.
    Auth,
    /// The device of this server waits for approval on the gateway.
    PairingRequired,
    /// The token lacks a scope.
    ScopeMissing,
    /// The gateway does not know the agent, session or file.
    NotFound,
    /// The gateway's state changed meanwhile, or the thing exists already.
    Conflict,
    /// The gateway does not know the method or the file name.
    Unsupported,
    /// The gateway asks to come back later.
    Busy,
    /// The gateway does not speak a protocol that this server speaks.
    Protocol,
    /// The gateway refused for another reason.
    Refused,
}

/// An answer that did not come, or was a refusal.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct GatewayError {
    /// Which of the reasons that programs tell apart.
    pub failure: Failure,
    /// A sentence for people; has no secret in it.
    pub message: String,
    /// When the gateway wants to be asked again.
    pub retry_after: Option<Duration>,
    /// The error of the connection, with all that the gateway said; none where no gateway was asked.
    pub cause: Option<Box<Error>>,
}

/// The cause does not count: it says the same in more words.
impl PartialEq for GatewayError {
    fn eq(&self, other: &Self) -> bool {
        (self.failure, &self.message, self.retry_after) == (other.failure, &other.message, other.retry_after)
    }
}

impl GatewayError {
    /// A failure with a sentence for people.
    #[must_use]
    pub fn new(failure: Failure, message: impl Into<String>) -> Self {
        Self { failure, message: message.into(), retry_after: None, cause: None }
    }

    /// Whether the same call may work later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self.failure, Failure::Unreachable | Failure::Timeout | Failure::Busy)
    }

    /// Whether a restart of the gateway came in between, or the call came too early after it or after a change of the
    /// configuration: the same call may work in a moment.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        let cause = self.cause.as_deref();
        cause.is_some_and(|error| error.is_restart() || matches!(error, Error::NotConnected(_)))
            || (self.failure == Failure::Busy && self.is_of_unknown_agent())
    }

    fn is_of_unknown_agent(&self) -> bool {
        self.cause.as_deref().and_then(Error::refusal) == Some(Refusal::AgentNotFound)
    }

    /// The failure of a call about an agent that stands in the gateway's configuration: when the gateway does not know
    /// the agent it has not read that configuration yet.
    #[must_use]
    pub fn of_configured_agent(self) -> Self {
        if self.is_of_unknown_agent() { Self { failure: Failure::Busy, ..self } } else { self }
    }
}

impl From<Error> for GatewayError {
    fn from(error: Error) -> Self {
        let failure = match &error {
            Error::Unreachable { stage: Stage::Tls, .. } => Failure::Tls,
            Error::Unreachable { .. } | Error::Closed { .. } | Error::NotConnected(_) => Failure::Unreachable,
            Error::Timeout { .. } => Failure::Timeout,
            Error::MissingScope(_) => Failure::ScopeMissing,
            Error::Protocol(_) => Failure::Protocol,
            Error::Refused(answer) => meaning(answer.refusal),
            _ => Failure::Refused,
        };
        Self {
            failure,
            message: error.to_string(),
            retry_after: error.retry_after(),
            cause: Some(Box::new(error)),
        }
    }
}

fn meaning(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Unauthorized | Refusal::DeviceRejected => Failure::Auth,
        Refusal::PairingRequired => Failure::PairingRequired,
        Refusal::MissingScope => Failure::ScopeMissing,
        Refusal::ProtocolMismatch => Failure::Protocol,
        Refusal::RateLimited | Refusal::Unavailable => Failure::Busy,
        Refusal::AgentNotFound | Refusal::SessionNotFound | Refusal::FileNotFound => Failure::NotFound,
        Refusal::AlreadyExists | Refusal::Conflict => Failure::Conflict,
        Refusal::UnknownMethod | Refusal::UnsupportedFile => Failure::Unsupported,
        _ => Failure::Refused,
    }
}

/// How far an attempt to work with a gateway came.
#[derive(Debug)]
pub struct Climb {
    /// The steps of connecting that were taken, with the time that each took; none where the port does not see them.
    pub steps: Vec<(Step, Duration)>,
    /// What the gateway said of itself, or why it did not come to that.
    pub hello: Result<Arc<Hello>, GatewayError>,
    /// The first call; none when it did not come to that.
    pub first_call: Option<Result<(), GatewayError>>,
    /// How long the first call took.
    pub call_took: Duration,
}

/// An answer of a gateway on its way.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, GatewayError>> + Send + 'a>>;

/// Speaks to gateways. One connection serves many calls at a time; each call has a deadline.
pub trait GatewayPort: Send + Sync + std::fmt::Debug + 'static {
    /// Makes sure of a connection and says what answered.
    fn hello<'a>(&'a self, target: &'a Target) -> Call<'a, Arc<Hello>>;

    /// Calls a method, and gives the payload of the answer (null when it has none).
    fn request<'a>(&'a self, target: &'a Target, method: &'a str, params: Value) -> Call<'a, Value>;

    /// The state of the connection that this process keeps to a stored gateway; none when it keeps none.
    fn link(&self, _gateway_id: Uuid) -> Option<Link> {
        None
    }

    /// Tries at once to connect to a stored gateway instead of waiting for the next attempt, and waits some seconds for
    /// what comes of it.
    fn reconnect<'a>(&'a self, target: &'a Target) -> Call<'a, ()> {
        Box::pin(async move { self.hello(target).await.map(drop) })
    }

    /// Connects once more beside a kept connection, step by step, and calls a method that only reads.
    fn climb<'a>(&'a self, target: &'a Target) -> Pin<Box<dyn Future<Output = Climb> + Send + 'a>> {
        Box::pin(async move {
            let hello = self.hello(target).await;
            let first_call = match &hello {
                Ok(_) => Some(self.request(target, "agents.list", Value::Object(Map::new())).await.map(drop)),
                Err(_) => None,
            };
            Climb { steps: Vec::new(), hello, first_call, call_took: Duration::ZERO }
        })
    }

    /// Closes the connection to a gateway that was deleted, or never came to be stored.
    fn forget(&self, _gateway_id: Uuid) {}
}

/// Stands where no connection to gateways exists.
#[derive(Clone, Copy, Debug)]
pub struct Disconnected;

impl Disconnected {
    fn refusal<T>() -> Result<T, GatewayError> {
        Err(GatewayError::new(Failure::Unreachable, "This server has no connection to gateways"))
    }
}

impl GatewayPort for Disconnected {
    fn hello<'a>(&'a self, _: &'a Target) -> Call<'a, Arc<Hello>> {
        Box::pin(async { Self::refusal() })
    }

    fn request<'a>(&'a self, _: &'a Target, _: &'a str, _: Value) -> Call<'a, Value> {
        Box::pin(async { Self::refusal() })
    }
}
