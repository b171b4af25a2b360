//! People: their profile, and the one shared person of local sign-in.

mod model;
pub mod service;

pub use model::{ProfileChange, User};
