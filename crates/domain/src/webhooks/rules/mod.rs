//! Decisions on webhooks, without I/O.

pub(super) mod body;
pub(super) mod excerpt;
pub(super) mod explain;
pub(super) mod headers;
pub(super) mod signature;
pub(super) mod texts;
