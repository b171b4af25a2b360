//! What the black-box tests share: the executable, its data, and a client. Everything here panics with the reason when
//! the machine or the executable does not do as it must.

mod client;
mod database;
mod executable;
mod live;

pub use client::{Answer, Client};
pub use database::Kind;
pub use executable::{Installation, Server, binary};
pub use live::{Event, Live};

use std::time::Duration;

/// How long anything may take that should happen at once: generous, because the machine may be busy.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A variable of the environment, when it is set to something.
fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the black box is told by its environment where things are"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
