//! Backups of the installation.

mod dto;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{Error, access::Operator, backups};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{ApiState, error::ApiError, extract::AuthUser, reply::Reply};
use dto::SystemBackups;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_system_backups))
}

/// Get the status of backups.
///
/// What became of the newest backups of the whole installation and of the trials to restore one, newest first: at most
/// 100 of each. Only for administrators of the installation.
#[utoipa::path(get, path = "/system/backups", tag = "system", security(("HTTPBearer" = [])), responses((status = 200, body = SystemBackups)))]
async fn list_system_backups(
    State(state): State<ApiState>,
    AuthUser(_operator): AuthUser<Operator>,
) -> Result<Reply<SystemBackups>, ApiError> {
    let store = state.context.store();
    let health = backups::health(store).await.map_err(Error::from)?;
    let runs = backups::runs(store, 2 * backups::KEPT).await.map_err(Error::from)?;
    Ok(Reply(SystemBackups::of(&health, runs)))
}
