//! What the black-box tests share: the executable, its data, and a client. Everything here panics with the reason when
//! the machine or the executable does not do as it must.

mod client;
mod database;
mod executable;
mod live;
mod redis;
mod secrets;
mod signature;

pub use client::{Answer, Client};
pub use database::{Kind, Source};
pub use executable::{Installation, Server, answered, binary, free_port};
pub use live::{Event, Live};
pub use redis::Redis;
pub use signature::signature;

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long anything may take that should happen at once: generous, because the machine may be busy.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How often a condition outside this process is looked at again.
const POLL: Duration = Duration::from_millis(10);

/// Asks again and again until `probe` gives something, and panics when it has not within `limit`. `what` is what is
/// waited for; what a failed probe says last is shown.
pub fn until<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        match probe() {
            Ok(value) => return value,
            Err(last) => assert!(started.elapsed() < limit, "{what}: not within {limit:?}; last: {last}"),
        }
        thread::sleep(POLL);
    }
}

/// A variable of the environment, when it is set to something.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the black box is told by its environment where things are"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
