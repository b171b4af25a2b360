//! The loop that claims jobs and runs their handlers.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use mc_base::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, field::Empty};

use super::queue::{self, Job, NewJob};
use crate::Store;

/// How many jobs one runner works on at once.
const CONCURRENCY: usize = 8;
/// How long a claim holds without being renewed.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often a claim is renewed.
const RENEW: Duration = Duration::from_secs(20);
/// The longest pause between two looks at the table.
const POLL: Duration = Duration::from_secs(5);
/// The pause after the database failed.
const ERROR_PAUSE: Duration = Duration::from_secs(1);

/// Why an attempt failed.
#[derive(Debug)]
pub enum JobError {
    /// Try again later, as the policy says.
    Retry(String),
    /// Nothing was tried, because what the job needs is not there: look again after this time. It does not count as
    /// an attempt, so the job itself decides how long it waits in all.
    Wait(String, Duration),
    /// Trying again cannot help: straight to the dead letters.
    Fatal(String),
}

impl<E: std::error::Error> From<E> for JobError {
    /// The error with its causes: what operators read in the log and beside dead letters.
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self::Retry(text)
    }
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>;

/// What runs a kind of job.
pub type Handler = Arc<dyn Fn(Job) -> Outcome + Send + Sync>;

/// How often and when a failed job is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Attempts in all, at least one.
    pub attempts: i64,
    /// The pause after the first failure; doubles with each further one.
    pub base: Duration,
    /// The longest pause, before up to 10 % of jitter.
    pub max: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self { attempts: 4, base: Duration::from_secs(10), max: Duration::from_secs(120) }
    }
}

impl Policy {
    /// The pause after the given attempt (from 1); `unit` is a random number in 0..1.
    fn pause(&self, attempt: i64, unit: f64) -> Duration {
        let doublings = u32::try_from(attempt.clamp(1, 31) - 1).unwrap_or(0);
        let pause = self.base.saturating_mul(1 << doublings).min(self.max);
        pause + pause.mul_f64(unit / 10.0)
    }
}

/// A job that recurs.
#[derive(Clone)]
pub struct Schedule {
    /// The name under which its next time is kept.
    pub name: &'static str,
    /// The time between two runs.
    pub every: TimeDelta,
    /// Makes the job.
    pub job: fn() -> NewJob,
}

/// Tells whether the runner of this process is alive.
#[derive(Clone, Debug)]
pub struct RunnerHealth {
    last_look: Arc<AtomicI64>,
    clock: Clock,
}

impl RunnerHealth {
    /// Whether the runner has looked at the table within the given time.
    #[must_use]
    pub fn is_alive(&self, within: TimeDelta) -> bool {
        self.clock.now().timestamp_micros() - self.last_look.load(Ordering::Relaxed)
            <= within.num_microseconds().unwrap_or(i64::MAX)
    }

    fn beat(&self) {
        self.last_look.store(self.clock.now().timestamp_micros(), Ordering::Relaxed);
    }
}

/// Claims due jobs and runs them, several at once, until it is told to stop.
pub struct Runner {
    store: Store,
    handlers: HashMap<&'static str, Handler>,
    schedules: Vec<Schedule>,
    policy: Policy,
    health: RunnerHealth,
}

impl Runner {
    /// A runner without handlers. Jobs of a kind that nobody handles become dead letters.
    #[must_use]
    pub fn new(store: &Store, policy: Policy) -> Self {
        let health = RunnerHealth { last_look: Arc::default(), clock: store.clock().clone() };
        health.beat();
        Self { store: store.clone(), handlers: HashMap::new(), schedules: Vec::new(), policy, health }
    }

    /// Adds the handler of a kind.
    #[must_use]
    pub fn handler<F, Fut>(mut self, kind: &'static str, run: F) -> Self
    where
        F: Fn(Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.handlers.insert(kind, Arc::new(move |job| Box::pin(run(job))));
        self
    }

    /// Adds a recurring job.
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule);
        self
    }

    /// The sign of life of this runner.
    #[must_use]
    pub fn health(&self) -> RunnerHealth {
        self.health.clone()
    }

    /// Works until `stop`, then lets running jobs end for up to `grace` and hands back the rest.
    pub async fn run(self, stop: CancellationToken, grace: Duration) {
        let runner = Arc::new(self);
        let mut running = JoinSet::new();
        let abandon = CancellationToken::new();
        while !stop.is_cancelled() {
            runner.health.beat();
            let pause = match runner.start_due(&mut running, &abandon).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(%error, "jobs.claim.failed");
                    ERROR_PAUSE
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = running.join_next() => {}
                () = runner.store.signals().jobs() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        let ended = tokio::time::timeout(grace, async { while running.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            abandon.cancel();
            while running.join_next().await.is_some() {}
        }
    }

    /// Runs everything that is due, one job after another, until nothing is. For tests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_due(self) -> crate::Result<usize> {
        let runner = Arc::new(self);
        let mut count = 0;
        loop {
            let jobs = queue::claim(&runner.store, 1, LEASE, runner.policy.attempts).await?;
            if jobs.is_empty() {
                return Ok(count);
            }
            for job in jobs {
                runner.clone().work(job, CancellationToken::new()).await;
                count += 1;
            }
        }
    }

    /// Starts what is due and tells how long there is nothing more to do.
    async fn start_due(
        self: &Arc<Self>,
        running: &mut JoinSet<()>,
        abandon: &CancellationToken,
    ) -> crate::Result<Duration> {
        for schedule in &self.schedules {
            queue::run_schedule(&self.store, schedule.name, schedule.every, (schedule.job)()).await?;
        }
        let free = CONCURRENCY.saturating_sub(running.len());
        if free == 0 {
            return Ok(POLL);
        }
        let limit = i64::try_from(free).unwrap_or(1);
        let jobs = queue::claim(&self.store, limit, LEASE, self.policy.attempts).await?;
        for job in jobs {
            running.spawn(self.clone().work(job, abandon.clone()));
        }
        if running.len() >= CONCURRENCY {
            return Ok(POLL);
        }
        let due = queue::next_due(&self.store).await?;
        let wait =
            due.map_or(POLL, |due| (due - self.store.clock().now()).to_std().unwrap_or(Duration::ZERO));
        // A job of a busy lane starts when the one before it ends and wakes us.
        Ok(wait.clamp(Duration::from_millis(50), POLL))
    }

    async fn work(self: Arc<Self>, job: Job, abandon: CancellationToken) {
        let lease = job.lease();
        let (id, kind, attempt, max_attempts) = (job.id, job.kind.clone(), job.attempts, job.max_attempts);
        let Some(handler) = self.handlers.get(kind.as_str()).cloned() else {
            self.settle(queue::fail(&self.store, lease, "no handler for this kind of job", None).await);
            tracing::error!(job.id = %id, job.kind = kind, "jobs.unhandled");
            return;
        };
        let span = tracing::info_span!(
            "job",
            otel.name = format!("job {kind}"),
            otel.kind = "consumer",
            otel.status_code = Empty,
            job.id = %id,
            job.kind = kind,
            job.attempt = attempt,
        );
        let mut attempt_task = tokio::spawn(handler(job).instrument(span.clone()));
        let outcome = loop {
            tokio::select! {
                done = &mut attempt_task => {
                    break done.unwrap_or_else(|_| Err(JobError::Retry("the job panicked".into())));
                }
                () = abandon.cancelled() => {
                    attempt_task.abort();
                    self.settle(queue::hand_back(&self.store, lease).await.map(|()| true));
                    return;
                }
                () = tokio::time::sleep(RENEW) => {
                    match queue::renew(&self.store, lease, LEASE).await {
                        Ok(true) => {}
                        Ok(false) => {
                            attempt_task.abort();
                            tracing::warn!(job.id = %id, job.kind = kind, "jobs.lease.lost");
                            return;
                        }
                        Err(error) => tracing::warn!(%error, job.id = %id, "jobs.lease.renew_failed"),
                    }
                }
            }
        };
        match outcome {
            Ok(()) => {
                tracing::debug!(job.id = %id, job.kind = kind, job.attempt = attempt, "jobs.done");
                self.settle(queue::complete(&self.store, lease).await);
            }
            Err(error) => {
                let (text, retry_at) = match error {
                    JobError::Wait(reason, pause) => {
                        tracing::debug!(job.id = %id, job.kind = kind, reason, "jobs.waiting");
                        let at = self.store.clock().now() + delta(pause);
                        self.settle(queue::put_off(&self.store, lease, &reason, at).await);
                        self.store.signals().jobs_arrived();
                        return;
                    }
                    JobError::Retry(text) if attempt < max_attempts => (text, Some(self.retry_at(attempt))),
                    JobError::Retry(text) | JobError::Fatal(text) => (text, None),
                };
                span.record("otel.status_code", "ERROR");
                tracing::warn!(
                    job.id = %id, job.kind = kind, job.attempt = attempt, job.dead = retry_at.is_none(), error = text,
                    "jobs.failed"
                );
                self.settle(queue::fail(&self.store, lease, &text, retry_at).await);
            }
        }
        // The next job of the same lane may run now.
        self.store.signals().jobs_arrived();
    }

    fn retry_at(&self, attempt: i64) -> DateTime<Utc> {
        let pause = self.policy.pause(attempt, self.store.random().unit());
        self.store.clock().now() + delta(pause)
    }

    /// When the row cannot be settled, its lease runs out and the job is claimed again.
    fn settle(&self, settled: crate::Result<bool>) {
        match settled {
            Ok(true) => {}
            Ok(false) => tracing::warn!("jobs.lease.lost"),
            Err(error) => tracing::warn!(%error, "jobs.settle_failed"),
        }
    }
}

/// A pause as a difference of times; one beyond all bounds is a day.
fn delta(pause: Duration) -> TimeDelta {
    TimeDelta::from_std(pause).unwrap_or(TimeDelta::days(1))
}

#[cfg(test)]
mod tests;
