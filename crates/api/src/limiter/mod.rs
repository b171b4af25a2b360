//! Rate limits: a sliding log of attempts for each key, in the memory of this process and, where one is configured, in
//! a place that all processes share.

mod log;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use http::{HeaderName, StatusCode, header};
use mc_base::Clock;

use crate::error::ApiError;
use log::Log;

/// The window of every limit.
const WINDOW: Duration = Duration::from_secs(60);
/// How many times as many webhook deliveries an address may send to all webhooks together as to one of them.
const ADDRESS_FACTOR: usize = 10;

/// The most attempts a minute and address to accept an invite.
const INVITES: usize = 20;
/// How many refused sign-ins a minute are written into the audit log.
const REFUSALS_TOLD: usize = 30;

/// One attempt, and the limit that it counts for.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The name of the limit.
    pub limit: &'static str,
    /// Whose attempt it is.
    pub key: &'a str,
    /// The most attempts in the window; at least one.
    pub max: usize,
    /// The length of the window.
    pub window: Duration,
}

/// Whether an attempt is within its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Allowed,
    /// It is not; the next one may be after so long.
    Refused(Duration),
}

impl Verdict {
    /// The harder of two verdicts.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused(one), Self::Refused(two)) => Self::Refused(one.max(two)),
            (Self::Allowed, verdict) | (verdict, Self::Allowed) => verdict,
        }
    }
}

/// An answer on its way; none when the shared place does not answer now.
pub type Counting<'a> = Pin<Box<dyn Future<Output = Option<Verdict>> + Send + 'a>>;

/// A place where all processes of an installation count together.
///
/// It says itself, and seldom enough, when it cannot be reached; the limits of each process hold meanwhile.
pub trait SharedLog: Send + Sync + fmt::Debug + 'static {
    /// Records an attempt. A refused one takes the place of the oldest.
    fn record<'a>(&'a self, attempt: Attempt<'a>) -> Counting<'a>;
    /// What the next attempt would get, without recording one.
    fn look<'a>(&'a self, attempt: Attempt<'a>) -> Counting<'a>;
}

/// One limit: at most so many attempts in a window, for each key.
#[derive(Debug)]
pub struct Limiter {
    name: &'static str,
    max: usize,
    window: Duration,
    clock: Clock,
    own: Log,
    shared: Option<Arc<dyn SharedLog>>,
}

/// How many attempts a minute each limit allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSizes {
    /// Wrong agent tokens, for each address.
    pub agent_auth: usize,
    /// Failed sign-ins of people, for each address. Tokens are too long to be guessed at any rate: this bounds what
    /// checking them costs, and leaves room for many scripts with an old token behind one address.
    pub user_auth: usize,
    /// Webhook deliveries, for each webhook and address.
    pub webhook_ingest: usize,
    /// Operations that keep other servers or much of this one busy, for each caller.
    pub expensive: usize,
}

impl Default for LimitSizes {
    fn default() -> Self {
        Self { agent_auth: 20, user_auth: 300, webhook_ingest: 60, expensive: 60 }
    }
}

/// The limits of the server.
#[derive(Debug)]
pub struct Limits {
    /// Attempts to authenticate as an agent, by address.
    pub agent_auth: Limiter,
    /// Failed sign-ins of people, by address.
    pub user_auth: Limiter,
    /// Attempts to accept an invite, by address.
    pub invite_accept: Limiter,
    /// Webhook deliveries, by webhook and address.
    pub webhook_ingest: Limiter,
    /// Webhook deliveries to unknown places, and all of them together, by address.
    pub webhook_address: Limiter,
    /// Operations that keep other servers or much of this one busy, by caller.
    pub expensive: Limiter,
    /// Refused sign-ins that are written into the audit log; beyond it only the log of the server tells of them.
    pub refusals_told: Limiter,
}

impl Limits {
    /// The limits, counted in this process and in the shared place if there is one.
    #[must_use]
    pub fn new(clock: &Clock, sizes: LimitSizes, shared: Option<&Arc<dyn SharedLog>>) -> Self {
        let limiter =
            |name, max| Limiter { shared: shared.cloned(), ..Limiter::new(name, max, WINDOW, clock.clone()) };
        Self {
            agent_auth: limiter("agent_auth", sizes.agent_auth),
            user_auth: limiter("user_auth", sizes.user_auth),
            invite_accept: limiter("invite_accept", INVITES),
            webhook_ingest: limiter("webhook_ingest", sizes.webhook_ingest),
            webhook_address: limiter("webhook_address", sizes.webhook_ingest.saturating_mul(ADDRESS_FACTOR)),
            expensive: limiter("expensive", sizes.expensive),
            refusals_told: Limiter::new("refusals_told", REFUSALS_TOLD, WINDOW, clock.clone()),
        }
    }
}

impl Limiter {
    /// A limit of `max` attempts (at least one) in `window`, counted in this process.
    #[must_use]
    pub fn new(name: &'static str, max: usize, window: Duration, clock: Clock) -> Self {
        Self { name, max: max.max(1), window, clock, own: Log::default(), shared: None }
    }

    fn of<'a>(&self, key: &'a str) -> Attempt<'a> {
        Attempt { limit: self.name, key, max: self.max, window: self.window }
    }

    /// Records an attempt. A refused attempt counts too, so a flood stays refused.
    ///
    /// # Errors
    /// 429 with `Retry-After` and the `RateLimit` fields when the limit is reached.
    pub async fn attempt(&self, key: &str) -> Result<(), ApiError> {
        // The own log counts even while the shared one does, so that it holds at once when that one fails.
        let own = self.own.record(self.of(key), self.clock.monotonic());
        let shared = match &self.shared {
            Some(shared) => shared.record(self.of(key)).await,
            None => None,
        };
        self.judge(shared.map_or(own, |shared| shared.and(own)))
    }

    /// Whether the next attempt would be refused, without recording one.
    ///
    /// # Errors
    /// As [`Limiter::attempt`].
    pub async fn check(&self, key: &str) -> Result<(), ApiError> {
        let own = self.own.look(self.of(key), self.clock.monotonic());
        let shared = match &self.shared {
            Some(shared) if own == Verdict::Allowed => shared.look(self.of(key)).await,
            _ => None,
        };
        self.judge(shared.unwrap_or(own))
    }

    fn judge(&self, verdict: Verdict) -> Result<(), ApiError> {
        let Verdict::Refused(wait) = verdict else { return Ok(()) };
        let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
        let policy = format!("\"{}\";q={};w={}", self.name, self.max, self.window.as_secs());
        Err(ApiError::new(StatusCode::TOO_MANY_REQUESTS)
            .header(header::RETRY_AFTER, seconds.to_string())
            .header(HeaderName::from_static("ratelimit-policy"), policy)
            .header(HeaderName::from_static("ratelimit"), format!("\"{}\";r=0;t={seconds}", self.name)))
    }
}

#[cfg(test)]
mod tests;
