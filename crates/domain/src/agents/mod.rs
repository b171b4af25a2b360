//! Agents: who they are and how they prove it.

mod model;
pub mod port;
pub mod service;

pub use model::Agent;
pub(crate) use model::{agent_columns, role_of};
