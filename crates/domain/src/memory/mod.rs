//! Memory of boards and board groups: notes and chat.

pub mod group;
pub mod jobs;
mod model;
mod notify;
mod notify_group;
pub mod queries;
mod rules;
pub mod service;

pub use model::{GroupMemoryEntry, MemoryEntry, NewMemoryEntry};
