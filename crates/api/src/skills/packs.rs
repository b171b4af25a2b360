//! Packs: repositories that list skills.

use axum::extract::State;
use mc_domain::{
    access::OrgAdmin,
    skills::{self, packs},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::dto::{PackBody, SkillPackCreate, SkillPackRead, SkillPackSyncResponse, SkillPackUpdate};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId},
    reply::{OkResponse, Reply, ok},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_skill_packs, create_skill_pack))
        .routes(routes!(get_skill_pack, update_skill_pack, delete_skill_pack))
        .routes(routes!(sync_skill_pack))
}

/// List skill packs.
///
/// Newest first, each with how many skills of the organization lie in its repository.
#[utoipa::path(get, path = "/skills/packs", tag = "skills", security(("HTTPBearer" = [])), responses((status = 200, body = Vec<SkillPackRead>)))]
async fn list_skill_packs(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
) -> Result<Reply<Vec<SkillPackRead>>, ApiError> {
    let packs = packs::list(&state.context, &scope).await?;
    Ok(Reply(packs.into_iter().map(SkillPackRead::from).collect()))
}

/// Add a skill pack.
///
/// `source_url` is a public repository, `https://github.com/<owner>/<repository>`. A pack of the same repository takes
/// what is given here. Sync it to see its skills.
#[utoipa::path(post, path = "/skills/packs", tag = "skills", security(("HTTPBearer" = [])), request_body = SkillPackCreate, responses(
    (status = 200, body = SkillPackRead),
    (status = 400, description = "`source_url` is not that of a repository on GitHub."),
))]
async fn create_skill_pack(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(PackBody(body)): Body<PackBody<SkillPackCreate>>,
) -> Result<Reply<SkillPackRead>, ApiError> {
    Ok(Reply(packs::create(&state.context, &scope, body.into()).await?.into()))
}

/// Get a skill pack.
///
/// With the number of its skills and its last sync.
#[utoipa::path(get, path = "/skills/packs/{pack_id}", tag = "skills", security(("HTTPBearer" = [])), responses((status = 200, body = SkillPackRead)))]
async fn get_skill_pack(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<SkillPackRead>, ApiError> {
    Ok(Reply(packs::get(&state.context, &scope, id).await?.into()))
}

/// Update a skill pack.
///
/// What is left out stays. A null name is made from the address again.
#[utoipa::path(patch, path = "/skills/packs/{pack_id}", tag = "skills", security(("HTTPBearer" = [])), request_body = SkillPackUpdate, responses(
    (status = 200, body = SkillPackRead),
    (status = 400, description = "`source_url` is not that of a repository on GitHub."),
    (status = 409, description = "Another pack of the organization has this repository."),
))]
async fn update_skill_pack(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(PackBody(body)): Body<PackBody<SkillPackUpdate>>,
) -> Result<Reply<SkillPackRead>, ApiError> {
    Ok(Reply(packs::change(&state.context, &scope, id, body.into()).await?.into()))
}

/// Delete a skill pack.
///
/// Its skills stay.
#[utoipa::path(delete, path = "/skills/packs/{pack_id}", tag = "skills", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_skill_pack(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    packs::delete(&state.context, &scope, id).await?;
    Ok(ok())
}

/// Sync a skill pack.
///
/// Reads `skills_index.json` at the root of the repository, or every `SKILL.md` when there is none, on the pack's branch
/// or else on the default branch. Takes up to a minute. New skills are added, known ones brought up to date (but for a
/// name or description that people gave), and those that the pack does not list any more get a `vanished_at`. What was
/// left out stands in `warnings`.
#[utoipa::path(post, path = "/skills/packs/{pack_id}/sync", tag = "skills", security(("HTTPBearer" = [])), responses(
    (status = 200, body = SkillPackSyncResponse),
    (status = 400, description = "The pack's `source_url` is not that of a repository on GitHub."),
    (status = 409, description = "The pack was given another repository meanwhile."),
    (status = 502, description = "The repository cannot be read: not there, not public, too large, or not in time."),
))]
async fn sync_skill_pack(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Reply<SkillPackSyncResponse>, ApiError> {
    let report = skills::sync(&state.context, &scope, id).await?;
    Ok(Reply(SkillPackSyncResponse::new(id, report)))
}

#[cfg(test)]
mod tests;
