//! Metrics.

mod dto;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    access::{OrgAdmin, OrgMember},
    metrics::{self, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Query},
    reply::Reply,
};
use dto::{DashboardMetrics, DashboardQuery};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(dashboard_metrics))
}

/// Get dashboard metrics.
///
/// Of the boards of the organization that the caller may read. They are made from the record of what
/// happened: a finished task that is edited later stays where it was counted. Every series comes with
/// the time of the same length before. Error rates reach back as far as events are kept.
#[utoipa::path(get, path = "/metrics/dashboard", tag = "metrics", security(("HTTPBearer" = [])), params(DashboardQuery), responses((status = 200, body = DashboardMetrics)))]
async fn dashboard_metrics(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<DashboardQuery>,
) -> Result<Reply<DashboardMetrics>, ApiError> {
    let dashboard = service::dashboard(&state.context, &scope, query.range_key.0, query.filter()).await?;
    let fleet = match OrgAdmin::check(scope) {
        Ok(admin) if query.include_fleet => Some(metrics::fleet(&state.context, &admin).await?),
        _ => None,
    };
    Ok(Reply(DashboardMetrics::new(dashboard, fleet)))
}
