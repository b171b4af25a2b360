use chrono::{DateTime, Utc};
use mc_base::Timestamp;
use mc_domain::{PageRequest, demo::Demo, system::JobFilter};
use mc_store::jobs::{JobFigure, JobRow};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Int, Reader, Text, names_schema, read_name};

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
