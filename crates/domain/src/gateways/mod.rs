//! Gateways: where OpenClaw agents live, and the way to them.

pub mod port;
