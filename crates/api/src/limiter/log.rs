//! A sliding log of attempts for each key, in the memory of this process.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{Attempt, Verdict};

/// After this many calls keys without recent attempts are dropped.
const SWEEP_EVERY: u32 = 128;
/// The most keys kept; beyond it the state of all is dropped rather than memory grown.
const KEYS_MAX: usize = 100_000;

/// The attempts of one limit.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    attempts: HashMap<String, VecDeque<Duration>>,
    calls: u32,
}

impl Log {
    /// Records an attempt at a monotonic time. A refused one takes the place of the oldest, so a flood stays refused.
    pub(super) fn record(&self, attempt: Attempt<'_>, now: Duration) -> Verdict {
        let Attempt { key, max, window, .. } = attempt;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.calls += 1;
        if state.calls >= SWEEP_EVERY {
            state.calls = 0;
            state.attempts.retain(|_, times| times.back().is_some_and(|last| *last + window > now));
        }
        if state.attempts.len() >= KEYS_MAX {
            state.attempts.clear();
        }
        let times = state.attempts.entry(key.to_owned()).or_default();
        while times.front().is_some_and(|first| *first + window <= now) {
            times.pop_front();
        }
        let is_allowed = times.len() < max;
        if !is_allowed {
            times.pop_front();
        }
        times.push_back(now);
        if is_allowed { Verdict::Allowed } else { Verdict::Refused(wait(times, window, now)) }
    }

    /// What the next attempt would get, without recording one.
    pub(super) fn look(&self, attempt: Attempt<'_>, now: Duration) -> Verdict {
        let Attempt { key, max, window, .. } = attempt;
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(times) = state.attempts.get(key) else { return Verdict::Allowed };
        let recent = times.iter().filter(|time| **time + window > now).count();
        if recent < max { Verdict::Allowed } else { Verdict::Refused(wait(times, window, now)) }
    }
}

/// How long until the oldest attempt leaves the window.
fn wait(times: &VecDeque<Duration>, window: Duration, now: Duration) -> Duration {
    times.front().map_or(window, |first| (*first + window).saturating_sub(now))
}
