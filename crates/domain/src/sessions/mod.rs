//! Sign-ins of the console: made from a proof of identity, held in a cookie, listed and revocable.

mod model;
pub mod service;

pub use model::Session;
