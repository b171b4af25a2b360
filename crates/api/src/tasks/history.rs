//! Where tasks stood and how long.

use axum::extract::State;
use mc_base::Timestamp;
use mc_domain::{
    access::BoardReader,
    tasks::history::{self, Stay},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, PathId, Query},
    organizations::PageQuery,
    reply::{PageOf, Reply},
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_task_stays))
}

/// A time that a task spent in one status.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskStayRead {
    /// `inbox`, `in_progress`, `review` or `done`.
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    entered_at: Timestamp,
    /// Null where it stands now.
    #[schema(value_type = Option<String>, format = DateTime)]
    left_at: Option<Timestamp>,
}

impl From<Stay> for TaskStayRead {
    fn from(stay: Stay) -> Self {
        Self {
            status: stay.status.as_str(),
            entered_at: stay.entered_at.into(),
            left_at: stay.left_at.map(Timestamp::from),
        }
    }
}

/// Get the status history of a task.
///
/// Latest first, from its creation on, but no longer than two years back.
#[utoipa::path(get, path = "/boards/{board_id}/tasks/{task_id}/history", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), params(PageQuery), responses((status = 200, body = PageOf<TaskStayRead>)))]
async fn list_task_stays(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    PathId(task_id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<TaskStayRead>>, ApiError> {
    let page = history::stays(&state.context, &scope, task_id, query.page()).await?;
    Ok(Reply(PageOf::of(page, TaskStayRead::from)))
}
