//! Board groups: boards that belong together and see each other's work.

pub mod heartbeat;
pub mod jobs;
mod model;
mod push;
pub mod queries;
mod rules;
pub mod service;

pub use crate::agents::heartbeat::Cadence;
pub use model::{BoardGroup, BoardGroupChange, NewBoardGroup};
