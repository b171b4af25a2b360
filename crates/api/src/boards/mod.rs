//! Boards.

mod dto;
mod snapshot;

#[cfg(test)]
mod notice_tests;
#[cfg(test)]
mod snapshot_tests;

use axum::extract::State;
use mc_domain::{
    access::{BoardReader, BoardWriter, OrgAdmin, OrgMember},
    boards::{Board, BoardFilter, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, Query},
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
pub(crate) use dto::BoardRead;
use dto::{BoardCreate, BoardListQuery, BoardUpdate, BoardsPause, BoardsPaused};
pub(crate) use snapshot::BoardGroupSnapshot;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_boards, create_board))
        .routes(routes!(pause_boards))
        .routes(routes!(get_board, update_board, delete_board))
        .merge(snapshot::routes())
}

/// List the boards you can read.
///
/// In the active organization, by name.
#[utoipa::path(get, path = "/boards", tag = "boards", security(("HTTPBearer" = [])), params(BoardListQuery), responses((status = 200, body = PageOf<BoardRead>)))]
async fn list_boards(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<BoardListQuery>,
) -> Result<Reply<PageOf<BoardRead>>, ApiError> {
    let filter = BoardFilter { gateway_id: query.gateway_id, board_group_id: query.board_group_id };
    let page = service::list(&state.context, &scope, filter, query.page()).await?;
    Ok(Reply(PageOf::of(page, BoardRead::from)))
}

/// One board with its version.
fn shown(board: Board) -> Versioned<BoardRead> {
    let updated_at = board.updated_at;
    Versioned::new(board.into(), updated_at)
}

/// Create a board.
///
/// A board needs no gateway: people, scripts and agents of any runtime work on it by this API. Its
/// creator can write it.
#[utoipa::path(post, path = "/boards", tag = "boards", security(("HTTPBearer" = [])), request_body = BoardCreate, responses((status = 200, body = BoardRead)))]
async fn create_board(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<BoardCreate>,
) -> Result<Versioned<BoardRead>, ApiError> {
    let board = service::create(&state.context, &scope, body.into()).await?;
    Ok(shown(board))
}

/// Pause or resume the agents of all boards.
///
/// For emergencies: every board of the organization at once, as `paused` of each would do it. Boards that are so already
/// stay as they are. Letting them go on includes boards that were paused one by one before.
#[utoipa::path(post, path = "/boards/pause", tag = "boards", security(("HTTPBearer" = [])), request_body = BoardsPause, responses((status = 200, body = BoardsPaused)))]
async fn pause_boards(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<BoardsPause>,
) -> Result<Reply<BoardsPaused>, ApiError> {
    let changed = service::pause_all(&state.context, &scope, body.paused).await?;
    Ok(Reply(BoardsPaused { changed }))
}

/// Get a board.
///
/// With its goal, its rules and whether its agents are paused.
#[utoipa::path(get, path = "/boards/{board_id}", tag = "boards", security(("HTTPBearer" = [])), responses((status = 200, body = BoardRead)))]
async fn get_board(AuthUser(scope): AuthUser<BoardReader>) -> Versioned<BoardRead> {
    shown(scope.board().clone())
}

/// Update a board.
///
/// What is left out stays. A goal board keeps its objective and success metrics once its goal is
/// confirmed. The board's lead is told what changed, and the agents of a group that the board joins or
/// leaves are told of that.
#[utoipa::path(patch, path = "/boards/{board_id}", tag = "boards", security(("HTTPBearer" = [])), request_body = BoardUpdate, responses(
    (status = 200, body = BoardRead),
    (status = 409, description = "The gateway cannot change while the board has agents."),
))]
async fn update_board(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    Body(body): Body<BoardUpdate>,
) -> Result<Versioned<BoardRead>, ApiError> {
    let board = service::change(&state.context, &scope, body.into()).await?;
    Ok(shown(board))
}

/// Delete a board.
///
/// It is gone at once; what its agents have on their gateway is removed when that can be reached.
#[utoipa::path(delete, path = "/boards/{board_id}", tag = "boards", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_board(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope).await?;
    Ok(ok())
}

#[cfg(test)]
mod tests;
