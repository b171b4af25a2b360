//! A board as a page shows it at once: tasks, agents, approvals, chat.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Context, Result,
    access::BoardReader,
    agents::{self, Agent},
    approvals::{self, ApprovalDetail, queries::TaskCounts},
    memory::{self, MemoryEntry},
    tasks::{self, TaskDetail},
};

/// The most tasks of a snapshot; a board with more shows its newest.
const TASKS_MAX: i64 = 5_000;
/// The most approvals of a snapshot.
const APPROVALS_MAX: i64 = 200;
/// The most chat messages of a snapshot.
const CHAT_MAX: i64 = 200;

/// A task as a card of its board.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskCard {
    /// The task.
    pub task: TaskDetail,
    /// The name of the agent that has it, if that agent is of this board.
    pub assignee: Option<String>,
    /// How many approvals it has.
    pub approvals: TaskCounts,
}

/// Everything that the page of a board shows.
#[derive(Clone, Debug)]
pub struct BoardSnapshot {
    /// The tasks, newest first.
    pub tasks: Vec<TaskCard>,
    /// The agents, newest first, each with whether the caller may see its instructions.
    pub agents: Vec<(Agent, bool)>,
    /// The newest approvals, newest first.
    pub approvals: Vec<ApprovalDetail>,
    /// The newest chat messages, oldest first.
    pub chat: Vec<MemoryEntry>,
    /// How many approvals of the board are pending.
    pub pending_approvals: i64,
    /// The time for which the presence of agents is told.
    pub now: DateTime<Utc>,
}

/// Reads the snapshot of a board, in a fixed number of statements.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(context: &Context, scope: &BoardReader) -> Result<BoardSnapshot> {
    let store = context.store();
    let board_id = scope.board().id;
    let tasks = tasks::queries::of_board(store, board_id, TASKS_MAX).await?;
    let agents = agents::service::of_board(store, board_id).await?;
    let counts = approvals::queries::counts_by_task(store, board_id).await?;
    let names: HashMap<Uuid, &str> = agents.iter().map(|agent| (agent.id, agent.name.as_str())).collect();
    let tasks = tasks
        .into_iter()
        .map(|task| TaskCard {
            assignee: task
                .task
                .assigned_agent_id
                .and_then(|id| names.get(&id))
                .map(|name| (*name).to_owned()),
            approvals: counts.get(&task.task.id).copied().unwrap_or_default(),
            task,
        })
        .collect();
    let agents = agents
        .into_iter()
        .map(|agent| {
            let shows = agent.shows_instructions_to(scope.actor());
            (agent, shows)
        })
        .collect();
    Ok(BoardSnapshot {
        tasks,
        agents,
        approvals: approvals::queries::newest(store, board_id, APPROVALS_MAX).await?,
        chat: memory::queries::latest_chat(store, board_id, CHAT_MAX).await?,
        pending_approvals: approvals::queries::pending_count(store, board_id).await?,
        now: store.clock().now(),
    })
}
