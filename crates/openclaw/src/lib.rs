//! A client for OpenClaw gateways.
//!
//! OpenClaw gateways run AI agents and are controlled over one WebSocket with requests, answers and events. This
//! crate speaks their protocols 3 and 4 and both forms of their agent configuration:
//!
//! - [`DeviceIdentity`]: the key by which a gateway knows this client,
//! - [`Connection`]: one admitted connection, shared by any number of requests,
//! - [`Client`]: keeps one connection, reconnects, and shows its state,
//! - [`Api`]: the methods of a gateway with types,
//! - [`config`]: changes to a gateway's configuration as pure functions.
//!
//! Time, randomness and the choice of addresses are the caller's: see [`Environment`] and [`Resolver`].

pub mod api;
pub mod config;

mod backoff;
mod client;
mod connection;
mod environment;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
mod frame;
mod handshake;
mod hello;
mod identity;
mod options;
mod pending;
mod progress;
mod refusal;
mod rpc;
mod signature;
mod status;
#[cfg(test)]
mod testing;
mod tls;
mod transport;

pub use api::{Api, Deadlines};
pub use backoff::Backoff;
pub use client::{Client, Policy};
pub use connection::Connection;
pub use environment::Environment;
pub use error::{Error, GatewayError, Refusal, Stage};
pub use frame::Event;
pub use hello::Hello;
pub use identity::DeviceIdentity;
pub use options::{ClientMode, ConnectOptions, Timing};
pub use progress::{Progress, Step};
pub use rpc::Rpc;
pub use signature::SignatureVersion;
pub use status::{State, Status};
pub use tls::Tls;
pub use transport::{Resolver, SystemResolver};
