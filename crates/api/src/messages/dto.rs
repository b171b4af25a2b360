use mc_base::Timestamp;
use mc_domain::{
    PageRequest,
    agents::messages::{AgentMessage, MessageKind, MessageState, records::Filter},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Int, Reader, names_schema, read_name};

impl Field for MessageKind {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

impl Field for MessageState {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

crate::query! {
    /// Which messages to an agent are wanted.
    pub(crate) struct AgentMessageListQuery {
        /// Only messages in this state.
        state: Option<MessageState>,
        /// Only messages of this kind.
        kind: Option<MessageKind>,
        /// Only messages about this task.
        task_id: Option<Uuid>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl AgentMessageListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }

    pub(crate) fn filter(&self) -> Filter {
        Filter { state: self.state, kind: self.kind, agent_id: None, task_id: self.task_id }
    }
}

crate::query! {
    /// Which messages about a board are wanted.
    pub(crate) struct BoardMessageListQuery {
        /// Only messages in this state.
        state: Option<MessageState>,
        /// Only messages of this kind.
        kind: Option<MessageKind>,
        /// Only messages to this agent.
        agent_id: Option<Uuid>,
        /// Only messages about this task.
        task_id: Option<Uuid>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl BoardMessageListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }

    pub(crate) fn filter(&self) -> Filter {
        Filter { state: self.state, kind: self.kind, agent_id: self.agent_id, task_id: self.task_id }
    }
}

/// A message to an agent, and what became of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentMessageRead {
    id: Uuid,
    /// Who is told.
    agent_id: Uuid,
    /// The board that it is about.
    board_id: Option<Uuid>,
    /// The task that it is about.
    task_id: Option<Uuid>,
    /// What else it is about: an approval, a question, a payload of a webhook, by the kind.
    subject_id: Option<Uuid>,
    /// What it is, such as `task_assigned`, `approval_resolved`, `webhook` or `chat`.
    kind: &'static str,
    /// `queued` (it waits; `last_error` says for what), `sending`, `delivered`, `failed` (there will be another try) or
    /// `dead` (given up).
    state: &'static str,
    /// What the agent is told.
    content: String,
    /// Whether it is to get the agent to work.
    wake: bool,
    /// How often it was sent. Looking for a gateway that is away does not count.
    attempts: i64,
    /// Why the last try failed, or what it waits for.
    last_error: Option<String>,
    /// When it is looked at next; null once it is settled.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Timestamp>,
    /// When the gateway took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<AgentMessage> for AgentMessageRead {
    fn from(message: AgentMessage) -> Self {
        Self {
            id: message.id,
            agent_id: message.agent_id,
            board_id: message.board_id,
            task_id: message.task_id,
            subject_id: message.subject_id,
            kind: message.kind.as_str(),
            state: message.state.as_str(),
            content: message.content,
            wake: message.wake,
            attempts: message.attempts,
            last_error: message.last_error,
            next_attempt_at: message.next_attempt_at.map(Timestamp::from),
            delivered_at: message.delivered_at.map(Timestamp::from),
            created_at: message.created_at.into(),
            updated_at: message.updated_at.into(),
        }
    }
}
