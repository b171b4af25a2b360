use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::agents::Agent;

/// What a message is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A task was made: for the lead.
    TaskAdded,
    /// The agent got a task.
    TaskAssigned,
    /// A task was handed in: for the lead.
    TaskReview,
    /// A task came back to be changed.
    TaskRework,
    /// A task has nobody any more: for the lead.
    TaskUnassigned,
    /// The agent lost a task, or it was deleted.
    TaskStopped,
    /// A comment on a task of the agent.
    TaskComment,
    /// A comment in which the agent is addressed.
    TaskMention,
    /// An approval was decided.
    ApprovalResolved,
    /// The board was changed.
    BoardUpdated,
    /// A board came into the group, or left it.
    GroupChanged,
    /// A message in the chat of the board or group.
    Chat,
    /// A message to all agents of a group.
    Broadcast,
    /// A control command, such as `/pause`.
    Command,
    /// Payloads of webhooks.
    Webhook,
    /// A question of a lead to people, for the main agent.
    Question,
    /// The answer to a question that the agent asked.
    Answer,
    /// A message of the main agent to a lead.
    LeadMessage,
    /// A message of a lead to an agent of its board.
    Nudge,
    /// A part of the interview about a new board.
    Onboarding,
    /// A skill to install or to remove.
    Skill,
    /// There is work to do.
    Wake,
    /// Anything else that the agent should know.
    #[default]
    Notice,
}

impl MessageKind {
    /// Every kind with its stored and published name.
    pub const NAMES: [(&'static str, Self); 23] = [
        ("task_added", Self::TaskAdded),
        ("task_assigned", Self::TaskAssigned),
        ("task_review", Self::TaskReview),
        ("task_rework", Self::TaskRework),
        ("task_unassigned", Self::TaskUnassigned),
        ("task_stopped", Self::TaskStopped),
        ("task_comment", Self::TaskComment),
        ("task_mention", Self::TaskMention),
        ("approval_resolved", Self::ApprovalResolved),
        ("board_updated", Self::BoardUpdated),
        ("group_changed", Self::GroupChanged),
        ("chat", Self::Chat),
        ("broadcast", Self::Broadcast),
        ("command", Self::Command),
        ("webhook", Self::Webhook),
        ("question", Self::Question),
        ("answer", Self::Answer),
        ("lead_message", Self::LeadMessage),
        ("nudge", Self::Nudge),
        ("onboarding", Self::Onboarding),
        ("skill", Self::Skill),
        ("wake", Self::Wake),
        ("notice", Self::Notice),
    ];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("notice", |(name, _)| *name)
    }

    /// Why an agent is woken by it, in words for people.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TaskAdded => "new task",
            Self::TaskAssigned => "task assigned",
            Self::TaskReview => "task to review",
            Self::TaskRework => "changes requested",
            Self::TaskUnassigned => "task back in inbox",
            Self::TaskMention => "mentioned",
            Self::ApprovalResolved => "approval decided",
            Self::Webhook => "webhook",
            Self::Answer => "question answered",
            Self::LeadMessage => "message to the lead",
            Self::Nudge => "nudge",
            Self::Wake => "work to do",
            _ => "message",
        }
    }

    /// Whether it makes the agent work for its board, so that it waits while the board is paused. What people say to an
    /// agent, commands, and what a main agent does for people goes out in any case.
    #[must_use]
    pub fn is_work(self) -> bool {
        !matches!(
            self,
            Self::Chat | Self::Broadcast | Self::Command | Self::Question | Self::Onboarding | Self::Skill
        )
    }
}

impl TryFrom<String> for MessageKind {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, kind)| *kind).ok_or_else(|| format!("unknown kind of message {name}"))
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    /// It waits: for those before it, for its gateway, or for its board to be resumed; the last error says for what.
    Queued,
    /// It is on its way.
    Sending,
    /// The gateway has taken it.
    Delivered,
    /// A try failed; there will be another one.
    Failed,
    /// It was given up. It can be tried again by hand.
    Dead,
}

impl MessageState {
    /// Every state with its stored and published name.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("queued", Self::Queued),
        ("sending", Self::Sending),
        ("delivered", Self::Delivered),
        ("failed", Self::Failed),
        ("dead", Self::Dead),
    ];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, state)| *state == self).map_or("dead", |(name, _)| *name)
    }

    /// Whether nothing more happens to the message by itself.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Delivered | Self::Dead)
    }
}

impl TryFrom<String> for MessageState {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, state)| *state).ok_or_else(|| format!("unknown state of a message {name}"))
    }
}

/// A message to an agent, and what became of it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct AgentMessage {
    /// The id.
    pub id: Uuid,
    /// The key under which the gateway takes the message once; another one when it is sent again by hand.
    pub send_key: Uuid,
    /// The job that carries it; none for one that went out within a request.
    pub job_id: Option<Uuid>,
    /// The tenant.
    pub organization_id: Uuid,
    /// Who is told.
    pub agent_id: Uuid,
    /// The board that it is about.
    pub board_id: Option<Uuid>,
    /// The task that it is about.
    pub task_id: Option<Uuid>,
    /// What else it is about; of which kind that is, the kind of the message says.
    pub subject_id: Option<Uuid>,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: MessageKind,
    /// What became of it.
    #[sqlx(try_from = "String")]
    pub state: MessageState,
    /// The name that the gateway shows for the session.
    pub label: String,
    /// What the agent is told.
    pub content: String,
    /// Whether the answer goes out to the channels of the agent.
    pub deliver: bool,
    /// Whether it is to get the agent to work.
    pub wake: bool,
    /// The activity that tells that it was sent.
    pub sent_event: Option<String>,
    /// The activity that tells that it was given up.
    pub failed_event: Option<String>,
    /// How often it was sent; looking for a gateway that is away does not count.
    pub attempts: i64,
    /// Why the last try failed, or what it waits for.
    pub last_error: Option<String>,
    /// When it is looked at next; none once it is settled.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Since when it waits for its gateway.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When its state last changed.
    pub updated_at: DateTime<Utc>,
    /// When the gateway took it.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// A message for an agent, and what is written down about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    /// Who is told.
    pub(crate) agent_id: Uuid,
    /// What it is.
    #[serde(default)]
    pub(crate) kind: MessageKind,
    /// The board that it is about.
    pub(crate) board_id: Option<Uuid>,
    /// The task that it is about.
    pub(crate) task_id: Option<Uuid>,
    /// What else it is about.
    #[serde(default)]
    pub(crate) subject_id: Option<Uuid>,
    /// The name that the gateway shows for the session.
    pub(crate) label: String,
    /// What the agent is told.
    #[serde(rename = "message")]
    pub(crate) text: String,
    /// Whether the agent's answer goes out to its channels, not only into its session.
    #[serde(default)]
    pub(crate) deliver: bool,
    /// Whether the message is to get the agent to work.
    #[serde(default)]
    pub(crate) wake: bool,
    /// The activity that tells of the message when it was sent.
    pub(crate) sent_event: Option<String>,
    /// The activity that tells of the message when it was given up.
    pub(crate) failed_event: Option<String>,
}

impl Outgoing {
    /// A notice under the agent's name, about its board. It is not delivered to channels, wakes nobody, and leaves no
    /// activity, until the fields say so.
    pub(crate) fn to(agent: &Agent, text: impl Into<String>) -> Self {
        Self { board_id: agent.board_id, ..Self::new(agent.id, agent.name.as_str(), text) }
    }

    /// The same about nothing in particular, for an agent of which only id and name are known.
    pub(crate) fn new(agent_id: Uuid, label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            agent_id,
            kind: MessageKind::default(),
            board_id: None,
            task_id: None,
            subject_id: None,
            label: label.into(),
            text: text.into(),
            deliver: false,
            wake: false,
            sent_event: None,
            failed_event: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for (name, kind) in MessageKind::NAMES {
            assert_eq!((kind.as_str(), MessageKind::try_from(name.to_owned())), (name, Ok(kind)));
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
        for (name, state) in MessageState::NAMES {
            assert_eq!((state.as_str(), MessageState::try_from(name.to_owned())), (name, Ok(state)));
        }
        assert!(
            MessageKind::try_from("x".to_owned()).is_err() && MessageState::try_from("x".to_owned()).is_err()
        );
    }
}
