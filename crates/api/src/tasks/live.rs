//! The stream of a board's tasks, and what other streams show of a task's events.

use axum::{extract::State, http::HeaderMap, response::Response};
use mc_base::Timestamp;
use mc_domain::{
    access::BoardReader,
    tasks::{comments, queries},
};
use mc_store::events::Event;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{TaskCommentRead, TaskRead};
use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, Query},
    fields::Text,
    live::{Feed, Frame, LiveEvent, Rights, Scope, Source, stream},
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(stream_tasks))
}

/// What streams show of an event of this subject: the present task, or the comment.
pub(crate) async fn live_detail(state: &ApiState, event: &Event) -> Option<Value> {
    let store = state.context.store();
    let board_id = event.board_id?;
    let loaded = match event.kind.as_str() {
        "task.created" | "task.updated" | "task.status_changed" => {
            let task = queries::detail(store, board_id, event.task_id?).await;
            task.map(|task| task.map(|task| json!({ "task": TaskRead::from(task) })))
        }
        "task.comment" => {
            let comment = comments::find(store, board_id, event.id).await;
            comment.map(|comment| comment.map(|comment| json!({ "comment": TaskCommentRead::from(comment) })))
        }
        _ => return None,
    };
    loaded.unwrap_or_else(|error| {
        tracing::warn!(%error, event.kind, "live.task.load_failed");
        None
    })
}

crate::query! {
    /// Where the stream begins.
    pub(crate) struct StreamQuery {
        /// A time: the stream begins with what happened since then. Without one, or with a text that is no time, it
        /// begins now. `Last-Event-ID` goes before it.
        since: Option<Text<100>>,
    }
}

/// One frame of the stream of tasks.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskStreamEvent {
    /// `task.created`, `task.updated`, `task.status_changed`, `task.deleted` or `task.comment`. Unknown ones are to be
    /// ignored.
    #[serde(rename = "type")]
    kind: String,
    activity: TaskActivity,
    /// The task as it is now; null when it is gone. Not there for comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TaskRead>)]
    task: Option<Value>,
    /// The comment. There for comments only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TaskCommentRead>)]
    comment: Option<Value>,
    /// The id of the task, also of one that is gone.
    task_id: Option<Uuid>,
}

/// What happened to a task.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskActivity {
    id: Uuid,
    event_type: String,
    message: Option<String>,
    agent_id: Option<Uuid>,
    /// Null when the task was deleted.
    task_id: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// Stream the tasks of a board.
///
/// A frame `task` for each event, in the order of the log, with the task as it is now. The id of a
/// frame is its place in the log: after a break the stream resumes there (`Last-Event-ID`).
#[utoipa::path(get, path = "/boards/{board_id}/tasks/stream", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), params(StreamQuery), responses(
    (status = 200, description = "Frames `task`.", content_type = "text/event-stream", body = TaskStreamEvent),
))]
async fn stream_tasks(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let place = Scope::Board(scope.board().id);
    let feed = Feed::wanted(&state, place, &headers, query.since.as_deref()).await?;
    let rights = Rights::on_board(&state, &scope, &headers);
    stream(state, feed, rights, Tasks)
}

struct Tasks;

impl Source for Tasks {
    async fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> Option<Frame> {
        let event = &live.event;
        let part = |detail: Option<&Value>, name: &str| {
            detail.and_then(|detail| detail.get(name)).cloned().unwrap_or(Value::Null)
        };
        let (task, comment) = match event.kind.as_str() {
            "task.created" | "task.updated" | "task.status_changed" => {
                (Some(part(live.detail(state).await, "task")), None)
            }
            "task.deleted" => (Some(Value::Null), None),
            // A comment whose task was deleted since then has nothing to show.
            "task.comment" => (None, Some(live.detail(state).await?.get("comment")?.clone())),
            _ => return None,
        };
        let deleted = || {
            let mc_store::Json(data) = event.data.as_ref()?;
            data.get("task_id")?.as_str()?.parse().ok()
        };
        let frame = TaskStreamEvent {
            kind: event.kind.clone(),
            activity: TaskActivity {
                id: event.id,
                event_type: event.kind.clone(),
                message: event.message.clone(),
                agent_id: event.agent_id,
                task_id: event.task_id,
                created_at: event.created_at.into(),
            },
            task,
            comment,
            task_id: event.task_id.or_else(deleted),
        };
        Some(Frame { event: "task", id: Some(event.position), data: json!(frame) })
    }
}
