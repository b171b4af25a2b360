use chrono::{DateTime, Utc};
use mc_base::Timestamp;
use mc_domain::{
    PageRequest,
    demo::Demo,
    system::{JobFilter, Stock},
};
use mc_store::{
    Engine, Read as _, Store,
    jobs::{JobFigure, JobRow},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::{
    ApiState,
    fields::{Field, Int, Reader, Text, names_schema, read_name},
    health::HealthCheck,
};

/// The states of a job that is not done.
const STATES: [(&str, JobState); 3] =
    [("queued", JobState("queued")), ("running", JobState("running")), ("dead", JobState("dead"))];

/// A state of a job, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobState(&'static str);

impl Field for JobState {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &STATES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&STATES)
    }
}

crate::query! {
    /// Which jobs are wanted.
    pub(crate) struct JobListQuery {
        /// Only jobs in this state.
        state: Option<JobState>,
        /// Only jobs of this kind, such as `agent.message`.
        kind: Option<Text<200>>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl JobListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }

    pub(crate) fn filter(&self) -> JobFilter {
        JobFilter {
            state: self.state.map(|state| state.0),
            kind: self.kind.as_deref().map(ToOwned::to_owned),
        }
    }
}

/// A background job that is not done.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobRead {
    id: Uuid,
    /// What it does, such as `agent.message`, `webhook.deliver` or `housekeeping`.
    kind: String,
    /// `queued`, `running` or `dead` (failed for good).
    state: String,
    /// The line in which it stands: jobs of one line run one after another.
    lane: Option<String>,
    /// How often it was tried.
    attempts: i64,
    /// The error of the last attempt, or what it waits for.
    last_error: Option<String>,
    /// When it may run.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// Until when its worker has it; null while it does not run.
    #[schema(value_type = Option<String>, format = DateTime)]
    leased_until: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<JobRow> for JobRead {
    fn from(job: JobRow) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            lane: job.lane,
            attempts: job.attempts,
            last_error: job.last_error,
            run_at: job.run_at.into(),
            leased_until: job.leased_until.map(Timestamp::from),
            created_at: job.created_at.into(),
            updated_at: job.updated_at.into(),
        }
    }
}

/// How many jobs of a kind are in a state.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobCountRead {
    /// What they do.
    kind: String,
    /// `queued`, `running` or `dead`.
    state: String,
    /// How many there are.
    count: i64,
    /// For how long the oldest of them has been due (`queued`; 0 when it is not yet) or has existed, in seconds.
    oldest_seconds: i64,
}

impl JobCountRead {
    pub(crate) fn new(count: JobFigure, now: DateTime<Utc>) -> Self {
        Self {
            kind: count.kind,
            state: count.state,
            count: count.count,
            oldest_seconds: (now - count.oldest).num_seconds().max(0),
        }
    }
}

/// The jobs that are not done, by kind and state.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobCounts {
    /// One for each kind and state of which there is a job.
    pub(crate) counts: Vec<JobCountRead>,
}

/// The demo: an organization to look around in.
#[derive(Serialize, ToSchema)]
pub(crate) struct DemoRead {
    /// The organization.
    organization_id: Uuid,
    /// Its name.
    name: String,
    /// How many boards it has.
    boards: i64,
    /// How many agents it has.
    agents: i64,
    /// How many tasks it has.
    tasks: i64,
}

impl From<Demo> for DemoRead {
    fn from(demo: Demo) -> Self {
        Self {
            organization_id: demo.organization_id,
            name: demo.name,
            boards: demo.boards,
            agents: demo.agents,
            tasks: demo.tasks,
        }
    }
}

/// The installation.
#[derive(Serialize, ToSchema)]
pub(crate) struct SystemRead {
    /// The version of the server.
    pub(crate) version: &'static str,
    /// Under which address browsers and agents reach it.
    pub(crate) base_url: String,
    /// `local`, `clerk` or `oidc`.
    pub(crate) auth_mode: &'static str,
    /// What was looked at just now.
    pub(crate) health: Vec<HealthCheck>,
    pub(crate) database: DatabaseRead,
    pub(crate) limits: LimitsRead,
    pub(crate) stock: StockRead,
    /// How many background jobs have failed for good.
    pub(crate) dead_jobs: i64,
    /// The demo, if there is one.
    pub(crate) demo: Option<DemoRead>,
}

/// The database under this process.
#[derive(Serialize, ToSchema)]
pub(crate) struct DatabaseRead {
    /// `sqlite` or `postgres`.
    engine: &'static str,
    /// The version of the schema.
    schema_version: i64,
    /// The version of PostgreSQL, such as 170002; null for SQLite.
    postgres_version: Option<i64>,
    /// How many bytes it takes on its disk.
    size_bytes: i64,
    /// Open connections of this process.
    connections: u32,
    /// The most connections that this process opens.
    max_connections: u32,
}

impl DatabaseRead {
    pub(crate) async fn of(store: &Store) -> mc_store::Result<Self> {
        let connections = store.connections();
        Ok(Self {
            engine: match store.engine() {
                Engine::Sqlite => "sqlite",
                Engine::Postgres => "postgres",
            },
            schema_version: mc_store::SCHEMA_VERSION,
            postgres_version: store.server().await?.postgres_version,
            size_bytes: store.size().await?,
            connections: connections.open,
            max_connections: connections.max,
        })
    }
}

/// The limits that the configuration sets.
#[derive(Serialize, ToSchema)]
pub(crate) struct LimitsRead {
    /// Seconds after which a request without an answer is given up.
    request_seconds: u64,
    /// The largest body of a request, in bytes.
    body_bytes: usize,
    /// The largest body that an inbound webhook takes, in bytes.
    webhook_body_bytes: usize,
    /// Event streams that one person or agent may hold open.
    streams: usize,
    /// Days for which events and the activity feed are kept.
    event_days: u64,
    /// Days for which the audit log is kept.
    audit_days: u64,
    /// Days for which webhook payloads are kept.
    webhook_days: u64,
    /// Days for which memory is kept; null means for good.
    memory_days: Option<u64>,
}

impl LimitsRead {
    pub(crate) fn of(state: &ApiState) -> Self {
        let (http, settings) = (&state.settings, state.context.settings());
        let days = |length: std::time::Duration| length.as_secs() / 86_400;
        Self {
            request_seconds: http.request_timeout.as_secs(),
            body_bytes: http.max_body,
            webhook_body_bytes: http.max_webhook_body,
            streams: http.streams_per_actor,
            event_days: days(settings.event_retention),
            audit_days: days(settings.audit_retention),
            webhook_days: days(settings.webhook_retention),
            memory_days: settings.memory_retention.map(days),
        }
    }
}

/// How much is stored in the whole installation.
#[derive(Serialize, ToSchema)]
pub(crate) struct StockRead {
    organizations: i64,
    people: i64,
    boards: i64,
    tasks: i64,
    agents: i64,
    /// Agents that could not be set up, or were given up.
    failed_agents: i64,
    /// Gateways, without the example of the demo.
    gateways: i64,
    /// Gateways that are connected.
    connected_gateways: i64,
}

impl From<Stock> for StockRead {
    fn from(stock: Stock) -> Self {
        Self {
            organizations: stock.organizations,
            people: stock.people,
            boards: stock.boards,
            tasks: stock.tasks,
            agents: stock.agents,
            failed_agents: stock.failed_agents,
            gateways: stock.gateways,
            connected_gateways: stock.connected_gateways,
        }
    }
}
