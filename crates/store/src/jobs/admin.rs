//! Looking after the job table: what stands in it, what failed for good, and trying that again.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::{Json, Read, Result, Txn, sql};

/// A job that failed for good.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeadJob {
    /// Its id.
    pub id: Uuid,
    /// Which handler it is for.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: Json<Value>,
    /// How often it was tried.
    pub attempts: i64,
    /// The error of the last attempt.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// When it was given up.
    pub updated_at: DateTime<Utc>,
}

/// How full the job table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct QueueState {
    /// Jobs that wait, also for a later time.
    pub queued: i64,
    /// Jobs that run.
    pub running: i64,
    /// Jobs that failed for good.
    pub dead: i64,
}

/// The dead letters, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn dead(on: &impl Read, limit: i64) -> Result<Vec<DeadJob>> {
    on.all(
        sql("SELECT id, kind, payload, attempts, last_error, created_at, updated_at FROM jobs
             WHERE state = 'dead' ORDER BY updated_at DESC, id DESC LIMIT $1")
        .bind(limit),
    )
    .await
}

/// What became of the wish to run a job again, or to be rid of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is done.
    Granted,
    /// There is no such job, or it has just ended.
    Unknown,
    /// The job is running.
    Running,
    /// Another job stands for the same work and is not finished.
    Replaced,
}

/// Lets a job run now: one that waits, and one that failed for good, which gets all its attempts again.
///
/// # Errors
/// When the database refuses it.
pub async fn retry(txn: &Txn, id: Uuid) -> Result<Wish> {
    let found: Option<(String, Option<String>)> =
        txn.optional(sql("SELECT state, dedupe_key FROM jobs WHERE id = $1").bind(id)).await?;
    let Some((state, key)) = found else { return Ok(Wish::Unknown) };
    if state == "running" {
        return Ok(Wish::Running);
    }
    if let (Some(key), "dead") = (key, state.as_str()) {
        let other: Option<(i32,)> = txn
            .optional(sql("SELECT 1 FROM jobs WHERE dedupe_key = $1 AND state <> 'dead'").bind(key))
            .await?;
        if other.is_some() {
            return Ok(Wish::Replaced);
        }
    }
    let rows = txn
        .run(
            sql("UPDATE jobs SET attempts = CASE WHEN state = 'dead' THEN 0 ELSE attempts END, state = 'queued',
                     run_at = $2, updated_at = $2
                 WHERE id = $1 AND state <> 'running'")
            .bind(id)
            .bind(txn.now()),
        )
        .await?;
    txn.note_jobs();
    Ok(if rows == 1 { Wish::Granted } else { Wish::Unknown })
}

/// Deletes a job that does not run.
///
/// # Errors
/// When the database refuses it.
pub async fn discard(txn: &Txn, id: Uuid) -> Result<Wish> {
    if txn.run(sql("DELETE FROM jobs WHERE id = $1 AND state <> 'running'").bind(id)).await? == 1 {
        txn.note_jobs();
        return Ok(Wish::Granted);
    }
    let running: Option<(i32,)> = txn.optional(sql("SELECT 1 FROM jobs WHERE id = $1").bind(id)).await?;
    Ok(running.map_or(Wish::Unknown, |_| Wish::Running))
}

/// A job as those see it who look after the installation. What it works on is left out: it is the business of tenants.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// Which handler it is for.
    pub kind: String,
    /// `queued`, `running` or `dead`.
    pub state: String,
    /// The line in which it stands.
    pub lane: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// The error of the last attempt, or what it waits for.
    pub last_error: Option<String>,
    /// When it may run.
    pub run_at: DateTime<Utc>,
    /// Until when its worker has it.
    pub leased_until: Option<DateTime<Utc>>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// When its state last changed.
    pub updated_at: DateTime<Utc>,
}

/// The jobs in a state and of a kind, or of all, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(
    on: &impl Read,
    state: Option<&str>,
    kind: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<JobRow>, i64)> {
    let items = on
        .all(
            sql("SELECT id, kind, state, lane, attempts, last_error, run_at, leased_until, created_at, updated_at FROM jobs
                 WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND (CAST($2 AS TEXT) IS NULL OR kind = $2)
                 ORDER BY id DESC LIMIT $3 OFFSET $4")
            .bind(state)
            .bind(kind)
            .bind(limit)
            .bind(offset),
        )
        .await?;
    let (total,): (i64,) = on
        .one(
            sql("SELECT count(*) FROM jobs
                 WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND (CAST($2 AS TEXT) IS NULL OR kind = $2)")
            .bind(state)
            .bind(kind),
        )
        .await?;
    Ok((items, total))
}

/// How many jobs of a kind are in a state.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct JobFigure {
    /// The kind.
    pub kind: String,
    /// `queued`, `running` or `dead`.
    pub state: String,
    /// How many there are.
    pub count: i64,
    /// When the oldest of them was due, for queued ones; else when the oldest was made.
    pub oldest: DateTime<Utc>,
}

/// The jobs by kind and state.
///
/// # Errors
/// When the database cannot be reached.
pub async fn figures(on: &impl Read) -> Result<Vec<JobFigure>> {
    on.all(sql("SELECT kind, state, CAST(count(*) AS BIGINT) AS count,
                    min(CASE WHEN state = 'queued' THEN run_at ELSE created_at END) AS oldest
                FROM jobs GROUP BY kind, state ORDER BY kind, state"))
        .await
}

/// Deletes dead letters that were given up before a time.
///
/// # Errors
/// When the database refuses it.
pub async fn purge_dead(txn: &Txn, before: DateTime<Utc>) -> Result<u64> {
    txn.run(sql("DELETE FROM jobs WHERE state = 'dead' AND updated_at < $1").bind(before)).await
}

/// How full the table is.
///
/// # Errors
/// When the database cannot be reached.
pub async fn queue_state(on: &impl Read) -> Result<QueueState> {
    on.one(sql("SELECT CAST(coalesce(sum(CASE WHEN state = 'queued' THEN 1 ELSE 0 END), 0) AS BIGINT) AS queued,
                    CAST(coalesce(sum(CASE WHEN state = 'running' THEN 1 ELSE 0 END), 0) AS BIGINT) AS running,
                    CAST(coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0) AS BIGINT) AS dead
             FROM jobs"))
    .await
}
