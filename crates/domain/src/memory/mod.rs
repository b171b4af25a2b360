//! Board memory: notes and chat.

mod model;
pub mod queries;

pub use model::MemoryEntry;
