//! What Mission Control does. One folder a subject; no HTTP here, and no SQL dialect.
//!
//! A use case is a public function of a subject's `service`: it takes a scope that proves what the
//! caller may do (see [`access`]), opens one transaction, loads and locks, asks the pure functions of
//! `rules`, writes rows, appends events, enqueues jobs and commits.
//!
//! | Part | Modules |
//! |---|---|
//! | What use cases share | [`access`] (scopes), `context`, `error`, `page`, `pattern`, [`idempotency`], [`audit`] |
//! | Tenants and people | [`organizations`], [`users`], [`identity`] (known elsewhere), [`sessions`] |
//! | Work | [`boards`], [`board_groups`], [`tasks`], [`tags`], [`approvals`], [`memory`], [`onboarding`], [`coordination`], [`webhooks`] |
//! | Agents and where they live | [`agents`], [`workspace`] (their files), [`gateways`], [`skills`], [`souls`] |
//! | Looking at it | [`activity`], [`metrics`], [`search`] |
//! | The installation | [`system`], [`vitals`], [`backups`], [`import`], [`demo`], `housekeeping` |
//! | Other servers | [`egress`]: the one door for outgoing HTTP |
//! | Tests | [`testing`] |

pub mod access;
pub mod activity;
pub mod agents;
pub mod approvals;
pub mod audit;
pub mod backups;
pub mod board_groups;
pub mod boards;
mod context;
pub mod coordination;
pub mod demo;
pub mod egress;
mod error;
pub mod gateways;
mod housekeeping;
pub mod idempotency;
pub mod identity;
pub mod import;
pub mod memory;
pub mod metrics;
pub mod onboarding;
pub mod organizations;
mod page;
mod pattern;
pub mod search;
pub mod sessions;
pub mod skills;
pub mod souls;
pub mod system;
pub mod tags;
pub mod tasks;
pub mod users;
pub mod vitals;
pub mod webhooks;
pub mod workspace;

pub mod testing;

pub use context::{Context, Settings};
pub use error::{Detail, Error, Kind};
pub use page::{Cursor, Page, PageRequest};

/// The outcome of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Adds every handler and schedule of the subjects to a job runner.
#[must_use]
pub fn register_jobs(runner: mc_store::jobs::Runner, context: &Context) -> mc_store::jobs::Runner {
    let runner = webhooks::jobs::register(runner, context);
    let runner = activity::jobs::register(runner, context);
    let runner = board_groups::jobs::register(runner, context);
    let runner = memory::jobs::register(runner, context);
    let runner = agents::messages::register(runner, context);
    let runner = agents::jobs::register(runner, context);
    let runner = gateways::register_jobs(runner, context);
    let runner = coordination::register_jobs(runner, context);
    let runner = users::service::register(runner, context);
    let runner = demo::register(runner, context);
    housekeeping::register(runner, context)
}
