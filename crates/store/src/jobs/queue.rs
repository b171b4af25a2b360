//! The statements on the job table.

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{Alias, OnConflict, Query};
use serde_json::Value;
use uuid::Uuid;

use crate::{Engine, Json, Read, Result, Store, Txn, sql, txn::chunks};

/// A job to enqueue.
#[derive(Clone, Debug)]
pub struct NewJob {
    kind: &'static str,
    payload: Value,
    lane: Option<String>,
    dedupe_key: Option<String>,
    delay: TimeDelta,
    max_attempts: Option<i64>,
}

impl NewJob {
    /// A job of a kind, due at once.
    #[must_use]
    pub fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, lane: None, dedupe_key: None, delay: TimeDelta::zero(), max_attempts: None }
    }

    /// Puts the job into a lane: jobs of one lane run one after another, in the order they were enqueued.
    #[must_use]
    pub fn lane(mut self, lane: impl Into<String>) -> Self {
        self.lane = Some(lane.into());
        self
    }

    /// Makes the job the only unfinished one with this key.
    #[must_use]
    pub fn dedupe(mut self, key: impl Into<String>) -> Self {
        self.dedupe_key = Some(key.into());
        self
    }

    /// Lets the job wait.
    #[must_use]
    pub fn delay(mut self, delay: TimeDelta) -> Self {
        self.delay = delay;
        self
    }

    /// Sets how often the job is tried, in place of the runner's rule.
    #[must_use]
    pub fn max_attempts(mut self, attempts: i64) -> Self {
        self.max_attempts = Some(attempts);
        self
    }
}

/// Stands in the column for "as the runner's policy says".
const POLICY_ATTEMPTS: i64 = 0;

/// A claimed job.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// Which handler it is for.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Json<Value>,
    /// Which attempt this is, from 1.
    pub attempts: i64,
    pub(crate) max_attempts: i64,
    lease: i64,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

impl Job {
    /// The right to finish this job, as long as nobody else has claimed it.
    #[must_use]
    pub fn lease(&self) -> Lease {
        Lease { id: self.id, number: self.lease }
    }

    /// Whether the job is not tried again when this attempt fails.
    #[must_use]
    pub fn is_last_attempt(&self) -> bool {
        self.attempts >= self.max_attempts
    }
}

/// A claim on a job. Its number grows with each claim: an old one finishes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    id: Uuid,
    number: i64,
}

impl Txn {
    /// Enqueues a job. It can be claimed when the transaction commits.
    ///
    /// Gives `None` when an unfinished job holds the same key.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn enqueue(&self, job: NewJob) -> Result<Option<Uuid>> {
        let id = self.new_id();
        let rows = self
            .run(
                sql("INSERT INTO jobs (id, kind, payload, lane, dedupe_key, run_at, max_attempts, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING")
                    .bind(id)
                    .bind(job.kind)
                    .bind(Json(job.payload))
                    .bind(job.lane)
                    .bind(job.dedupe_key)
                    .bind(self.now() + job.delay)
                    .bind(job.max_attempts.unwrap_or(POLICY_ATTEMPTS))
                    .bind(self.now()),
            )
            .await?;
        self.note_jobs();
        Ok((rows == 1).then_some(id))
    }

    /// Enqueues several jobs with few statements. Those whose key an unfinished job holds are left out.
    ///
    /// # Errors
    /// When the database refuses them; then none is there.
    pub async fn enqueue_all(&self, jobs: Vec<NewJob>) -> Result<()> {
        const COLUMNS: [&str; 9] = [
            "id",
            "kind",
            "payload",
            "lane",
            "dedupe_key",
            "run_at",
            "max_attempts",
            "created_at",
            "updated_at",
        ];
        for chunk in chunks(jobs) {
            let mut insert = Query::insert()
                .into_table(Alias::new("jobs"))
                .columns(COLUMNS.map(Alias::new))
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .take();
            for job in chunk {
                let values: [sea_query::Value; COLUMNS.len()] = [
                    self.new_id().into(),
                    job.kind.into(),
                    Json(job.payload).into(),
                    job.lane.into(),
                    job.dedupe_key.into(),
                    (self.now() + job.delay).into(),
                    job.max_attempts.unwrap_or(POLICY_ATTEMPTS).into(),
                    self.now().into(),
                    self.now().into(),
                ];
                insert.values_panic(values.map(Into::into));
            }
            self.run(self.render(&insert)).await?;
        }
        self.note_jobs();
        Ok(())
    }
}

/// The first unfinished job of each lane. It steps from lane to lane in the index, so that a lane with thousands of
/// waiting jobs costs no more than one with a single job.
macro_rules! lane_heads {
    () => {
        "WITH RECURSIVE lanes (lane) AS (
             SELECT min(lane) FROM jobs WHERE lane IS NOT NULL AND state <> 'dead'
             UNION ALL
             SELECT (SELECT min(j.lane) FROM jobs AS j WHERE j.lane > lanes.lane AND j.state <> 'dead')
             FROM lanes WHERE lanes.lane IS NOT NULL),
         heads (id) AS (
             SELECT (SELECT j.id FROM jobs AS j WHERE j.lane = lanes.lane AND j.state <> 'dead' ORDER BY j.id LIMIT 1)
             FROM lanes WHERE lanes.lane IS NOT NULL)
         "
    };
}

/// Claims up to `limit` due jobs for `lease` long.
pub(crate) async fn claim(
    store: &Store,
    limit: i64,
    lease: TimeDelta,
    default_attempts: i64,
) -> Result<Vec<Job>> {
    let now = store.clock().now();
    // A look without a lock first: an idle runner must not take SQLite's writer.
    let due: Option<(i32,)> = store
        .optional(
            sql(concat!(
                lane_heads!(),
                "SELECT 1 FROM jobs
                 WHERE ((state = 'queued' AND run_at <= $1) OR (state = 'running' AND leased_until < $1))
                   AND (lane IS NULL OR id IN (SELECT id FROM heads)) LIMIT 1"
            ))
            .bind(now),
        )
        .await?;
    if due.is_none() {
        return Ok(Vec::new());
    }
    let txn = store.begin().await?;
    // A job whose worker died on its last attempt has no next one.
    txn.run(
        sql("UPDATE jobs SET state = 'dead', leased_until = NULL, updated_at = $1,
                    last_error = 'the worker stopped during the last attempt'
             WHERE state = 'running' AND leased_until < $1
               AND attempts >= CASE WHEN max_attempts = 0 THEN $2 ELSE max_attempts END")
        .bind(now)
        .bind(default_attempts),
    )
    .await?;
    let claim = match txn.engine() {
        Engine::Sqlite => sql(concat!(
            lane_heads!(),
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = lease + 1, leased_until = $2, updated_at = $1
             WHERE id IN (
                 SELECT id FROM jobs AS due
                 WHERE ((due.state = 'queued' AND due.run_at <= $1) OR (due.state = 'running' AND due.leased_until < $1))
                   AND (due.lane IS NULL OR due.id IN (SELECT id FROM heads))
                 ORDER BY due.run_at, due.id LIMIT $3)
             RETURNING id, kind, payload, attempts, max_attempts, lease, created_at"
        )),
        Engine::Postgres => sql(concat!(
            lane_heads!(),
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = lease + 1, leased_until = $2, updated_at = $1
             WHERE id IN (
                 SELECT id FROM jobs AS due
                 WHERE ((due.state = 'queued' AND due.run_at <= $1) OR (due.state = 'running' AND due.leased_until < $1))
                   AND (due.lane IS NULL OR due.id IN (SELECT id FROM heads))
                 ORDER BY due.run_at, due.id LIMIT $3 FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, payload, attempts, max_attempts, lease, created_at"
        )),
    };
    let mut jobs: Vec<Job> = txn.all(claim.bind(now).bind(now + lease).bind(limit)).await?;
    txn.commit().await?;
    for job in &mut jobs {
        if job.max_attempts == POLICY_ATTEMPTS {
            job.max_attempts = default_attempts;
        }
    }
    Ok(jobs)
}

/// When the next job is due, or a lease ends. A job behind another one of its lane is not due, whatever its time.
pub(crate) async fn next_due(store: &Store) -> Result<Option<DateTime<Utc>>> {
    let (due,): (Option<DateTime<Utc>>,) = store
        .one(sql(concat!(
            lane_heads!(),
            "SELECT min(due) FROM (
                 SELECT min(run_at) AS due FROM jobs
                 WHERE state = 'queued' AND (lane IS NULL OR id IN (SELECT id FROM heads))
                 UNION ALL SELECT min(leased_until) AS due FROM jobs WHERE state = 'running') AS next"
        )))
        .await?;
    Ok(due)
}

/// Extends a lease. `false` when it was lost.
pub(crate) async fn renew(store: &Store, lease: Lease, by: TimeDelta) -> Result<bool> {
    let txn = store.begin().await?;
    let rows = txn
        .run(
            sql("UPDATE jobs SET leased_until = $3 WHERE id = $1 AND lease = $2 AND state = 'running'")
                .bind(lease.id)
                .bind(lease.number)
                .bind(txn.now() + by),
        )
        .await?;
    txn.commit().await?;
    Ok(rows == 1)
}

/// Removes a job that is done. `false` when the lease was lost.
pub(crate) async fn complete(store: &Store, lease: Lease) -> Result<bool> {
    let txn = store.begin().await?;
    let rows = txn
        .run(
            sql("DELETE FROM jobs WHERE id = $1 AND lease = $2 AND state = 'running'")
                .bind(lease.id)
                .bind(lease.number),
        )
        .await?;
    txn.commit().await?;
    Ok(rows == 1)
}

/// Puts a job back for a later attempt, or among the dead.
pub(crate) async fn fail(
    store: &Store,
    lease: Lease,
    error: &str,
    retry_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let txn = store.begin().await?;
    let rows = txn
        .run(
            sql("UPDATE jobs SET state = $3, run_at = $4, last_error = $5, leased_until = NULL, updated_at = $6
                 WHERE id = $1 AND lease = $2 AND state = 'running'")
            .bind(lease.id)
            .bind(lease.number)
            .bind(if retry_at.is_some() { "queued" } else { "dead" })
            .bind(retry_at.unwrap_or_else(|| txn.now()))
            .bind(error)
            .bind(txn.now()),
        )
        .await?;
    txn.commit().await?;
    Ok(rows == 1)
}

/// Gives a job back untouched, for a runner that stops: the attempt does not count.
pub(crate) async fn hand_back(store: &Store, lease: Lease) -> Result<()> {
    let txn = store.begin().await?;
    txn.run(
        sql("UPDATE jobs SET state = 'queued', attempts = attempts - 1, leased_until = NULL, updated_at = $3
             WHERE id = $1 AND lease = $2 AND state = 'running'")
        .bind(lease.id)
        .bind(lease.number)
        .bind(txn.now()),
    )
    .await?;
    txn.note_jobs();
    txn.commit().await
}

/// Puts a job back that waits for something: the attempt does not count.
pub(crate) async fn put_off(store: &Store, lease: Lease, reason: &str, until: DateTime<Utc>) -> Result<bool> {
    let txn = store.begin().await?;
    let rows = txn
        .run(
            sql("UPDATE jobs SET state = 'queued', attempts = attempts - 1, run_at = $3, last_error = $4,
                     leased_until = NULL, updated_at = $5
                 WHERE id = $1 AND lease = $2 AND state = 'running'")
            .bind(lease.id)
            .bind(lease.number)
            .bind(until)
            .bind(reason)
            .bind(txn.now()),
        )
        .await?;
    txn.commit().await?;
    Ok(rows == 1)
}

/// Lets the waiting jobs of a lane run now, because what they wait for may be there. Tells how many they are.
///
/// # Errors
/// When the database refuses it.
pub async fn hasten_lane(txn: &Txn, lane: &str) -> Result<u64> {
    let rows = txn
        .run(
            sql("UPDATE jobs SET run_at = $2 WHERE lane = $1 AND state = 'queued'")
                .bind(lane)
                .bind(txn.now()),
        )
        .await?;
    txn.note_jobs();
    Ok(rows)
}

/// Lets a waiting job run now. `false` when there is no such job that is not finished.
///
/// # Errors
/// When the database refuses it.
pub async fn hasten_job(txn: &Txn, id: Uuid) -> Result<bool> {
    let rows = txn
        .run(
            sql("UPDATE jobs SET run_at = CASE WHEN state = 'queued' THEN $2 ELSE run_at END
                 WHERE id = $1 AND state <> 'dead'")
            .bind(id)
            .bind(txn.now()),
        )
        .await?;
    txn.note_jobs();
    Ok(rows == 1)
}

/// Enqueues the job of a schedule if it is due. Replicas that ask together enqueue it once.
pub(crate) async fn run_schedule(
    store: &Store,
    name: &'static str,
    every: TimeDelta,
    job: NewJob,
) -> Result<()> {
    let now = store.clock().now();
    let next: Option<(DateTime<Utc>,)> =
        store.optional(sql("SELECT next_run_at FROM job_schedules WHERE name = $1").bind(name)).await?;
    if next.is_some_and(|(next,)| next > now) {
        return Ok(());
    }
    let txn = store.begin().await?;
    let rows = txn
        .run(
            sql("INSERT INTO job_schedules (name, next_run_at) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET next_run_at = excluded.next_run_at WHERE job_schedules.next_run_at <= $3")
            .bind(name)
            .bind(now + every)
            .bind(now),
        )
        .await?;
    if rows == 1 {
        txn.enqueue(job.dedupe(format!("schedule:{name}"))).await?;
    }
    txn.commit().await
}

/// Makes a recurring job due one interval from now, unless it is due before. Without this its first run is at once.
///
/// # Errors
/// When the database refuses it.
pub async fn begin_schedule(store: &Store, name: &'static str, every: TimeDelta) -> Result<()> {
    let txn = store.begin().await?;
    txn.run(
        sql("INSERT INTO job_schedules (name, next_run_at) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET next_run_at = excluded.next_run_at
             WHERE job_schedules.next_run_at > excluded.next_run_at")
        .bind(name)
        .bind(txn.now() + every),
    )
    .await?;
    txn.commit().await
}
