//! The public directory of souls for agents: texts that say who an agent is. It belongs to nobody here, so there is no
//! tenant in it; what it says is data from outside.

mod cache;
mod model;
mod rules;
pub mod service;

#[cfg(test)]
mod tests;

pub(crate) use cache::Cache;
pub use model::{RoleSoul, Soul, SoulRef};

/// The directory that is asked unless the operator names another.
pub const DIRECTORY: &str = "https://souls.directory";
