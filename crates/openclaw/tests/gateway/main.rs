//! The client against gateways: scripted ones, recorded ones and real ones.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail as tests do")]

mod client;
mod connection;
mod peer;
mod real;
mod recorded;
mod tls;
