//! Tasks and agents without a database, for the tests of rules.

use chrono::DateTime;
use uuid::Uuid;

use super::{Task, TaskStatus};
use crate::agents::Agent;

/// A task of nobody in a status, with clocks unset.
pub(super) fn task(status: TaskStatus) -> Task {
    Task {
        id: Uuid::from_u128(100),
        board_id: Uuid::from_u128(1),
        title: "Write the report".into(),
        description: None,
        status,
        priority: "medium".into(),
        due_at: None,
        in_progress_at: None,
        previous_in_progress_at: None,
        reopened_at: None,
        review_submitted_by_agent_id: None,
        created_by_user_id: None,
        assigned_agent_id: None,
        created_by_agent_id: None,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

/// A worker of a board of the organization of `crate::testing::board`, with a session.
pub(super) fn agent(id: Uuid, board_id: Uuid) -> Agent {
    Agent {
        id,
        board_id: Some(board_id),
        openclaw_session_id: Some("agent:mc-bob:main".into()),
        ..crate::testing::agent("Bob Builder")
    }
}
