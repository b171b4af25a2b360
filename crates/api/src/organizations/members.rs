//! Who belongs to an organization, and with which rights on boards.

use axum::extract::State;
use mc_domain::{
    access::{OrgAdmin, OrgMember},
    organizations::service::members,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::dto::{
    OrganizationMemberAccessUpdate, OrganizationMemberRead, OrganizationMemberUpdate, OrganizationTransfer,
    PageQuery, access,
};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query},
    reply::{OkResponse, PageOf, Reply, ok},
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_my_membership))
        .routes(routes!(list_org_members))
        .routes(routes!(get_org_member, update_org_member, remove_org_member))
        .routes(routes!(update_member_access))
        .routes(routes!(transfer_my_org))
        .routes(routes!(leave_my_org))
}

/// Get your membership.
///
/// In the active organization: the role, and the access to all boards or to single ones.
#[utoipa::path(get, path = "/organizations/me/member", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = OrganizationMemberRead)))]
async fn get_my_membership(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
) -> Result<Reply<OrganizationMemberRead>, ApiError> {
    Ok(Reply(members::own(&state.context, &scope).await?.into()))
}

/// List members of the active organization.
///
/// By e-mail address, those without one last. `board_access` is empty here; read a single membership for it.
#[utoipa::path(get, path = "/organizations/me/members", tag = "organizations", security(("HTTPBearer" = [])), params(PageQuery), responses((status = 200, body = PageOf<OrganizationMemberRead>)))]
async fn list_org_members(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<OrganizationMemberRead>>, ApiError> {
    let page = members::list(&state.context, &scope, query.page()).await?;
    Ok(Reply(PageOf::of(page, OrganizationMemberRead::from)))
}

/// Get a member.
///
/// Administrators read every membership, others their own.
#[utoipa::path(get, path = "/organizations/me/members/{member_id}", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = OrganizationMemberRead)))]
async fn get_org_member(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    PathId(id): PathId,
) -> Result<Reply<OrganizationMemberRead>, ApiError> {
    Ok(Reply(members::get(&state.context, &scope, id).await?.into()))
}

/// Change the role of a member.
///
/// For administrators. Only owners grant or remove the role `owner` (403), and the last owner keeps it (422).
#[utoipa::path(patch, path = "/organizations/me/members/{member_id}", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationMemberUpdate, responses((status = 200, body = OrganizationMemberRead)))]
async fn update_org_member(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(body): Body<OrganizationMemberUpdate>,
) -> Result<Reply<OrganizationMemberRead>, ApiError> {
    Ok(Reply(members::change_role(&state.context, &scope, id, body.role).await?.into()))
}

/// Set the board access of a member.
///
/// For administrators. Replaces all rights: with one of the flags set, rights on single boards are dropped. Repeated
/// boards are added up. 422 with the code `unknown_board` when a board is not one of the organization.
#[utoipa::path(put, path = "/organizations/me/members/{member_id}/access", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationMemberAccessUpdate, responses((status = 200, body = OrganizationMemberRead)))]
async fn update_member_access(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(body): Body<OrganizationMemberAccessUpdate>,
) -> Result<Reply<OrganizationMemberRead>, ApiError> {
    let access = access(body.all_boards_read, body.all_boards_write, body.board_access);
    Ok(Reply(members::set_access(&state.context, &scope, id, access).await?.into()))
}

/// Remove a member.
///
/// For administrators; an owner is removed by owners only (403), and nobody removes oneself (403; leave instead). The
/// member's open streams of this organization end.
#[utoipa::path(delete, path = "/organizations/me/members/{member_id}", tag = "organizations", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn remove_org_member(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    members::remove(&state.context, &scope, id).await?;
    Ok(ok())
}

/// Transfer the active organization.
///
/// For its owners: the other member becomes an owner, the caller an administrator.
#[utoipa::path(post, path = "/organizations/me/transfer", tag = "organizations", security(("HTTPBearer" = [])), request_body = OrganizationTransfer, responses(
    (status = 200, body = OrganizationMemberRead, description = "The membership of the new owner."),
    (status = 404, description = "The organization has no such member."),
))]
async fn transfer_my_org(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<OrganizationTransfer>,
) -> Result<Reply<OrganizationMemberRead>, ApiError> {
    Ok(Reply(members::transfer(&state.context, &scope, body.member_id).await?.into()))
}

/// Leave the active organization.
///
/// The last owner cannot (422): name another owner first, or delete the organization.
#[utoipa::path(post, path = "/organizations/me/leave", tag = "organizations", security(("HTTPBearer" = [])), responses(
    (status = 200, body = OkResponse),
    (status = 422, description = "The caller is the last owner."),
))]
async fn leave_my_org(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
) -> Result<Reply<OkResponse>, ApiError> {
    members::leave(&state.context, &scope).await?;
    Ok(ok())
}
