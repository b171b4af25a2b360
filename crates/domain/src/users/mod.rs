//! People: their profile, and the one shared person of local sign-in.

mod model;
mod rules;
pub mod service;

pub(crate) use model::shown_name;
pub use model::{ProfileChange, User};
