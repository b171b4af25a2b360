//! Backups: what became of them, and whether the secrets of a database can be opened.
//!
//! The executable makes and restores the files; here is what the server remembers and tells of them.

mod model;
mod secrets;
mod service;

pub use model::{Action, BackupHealth, BackupRun, NewRun};
pub use secrets::{SecretsReport, check_secrets};
pub use service::{KEPT, health, record, runs};
