//! What every handler can reach.

use std::{ops::Deref, sync::Arc, time::Duration};

use http::{HeaderName, HeaderValue};
use mc_base::{SecretString, TrustedProxies};
use mc_domain::Context;
use mc_store::jobs::RunnerHealth;
use tokio_util::sync::CancellationToken;

use crate::{Limits, Live, extract::VerifiedTokens, live::StreamSlots, telemetry::Requests};

/// Origins of consoles that are served from elsewhere; empty turns cross-origin requests off.
pub type CorsOrigins = Vec<HeaderValue>;
/// The security headers that every answer carries.
pub type SecurityHeaders = Vec<(HeaderName, HeaderValue)>;

/// How the HTTP face is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Origins of consoles that are served from elsewhere.
    pub cors_origins: CorsOrigins,
    /// Headers on every answer.
    pub security_headers: SecurityHeaders,
    /// Proxies whose word on the client's address is taken.
    pub trusted_proxies: TrustedProxies,
    /// The longest a request may take; streams are exempt.
    pub request_timeout: Duration,
    /// The largest request body, in bytes; webhooks have their own.
    pub max_body: usize,
    /// The largest webhook body, in bytes.
    pub max_webhook_body: usize,
    /// Requests that take longer are logged as slow; `None` turns that off.
    pub slow_request: Option<Duration>,
    /// Whether probes are logged too.
    pub log_health: bool,
    /// Whether every agent call counts against the limit, not only unverified ones.
    pub count_all_agent_calls: bool,
    /// The most event streams one person or agent may hold open.
    pub streams_per_actor: usize,
    /// The bearer token of Prometheus; without one only this machine may read the metrics.
    pub metrics_token: Option<SecretString>,
    /// Where the local token lies, to help a person who signs in on a fresh installation.
    pub token_hint: Option<String>,
}

/// What the state is made from.
pub struct Parts {
    /// The use cases' context.
    pub context: Context,
    /// How the HTTP face is set up.
    pub settings: Settings,
    /// The token of local sign-in; none where people sign in otherwise.
    pub local_token: Option<SecretString>,
    /// The rate limits.
    pub limits: Limits,
    /// The live views of this process.
    pub live: Live,
    /// The job runner of this process, if it has one.
    pub runner: Option<RunnerHealth>,
    /// Ends streams and makes the server not ready.
    pub stop: CancellationToken,
}

/// The shared state of the handlers.
#[derive(Clone)]
pub struct ApiState(Arc<Inner>);

/// The inside of [`ApiState`].
pub struct Inner {
    pub(crate) context: Context,
    pub(crate) settings: Settings,
    pub(crate) local_token: Option<SecretString>,
    pub(crate) limits: Limits,
    pub(crate) live: Live,
    pub(crate) runner: Option<RunnerHealth>,
    pub(crate) stop: CancellationToken,
    pub(crate) verified: VerifiedTokens,
    pub(crate) streams: StreamSlots,
    pub(crate) requests: Requests,
}

impl ApiState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { context, settings, local_token, limits, live, runner, stop } = parts;
        let streams = StreamSlots::new(settings.streams_per_actor);
        Self(Arc::new(Inner {
            context,
            settings,
            local_token,
            limits,
            live,
            runner,
            stop,
            verified: VerifiedTokens::default(),
            streams,
            requests: Requests::new(),
        }))
    }
}

impl Deref for ApiState {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
