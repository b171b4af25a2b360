//! Probes.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use http::StatusCode;
use mc_store::SchemaState;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{ApiState, reply::Reply};

/// How long the database may take before the server counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);
/// A runner that has not looked at the job table for this long counts as stuck.
const RUNNER_SILENCE: TimeDelta = TimeDelta::seconds(30);

/// The probes.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(healthz)).routes(routes!(readyz))
}

/// The state of the server.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthStatusResponse {
    /// Whether everything that was looked at is well.
    ok: bool,
}

/// Tell that the process is alive.
///
/// Looks at nothing. Same as `/healthz`.
#[utoipa::path(get, path = "/health", tag = "health", security(()), responses((status = 200, body = HealthStatusResponse)))]
async fn health() -> Reply<HealthStatusResponse> {
    Reply(HealthStatusResponse { ok: true })
}

/// Tell that the process is alive.
///
/// Looks at nothing, for liveness probes: a database that is away is no reason to restart.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, body = HealthStatusResponse)))]
async fn healthz() -> Reply<HealthStatusResponse> {
    Reply(HealthStatusResponse { ok: true })
}

/// Tell whether requests can be served.
///
/// Asks the database, its schema version and the job runner, within two seconds. Not ready (503) as
/// soon as the server is stopping.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()), responses(
    (status = 200, body = HealthStatusResponse),
    (status = 503, description = "Not ready: stopping, or the database, its schema or the job runner is not well.", body = HealthStatusResponse),
))]
async fn readyz(State(state): State<ApiState>) -> Response {
    let ok = is_ready(&state).await;
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Reply(HealthStatusResponse { ok })).into_response()
}

async fn is_ready(state: &ApiState) -> bool {
    if state.stop.is_cancelled() {
        return false;
    }
    if state.runner.as_ref().is_some_and(|runner| !runner.is_alive(RUNNER_SILENCE)) {
        tracing::warn!("readyz.runner.stuck");
        return false;
    }
    match tokio::time::timeout(PATIENCE, state.context.store().schema()).await {
        Ok(Ok(SchemaState::Current)) => true,
        Ok(Ok(other)) => {
            tracing::warn!(schema = ?other, "readyz.schema.other");
            false
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "readyz.database.failed");
            false
        }
        Err(_) => {
            tracing::warn!("readyz.database.slow");
            false
        }
    }
}
