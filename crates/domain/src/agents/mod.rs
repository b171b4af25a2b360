//! Agents: who they are, how they prove it, whether they are there, and how they come and go.

pub mod change;
pub mod check_in;
pub mod cost;
pub mod create;
pub mod delete;
pub mod heartbeat;
pub(crate) mod jobs;
pub mod legacy;
pub mod lifecycle;
pub mod messages;
mod model;
pub(crate) mod presence;
pub mod profile;
pub mod queries;
pub(crate) mod refresh;
pub mod report;
pub mod reprovision;
pub mod role_soul;
pub(crate) mod rounds;
mod runtime;
pub mod service;
#[cfg(test)]
mod testing;
pub mod tokens;
pub mod wake;
pub mod work;

pub use model::{Agent, LifecycleState};
pub(crate) use model::{agent_columns, role_of};
pub use presence::Presence;
