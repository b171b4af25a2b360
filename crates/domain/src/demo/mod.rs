//! A demo: one organization with a fleet at work, to look around in and to try things out on.
//!
//! Its rows are written with times of the last weeks, in one transaction, so that figures over time have something to
//! show. What it says is in `content/`; `timeline` makes histories of it. It stands beside all other organizations and
//! touches none. Nothing of it calls other servers: its agents are of runtimes of their own but for those of one paused
//! board, and no connection is made to its gateway. A job gives signs of life for its agents, which have no runtime.

mod content;
mod fill;
mod pulse;
mod rows;
mod service;
mod timeline;

pub(crate) use pulse::register;
pub use service::{Demo, create, current, remove};

#[cfg(test)]
mod tests;
