//! Tags: labels of an organization that tasks carry.

mod model;
mod queries;
mod rules;
pub mod service;

pub use crate::tasks::TagRef;
pub use model::{NewTag, Tag, TagChange};
