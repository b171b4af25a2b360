//! Decisions on tasks, without I/O.
//!
//! A change passes in this order: [`permit`] (may this caller touch these fields), [`transition`]
//! (what becomes of status, assignee and clocks), [`gates`] (what the board's rules want first).

pub(super) mod assignee;
pub(super) mod gates;
pub(super) mod permit;
pub(super) mod transition;

use serde_json::json;
use uuid::Uuid;

use crate::{Error, Kind, access::Actor, boards::Board};

/// By which rules a caller acts on the tasks of a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A person.
    User,
    /// The agent that leads the board.
    Lead(Uuid),
    /// Another agent of the board, or the main agent of its gateway.
    Worker(Uuid),
}

impl Role {
    pub(super) fn of(actor: &Actor, board: &Board) -> Self {
        match actor {
            Actor::User(_) => Self::User,
            Actor::Agent(agent) if agent.is_board_lead && agent.board_id == Some(board.id) => {
                Self::Lead(agent.id)
            }
            Actor::Agent(agent) => Self::Worker(agent.id),
        }
    }
}

/// The refusal for a task whose dependencies are not done.
pub(super) fn blocked(blocked_by: &[Uuid]) -> Error {
    Error::object(
        Kind::Conflict,
        json!({
            "message": "The task waits for tasks that are not done yet; finish or remove these dependencies first",
            "code": "task_blocked_cannot_transition",
            "blocked_by_task_ids": blocked_by,
        }),
    )
}
