//! Tasks: what is to be done, in which order, by whom, and under which gates.
//!
//! The progress of a task (status, assignee, clocks) and its dependencies change only under the lock
//! of its board, because a change of one task can return others to the inbox; its texts change under
//! the lock of the task alone.

pub mod comments;
pub mod custom_fields;
mod dependencies;
pub mod history;
mod model;
mod notify;
pub mod queries;
mod rules;
pub mod service;
pub(crate) mod tags;

#[cfg(test)]
mod testing;

pub use model::{NewTask, TagRef, Task, TaskChange, TaskComment, TaskDetail, TaskFilter, TaskStatus};
