use mc_base::{
    Timestamp,
    text::{COMMENT_MAX, DESCRIPTION_MAX, TITLE_MAX},
};
use mc_domain::{
    Cursor, PageRequest, Result,
    tasks::{NewTask, TagRef as Tag, TaskChange, TaskComment, TaskDetail, TaskFilter, TaskStatus},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Int, NonEmpty, Patch, Reader, Sent, Text, names_schema, read_name};

impl Field for TaskStatus {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

crate::query! {
    /// Which tasks are wanted. The conditions add up.
    pub(crate) struct TaskListQuery {
        /// One or several of `inbox`, `in_progress`, `review` and `done`, separated by commas.
        status: Option<Text<200>>,
        /// Only tasks of this agent.
        assigned_agent_id: Option<Uuid>,
        /// `true`: only tasks of nobody. `false` asks for nothing.
        unassigned: Option<bool>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Where to go on: the `next_cursor` of the page before. Unlike an offset it does not slip when items come.
        cursor: Option<Cursor>,
    }
}

impl TaskListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: self.cursor }
    }

    pub(crate) fn filter(&self) -> Result<TaskFilter> {
        Ok(TaskFilter {
            statuses: TaskStatus::parse_list(self.status.as_deref().unwrap_or_default())?,
            assigned_agent_id: self.assigned_agent_id,
            unassigned: self.unassigned.unwrap_or(false),
        })
    }
}

crate::body! {
    /// A task to make.
    pub(crate) struct TaskCreate {
        /// What is to be done, in a line; blanks around it are removed.
        title: NonEmpty<TITLE_MAX>,
        /// What is to be done, at length.
        description: Option<Text<DESCRIPTION_MAX>>,
        /// Where it stands. The gates of the board hold as for a task that comes from the inbox.
        status: TaskStatus = TaskStatus::Inbox,
        /// `high`, `medium`, `low`, or a word of your own.
        priority: Text<255> = "medium",
        /// Until when.
        due_at: Option<Timestamp>,
        /// The agent that is to do it: one of this board, or the main agent of its gateway.
        assigned_agent_id: Option<Uuid>,
        /// Tasks of this board that must be done before.
        depends_on_task_ids: Vec<Uuid> = Vec::<Uuid>::new(),
        /// Tags of the organization.
        tag_ids: Vec<Uuid> = Vec::<Uuid>::new(),
        /// The person in whose name it is made. Counts only for yourself, or when an administrator names a member.
        created_by_user_id: Option<Uuid>,
        /// Values of the board's custom fields by their keys; what is left out gets its default.
        custom_field_values: Map<String, Value> = Map::<String, Value>::new(),
    }
}

impl From<TaskCreate> for NewTask {
    fn from(body: TaskCreate) -> Self {
        Self {
            title: body.title.into(),
            description: body.description.map(String::from),
            status: body.status,
            priority: body.priority.into(),
            due_at: body.due_at.map(|time| time.0),
            assigned_agent_id: body.assigned_agent_id,
            depends_on_task_ids: body.depends_on_task_ids,
            tag_ids: body.tag_ids,
            created_by_user_id: body.created_by_user_id,
            custom_field_values: body.custom_field_values,
        }
    }
}

crate::body! {
    /// A change of a task. What is left out stays.
    pub(crate) struct TaskUpdate {
        /// What is to be done, in a line.
        title: Sent<NonEmpty<TITLE_MAX>>,
        /// What is to be done, at length.
        description: Patch<Text<DESCRIPTION_MAX>>,
        /// Where it stands.
        status: Patch<TaskStatus>,
        /// `high`, `medium`, `low`, or a word of your own.
        priority: Sent<Text<255>>,
        /// Until when.
        due_at: Patch<Timestamp>,
        /// The agent that is to do it; null for nobody.
        assigned_agent_id: Patch<Uuid>,
        /// Tasks of this board that must be done before, in place of the present ones.
        depends_on_task_ids: Option<Vec<Uuid>>,
        /// Tags of the organization, in place of the present ones.
        tag_ids: Option<Vec<Uuid>>,
        /// Values of custom fields by their keys; null empties one. What is left out stays.
        custom_field_values: Patch<Map<String, Value>>,
        /// A comment to write along with the change. Needed when a finished task is reopened.
        comment: Option<Text<COMMENT_MAX>>,
    } check check_update;
}

fn check_update(body: &TaskUpdate, reader: &mut Reader, object: &Map<String, Value>) {
    if body.status.0 == Some(None) {
        reader.value_error("status must not be null", Some(&Value::Object(object.clone())));
    }
}

impl From<TaskUpdate> for TaskChange {
    fn from(body: TaskUpdate) -> Self {
        let comment = body.comment.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            title: body.title.0.map(String::from),
            description: body.description.0.map(|value| value.map(String::from)),
            status: body.status.0.flatten(),
            priority: body.priority.0.map(String::from),
            due_at: body.due_at.0.map(|value| value.map(|time| time.0)),
            assigned_agent_id: body.assigned_agent_id.0,
            depends_on_task_ids: body.depends_on_task_ids,
            tag_ids: body.tag_ids,
            // Null changes no value, but asks for the check of the required fields.
            custom_field_values: body.custom_field_values.0.map(Option::unwrap_or_default),
            comment,
        }
    }
}

crate::body! {
    /// A comment to write.
    pub(crate) struct TaskCommentCreate {
        /// The text; blanks around it are removed. `@name` addresses an agent, `@lead` the board's lead.
        message: NonEmpty<COMMENT_MAX>,
    }
}

/// A tag as tasks show it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct TagRef {
    id: Uuid,
    name: String,
    slug: String,
    /// Six hexadecimal digits.
    color: String,
}

impl From<Tag> for TagRef {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id, name: tag.name, slug: tag.slug, color: tag.color }
    }
}

/// A task with what hangs on it.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskRead {
    title: String,
    description: Option<String>,
    /// `inbox`, `in_progress`, `review` or `done`.
    status: &'static str,
    priority: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    assigned_agent_id: Option<Uuid>,
    /// The tasks that must be done before, in the order in which they were named.
    depends_on_task_ids: Vec<Uuid>,
    /// The ids of `tags`.
    tag_ids: Vec<Uuid>,
    id: Uuid,
    board_id: Uuid,
    created_by_user_id: Option<Uuid>,
    /// Since when it has been worked on; kept when it is done.
    #[schema(value_type = Option<String>, format = DateTime)]
    in_progress_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// The dependencies that are not done; empty when the task itself is done.
    blocked_by_task_ids: Vec<Uuid>,
    is_blocked: bool,
    /// In the order in which they were given.
    tags: Vec<TagRef>,
    /// Every custom field of the board: the stored value, else the default, else null.
    custom_field_values: Map<String, Value>,
}

impl From<TaskDetail> for TaskRead {
    fn from(detail: TaskDetail) -> Self {
        let task = detail.task;
        Self {
            title: task.title,
            description: task.description,
            status: task.status.as_str(),
            priority: task.priority,
            due_at: task.due_at.map(Timestamp::from),
            assigned_agent_id: task.assigned_agent_id,
            depends_on_task_ids: detail.depends_on,
            tag_ids: detail.tags.iter().map(|tag| tag.id).collect(),
            id: task.id,
            board_id: task.board_id,
            created_by_user_id: task.created_by_user_id,
            in_progress_at: task.in_progress_at.map(Timestamp::from),
            created_at: task.created_at.into(),
            updated_at: task.updated_at.into(),
            is_blocked: !detail.blocked_by.is_empty(),
            blocked_by_task_ids: detail.blocked_by,
            tags: detail.tags.into_iter().map(TagRef::from).collect(),
            custom_field_values: detail.custom_field_values,
        }
    }
}

/// What somebody said about a task.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskCommentRead {
    id: Uuid,
    message: String,
    /// The agent that wrote it; null for a person.
    agent_id: Option<Uuid>,
    task_id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The person who wrote it; null for an agent.
    user_id: Option<Uuid>,
    /// The author's name when it was written.
    author_name: Option<String>,
}

impl From<TaskComment> for TaskCommentRead {
    fn from(comment: TaskComment) -> Self {
        Self {
            id: comment.id,
            message: comment.message,
            agent_id: comment.agent_id,
            task_id: comment.task_id,
            created_at: comment.created_at.into(),
            user_id: comment.user_id,
            author_name: comment.author_name,
        }
    }
}

/// Why a task cannot move.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlockedTaskError {
    detail: BlockedTaskReason,
    request_id: String,
}

/// A sentence, or what stands in the way.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described: errors are written by the middleware")]
pub(crate) enum BlockedTaskReason {
    /// A sentence.
    Text(String),
    /// What stands in the way.
    Blocked(BlockedTaskDetail),
}

/// What stands in the way of a task.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlockedTaskDetail {
    message: String,
    /// `task_blocked_cannot_transition` when dependencies are not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Those dependencies; empty when a gate of the board is closed.
    blocked_by_task_ids: Vec<String>,
}
