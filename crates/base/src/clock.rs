//! Time as a value that is passed in, so that tests decide what time it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Source of the current time; cheap to clone, and clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    System { started: Instant },
    Manual(Arc<Mutex<ManualTime>>),
}

#[derive(Debug)]
struct ManualTime {
    now: DateTime<Utc>,
    elapsed: Duration,
}

impl Clock {
    /// The clock of the machine; its monotonic time counts from this call.
    pub fn system() -> Self {
        Self { source: Source::System { started: Instant::now() } }
    }

    /// A clock that stands at `start` until its [`ManualClock`] moves it.
    pub fn manual(start: DateTime<Utc>) -> (Self, ManualClock) {
        let time = Arc::new(Mutex::new(ManualTime { now: start, elapsed: Duration::ZERO }));
        (Self { source: Source::Manual(Arc::clone(&time)) }, ManualClock { time })
    }

    /// The current time in UTC, cut to whole microseconds: what both databases can store.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.source {
            Source::System { .. } => system_now(),
            Source::Manual(time) => lock(time).now,
        };
        now.trunc_subsecs(6)
    }

    /// Time passed since the clock was made; never goes back, whatever happens to the time of day.
    pub fn monotonic(&self) -> Duration {
        match &self.source {
            Source::System { started } => started.elapsed(),
            Source::Manual(time) => lock(time).elapsed,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the time of the machine is read")]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

/// The hand that moves a clock made by [`Clock::manual`].
#[derive(Clone, Debug)]
pub struct ManualClock {
    time: Arc<Mutex<ManualTime>>,
}

impl ManualClock {
    /// Sets the time of day; monotonic time follows forward moves and ignores backward ones.
    pub fn set(&self, now: DateTime<Utc>) {
        let mut time = lock(&self.time);
        let step = now.signed_duration_since(time.now);
        time.elapsed = time.elapsed.saturating_add(step.to_std().unwrap_or_default());
        time.now = now;
    }

    /// Moves the time of day by `step`, at most to the end of the calendar.
    pub fn advance(&self, step: TimeDelta) {
        let now = lock(&self.time).now;
        let limit =
            if step < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        self.set(now.checked_add_signed(step).unwrap_or(limit));
    }
}

/// A panic elsewhere cannot leave two plain numbers half-written, so a poisoned lock is still good.
fn lock(time: &Mutex<ManualTime>) -> MutexGuard<'_, ManualTime> {
    time.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-20T12:00:00.123456789Z".parse().unwrap()
    }

    #[test]
    fn time_is_cut_to_microseconds() {
        let (clock, _) = Clock::manual(noon());
        assert_eq!(clock.now().timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1000, 0);
    }

    #[test]
    fn monotonic_time_follows_forward_moves_only() {
        let (clock, hand) = Clock::manual(noon());
        hand.advance(TimeDelta::seconds(10));
        hand.advance(TimeDelta::seconds(-4));
        assert_eq!(clock.monotonic(), Duration::from_secs(10));
        hand.set(noon() + TimeDelta::seconds(7));
        assert_eq!(clock.monotonic(), Duration::from_secs(11));
        assert_eq!(clock.now(), noon().trunc_subsecs(6) + TimeDelta::seconds(7));
    }

    #[test]
    fn advancing_past_the_calendar_stops_at_its_end() {
        let (clock, hand) = Clock::manual(noon());
        hand.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC.trunc_subsecs(6));
    }
}
