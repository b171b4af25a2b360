//! Changes to a gateway's agent configuration, as pure functions on JSON.
//!
//! Gateways keep agents in one of two forms: a list `agents.list` (until 2026.7), or a map `agents.entries` (since
//! 2026.8). [`Dialect::detect`] tells them apart by the configuration itself; [`plan`] works out the merge patch.

mod dialect;
mod plan;

pub use dialect::Dialect;
pub use plan::{AgentEntry, Changes, plan};
