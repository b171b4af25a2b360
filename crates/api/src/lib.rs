//! The HTTP face of Mission Control: routes, extractors, middleware, the API document, event streams.
//!
//! A request passes the `middleware`, then an extractor that proves what the caller may do
//! ([`extract::Auth`]), then its handler, which calls one use case of `mc_domain` and maps the
//! answer. To add an endpoint: a handler with `#[utoipa::path]` in its subject's folder, one line in
//! that subject's `routes`, and a row in the endpoint tests.
//!
//! | Part | Modules |
//! |---|---|
//! | The way of a request | `routes`, `middleware`, `limiter`, [`extract`] (who calls, and what for), [`fields`] (bodies and queries by declaration), `reply`, [`error`] |
//! | What handlers reach | `state` |
//! | Streams | `live`: one reader of the event log for all of them |
//! | Documents | `openapi`, `hints` (what agents read in it), `help` (the manual), `health`, `telemetry` |
//! | Subjects | every other folder, named as in `mc_domain`: `dto` and handlers; `agent` has what agents call |
//! | Tests | [`testing`] (the whole face without a socket), `fixtures`, `endpoints` (every operation against every kind of caller) |

mod activity;
mod agent;
mod agents;
mod approvals;
mod auth;
mod backups;
mod board_groups;
mod boards;
mod coordination;
mod custom_fields;
pub mod error;
pub mod extract;
pub mod fields;
mod gateways;
mod health;
mod help;
mod hints;
mod limiter;
mod live;
mod memory;
mod messages;
mod metrics;
mod middleware;
mod onboarding;
mod openapi;
mod organizations;
mod reply;
mod routes;
mod search;
mod skills;
mod souls;
mod state;
mod system;
mod tags;
mod tasks;
mod telemetry;
mod users;
mod webhooks;

pub mod testing;

pub use limiter::{Attempt, Counting, LimitSizes, Limiter, Limits, SharedLog, Verdict};
pub use live::Live;
pub use openapi::document;
pub use routes::{not_found, router};
pub use state::{ApiState, CorsOrigins, Parts, SecurityHeaders, Settings};

#[cfg(test)]
mod endpoints;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
