//! Onboarding: the interview in which the main agent of a gateway asks a person what a board is for, and
//! from which the board gets its goal and its lead.

pub(crate) mod delivery;
mod model;
mod queries;
mod rules;
pub mod service;
mod texts;

pub use model::{
    AgentUpdate, Choice, Completion, Confirmation, Interview, LeadDraft, Message, Question, Session,
    UserDraft,
};
