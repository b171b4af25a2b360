//! Boards: where tasks, memory, webhooks and agents come together, and the rules of each board.

mod model;
mod notify;
pub(crate) mod pause;
mod queries;
mod rules;
pub mod service;
pub mod snapshot;
pub mod snapshot_group;

pub use model::{Board, BoardChange, BoardFilter, NewBoard};
pub(crate) use rules::slug;

#[cfg(test)]
mod tests;
