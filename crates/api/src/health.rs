//! Probes.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use mc_domain::backups;
use mc_store::SchemaState;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{ApiState, extract::Query, reply::Reply};

/// How long the database may take before the server counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);
/// A runner that has not looked at the job table for this long counts as stuck.
pub(crate) const RUNNER_SILENCE: TimeDelta = TimeDelta::seconds(30);

/// The probes.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(healthz)).routes(routes!(readyz))
}

/// The state of the server.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthStatusResponse {
    /// Whether everything that was looked at is well.
    ok: bool,
    /// What was looked at; only when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<HealthCheck>>,
}

/// One thing that was looked at.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthCheck {
    /// `stopping`, `job_runner`, `database` or `backups`.
    name: &'static str,
    /// Whether it is well.
    ok: bool,
    /// What is wrong, or worth knowing.
    detail: String,
}

crate::query! {
    /// How much is told.
    pub(crate) struct ReadinessQuery {
        /// Whether each check is named with its result.
        verbose: bool = false,
    }
}

/// Check liveness.
///
/// Looks at nothing. Same as `/healthz`.
#[utoipa::path(get, path = "/health", tag = "health", security(()), responses((status = 200, body = HealthStatusResponse)))]
async fn health() -> Reply<HealthStatusResponse> {
    Reply(HealthStatusResponse { ok: true, checks: None })
}

/// Check liveness.
///
/// Looks at nothing, for liveness probes: a database that is away is no reason to restart.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, body = HealthStatusResponse)))]
async fn healthz() -> Reply<HealthStatusResponse> {
    Reply(HealthStatusResponse { ok: true, checks: None })
}

/// Check readiness.
///
/// Asks the database, its schema version and the job runner, within two seconds. Not ready (503) as
/// soon as the server is stopping. `?verbose=true` names each check, whether it passed and what is wrong.
#[utoipa::path(get, path = "/readyz", tag = "health", security(()), params(ReadinessQuery), responses(
    (status = 200, body = HealthStatusResponse),
    (status = 503, description = "Not ready: stopping, or the database, its schema or the job runner is not well.", body = HealthStatusResponse),
))]
async fn readyz(State(state): State<ApiState>, Query(query): Query<ReadinessQuery>) -> Response {
    let checks = checks(&state).await;
    let ok = checks.iter().all(|check| check.ok);
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let checks =
        if query.verbose { Some(checks.into_iter().chain(backups(&state).await).collect()) } else { None };
    (status, Reply(HealthStatusResponse { ok, checks })).into_response()
}

/// Everything that is looked at, with how backups stand.
pub(crate) async fn report(state: &ApiState) -> Vec<HealthCheck> {
    checks(state).await.into_iter().chain(backups(state).await).collect()
}

/// Looks at everything that requests need. What is wrong is logged too: probes are often all that is watched.
async fn checks(state: &ApiState) -> Vec<HealthCheck> {
    let mut checks = Vec::new();
    let mut check = |name, fault: Option<String>, well: &str| {
        if let Some(fault) = &fault {
            tracing::warn!(check = name, fault, "readyz.failed");
        }
        checks.push(HealthCheck {
            name,
            ok: fault.is_none(),
            detail: fault.unwrap_or_else(|| well.to_owned()),
        });
    };
    let stopping = state.stop.is_cancelled().then(|| "The server is stopping".to_owned());
    check("stopping", stopping, "The server is serving");
    match &state.runner {
        None => check("job_runner", None, "Jobs run in another process"),
        Some(runner) => {
            let is_stuck = !runner.is_alive(RUNNER_SILENCE);
            let fault = is_stuck.then(|| {
                format!("The job runner has not looked for jobs for {} s", RUNNER_SILENCE.num_seconds())
            });
            check("job_runner", fault, "The job runner looks for jobs");
        }
    }
    let database = match tokio::time::timeout(PATIENCE, state.context.store().schema()).await {
        Ok(Ok(SchemaState::Current)) => None,
        Ok(Ok(SchemaState::Behind { version })) => Some(format!("The schema is behind: version {version}")),
        Ok(Ok(SchemaState::Ahead { version })) => Some(format!("The schema is ahead: version {version}")),
        Ok(Err(error)) => {
            tracing::warn!(%error, "readyz.database.failed");
            Some("The database does not answer".to_owned())
        }
        Err(_) => Some(format!("The database did not answer within {} s", PATIENCE.as_secs())),
    };
    check("database", database, "The database answers and has this version's schema");
    checks
}

/// How backups stand. A server without a fresh one can serve all the same, so that this is never a reason not to be
/// ready.
async fn backups(state: &ApiState) -> Option<HealthCheck> {
    let health = tokio::time::timeout(PATIENCE, backups::health(state.context.store())).await.ok()?.ok()?;
    let at = |at: Option<DateTime<Utc>>| {
        at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
    };
    let note = |is_failing| if is_failing { ", and the newest attempt failed" } else { "" };
    let (backup, drill) = (at(health.last_backup_at), at(health.last_drill_at));
    let detail = format!(
        "Last backup: {backup}{}. Last trial: {drill}{}",
        note(health.backup_failing),
        note(health.drill_failing)
    );
    Some(HealthCheck { name: "backups", ok: true, detail })
}

#[cfg(test)]
mod tests {
    use http::Method;
    use mc_store::testing::on_both;
    use serde_json::{Value, json};

    use crate::testing::TestServer;

    #[tokio::test]
    async fn readiness_names_its_checks_when_asked() {
        on_both(|store| async move {
            let server = TestServer::new(&store).await;
            let probe = async |path| server.call(Method::GET, path, &[], None).await;
            assert_eq!(probe("/readyz").await.json, json!({"ok": true}));
            let names = |answer: &Value| -> Vec<(String, bool)> {
                let checks = answer["checks"].as_array().unwrap().iter();
                checks
                    .map(|check| (check["name"].as_str().unwrap().to_owned(), check["ok"].as_bool().unwrap()))
                    .collect()
            };
            let expected = |stopping: bool| {
                [("stopping", !stopping), ("job_runner", true), ("database", true), ("backups", true)]
                    .map(|(name, ok)| (name.to_owned(), ok))
                    .to_vec()
            };
            assert_eq!(names(&probe("/readyz?verbose=true").await.json), expected(false));
            server.stop.cancel();
            let answer = probe("/readyz?verbose=true").await;
            assert_eq!((answer.status.as_u16(), names(&answer.json)), (503, expected(true)));
            assert_eq!(probe("/readyz").await.json, json!({"ok": false}));
        })
        .await;
    }
}
