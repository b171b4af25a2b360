//! Skills and the packs that list them.

mod address;
mod dto;
mod filter;
mod packs;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderName;
use mc_domain::{
    PageRequest,
    access::OrgAdmin,
    coordination::GatewayMain,
    skills::{self, Filter, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthAgent, AuthUser, Body, PathId, Query},
    reply::{OkResponse, Reply, ok},
};
use dto::{
    MarketplaceGatewayQuery, MarketplaceSkillActionResponse, MarketplaceSkillCardRead,
    MarketplaceSkillCreate, MarketplaceSkillRead, SkillReport,
};
use filter::{MarketplaceFacetsQuery, MarketplaceFacetsRead, MarketplaceQuery};

const TOTAL: HeaderName = HeaderName::from_static("x-total-count");
const LIMIT: HeaderName = HeaderName::from_static("x-limit");
const OFFSET: HeaderName = HeaderName::from_static("x-offset");

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_marketplace_skills, create_marketplace_skill))
        .routes(routes!(list_marketplace_facets))
        .routes(routes!(delete_marketplace_skill))
        .routes(routes!(install_marketplace_skill))
        .routes(routes!(uninstall_marketplace_skill))
        .routes(routes!(report_skill))
        .merge(packs::routes())
}

/// List the skills of the organization.
///
/// Newest first unless `sort` says otherwise, each with whether the gateway's main agent was asked to install it. With `limit`, the headers
/// `X-Total-Count`, `X-Limit` and `X-Offset` say which part this is; without it the first 1,000 are given, and
/// `X-Total-Count` says how many there are.
#[utoipa::path(get, path = "/skills/marketplace", tag = "skills", security(("HTTPBearer" = [])), params(MarketplaceQuery), responses(
    (status = 200, body = Vec<MarketplaceSkillCardRead>),
    (status = 404, description = "There is no such gateway or pack in the organization."),
))]
async fn list_marketplace_skills(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<MarketplaceQuery>,
) -> Result<Response, ApiError> {
    let request = match query.limit {
        Some(limit) => PageRequest { limit: limit.0, offset: query.offset.0, after: None },
        None => PageRequest { limit: service::LIST_MAX, offset: 0, after: None },
    };
    let (gateway_id, is_paged) = (query.gateway_id, query.limit.is_some());
    let page = service::list(&state.context, &scope, gateway_id, &Filter::from(query), request).await?;
    let total = [(TOTAL, page.total.to_string())];
    let part = [(LIMIT, request.limit.to_string()), (OFFSET, request.offset.to_string())];
    let cards = Reply(page.items.into_iter().map(MarketplaceSkillCardRead::from).collect::<Vec<_>>());
    Ok(if is_paged { (total, part, cards).into_response() } else { (total, cards).into_response() })
}

/// Count skills by category and risk.
///
/// For the filters of the list: each label is counted among the skills that the other filters leave.
#[utoipa::path(get, path = "/skills/marketplace/facets", tag = "skills", security(("HTTPBearer" = [])), params(MarketplaceFacetsQuery), responses(
    (status = 200, body = MarketplaceFacetsRead),
    (status = 404, description = "There is no such pack in the organization."),
))]
async fn list_marketplace_facets(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<MarketplaceFacetsQuery>,
) -> Result<Reply<MarketplaceFacetsRead>, ApiError> {
    Ok(Reply(service::facets(&state.context, &scope, &query.into()).await?.into()))
}

/// Add a skill.
///
/// The address must lie on one of the hosts that the operator trusts, because agents fetch and use what is there. A
/// skill at the same address takes the name and the description that are given.
#[utoipa::path(post, path = "/skills/marketplace", tag = "skills", security(("HTTPBearer" = [])), request_body = MarketplaceSkillCreate, responses((status = 200, body = MarketplaceSkillRead)))]
async fn create_marketplace_skill(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<MarketplaceSkillCreate>,
) -> Result<Reply<MarketplaceSkillRead>, ApiError> {
    Ok(Reply(service::create(&state.context, &scope, body.into()).await?.into()))
}

/// Delete a skill.
///
/// Gateways that have it keep it; uninstall it there first.
#[utoipa::path(delete, path = "/skills/marketplace/{skill_id}", tag = "skills", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_marketplace_skill(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope, id).await?;
    Ok(ok())
}

/// Install a skill on a gateway.
///
/// The gateway's main agent gets a message with the address of the skill and the folder for it, and reports how it went.
/// Until then its `install_state` is `requested`.
#[utoipa::path(post, path = "/skills/marketplace/{skill_id}/install", tag = "skills", security(("HTTPBearer" = [])), params(MarketplaceGatewayQuery), responses(
    (status = 200, body = MarketplaceSkillActionResponse),
    (status = 502, description = "The gateway did not take the message; its words are the detail."),
))]
async fn install_marketplace_skill(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(skill_id): PathId,
    Query(query): Query<MarketplaceGatewayQuery>,
) -> Result<Reply<MarketplaceSkillActionResponse>, ApiError> {
    skills::install(&state.context, &scope, skill_id, query.gateway_id).await?;
    Ok(Reply(MarketplaceSkillActionResponse::install(skill_id, query.gateway_id)))
}

/// Uninstall a skill from a gateway.
///
/// The gateway's main agent gets a message with the folder to remove, and reports how it went. Until then the
/// `install_state` of the skill is `removing`.
#[utoipa::path(post, path = "/skills/marketplace/{skill_id}/uninstall", tag = "skills", security(("HTTPBearer" = [])), params(MarketplaceGatewayQuery), responses(
    (status = 200, body = MarketplaceSkillActionResponse),
    (status = 502, description = "The gateway did not take the message; its words are the detail."),
))]
async fn uninstall_marketplace_skill(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(skill_id): PathId,
    Query(query): Query<MarketplaceGatewayQuery>,
) -> Result<Reply<MarketplaceSkillActionResponse>, ApiError> {
    skills::uninstall(&state.context, &scope, skill_id, query.gateway_id).await?;
    Ok(Reply(MarketplaceSkillActionResponse::uninstall(skill_id, query.gateway_id)))
}

/// Report the outcome of a skill installation (gateway main agent).
///
/// After you were asked to install or to remove it.
#[utoipa::path(post, path = "/agent/gateway/skills/{skill_id}/report", tags = ["agent", "agent-main"], security(("AgentToken" = [])), request_body = SkillReport, responses(
    (status = 200, body = OkResponse),
), extensions(
    ("x-llm-intent" = json!("skill_report")),
    ("x-required-actor" = json!("agent_main")),
    ("x-when-to-use" = json!(["You were asked to install or to remove a skill, and it is done or cannot be done."])),
    ("x-when-not-to-use" = json!(["Before you have looked whether it is done."])),
    ("x-negative-guidance" = json!(["Do not report a skill as installed without its SKILL.md in its folder."])),
    ("x-prerequisites" = json!(["A token of the main agent of the gateway.", "The id of the skill, as the request gives it."])),
    ("x-side-effects" = json!(["People see the skill as installed, removed or failed."])),
    ("x-routing-policy" = json!(["Use this once for each request about a skill."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "say that a skill is installed", "required_privilege": "agent_main"}, "decision": "skill_report"}])),
))]
async fn report_skill(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<GatewayMain>,
    PathId(skill_id): PathId,
    Body(body): Body<SkillReport>,
) -> Result<Reply<OkResponse>, ApiError> {
    skills::report(&state.context, &scope, skill_id, &body.into()).await?;
    Ok(ok())
}

#[cfg(test)]
mod tests;
