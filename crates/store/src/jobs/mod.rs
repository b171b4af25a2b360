//! The job table: work that is wanted by a transaction and done after it.
//!
//! A job is a row, written with [`Txn::enqueue`](crate::Txn::enqueue) in the transaction that wants it. The [`Runner`]
//! claims due rows with a lease, renews it while the job runs, and finishes the row with the lease's
//! number, so that a worker that lost its lease cannot finish twice. A failed attempt is tried again
//! with growing pauses; after the last one the row stays as a dead letter with its error.
//! Handlers run at least once and must be idempotent.

mod admin;
mod queue;
mod runner;

pub use admin::{
    DeadJob, JobFigure, JobRow, QueueState, Wish, dead, discard, figures, list, purge_dead, queue_state,
    retry,
};
pub use queue::{Job, Lease, NewJob, begin_schedule, hasten_job, hasten_lane};
pub use runner::{Handler, JobError, Policy, Runner, RunnerHealth, Schedule};
