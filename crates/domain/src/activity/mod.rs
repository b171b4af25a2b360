//! What happened, as people and agents read it.

pub mod jobs;
mod model;
pub mod queries;
mod rules;
pub mod service;

pub use model::{Activity, ActivityFilter, CommentItem, Route, Viewer};
