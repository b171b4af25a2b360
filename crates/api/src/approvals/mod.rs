//! Approvals.

mod dto;

pub(crate) use dto::ApprovalRead;
