//! Approvals: what agents ask people to decide.
//!
//! An approval is made, decided and opened again under the lock of its board, as the statuses of
//! tasks change: what a gate of a task has read of its approvals holds until the task has moved.

mod model;
mod notify;
pub mod policy;
pub mod queries;
pub mod rules;
pub mod service;

pub use model::{Approval, ApprovalChange, ApprovalDetail, ApprovalStatus, NewApproval};
