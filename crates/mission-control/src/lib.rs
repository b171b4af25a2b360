//! The executable: command line, configuration, wiring, lifecycle.

mod backup;
mod check;
pub mod cli;
pub mod config;
mod demo;
mod files;
mod gateways;
mod import;
mod init;
mod jobs;
mod limits;
mod log;
mod migrate;
mod redis_log;
mod serve;
mod signals;
mod traces;
mod wiring;
