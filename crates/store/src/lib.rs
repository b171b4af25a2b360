//! Storage: one query layer over SQLite and PostgreSQL, migrations, transactions, the append-only
//! event log and the job table.
//!
//! A use case opens one [`Txn`], writes rows, appends events, enqueues jobs and commits. After the
//! commit, and only then, [`Signals`] wake the readers of the log and the job runner.
//!
//! To add a table: one file in `migrations/sqlite` and one in `migrations/postgres` with the same
//! name (a test compares the resulting columns), then a row struct beside the queries that use it.

pub mod audit;
mod connect;
mod copies;
mod error;
pub mod events;
mod foreign;
pub mod jobs;
mod json;
mod lend;
mod migrate;
mod replicas;
mod row;
mod signals;
mod sql;
mod txn;

pub mod testing;

pub use connect::{Connections, Engine, Options, Server, Store};
pub use copies::{Snapshot, alone_on};
pub use error::StoreError;
pub use foreign::{Foreign, ForeignRow};
pub use json::Json;
pub use migrate::{SCHEMA_VERSION, SchemaState, migrations};
pub use row::{Row, Rows};
pub use signals::Signals;
pub use sql::{Read, Sql, sql};
pub use txn::{Txn, chunks};

/// The outcome of anything that asks the database.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
