//! The page that Prometheus reads.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use mc_domain::vitals::{self, Vitals};
use mc_store::Read;
use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::{family::Family, gauge::Gauge, info::Info},
    registry::{Registry, Unit},
};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::{ApiState, error::ApiError, extract, health};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<const N: usize> = [(&'static str, String); N];

/// Answers Prometheus: whoever has the token, or without one whoever is on this machine.
pub(crate) async fn serve(State(state): State<ApiState>, request: Request) -> Result<Response, ApiError> {
    admit(&state, &request)?;
    let vitals = vitals::read(&state.context).await?;
    let mut text = String::new();
    let encoded = encode_registry(&mut text, state.requests.registry())
        .and_then(|()| encode_registry(&mut text, &present(&state, &vitals)))
        .and_then(|()| encode_eof(&mut text));
    match encoded {
        Ok(()) => Ok(([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text)
            .into_response()),
        Err(error) => {
            tracing::error!(%error, "metrics.encode_failed");
            Err(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
}

/// Figures tell a lot about an installation: they are for those who run it.
fn admit(state: &ApiState, request: &Request) -> Result<(), ApiError> {
    let headers = request.headers();
    if let Some(token) = &state.settings.metrics_token {
        let given = extract::bearer(headers).unwrap_or_default();
        return if bool::from(given.as_bytes().ct_eq(token.expose_secret().as_bytes())) {
            Ok(())
        } else {
            Err(ApiError::new(StatusCode::UNAUTHORIZED).header(header::WWW_AUTHENTICATE, "Bearer"))
        };
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    // A proxy on this machine speaks for others.
    let is_forwarded = ["forwarded", "x-forwarded-for"].iter().any(|name| headers.contains_key(*name));
    if peer.is_some_and(|address| address.is_loopback()) && !is_forwarded {
        Ok(())
    } else {
        Err(ApiError::with(
            StatusCode::FORBIDDEN,
            "Metrics are for this machine only; set MC_METRICS_TOKEN to read them from elsewhere",
        ))
    }
}

/// The state at this time.
fn present(state: &ApiState, vitals: &Vitals) -> Registry {
    let mut registry = Registry::with_prefix("mission_control");
    let store = state.context.store();
    let build = [("version", env!("CARGO_PKG_VERSION").to_owned()), ("database", store.engine().to_string())];
    registry.register("build", "What runs here", Info::new(build));
    let mut gauge = |name: &str, help: &str, value: i64| {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    gauge("event_streams", "Open event streams", whole(state.streams.open()));
    gauge("event_log_position", "Newest place of the event log", vitals.newest_position);
    let lag = (vitals.newest_position - state.live.position()).max(0);
    gauge("event_log_lag", "Events that live views of this process have not seen yet", lag);
    gauge("gateways", "Stored gateways", vitals.gateways);
    if let Some(runner) = &state.runner {
        let alive = runner.is_alive(health::RUNNER_SILENCE);
        gauge("job_runner_alive", "Whether the job runner of this process looks for jobs", i64::from(alive));
    }
    let backups = &vitals.backups;
    gauge("backup_failing", "Whether the newest attempt at a backup failed", backups.backup_failing.into());
    gauge(
        "backup_drill_failing",
        "Whether the newest trial of a backup failed",
        backups.drill_failing.into(),
    );
    let at = [("backup", backups.last_backup_at), ("backup_drill", backups.last_drill_at)];
    for (what, at) in at.into_iter().filter_map(|(what, at)| Some((what, at?))) {
        let (name, help) =
            (format!("{what}_last_success_timestamp_seconds"), "When it last succeeded, in Unix time");
        gauge(&name, help, at.timestamp());
    }
    let pool = store.connections();
    gauge("database_connections_max", "Most connections to the database", pool.max.into());

    let connections = Family::<Labels<1>, Gauge>::default();
    for (what, count) in [("idle", pool.idle), ("used", pool.open.saturating_sub(pool.idle))] {
        connections.get_or_create(&[("state", what.to_owned())]).set(count.into());
    }
    registry.register("database_connections", "Open connections to the database", connections);
    let agents = Family::<Labels<1>, Gauge>::default();
    for (lifecycle, count) in &vitals.agents {
        agents.get_or_create(&[("lifecycle_state", lifecycle.clone())]).set(*count);
    }
    registry.register("agents", "Agents by the state of their lifecycle", agents);
    let (jobs, ages) = (Family::<Labels<2>, Gauge>::default(), Family::<Labels<2>, Gauge>::default());
    for figure in &vitals.jobs {
        let labels = [("kind", figure.kind.clone()), ("state", figure.state.clone())];
        let age = (store.clock().now() - figure.oldest).num_seconds().max(0);
        jobs.get_or_create(&labels).set(figure.count);
        ages.get_or_create(&labels).set(age);
    }
    registry.register("jobs", "Jobs by kind and state", jobs);
    registry.register_with_unit(
        "jobs_oldest_age",
        "How long the oldest job has been due, or has run or been dead",
        Unit::Seconds,
        ages,
    );
    registry
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
