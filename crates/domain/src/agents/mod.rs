//! Agents: who they are and how they prove it.

pub(crate) mod messages;
mod model;
pub mod service;

pub use model::Agent;
pub(crate) use model::{agent_columns, role_of};
