//! Agents.

mod dto;

pub(crate) use dto::AgentRead;
