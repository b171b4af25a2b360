//! Approvals: what agents ask people to decide.

mod model;
pub mod queries;

pub use model::{Approval, ApprovalDetail, ApprovalStatus};
