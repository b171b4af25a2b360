//! Agents: who they are and how they prove it.

mod model;
pub mod service;

pub use model::Agent;
pub(crate) use model::role_of;
