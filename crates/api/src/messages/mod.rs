//! Messages to agents, as the people who look after them see them.

mod dto;

use axum::extract::{FromRequestParts, State};
use http::{StatusCode, request::Parts};
use mc_domain::{
    access::{BoardReader, BoardWriter, OrgAdmin},
    agents::messages::records,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, PathId, Query},
    reply::{PageOf, Reply},
};
use dto::{AgentMessageListQuery, AgentMessageRead, BoardMessageListQuery};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_agent_messages))
        .routes(routes!(retry_agent_message))
        .routes(routes!(list_board_messages))
        .routes(routes!(retry_board_message))
}

/// The agent of a path with two ids. Stands after the scope, as [`PathId`] does.
struct AgentId(Uuid);

impl FromRequestParts<ApiState> for AgentId {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        PathId::named(parts, state, "agent_id").await.map(Self)
    }
}

/// List messages to an agent.
///
/// Newest first, with what became of each: delivered, waiting and for what, or given up and why. Kept as long as events.
#[utoipa::path(get, path = "/agents/{agent_id}/messages", tag = "agents", security(("HTTPBearer" = [])), params(AgentMessageListQuery), responses((status = 200, body = PageOf<AgentMessageRead>)))]
async fn list_agent_messages(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<AgentMessageListQuery>,
) -> Result<Reply<PageOf<AgentMessageRead>>, ApiError> {
    let page = records::of_agent(&state.context, &scope, id, query.filter(), query.page()).await?;
    Ok(Reply(PageOf::of(page, AgentMessageRead::from)))
}

/// Retry a message to an agent.
///
/// One that was given up begins anew, behind the others of its agent; one that waits is tried now.
#[utoipa::path(post, path = "/agents/{agent_id}/messages/{message_id}/retry", tag = "agents", security(("HTTPBearer" = [])), responses(
    (status = 202, body = AgentMessageRead),
    (status = 409, description = "The message was delivered (`message_delivered`), or is on its way (`message_sending`)."),
))]
async fn retry_agent_message(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    AgentId(agent_id): AgentId,
    PathId(id): PathId,
) -> Result<(StatusCode, Reply<AgentMessageRead>), ApiError> {
    let message = records::retry_of_agent(&state.context, &scope, agent_id, id).await?;
    Ok((StatusCode::ACCEPTED, Reply(message.into())))
}

/// List messages to agents about a board.
///
/// Newest first, with what became of each.
#[utoipa::path(get, path = "/boards/{board_id}/messages", tag = "boards", security(("HTTPBearer" = [])), params(BoardMessageListQuery), responses((status = 200, body = PageOf<AgentMessageRead>)))]
async fn list_board_messages(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardReader>,
    Query(query): Query<BoardMessageListQuery>,
) -> Result<Reply<PageOf<AgentMessageRead>>, ApiError> {
    let page = records::of_board(&state.context, &scope, query.filter(), query.page()).await?;
    Ok(Reply(PageOf::of(page, AgentMessageRead::from)))
}

/// Retry a message about a board.
///
/// One that was given up begins anew, behind the others of its agent; one that waits is tried now.
#[utoipa::path(post, path = "/boards/{board_id}/messages/{message_id}/retry", tag = "boards", security(("HTTPBearer" = [])), responses(
    (status = 202, body = AgentMessageRead),
    (status = 409, description = "The message was delivered (`message_delivered`), or is on its way (`message_sending`)."),
))]
async fn retry_board_message(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    PathId(id): PathId,
) -> Result<(StatusCode, Reply<AgentMessageRead>), ApiError> {
    let message = records::retry_of_board(&state.context, &scope, id).await?;
    Ok((StatusCode::ACCEPTED, Reply(message.into())))
}

#[cfg(test)]
mod tests;
