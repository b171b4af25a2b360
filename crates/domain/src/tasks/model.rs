use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{Error, Result};

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Nobody works on it.
    Inbox,
    /// Somebody works on it.
    InProgress,
    /// It waits to be accepted.
    Review,
    /// It is finished.
    Done,
}

impl TaskStatus {
    /// All statuses with their stored and published names, in the order of the work.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("inbox", Self::Inbox),
        ("in_progress", Self::InProgress),
        ("review", Self::Review),
        ("done", Self::Done),
    ];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::InProgress => "in_progress",
            Self::Review => "review",
            Self::Done => "done",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, status)| *status)
    }

    /// The statuses of a comma-separated list; blanks and empty parts are ignored.
    ///
    /// # Errors
    /// `Invalid` for an unknown name.
    pub fn parse_list(names: &str) -> Result<Vec<Self>> {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names
            .map(|name| {
                Self::parse(name).ok_or_else(|| {
                    Error::invalid("status must be a list of inbox, in_progress, review and done")
                        .code("unknown_task_status")
                })
            })
            .collect()
    }
}

impl TryFrom<String> for TaskStatus {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or_else(|| format!("unknown task status {name}"))
    }
}

/// A piece of work on a board.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Task {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// What is to be done, in a line.
    pub title: String,
    /// What is to be done, at length.
    pub description: Option<String>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub status: TaskStatus,
    /// `high`, `medium`, `low`, or a word of the caller's own.
    pub priority: String,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// Since when it has been worked on; kept when it is done.
    pub in_progress_at: Option<DateTime<Utc>>,
    /// When the work before the present review or return began.
    pub previous_in_progress_at: Option<DateTime<Utc>>,
    /// When it last left `done`: approvals that were decided before do not count any more.
    pub reopened_at: Option<DateTime<Utc>>,
    /// The agent that last handed it in for review, so that rework finds it.
    pub review_submitted_by_agent_id: Option<Uuid>,
    /// The person who made it.
    pub created_by_user_id: Option<Uuid>,
    /// The agent that is to do it.
    pub assigned_agent_id: Option<Uuid>,
    /// The lead agent that made it.
    pub created_by_agent_id: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A tag as tasks show it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TagRef {
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The name for addresses, unique in the organization.
    pub slug: String,
    /// Six hexadecimal digits.
    pub color: String,
}

/// A task with what hangs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskDetail {
    /// The task.
    pub task: Task,
    /// The tasks that must be done before, in the order in which they were named.
    pub depends_on: Vec<Uuid>,
    /// Those of them that are not done; empty when the task itself is done.
    pub blocked_by: Vec<Uuid>,
    /// Its tags, in the order in which they were given.
    pub tags: Vec<TagRef>,
    /// The value of every custom field of the board: the stored one, else the default, else null.
    pub custom_field_values: Map<String, Value>,
}

/// A task to make.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// See [`Task::title`].
    pub title: String,
    /// See [`Task::description`].
    pub description: Option<String>,
    /// See [`Task::status`].
    pub status: TaskStatus,
    /// See [`Task::priority`].
    pub priority: String,
    /// See [`Task::due_at`].
    pub due_at: Option<DateTime<Utc>>,
    /// See [`Task::assigned_agent_id`].
    pub assigned_agent_id: Option<Uuid>,
    /// See [`TaskDetail::depends_on`].
    pub depends_on_task_ids: Vec<Uuid>,
    /// The ids of [`TaskDetail::tags`].
    pub tag_ids: Vec<Uuid>,
    /// The person in whose name it is made; counts only for the caller, or when an administrator names a member.
    pub created_by_user_id: Option<Uuid>,
    /// Values of custom fields by their keys.
    pub custom_field_values: Map<String, Value>,
}

/// A change of a task: `None` leaves a field; in the doubled ones `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct TaskChange {
    /// See [`Task::title`].
    pub title: Option<String>,
    /// See [`Task::description`].
    pub description: Option<Option<String>>,
    /// See [`Task::status`].
    pub status: Option<TaskStatus>,
    /// See [`Task::priority`].
    pub priority: Option<String>,
    /// See [`Task::due_at`].
    pub due_at: Option<Option<DateTime<Utc>>>,
    /// See [`Task::assigned_agent_id`].
    pub assigned_agent_id: Option<Option<Uuid>>,
    /// See [`TaskDetail::depends_on`].
    pub depends_on_task_ids: Option<Vec<Uuid>>,
    /// The ids of [`TaskDetail::tags`].
    pub tag_ids: Option<Vec<Uuid>>,
    /// Values of custom fields by their keys; null empties one.
    pub custom_field_values: Option<Map<String, Value>>,
    /// A comment to write along with the change.
    pub comment: Option<String>,
}

/// Which tasks of a board a list is about. The conditions add up.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Only tasks in one of these statuses; all when empty.
    pub statuses: Vec<TaskStatus>,
    /// Only tasks of this agent.
    pub assigned_agent_id: Option<Uuid>,
    /// Only tasks of nobody.
    pub unassigned: bool,
}

/// What somebody said about a task.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskComment {
    /// The id; also the id of its event.
    pub id: Uuid,
    /// The task.
    pub task_id: Uuid,
    /// The agent that wrote it.
    pub agent_id: Option<Uuid>,
    /// The person who wrote it.
    pub user_id: Option<Uuid>,
    /// The author's name when it was written.
    pub author_name: Option<String>,
    /// The text.
    pub message: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_names_that_read_back() {
        for (name, status) in TaskStatus::NAMES {
            assert_eq!((status.as_str(), TaskStatus::parse(name)), (name, Some(status)));
        }
        assert_eq!(TaskStatus::parse("Done"), None);
    }

    #[test]
    fn a_list_of_statuses_ignores_empty_parts_only() {
        assert_eq!(TaskStatus::parse_list("").unwrap(), []);
        assert_eq!(TaskStatus::parse_list(" inbox, ,done,").unwrap(), [TaskStatus::Inbox, TaskStatus::Done]);
        assert!(TaskStatus::parse_list("inbox,todo").is_err());
    }
}
