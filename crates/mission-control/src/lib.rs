//! The executable of Mission Control as a library: configuration and wiring, so that tests can start a server in process.

pub mod config;
