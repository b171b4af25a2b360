//! Gateways: where OpenClaw agents live, and the way to them.

pub mod address;
mod bridge;
mod capabilities;
mod config_queue;
pub mod connections;
mod delete;
pub mod doctor;
pub mod inspect;
mod main_agent;
mod model;
pub mod port;
mod probe;
mod provision;
pub(crate) mod queries;
pub mod rpc;
pub mod rules;
pub mod service;
pub mod sessions;
mod sync;
pub mod testing;
mod version;

pub use capabilities::{Capabilities, capabilities};
pub(crate) use config_queue::ConfigQueues;
pub use delete::delete;
pub(crate) use delete::queue_cleanup;
pub(crate) use model::token_purpose;
pub use model::{Gateway, GatewayChange, GatewayDetail, NewGateway, agent_key, main_session};
pub(crate) use provision::note as note_setup;
pub use sync::{SyncAction, SyncError, SyncOptions, SyncPlan, SyncReport, sync, sync_as_operator};
pub use version::{NoVersion, Version};

/// Adds the jobs on gateways.
#[must_use]
pub(crate) fn register_jobs(
    runner: mc_store::jobs::Runner,
    context: &crate::Context,
) -> mc_store::jobs::Runner {
    delete::register_job(runner, context)
}

#[cfg(test)]
pub(crate) use model::seal_token;
