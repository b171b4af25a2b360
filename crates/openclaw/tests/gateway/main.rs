//! The client against gateways: scripted ones, recorded ones and real ones.

mod client;
mod connection;
mod peer;
mod real;
mod recorded;
mod tls;
