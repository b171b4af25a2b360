//! The custom fields that an organization defines for tasks, and on which boards they apply.

mod model;
mod queries;
mod rules;
pub mod service;

pub use model::{FieldChange, FieldDefinition, NewField, StoredValues, Visibility};
