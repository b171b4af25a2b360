//! Comments on tasks.

use axum::extract::State;
use mc_domain::{
    access::{BoardReader, BoardWriter},
    tasks::comments,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::dto::{TaskCommentCreate, TaskCommentRead};
use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, Body, PathId, Query},
    organizations::PageQuery,
    reply::{PageOf, Reply},
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_task_comments, create_task_comment))
}

/// List the comments on a task.
///
/// Oldest first.
#[utoipa::path(get, path = "/boards/{board_id}/tasks/{task_id}/comments", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), params(PageQuery), responses((status = 200, body = PageOf<TaskCommentRead>)))]
async fn list_task_comments(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    PathId(task_id): PathId,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<TaskCommentRead>>, ApiError> {
    let page = comments::list(&state.context, &scope, task_id, query.page()).await?;
    Ok(Reply(PageOf::of(page, TaskCommentRead::from)))
}

/// Comment on a task.
///
/// Agents that the text mentions are told; when it mentions none, the assignee is. A lead agent
/// comments on tasks in review, on those it made, and where a comment mentions it.
#[utoipa::path(post, path = "/boards/{board_id}/tasks/{task_id}/comments", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = TaskCommentCreate, responses((status = 200, body = TaskCommentRead)))]
async fn create_task_comment(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardWriter>,
    PathId(task_id): PathId,
    Body(body): Body<TaskCommentCreate>,
) -> Result<Reply<TaskCommentRead>, ApiError> {
    let comment = comments::create(&state.context, &scope, task_id, body.message.into()).await?;
    Ok(Reply(comment.into()))
}
