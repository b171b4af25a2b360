//! Tasks, their comments and their stream.

mod agent;
mod agent_comments;
mod comments;
mod dto;
mod history;
mod live;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    Cursor,
    access::{BoardReader, BoardWriter},
    tasks::{TaskDetail, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, AuthUser, Body, PathId, Query},
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
use dto::{BlockedTaskError, TaskCreate, TaskListQuery, TaskUpdate};
pub(crate) use dto::{TagRef, TaskRead};
pub(crate) use live::live_detail;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_tasks, create_task))
        .merge(live::routes())
        .routes(routes!(get_task, update_task, delete_task))
        .merge(comments::routes())
        .merge(history::routes())
        .merge(agent::routes())
        .merge(agent_comments::routes())
}

/// List the tasks of a board.
///
/// Newest first.
#[utoipa::path(get, path = "/boards/{board_id}/tasks", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), params(TaskListQuery), responses((status = 200, body = PageOf<TaskRead>)))]
async fn list_tasks(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<TaskListQuery>,
) -> Result<Reply<PageOf<TaskRead>>, ApiError> {
    list(&state, &scope, &query).await
}

/// The list for people and for agents.
async fn list(
    state: &ApiState,
    scope: &BoardReader,
    query: &TaskListQuery,
) -> Result<Reply<PageOf<TaskRead>>, ApiError> {
    let page = service::list(&state.context, scope, &query.filter()?, query.page()).await?;
    Ok(Reply(PageOf::timeline(
        page,
        |task| Cursor::behind(task.task.created_at, task.task.id),
        TaskRead::from,
    )))
}

/// One task with its version.
fn shown(task: TaskDetail) -> Versioned<TaskRead> {
    let updated_at = task.task.updated_at;
    Versioned::new(task.into(), updated_at)
}

/// Create a task.
///
/// A task that waits for tasks that are not done begins in the inbox, with nobody. The board's rules
/// for `review` and `done` hold here too.
#[utoipa::path(post, path = "/boards/{board_id}/tasks", tag = "tasks", security(("HTTPBearer" = [])), request_body = TaskCreate, responses(
    (status = 200, body = TaskRead),
    (status = 409, description = "Dependencies or a rule of the board do not allow this status.", body = BlockedTaskError),
))]
async fn create_task(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    Body(body): Body<TaskCreate>,
) -> Result<Versioned<TaskRead>, ApiError> {
    let task = service::create(&state.context, &scope, body.into()).await?;
    Ok(shown(task))
}

/// Get a task.
///
/// With its tags, dependencies, custom fields and whether other tasks block it.
#[utoipa::path(get, path = "/boards/{board_id}/tasks/{task_id}", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), responses((status = 200, body = TaskRead)))]
async fn get_task(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    PathId(task_id): PathId,
) -> Result<Versioned<TaskRead>, ApiError> {
    Ok(shown(service::get(&state.context, &scope, task_id).await?))
}

/// Update a task.
///
/// What is left out stays. People change everything. The board's lead agent assigns, accepts and
/// returns; other agents move their own tasks, claim free ones, comment and fill custom fields. A
/// task that waits for others goes back to the inbox when a person moves it, and agents get 409.
/// Whoever takes a task out of `done` says why in `comment`.
#[utoipa::path(patch, path = "/boards/{board_id}/tasks/{task_id}", tag = "tasks", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = TaskUpdate, responses(
    (status = 200, body = TaskRead),
    (status = 409, description = "Dependencies or a rule of the board stand in the way.", body = BlockedTaskError),
))]
async fn update_task(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardWriter>,
    PathId(task_id): PathId,
    Body(body): Body<TaskUpdate>,
) -> Result<Versioned<TaskRead>, ApiError> {
    let task = service::update(&state.context, &scope, task_id, body.into()).await?;
    Ok(shown(task))
}

/// Delete a task.
///
/// Tasks that waited for it do not any more. Approvals stay as the record of what was decided.
#[utoipa::path(delete, path = "/boards/{board_id}/tasks/{task_id}", tag = "tasks", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_task(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    PathId(task_id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope, task_id).await?;
    Ok(ok())
}
