//! Organizations and the own membership.

mod audit;
mod dto;
mod invites;
mod members;

use axum::extract::State;
use mc_domain::{
    access::{OrgAdmin, OrgMember, UserActor},
    organizations::{Organization, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body},
    reply::{OkResponse, Reply, Versioned, ok},
};
use dto::{OrganizationActiveUpdate, OrganizationCreate, OrganizationRead, OrganizationUpdate};
pub(crate) use dto::{OrganizationListItem, OrganizationMemberRead, PageQuery};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(create_organization))
        .routes(routes!(list_my_organizations))
        .routes(routes!(set_active_org))
        .routes(routes!(get_my_org, update_my_org, delete_my_org))
        .merge(members::routes())
        .merge(invites::routes())
        .merge(audit::routes())
}

/// Create an organization.
///
/// The caller owns it, and it becomes the caller's active one. 409 when the caller already belongs
/// to an organization of that name.
#[utoipa::path(post, path = "/organizations", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationCreate, responses(
    (status = 200, body = OrganizationRead),
    (status = 409, description = "The caller belongs to an organization of that name."),
))]
async fn create_organization(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    Body(body): Body<OrganizationCreate>,
) -> Result<Reply<OrganizationRead>, ApiError> {
    let organization = service::create(&state.context, &actor, &body.name).await?;
    Ok(Reply(organization.into()))
}

/// List your organizations.
///
/// By name, each with your role and whether it is the active one.
#[utoipa::path(get, path = "/organizations/me/list", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = Vec<OrganizationListItem>)))]
async fn list_my_organizations(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
) -> Result<Reply<Vec<OrganizationListItem>>, ApiError> {
    let list = service::list(&state.context, &actor).await?;
    Ok(Reply(list.into_iter().map(OrganizationListItem::from).collect()))
}

/// Set the active organization.
///
/// Requests act there unless they name another one in `X-Organization-Id`.
#[utoipa::path(patch, path = "/organizations/me/active", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationActiveUpdate, responses((status = 200, body = OrganizationRead)))]
async fn set_active_org(
    State(state): State<ApiState>,
    AuthUser(actor): AuthUser<UserActor>,
    Body(body): Body<OrganizationActiveUpdate>,
) -> Result<Reply<OrganizationRead>, ApiError> {
    let organization = service::set_active(&state.context, &actor, body.organization_id).await?;
    Ok(Reply(organization.into()))
}

/// One organization with its version.
fn shown(organization: Organization) -> Versioned<OrganizationRead> {
    let updated_at = organization.updated_at;
    Versioned::new(organization.into(), updated_at)
}

/// Get the active organization.
///
/// The one that requests act in, unless they name another one in `X-Organization-Id`.
#[utoipa::path(get, path = "/organizations/me", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = OrganizationRead)))]
async fn get_my_org(AuthUser(scope): AuthUser<OrgMember>) -> Versioned<OrganizationRead> {
    shown(scope.organization().clone())
}

/// Rename the active organization.
///
/// For its administrators. 409 when the caller belongs to another organization of that name.
#[utoipa::path(patch, path = "/organizations/me", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationUpdate, responses(
    (status = 200, body = OrganizationRead),
    (status = 409, description = "The caller belongs to another organization of that name."),
))]
async fn update_my_org(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<OrganizationUpdate>,
) -> Result<Versioned<OrganizationRead>, ApiError> {
    let organization = service::rename(&state.context, &scope, body.name.0.as_deref()).await?;
    Ok(shown(organization))
}

/// Delete the active organization.
///
/// With everything in it, at once. For its owners.
#[utoipa::path(delete, path = "/organizations/me", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_my_org(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope).await?;
    Ok(ok())
}

#[cfg(test)]
mod tests;
