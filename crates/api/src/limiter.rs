//! Rate limits: a sliding log of attempts for each key, in the memory of this process.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderName, StatusCode, header};
use mc_base::Clock;

use crate::error::ApiError;

/// After this many calls keys without recent attempts are dropped.
const SWEEP_EVERY: u32 = 128;
/// The most keys kept; beyond it the state of all is dropped rather than memory grown.
const KEYS_MAX: usize = 100_000;

/// One limit: at most so many attempts in a window, for each key.
#[derive(Debug)]
pub struct Limiter {
    name: &'static str,
    max: usize,
    window: Duration,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    attempts: HashMap<String, VecDeque<Duration>>,
    calls: u32,
}

/// The limits of the server.
#[derive(Debug)]
pub struct Limits {
    /// Attempts to authenticate as an agent, by address.
    pub agent_auth: Limiter,
    /// Wrong local tokens, by address.
    pub user_auth: Limiter,
    /// Attempts to accept an invite, by address.
    pub invite_accept: Limiter,
    /// Webhook deliveries, by webhook and address.
    pub webhook_ingest: Limiter,
    /// Webhook deliveries to unknown places, and all of them together, by address.
    pub webhook_address: Limiter,
}

impl Limits {
    /// The limits with their default sizes.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let minute = Duration::from_secs(60);
        let limiter = |name, max| Limiter::new(name, max, minute, clock.clone());
        Self {
            agent_auth: limiter("agent_auth", 20),
            user_auth: limiter("user_auth", 20),
            invite_accept: limiter("invite_accept", 20),
            webhook_ingest: limiter("webhook_ingest", 60),
            webhook_address: limiter("webhook_address", 600),
        }
    }
}

impl Limiter {
    /// A limit of `max` attempts (at least one) in `window`.
    #[must_use]
    pub fn new(name: &'static str, max: usize, window: Duration, clock: Clock) -> Self {
        Self { name, max: max.max(1), window, clock, state: Mutex::default() }
    }

    /// Records an attempt. A refused attempt counts too, so a flood stays refused.
    ///
    /// # Errors
    /// 429 with `Retry-After` and the `RateLimit` fields when the limit is reached.
    pub fn attempt(&self, key: &str) -> Result<(), ApiError> {
        let now = self.clock.monotonic();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.calls += 1;
        if state.calls >= SWEEP_EVERY {
            state.calls = 0;
            state.attempts.retain(|_, times| times.back().is_some_and(|last| *last + self.window > now));
        }
        if state.attempts.len() >= KEYS_MAX {
            state.attempts.clear();
        }
        let times = state.attempts.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|first| *first + self.window <= now) {
            times.pop_front();
        }
        let allowed = times.len() < self.max;
        if !allowed {
            times.pop_front();
        }
        times.push_back(now);
        if allowed {
            return Ok(());
        }
        let wait = times.front().map_or(self.window, |first| (*first + self.window).saturating_sub(now));
        drop(state);
        Err(self.refusal(wait))
    }

    /// Whether the next attempt would be refused, without recording one.
    ///
    /// # Errors
    /// As [`Limiter::attempt`].
    pub fn check(&self, key: &str) -> Result<(), ApiError> {
        let now = self.clock.monotonic();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(times) = state.attempts.get(key) else { return Ok(()) };
        let recent = times.iter().filter(|time| **time + self.window > now).count();
        if recent < self.max {
            return Ok(());
        }
        let wait = times.front().map_or(self.window, |first| (*first + self.window).saturating_sub(now));
        drop(state);
        Err(self.refusal(wait))
    }

    fn refusal(&self, wait: Duration) -> ApiError {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let policy = format!("\"{}\";q={};w={}", self.name, self.max, self.window.as_secs());
        ApiError::new(StatusCode::TOO_MANY_REQUESTS)
            .header(header::RETRY_AFTER, seconds.max(1).to_string())
            .header(HeaderName::from_static("ratelimit-policy"), policy)
            .header(
                HeaderName::from_static("ratelimit"),
                format!("\"{}\";r=0;t={}", self.name, seconds.max(1)),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta, Utc};

    fn limiter(max: usize) -> (Limiter, mc_base::ManualClock) {
        let (clock, hand) = Clock::manual(DateTime::<Utc>::UNIX_EPOCH);
        (Limiter::new("test", max, Duration::from_secs(60), clock), hand)
    }

    #[test]
    fn attempts_beyond_the_limit_are_refused_until_the_window_has_passed() {
        let (limiter, hand) = limiter(2);
        assert!(limiter.attempt("a").is_ok());
        hand.advance(TimeDelta::seconds(30));
        assert!(limiter.attempt("a").is_ok());
        assert!(limiter.check("a").is_err());
        assert!(limiter.attempt("b").is_ok(), "keys are counted apart");
        hand.advance(TimeDelta::seconds(31));
        assert!(limiter.check("a").is_ok());
        assert!(limiter.attempt("a").is_ok());
    }

    #[test]
    fn a_refused_attempt_extends_the_block() {
        let (limiter, hand) = limiter(1);
        assert!(limiter.attempt("a").is_ok());
        for _ in 0..5 {
            hand.advance(TimeDelta::seconds(40));
            let refused = limiter.attempt("a");
            assert_eq!(refused.map_err(|error| error.status()), Err(StatusCode::TOO_MANY_REQUESTS));
        }
        hand.advance(TimeDelta::seconds(60));
        assert!(limiter.attempt("a").is_ok());
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let (limiter, hand) = limiter(1);
        let _ = limiter.attempt("a");
        hand.advance(TimeDelta::milliseconds(500));
        let _ = limiter.attempt("a");
        let response = axum::response::IntoResponse::into_response(limiter.attempt("a").unwrap_err());
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("retry-after"), Some("60"));
        assert_eq!(header("ratelimit-policy"), Some("\"test\";q=1;w=60"));
        assert_eq!(header("ratelimit"), Some("\"test\";r=0;t=60"));
    }
}
