//! Gateways.

mod dto;
mod inspect;
#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    access::OrgAdmin,
    gateways::{self, GatewayDetail, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query},
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
use dto::{
    GatewayCreate, GatewayDeleteQuery, GatewayListQuery, GatewayRead, GatewaySaveQuery,
    GatewayTemplatesSyncQuery, GatewayTemplatesSyncResult, GatewayUpdate,
};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_gateways, create_gateway))
        .merge(inspect::routes())
        .routes(routes!(get_gateway, update_gateway, delete_gateway))
        .routes(routes!(sync_gateway_templates))
}

fn shown(detail: GatewayDetail) -> Versioned<GatewayRead> {
    let updated_at = detail.gateway.updated_at;
    Versioned::new(detail.into(), updated_at)
}

/// List the gateways of the organization.
///
/// Newest first. For administrators.
#[utoipa::path(get, path = "/gateways", tag = "gateways", security(("HTTPBearer" = [])), params(GatewayListQuery), responses((status = 200, body = PageOf<GatewayRead>)))]
async fn list_gateways(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<GatewayListQuery>,
) -> Result<Reply<PageOf<GatewayRead>>, ApiError> {
    let page = service::list(&state.context, &scope, query.page()).await?;
    Ok(Reply(PageOf::of(page, GatewayRead::from)))
}

/// Create a gateway.
///
/// The gateway must answer and be of a version that this server can work with, unless `check` is false. When it answers but does not take the main
/// agent (502 `Gateway provision failed: …`), both are kept and the server goes on trying; sending the same again resumes
/// it and makes no second gateway.
#[utoipa::path(post, path = "/gateways", tag = "gateways", security(("HTTPBearer" = [])), params(GatewaySaveQuery), request_body = GatewayCreate, responses(
    (status = 200, body = GatewayRead),
    (status = 502, description = "The gateway does not answer, or did not take its main agent."),
))]
async fn create_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<GatewaySaveQuery>,
    Body(body): Body<GatewayCreate>,
) -> Result<Versioned<GatewayRead>, ApiError> {
    Ok(shown(service::create(&state.context, &scope, body.into(), query.check()).await?))
}

/// Get a gateway.
///
/// The answer's `ETag` can be sent as `If-Match` with a change.
#[utoipa::path(get, path = "/gateways/{gateway_id}", tag = "gateways", security(("HTTPBearer" = [])), responses((status = 200, body = GatewayRead)))]
async fn get_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Versioned<GatewayRead>, ApiError> {
    Ok(shown(service::get(&state.context, &scope, id).await?))
}

/// Update a gateway.
///
/// The gateway is asked again when its address, secret or flags are different, and its main agent is set up anew when
/// anything is; with `check=false` both happen when the gateway can be reached. With `If-Match` the change is made only to the state that the caller has seen.
#[utoipa::path(patch, path = "/gateways/{gateway_id}", tag = "gateways", security(("HTTPBearer" = [])), params(GatewaySaveQuery), request_body = GatewayUpdate, responses(
    (status = 200, body = GatewayRead),
    (status = 409, description = "Somebody else changed the gateway while it was being asked."),
    (status = 412, description = "The gateway is not in the state that `If-Match` names."),
    (status = 502, description = "The gateway does not answer, or did not take its main agent."),
))]
async fn update_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<GatewaySaveQuery>,
    Body(body): Body<GatewayUpdate>,
) -> Result<Versioned<GatewayRead>, ApiError> {
    Ok(shown(service::change(&state.context, &scope, id, body.into(), query.check()).await?))
}

/// Delete a gateway.
///
/// Boards and agents on it are in the way (409 names them), unless `force` is set: then its agents are deleted, their
/// tasks released, and its boards become plain ones. The gateway's host is cleaned up in the background.
#[utoipa::path(delete, path = "/gateways/{gateway_id}", tag = "gateways", security(("HTTPBearer" = [])), params(GatewayDeleteQuery), responses(
    (status = 200, body = OkResponse),
    (status = 409, description = "Boards or agents are on the gateway."),
))]
async fn delete_gateway(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<GatewayDeleteQuery>,
) -> Result<Reply<OkResponse>, ApiError> {
    gateways::delete(&state.context, &scope, id, query.force).await?;
    Ok(ok())
}

/// Sync agent files and settings to a gateway.
///
/// Makes the gateway know the main agent and the agents of its boards under their present names and folders, and gives
/// them their sessions. Agents of paused boards are skipped. What fails is in `errors`; the status is 200 all the same.
/// With `dry_run` nothing is done: `agents` says what would be.
#[utoipa::path(post, path = "/gateways/{gateway_id}/templates/sync", tag = "gateways", security(("HTTPBearer" = [])), params(GatewayTemplatesSyncQuery), responses((status = 200, body = GatewayTemplatesSyncResult)))]
async fn sync_gateway_templates(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<GatewayTemplatesSyncQuery>,
) -> Result<Reply<GatewayTemplatesSyncResult>, ApiError> {
    let options = query.options();
    let report = gateways::sync(&state.context, &scope, id, options).await?;
    Ok(Reply(GatewayTemplatesSyncResult::new(id, options, report)))
}
