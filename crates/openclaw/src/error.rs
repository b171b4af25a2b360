//! What can go wrong between a client and a gateway.

use std::time::Duration;

pub use crate::refusal::Refusal;

/// The WebSocket close code of a gateway that restarts.
const SERVICE_RESTART: u16 = 1012;

/// Why a call or a connection failed.
///
/// No variant ever holds a token: texts of gateways are kept as they came, up to 500 characters, and gateways do not
/// echo credentials.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An option or argument cannot be used.
    #[error("{field}: {message}")]
    InvalidOptions {
        /// The option.
        field: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The resolver refused the gateway's address, for example because it is on a network that is closed to callers.
    #[error("the address of the gateway is not allowed: {0}")]
    AddressRefused(String),
    /// No connection came about.
    #[error("{stage} failed: {message}")]
    Unreachable {
        /// How far the attempt came.
        stage: Stage,
        /// The error of the system or of the library, in short.
        message: String,
    },
    /// Something took longer than its limit.
    #[error("{what} took longer than {} ms", limit.as_millis())]
    Timeout {
        /// The method or the step.
        what: String,
        /// The limit.
        limit: Duration,
        /// Whether the request may have reached the gateway.
        sent: bool,
    },
    /// The connection ended before the answer came.
    #[error("the gateway closed the connection{}", describe_close(*code, reason))]
    Closed {
        /// The WebSocket close code, if the gateway sent one.
        code: Option<u16>,
        /// The reason that the gateway gave, or what broke.
        reason: String,
    },
    /// There is no connection, and this request was not sent.
    #[error("the gateway is not connected: {0}")]
    NotConnected(String),
    /// The gateway answered with an error.
    #[error("{0}")]
    Refused(Box<GatewayError>),
    /// The gateway admitted the client, but without a scope that it needs.
    #[error("missing scope: {0}")]
    MissingScope(String),
    /// The gateway broke the protocol.
    #[error("unexpected data from the gateway: {0}")]
    Protocol(String),
    /// A request is larger than the gateway takes.
    #[error("the request is {size} bytes long and the gateway takes {limit}")]
    TooLarge {
        /// Bytes of the request.
        size: usize,
        /// Bytes that the gateway takes.
        limit: usize,
    },
}

/// The steps of making a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking up the host name.
    Resolve,
    /// Opening the TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Turning the HTTP connection into a WebSocket.
    Upgrade,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Resolve => "looking up the gateway's host name",
            Self::Connect => "connecting to the gateway",
            Self::Tls => "the TLS handshake with the gateway",
            Self::Upgrade => "opening the WebSocket",
        })
    }
}

/// An error answer of a gateway.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct GatewayError {
    /// The gateway's own code, such as `INVALID_REQUEST`; empty when it gave none.
    pub code: String,
    /// The gateway's text, at most 500 characters.
    pub message: String,
    /// Further data, as the gateway sent it.
    pub details: Option<serde_json::Value>,
    /// Whether the gateway says that the same call can succeed later.
    pub retryable: bool,
    /// How long the gateway asks to wait, at most an hour.
    pub retry_after: Option<Duration>,
    /// What the error means.
    pub refusal: Refusal,
}

impl GatewayError {
    /// The text of a detail, such as `requestId`.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.as_ref()?.get(name)?.as_str()
    }
}

impl Error {
    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::InvalidOptions { field, message: message.into() }
    }

    pub(crate) fn unreachable(stage: Stage, message: impl std::fmt::Display) -> Self {
        Self::Unreachable { stage, message: shorten(&message.to_string()) }
    }

    /// What a gateway's answer means, for errors that are answers.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(error) => Some(error.refusal),
            Self::MissingScope(_) => Some(Refusal::MissingScope),
            _ => None,
        }
    }

    /// The gateway's answer, for errors that are answers.
    #[must_use]
    pub fn gateway(&self) -> Option<&GatewayError> {
        match self {
            Self::Refused(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the same call can succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { stage, .. } => *stage != Stage::Tls,
            Self::Timeout { .. } | Self::Closed { .. } | Self::NotConnected(_) => true,
            Self::Refused(error) => {
                error.retryable || matches!(error.refusal, Refusal::Unavailable | Refusal::RateLimited)
            }
            Self::InvalidOptions { .. }
            | Self::AddressRefused(_)
            | Self::MissingScope(_)
            | Self::Protocol(_)
            | Self::TooLarge { .. } => false,
        }
    }

    /// Whether the gateway may have carried out the request although this error came instead of its answer.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Closed { .. } | Self::Timeout { sent: true, .. })
    }

    /// Whether the gateway closed the connection because it restarts, as older ones do after each change of their
    /// configuration.
    #[must_use]
    pub fn is_restart(&self) -> bool {
        matches!(self, Self::Closed { code: Some(SERVICE_RESTART), .. })
    }

    /// How long the gateway asks to wait before the next attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.gateway().and_then(|error| error.retry_after)
    }
}

fn describe_close(code: Option<u16>, reason: &str) -> String {
    match (code, reason) {
        (None, "") => String::new(),
        (None, reason) => format!(": {reason}"),
        (Some(code), "") => format!(" (code {code})"),
        (Some(code), reason) => format!(" (code {code}): {reason}"),
    }
}

/// The first 500 characters of a text from outside, without control characters.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(500).collect()
}
