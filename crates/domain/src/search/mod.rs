//! Finding things by what they are called.

mod model;
mod queries;
mod rules;
pub mod service;

pub use model::{AgentHit, BoardHit, Found, NamedHit, TaskHit};
