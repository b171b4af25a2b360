//! Puts the parts together.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use axum::Router;
use http::{HeaderName, HeaderValue, header};
use mc_api::{ApiState, Limits, Live, Parts, SharedLog};
use mc_base::{Clock, Random, SecretKey, SecretString};
use mc_domain::{
    Context,
    egress::HttpEgress,
    gateways::connections::{self, Connections, KeyFile},
    identity::Identity,
};
use mc_store::{
    Options, SchemaState, Store,
    jobs::{Policy, Runner, RunnerHealth},
};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use crate::{
    backup,
    config::{AgentAuthLimitCounts, DatabaseUrl, Settings},
    files, migrate,
    redis_log::RedisLog,
    traces::{self, Traced},
};

/// Opens the database without looking at its schema.
pub(crate) async fn connect(settings: &Settings) -> anyhow::Result<Store> {
    files::data_dir(&settings.data_dir)?;
    let options = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => {
            if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
                files::data_dir(parent)?;
            }
            Options::Sqlite { path: path.clone() }
        }
        DatabaseUrl::Postgres(url) => Options::Postgres {
            url: url.expose_secret().to_owned(),
            connections: settings.database.pool_size,
        },
    };
    Store::connect(&options, Clock::system(), Random::system()).await.with_context(|| {
        format!(
            "DATABASE_URL: {} does not answer; check the address, the credentials and that it runs",
            settings.database.url
        )
    })
}

/// Opens the database and makes sure of its schema.
pub(crate) async fn open(settings: &Settings) -> anyhow::Result<Store> {
    let store = connect(settings).await?;
    let state = store.schema().await.context("DATABASE_URL: the schema cannot be read")?;
    refuse_newer(state)?;
    if let SchemaState::Behind { version } = state {
        if !settings.database.auto_migrate {
            bail!(
                "DATABASE_URL: the schema has version {version}, this version needs {}; run `mission-control migrate`, or set DB_AUTO_MIGRATE=true",
                mc_store::SCHEMA_VERSION
            );
        }
        tracing::info!(from = version, to = mc_store::SCHEMA_VERSION, "app.database.migrating");
        let wants_copy = settings.database.url.is_sqlite();
        let copy = migrate::bring_up(settings, &store, state, wants_copy).await?;
        tracing::info!(version = mc_store::SCHEMA_VERSION, copy, "app.database.migrated");
    }
    Ok(store)
}

/// Refuses a database that a later version has migrated.
pub(crate) fn refuse_newer(state: SchemaState) -> anyhow::Result<()> {
    match state {
        SchemaState::Ahead { version } => bail!(
            "DATABASE_URL: the schema has version {version}, this version knows {}; run the version that migrated it, or restore a copy",
            mc_store::SCHEMA_VERSION
        ),
        SchemaState::Current | SchemaState::Behind { .. } => Ok(()),
    }
}

/// The use cases' context.
pub(crate) fn context(
    settings: &Settings,
    store: &Store,
    key: SecretKey,
    bound: SocketAddr,
) -> anyhow::Result<Context> {
    let base_url = settings.http.base_url_at(bound.port());
    let base_url = base_url.parse().with_context(|| format!("BASE_URL: {base_url} is no address"))?;
    let sources = &settings.sources;
    let named = [sources.named.clone(), settings.auth.named_servers()].concat();
    let egress = HttpEgress::new(&named).context("TLS for outgoing requests")?;
    let context = Context::new(
        store.clone(),
        key,
        mc_domain::Settings {
            base_url,
            session_lifetime: settings.auth.session_lifetime,
            event_retention: settings.retention.events,
            audit_retention: settings.retention.audit,
            webhook_retention: settings.retention.webhook_payloads,
            memory_retention: settings.retention.memory,
            gateway_min_version: settings.gateways.min_version.clone(),
            checkin_wait: settings.gateways.checkin_wait,
            skills: mc_domain::skills::Sources {
                archives: sources.skill_pack_archives.clone(),
                hosts: sources.skill_hosts.clone(),
                default_packs: sources.default_skill_packs.clone(),
            },
            souls_directory: sources.souls_directory.clone(),
        },
    );
    Ok(context.with_egress(egress).with_identity(settings.auth.identity()))
}

/// The connections to gateways, under the device identity of this installation.
pub(crate) async fn connections(
    settings: &Settings,
    store: &Store,
    key: &SecretKey,
) -> anyhow::Result<Connections> {
    let file = settings.gateways.device_key.clone();
    let file = file.map(|path| KeyFile { path, variable: "OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH" });
    let identity = connections::device_identity(store, key, file.as_ref()).await?;
    let limits = connections::Limits {
        connections: settings.gateways.connections,
        calls: settings.gateways.parallel_calls,
    };
    Ok(Connections::new(store.clone(), key.clone(), identity, limits))
}

/// The context with its way to gateways, whose calls are part of traces where there are any.
pub(crate) fn with_gateways(settings: &Settings, context: Context, connections: Connections) -> Context {
    match settings.traces {
        Some(_) => context.with_gateways(Traced(connections)),
        None => context.with_gateways(connections),
    }
}

/// The job runner with every handler and schedule.
pub(crate) async fn runner(settings: &Settings, context: &Context) -> anyhow::Result<Runner> {
    let policy = Policy {
        attempts: i64::from(settings.jobs.max_retries) + 1,
        base: settings.jobs.retry_base,
        max: settings.jobs.retry_max,
    };
    let runner = Runner::new(context.store(), policy);
    let runner = mc_domain::register_jobs(runner, context);
    let registered = backup::schedule::register(runner, settings, context.store()).await;
    registered.context("DATABASE_URL: the schedule of the backups cannot be kept")
}

/// What the HTTP face needs beyond the use cases.
pub(crate) struct Face {
    /// The token of local sign-in; none where people sign in otherwise.
    pub(crate) local_token: Option<SecretString>,
    /// Where a person finds it, when the server made it.
    pub(crate) token_hint: Option<String>,
    /// The job runner of this process.
    pub(crate) runner: Option<RunnerHealth>,
    /// Where all processes count their limits together.
    pub(crate) shared_limits: Option<Arc<dyn SharedLog>>,
    /// Ends streams.
    pub(crate) stop: CancellationToken,
}

/// Where all processes count their limits together, if the configuration names such a place.
pub(crate) async fn shared_limits(
    settings: &Settings,
    clock: &Clock,
) -> anyhow::Result<Option<Arc<dyn SharedLog>>> {
    let backend = match &settings.limits.redis {
        Some((name, url)) => {
            let log = RedisLog::connect(name, url, clock.clone()).await?;
            tracing::info!(backend = "redis", "app.lifecycle.rate_limit");
            Some(Arc::new(log) as Arc<dyn SharedLog>)
        }
        None => {
            tracing::info!(backend = "memory", "app.lifecycle.rate_limit");
            None
        }
    };
    Ok(backend)
}

/// The whole HTTP service.
pub(crate) fn routes(settings: &Settings, context: Context, live: Live, face: Face) -> Router {
    let http = &settings.http;
    let headers = &http.security_headers;
    let named = [
        ("x-content-type-options", &headers.x_content_type_options),
        ("x-frame-options", &headers.x_frame_options),
        ("referrer-policy", &headers.referrer_policy),
        ("permissions-policy", &headers.permissions_policy),
    ];
    let mut security_headers: Vec<(HeaderName, HeaderValue)> = named
        .into_iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value.as_ref()?).ok()?))
        })
        .collect();
    if context.settings().base_url.scheme() == "https" {
        // Browsers that have seen the server over TLS once do not come without it again (RFC 6797).
        security_headers
            .push((header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")));
    }
    let cors_origins: Vec<HeaderValue> =
        http.cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect();
    match cors_origins.len() {
        0 => tracing::info!("app.cors.disabled"),
        count => tracing::info!(origins_count = count, "app.cors.enabled"),
    }
    let clerk = match context.identity() {
        Identity::Clerk(clerk) => clerk.frontend().as_deref().and_then(clerk_policy),
        _ => None,
    };
    let state = ApiState::new(Parts {
        settings: mc_api::Settings {
            cors_origins,
            security_headers,
            trusted_proxies: http.trusted_proxies.clone(),
            request_timeout: http.request_timeout,
            max_body: http.max_body_bytes,
            max_webhook_body: http.webhook_max_payload_bytes,
            slow_request: settings.log.slow_request,
            log_health: settings.log.include_health,
            count_all_agent_calls: settings.limits.agent_auth_counts == AgentAuthLimitCounts::All,
            streams_per_actor: settings.limits.streams_per_user,
            metrics_token: settings.http.metrics_token.clone(),
            token_hint: face.token_hint,
        },
        limits: Limits::new(context.store().clock(), settings.limits.sizes, face.shared_limits.as_ref()),
        context,
        local_token: face.local_token,
        live,
        runner: face.runner,
        stop: face.stop,
    });
    let routes =
        mc_api::router(state, Router::new().fallback(move |request| console(request, clerk.clone())));
    match settings.traces {
        Some(_) => routes.layer(axum::middleware::from_fn(traces::observe)),
        None => routes,
    }
}

/// The content security policy of a console that signs people in by the script of Clerk, from this host. Clerk names
/// what its script needs: its own interface, pictures, a worker, and the check against bots.
fn clerk_policy(frontend: &str) -> Option<HeaderValue> {
    let policy = format!(
        "default-src 'self'; script-src 'self' https://{frontend} https://challenges.cloudflare.com; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data: https://img.clerk.com; worker-src 'self' blob:; \
         connect-src 'self' https://{frontend}; frame-src https://challenges.cloudflare.com; object-src 'none'; \
         frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// The console and every page path; what it does not know is 404. With Clerk, pages of the console (and not the API
/// reference) have a policy that lets its script work.
async fn console(request: axum::extract::Request, clerk: Option<HeaderValue>) -> axum::response::Response {
    let is_reference = request.uri().path().starts_with("/docs");
    match mc_web::respond(request.method(), request.uri().path(), request.headers()) {
        Some(mut response) if response.status() != http::StatusCode::NOT_FOUND => {
            if let Some(policy) = clerk.filter(|_| !is_reference) {
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
            response.map(axum::body::Body::from)
        }
        _ => mc_api::not_found(request).await,
    }
}
