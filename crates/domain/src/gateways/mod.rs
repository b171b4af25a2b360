//! Gateways: where OpenClaw agents live, and the way to them.

mod model;
pub mod port;
pub(crate) mod queries;
pub mod rpc;
pub mod testing;

pub(crate) use model::seal_token;
pub use model::{Gateway, main_agent_key, main_session};
