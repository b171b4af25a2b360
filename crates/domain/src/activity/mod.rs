//! What happened, as people read it.

pub mod queries;
