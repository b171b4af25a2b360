//! Board groups.

mod dto;

use axum::extract::State;
use mc_domain::{
    access::{GroupAdmin, GroupConductor, GroupReader, OrgAdmin, OrgMember},
    board_groups::{BoardGroup, heartbeat, service},
    boards::snapshot_group,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    boards::BoardGroupSnapshot,
    error::ApiError,
    extract::{Auth, AuthUser, Body, Query},
    organizations::PageQuery,
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
pub(crate) use dto::BoardGroupRead;
use dto::{
    BoardGroupCreate, BoardGroupHeartbeatApply, BoardGroupHeartbeatApplyResult, BoardGroupSnapshotQuery,
    BoardGroupUpdate,
};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_board_groups, create_board_group))
        .routes(routes!(get_board_group, update_board_group, delete_board_group))
        .routes(routes!(get_board_group_snapshot))
        .routes(routes!(apply_board_group_heartbeat))
}

/// A group with its version.
fn shown(group: BoardGroup) -> Versioned<BoardGroupRead> {
    let updated_at = group.updated_at;
    Versioned::new(group.into(), updated_at)
}

/// List the board groups you can read.
///
/// In the active organization, by name: all of them for members who may read every board, else those with a board that
/// the member may read, and for administrators also those without boards.
#[utoipa::path(get, path = "/board-groups", tag = "board-groups", security(("HTTPBearer" = [])), params(PageQuery), responses((status = 200, body = PageOf<BoardGroupRead>)))]
async fn list_board_groups(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<BoardGroupRead>>, ApiError> {
    let page = service::list(&state.context, &scope, query.page()).await?;
    Ok(Reply(PageOf::of(page, BoardGroupRead::from)))
}

/// Create a board group.
///
/// Boards join it by their `board_group_id`.
#[utoipa::path(post, path = "/board-groups", tag = "board-groups", security(("HTTPBearer" = [])), request_body = BoardGroupCreate, responses((status = 200, body = BoardGroupRead)))]
async fn create_board_group(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<BoardGroupCreate>,
) -> Result<Versioned<BoardGroupRead>, ApiError> {
    let group = service::create(&state.context, &scope, body.into()).await?;
    Ok(shown(group))
}

/// Get a board group.
///
/// Its name, slug and description; the snapshot has its boards.
#[utoipa::path(get, path = "/board-groups/{group_id}", tag = "board-groups", security(("HTTPBearer" = [])), responses((status = 200, body = BoardGroupRead)))]
async fn get_board_group(AuthUser(scope): AuthUser<GroupReader>) -> Versioned<BoardGroupRead> {
    shown(scope.group().clone())
}

/// Update a board group.
///
/// What is left out stays.
#[utoipa::path(patch, path = "/board-groups/{group_id}", tag = "board-groups", security(("HTTPBearer" = [])), request_body = BoardGroupUpdate, responses((status = 200, body = BoardGroupRead)))]
async fn update_board_group(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<GroupAdmin>,
    Body(body): Body<BoardGroupUpdate>,
) -> Result<Versioned<BoardGroupRead>, ApiError> {
    let group = service::change(&state.context, &scope, body.into()).await?;
    Ok(shown(group))
}

/// Delete a board group with its memory.
///
/// Its boards stay and belong to no group; their agents are told.
#[utoipa::path(delete, path = "/board-groups/{group_id}", tag = "board-groups", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_board_group(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<GroupAdmin>,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope).await?;
    Ok(ok())
}

/// Get a snapshot of a board group.
///
/// Those of its boards that the caller may read, with counts by status and their most urgent tasks.
#[utoipa::path(get, path = "/board-groups/{group_id}/snapshot", tag = "board-groups", security(("HTTPBearer" = [])), params(BoardGroupSnapshotQuery), responses((status = 200, body = BoardGroupSnapshot)))]
async fn get_board_group_snapshot(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<GroupReader>,
    Query(query): Query<BoardGroupSnapshotQuery>,
) -> Result<Reply<BoardGroupSnapshot>, ApiError> {
    let snapshot = snapshot_group::of_group(&state.context, &scope, query.into()).await?;
    Ok(Reply(snapshot.into()))
}

/// Set the heartbeat interval of a board group.
///
/// For administrators who may write the group, and for agents that lead one of its boards. The settings of all its
/// agents are changed, those of leads only with `include_board_leads`, and brought to their gateways. Agents whose
/// gateway did not take them stand in `failed_agent_ids` too; agents without a gateway never do.
#[utoipa::path(post, path = "/board-groups/{group_id}/heartbeat", tag = "board-groups", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = BoardGroupHeartbeatApply, responses((status = 200, body = BoardGroupHeartbeatApplyResult)))]
async fn apply_board_group_heartbeat(
    State(state): State<ApiState>,
    Auth(scope): Auth<GroupConductor>,
    Body(body): Body<BoardGroupHeartbeatApply>,
) -> Result<Reply<BoardGroupHeartbeatApplyResult>, ApiError> {
    let (every, with_leads) = (&body.every, body.include_board_leads);
    let outcome = heartbeat::apply(&state.context, &scope, every, with_leads).await?;
    Ok(Reply(BoardGroupHeartbeatApplyResult::new(scope.group().id, &body, outcome)))
}

#[cfg(test)]
mod tests;
