//! Tags.

mod agent;
mod dto;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    access::{OrgAdmin, OrgMember},
    tags::{Tag, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query},
    organizations::PageQuery,
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
use dto::{TagCreate, TagRead, TagUpdate};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_tags, create_tag))
        .routes(routes!(get_tag, update_tag, delete_tag))
        .merge(agent::routes())
}

/// List the tags of the organization.
///
/// By name, each with how many tasks carry it.
#[utoipa::path(get, path = "/tags", tag = "tags", security(("HTTPBearer" = [])), params(PageQuery), responses((status = 200, body = PageOf<TagRead>)))]
async fn list_tags(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<TagRead>>, ApiError> {
    let page = service::list(&state.context, &scope, query.page()).await?;
    Ok(Reply(PageOf::of(page, TagRead::from)))
}

/// One tag with its version.
fn shown(tag: Tag) -> Versioned<TagRead> {
    let updated_at = tag.updated_at;
    Versioned::new(tag.into(), updated_at)
}

/// Create a tag.
///
/// Tasks of every board of the organization can carry it. A slug that is made from the name gets a
/// number when another tag has it; a given one has to be free.
#[utoipa::path(post, path = "/tags", tag = "tags", security(("HTTPBearer" = [])), request_body = TagCreate, responses(
    (status = 200, body = TagRead),
    (status = 409, description = "The given slug is taken, or the organization has too many tags."),
))]
async fn create_tag(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<TagCreate>,
) -> Result<Versioned<TagRead>, ApiError> {
    let tag = service::create(&state.context, &scope, body.into()).await?;
    Ok(shown(tag))
}

/// Get a tag.
///
/// With the number of tasks that carry it.
#[utoipa::path(get, path = "/tags/{tag_id}", tag = "tags", security(("HTTPBearer" = [])), responses((status = 200, body = TagRead)))]
async fn get_tag(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    PathId(id): PathId,
) -> Result<Versioned<TagRead>, ApiError> {
    let tag = service::get(&state.context, &scope, id).await?;
    Ok(shown(tag))
}

/// Update a tag.
///
/// What is left out stays; a new name alone leaves the slug.
#[utoipa::path(patch, path = "/tags/{tag_id}", tag = "tags", security(("HTTPBearer" = [])), request_body = TagUpdate, responses(
    (status = 200, body = TagRead),
    (status = 409, description = "The given slug is taken."),
))]
async fn update_tag(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(body): Body<TagUpdate>,
) -> Result<Versioned<TagRead>, ApiError> {
    let tag = service::change(&state.context, &scope, id, body.into()).await?;
    Ok(shown(tag))
}

/// Delete a tag.
///
/// Tasks lose it and stay as they are otherwise.
#[utoipa::path(delete, path = "/tags/{tag_id}", tag = "tags", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_tag(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope, id).await?;
    Ok(ok())
}
