//! How agents and people reach one another: nudges, questions to people, messages of a gateway's main
//! agent to the leads of its boards, and souls.
//!
//! What goes over a gateway here is what the call is about, so the caller waits for it, but never
//! longer than ten seconds, and never inside a transaction.

pub mod boards;
pub(crate) mod dispatch;
pub(crate) mod leads;
pub mod nudge;
mod question;
pub mod questions;
pub mod routing;
mod scope;
pub mod soul;
mod texts;

use crate::Context;

pub use scope::{BoardLead, GatewayMain};

/// Adds the jobs of this subject.
#[must_use]
pub(crate) fn register_jobs(runner: mc_store::jobs::Runner, context: &Context) -> mc_store::jobs::Runner {
    leads::register(runner, context)
}
