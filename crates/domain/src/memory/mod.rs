//! Board memory: notes and chat.

mod model;
mod notify;
pub mod queries;
mod rules;
pub mod service;

pub use model::{MemoryEntry, NewMemoryEntry};
