//! Custom fields of tasks.

mod dto;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    access::{OrgAdmin, OrgMember},
    tasks::custom_fields::definitions::service,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query},
    reply::{OkResponse, Reply, Versioned, ok},
};
use dto::{
    PurgeQuery, TaskCustomFieldDefinitionCreate, TaskCustomFieldDefinitionRead,
    TaskCustomFieldDefinitionUpdate,
};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_org_custom_fields, create_org_custom_field))
        .routes(routes!(update_org_custom_field, delete_org_custom_field))
}

/// List the custom fields of the organization.
///
/// All of them at once, by label, each with its boards.
#[utoipa::path(get, path = "/organizations/me/custom-fields", tag = "custom-fields", security(("HTTPBearer" = [])), responses((status = 200, body = Vec<TaskCustomFieldDefinitionRead>)))]
async fn list_org_custom_fields(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
) -> Result<Reply<Vec<TaskCustomFieldDefinitionRead>>, ApiError> {
    let fields = service::list(&state.context, &scope).await?;
    Ok(Reply(fields.into_iter().map(TaskCustomFieldDefinitionRead::from).collect()))
}

/// Create a custom field.
///
/// The tasks of its boards show it at once, with the default where there is one. 422 with
/// `invalid_board_ids` names boards that are not of the organization.
#[utoipa::path(post, path = "/organizations/me/custom-fields", tag = "custom-fields", security(("HTTPBearer" = [])), request_body = TaskCustomFieldDefinitionCreate, responses(
    (status = 200, body = TaskCustomFieldDefinitionRead),
    (status = 409, description = "The key is taken, or the organization has too many fields."),
))]
async fn create_org_custom_field(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Body(body): Body<TaskCustomFieldDefinitionCreate>,
) -> Result<Versioned<TaskCustomFieldDefinitionRead>, ApiError> {
    let field = service::create(&state.context, &scope, body.into()).await?;
    let updated_at = field.updated_at;
    Ok(Versioned::new(field.into(), updated_at))
}

/// Update a custom field.
///
/// What is left out stays. Values that tasks have stay too: those on boards that do not show the field
/// any more, and those that a new type or pattern would not accept. The answer counts both;
/// `purge=true` deletes them.
#[utoipa::path(patch, path = "/organizations/me/custom-fields/{task_custom_field_definition_id}", tag = "custom-fields", security(("HTTPBearer" = [])), params(PurgeQuery), request_body = TaskCustomFieldDefinitionUpdate, responses((status = 200, body = TaskCustomFieldDefinitionRead)))]
async fn update_org_custom_field(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<PurgeQuery>,
    Body(body): Body<TaskCustomFieldDefinitionUpdate>,
) -> Result<Versioned<TaskCustomFieldDefinitionRead>, ApiError> {
    let changed = service::change(&state.context, &scope, id, body.into(), query.purge).await?;
    let updated_at = changed.0.updated_at;
    Ok(Versioned::new(changed.into(), updated_at))
}

/// Delete a custom field.
///
/// Values that only repeat the default go with it. Others stand in the way (409), unless `purge=true`
/// says that they go too.
#[utoipa::path(delete, path = "/organizations/me/custom-fields/{task_custom_field_definition_id}", tag = "custom-fields", security(("HTTPBearer" = [])), params(PurgeQuery), responses(
    (status = 200, body = OkResponse),
    (status = 409, description = "Tasks have values of their own."),
))]
async fn delete_org_custom_field(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<PurgeQuery>,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope, id, query.purge).await?;
    Ok(ok())
}
