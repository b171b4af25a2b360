//! Finding things by what they are called.

mod dto;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{access::OrgMember, search::service};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Query},
    reply::Reply,
};
use dto::{SearchQuery, SearchResults};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Search by name.
///
/// Boards, board groups, agents, gateways and tags by name, tasks by title or by the beginning of their id, of the
/// organization and as far as the caller may see them. All words of the text have to occur, in any order and in any
/// case. In each kind what begins with the text comes first; among tasks then open ones, then the latest changed.
/// Gateways are found by administrators only.
#[utoipa::path(get, path = "/search", tag = "search", security(("HTTPBearer" = [])), params(SearchQuery), responses((status = 200, body = SearchResults)))]
async fn search(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<SearchQuery>,
) -> Result<Reply<SearchResults>, ApiError> {
    // Six reads at the same time are too much for the stack of a request.
    let found = Box::pin(service::find(&state.context, &scope, &query.q, query.limit())).await?;
    Ok(Reply(found.into()))
}
