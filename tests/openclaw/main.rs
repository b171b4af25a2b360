//! The built executable with real OpenClaw gateways. The agents' turns are real, with real shell commands; only the
//! model that leads them is a script.

mod asleep;
mod client;
mod faults;
mod forwarder;
mod gateway;
mod model;
mod scenario;
mod stand;
mod team;
