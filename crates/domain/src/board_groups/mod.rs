//! Board groups: boards that belong together and see each other's work.

mod model;

pub use model::BoardGroup;
