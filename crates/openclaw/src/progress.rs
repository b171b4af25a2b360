//! How far an attempt to connect has come, for people who look for what is wrong.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The steps of connecting, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The host name has addresses.
    Resolved,
    /// The TCP connection is open.
    Connected,
    /// TLS is agreed on; only for `wss`.
    Secured,
    /// The connection is a WebSocket.
    Upgraded,
    /// The gateway has answered to `connect`, whatever it said.
    Answered,
}

/// Notes the steps of the last attempt. Clones share the notes.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    last: Option<Instant>,
    steps: Vec<(Step, Duration)>,
}

impl Progress {
    /// The steps that were taken, each with the time that it took.
    #[must_use]
    pub fn steps(&self) -> Vec<(Step, Duration)> {
        self.notes().steps.clone()
    }

    pub(crate) fn begin(&self) {
        *self.notes() = Notes { last: Some(Instant::now()), steps: Vec::new() };
    }

    pub(crate) fn reached(&self, step: Step) {
        let now = Instant::now();
        let mut notes = self.notes();
        let took = notes.last.map(|last| now - last).unwrap_or_default();
        notes.last = Some(now);
        notes.steps.push((step, took));
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
