//! Rounds: this server looks at its agents on gateways, and wakes those that have slept for their cadence and for whom
//! there is work. An idle agent is never woken, and so costs nothing.
//!
//! What is new is told at once by the message that tells it, and counts as a wake. A round finds what nobody tells:
//! work that lies about, time that is over, agents that did not hear.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use mc_store::{
    Read, Txn,
    jobs::{Job, JobError, NewJob, Runner, Schedule},
    sql,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Agent, agent_columns, heartbeat,
    heartbeat::Wake,
    messages::{self, MessageKind, Outgoing},
    work::{self, Reader, Work},
};
use crate::{
    Context, Result,
    gateways::{
        self, Gateway,
        rpc::{self, Rpc, within},
    },
};

/// Makes a round; the payload may name a board, whose agents are then looked at whatever their cadence.
const JOB: &str = "agents.round";
/// How often there is a round.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// How many agents are looked at together.
const BATCH: i64 = 500;
/// How many gateways are asked at the same time which of their agents are busy.
const PARALLEL: usize = 8;
/// How long one gateway has to say that.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the pause doubles while the same work lies about untouched: to eight times the cadence.
const DOUBLINGS_MAX: i64 = 3;

/// Adds the rounds.
pub(super) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner
        .handler(JOB, move |job| {
            let context = context.clone();
            async move { run_job(&context, &job).await }
        })
        .schedule(Schedule { name: JOB, every: EVERY, job: || NewJob::new(JOB, json!({})).max_attempts(1) })
}

/// Asks for a round among the agents of a board, at once.
pub(crate) async fn request(txn: &Txn, board_id: Uuid) -> Result<()> {
    let job = NewJob::new(JOB, json!({ "board_id": board_id }));
    txn.enqueue(job.dedupe(format!("{JOB}:{board_id}"))).await?;
    Ok(())
}

async fn run_job(context: &Context, job: &Job) -> Result<(), JobError> {
    let board_id = match job.payload.0.get("board_id") {
        None => None,
        Some(id) => {
            let id = id.as_str().and_then(|id| Uuid::parse_str(id).ok());
            Some(id.ok_or_else(|| JobError::Fatal("board_id of the job is no id".into()))?)
        }
    };
    run(context, board_id).await?;
    Ok(())
}

/// An agent that may be woken, with what the last round wrote down.
#[derive(sqlx::FromRow)]
struct Candidate {
    #[sqlx(flatten)]
    agent: Agent,
    round_work: Option<String>,
}

/// An agent that is to be woken.
struct Call<'a> {
    candidate: &'a Candidate,
    work: &'a Work,
    repeats: i64,
}

impl Agent {
    /// Who gets it to work when nobody writes to it; none for an agent of another runtime.
    #[must_use]
    pub fn wake(&self) -> Option<Wake> {
        self.gateway_id?;
        Some(self.heartbeat_config.as_ref().map_or(Wake::Work, |config| heartbeat::wake(&config.0)))
    }

    /// The time between two looks at it; none when there are none.
    #[must_use]
    pub fn cadence(&self) -> Option<TimeDelta> {
        let config = self.heartbeat_config.as_ref().map(|config| &config.0);
        match config.filter(|config| config.get("every").is_some_and(|every| !every.is_null())) {
            Some(config) => heartbeat::every(config),
            None => heartbeat::every(&heartbeat::default_config()),
        }
    }

    /// The time after which it is to check in by itself; none when it is woken by this server, or by nobody.
    #[must_use]
    pub fn checks_in_every(&self) -> Option<TimeDelta> {
        match self.wake() {
            Some(Wake::Work | Wake::Never) => None,
            Some(Wake::Always) | None => self.cadence(),
        }
    }

    /// When it was last heard of, or last had reason to work.
    pub(super) fn last_contact(&self) -> DateTime<Utc> {
        let contacts = [self.last_seen_at, self.last_wake_sent_at, self.last_round_at];
        contacts.into_iter().flatten().max().unwrap_or(self.created_at)
    }

    /// From when on a round wakes it for work that it has not seen yet; none when rounds pass it by.
    #[must_use]
    pub fn next_round_at(&self) -> Option<DateTime<Utc>> {
        match self.wake() {
            Some(Wake::Work) => Some(self.last_contact() + self.cadence()?),
            _ => None,
        }
    }

    /// How many calls of its model a day its settings mean: by the clock when its gateway keeps time, else none unless
    /// work waits for it. None when that is not known.
    #[must_use]
    pub fn estimated_calls_per_day(&self, work: Option<&Work>) -> Option<i64> {
        let a_day = |pause: TimeDelta| TimeDelta::days(1).num_seconds() / pause.num_seconds().max(1);
        match (self.wake(), self.cadence()) {
            (Some(Wake::Always), Some(cadence)) => Some(a_day(cadence)),
            (Some(Wake::Work), Some(cadence)) => match work {
                Some(work) if work.is_any() => Some(a_day(pause(cadence, self.round_repeats))),
                Some(_) => Some(0),
                None => None,
            },
            // What agents of other runtimes do is their own business.
            (None, _) => None,
            _ => Some(0),
        }
    }
}

/// The pause before the same work is a reason once more.
fn pause(cadence: TimeDelta, repeats: i64) -> TimeDelta {
    let factor = 1_i32 << repeats.clamp(0, DOUBLINGS_MAX);
    cadence.checked_mul(factor).unwrap_or(TimeDelta::MAX)
}

/// Whether an agent is to be woken for its work now, and how often it will have been woken for the same.
fn verdict(candidate: &Candidate, work: &Work, now: DateTime<Utc>, is_asked_for: bool) -> Option<i64> {
    let agent = &candidate.agent;
    if !work.is_any() {
        return None;
    }
    let is_same = !work.is_news() && candidate.round_work.as_deref() == Some(work.lasting().as_str());
    let repeats = if is_same { agent.round_repeats + 1 } else { 0 };
    // What was told for the n-th time is told again after n pauses have been doubled.
    let pause = pause(agent.cadence()?, if is_same { agent.round_repeats } else { 0 });
    let is_due = agent.last_contact().checked_add_signed(pause).is_some_and(|due| due <= now);
    (is_due || is_asked_for).then_some(repeats)
}

/// Looks at all agents, or at those of a board, and wakes those that are due. Gives how many were.
///
/// # Errors
/// When the database fails. A gateway that is away is none: its agents are looked at again in the next round.
pub(super) async fn run(context: &Context, board_id: Option<Uuid>) -> Result<usize> {
    let (mut after, mut woken) = (Uuid::nil(), 0);
    loop {
        let now = context.store().clock().now();
        let batch = candidates(context, after, board_id).await?;
        let is_last = i64::try_from(batch.len()).is_ok_and(|count| count < BATCH);
        after = batch.last().map_or(after, |candidate| candidate.agent.id);
        let is_asked_for = board_id.is_some();
        let due: Vec<&Candidate> = batch
            .iter()
            .filter(|candidate| {
                let due = candidate.agent.next_round_at();
                due.is_some_and(|due| is_asked_for || due <= now)
            })
            .collect();
        let readers: Vec<Reader<'_>> =
            due.iter().map(|candidate| Reader::of(&candidate.agent, now)).collect();
        let work = work::of(context.store(), &readers, None, now).await?;
        let mut calls: BTreeMap<Uuid, Vec<Call<'_>>> = BTreeMap::new();
        for candidate in due {
            let (Some(work), Some(gateway_id)) = (work.get(&candidate.agent.id), candidate.agent.gateway_id)
            else {
                continue;
            };
            if let Some(repeats) = verdict(candidate, work, now, is_asked_for) {
                calls.entry(gateway_id).or_default().push(Call { candidate, work, repeats });
            }
        }
        let wakes: Vec<_> =
            calls.iter().map(|(gateway_id, calls)| wake(context, *gateway_id, calls)).collect();
        let counts: Vec<Result<usize>> = stream::iter(wakes).buffer_unordered(PARALLEL).collect().await;
        for count in counts {
            woken += count?;
        }
        if is_last {
            return Ok(woken);
        }
    }
}

/// Agents on gateways that could be woken: set up, not awaited, on a board whose agents may work.
async fn candidates(context: &Context, after: Uuid, board_id: Option<Uuid>) -> Result<Vec<Candidate>> {
    Ok(context
        .store()
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                ", round_work FROM agents
                 WHERE id > $1 AND (board_id = $2 OR $2 IS NULL) AND gateway_id IS NOT NULL
                   AND openclaw_session_id IS NOT NULL AND lifecycle_state = 'ready' AND checkin_deadline_at IS NULL
                   AND missed_checkins = 0 AND gateway_away_at IS NULL AND status NOT IN ('updating', 'deleting', 'paused')
                   AND (board_id IS NULL
                        OR board_id IN (SELECT b.id FROM boards b WHERE b.gateway_id IS NOT NULL AND b.paused_at IS NULL))
                 ORDER BY id LIMIT $3"
            ))
            .bind(after)
            .bind(board_id)
            .bind(BATCH),
        )
        .await?)
}

/// Wakes agents of one gateway, but for those that work already.
async fn wake(context: &Context, gateway_id: Uuid, calls: &[Call<'_>]) -> Result<usize> {
    let organization_id = calls.first().map(|call| call.candidate.agent.organization_id).unwrap_or_default();
    let gateway = gateways::queries::find(context.store(), organization_id, gateway_id).await?;
    let Some(gateway) = gateway else { return Ok(0) };
    let Some(busy) = busy_sessions(context, &gateway).await else { return Ok(0) };
    let txn = context.store().begin().await?;
    let mut woken = 0;
    for call in calls {
        let agent = &call.candidate.agent;
        let is_busy = agent.openclaw_session_id.as_ref().is_some_and(|key| busy.contains(key));
        if is_busy || !claim(&txn, call).await? {
            continue;
        }
        messages::enqueue(&txn, &message(agent, call.work, context.base_url())).await?;
        woken += 1;
    }
    txn.commit().await?;
    if woken > 0 {
        tracing::info!(gateway.id = %gateway_id, agents = woken, "agents.round.woken");
    }
    Ok(woken)
}

/// The sessions that are at work; none when the gateway is away.
async fn busy_sessions(context: &Context, gateway: &Gateway) -> Option<Vec<String>> {
    let target = match gateway.target(context) {
        Ok(target) => target,
        Err(error) => {
            tracing::warn!(gateway.id = %gateway.id, %error, "agents.round.gateway_unusable");
            return None;
        }
    };
    match within(PATIENCE, Rpc::new(context, &target).sessions_list()).await {
        Ok(sessions) => {
            let busy = sessions.iter().filter(|session| rpc::is_running(session));
            let keys = busy.filter_map(|session| session.get("key").and_then(Value::as_str));
            Some(keys.map(str::to_owned).collect())
        }
        Err(error) => {
            tracing::debug!(gateway.id = %gateway.id, %error, "agents.round.gateway_away");
            None
        }
    }
}

/// Writes down that the agent is woken, unless it has called or was sent something since it was looked at.
async fn claim(txn: &Txn, call: &Call<'_>) -> Result<bool> {
    let agent = &call.candidate.agent;
    let rows = txn
        .run(
            sql("UPDATE agents SET last_round_at = $2, round_work = $3, round_repeats = $4
                 WHERE id = $1 AND lifecycle_state = 'ready' AND checkin_deadline_at IS NULL
                   AND (last_seen_at = $5 OR last_seen_at IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM agent_messages m
                                   WHERE m.agent_id = $1 AND m.state IN ('queued', 'sending', 'failed'))")
            .bind(agent.id)
            .bind(txn.now())
            .bind(call.work.lasting())
            .bind(call.repeats)
            .bind(agent.last_seen_at),
        )
        .await?;
    Ok(rows == 1)
}

/// The message that wakes an agent: what there is, and where to read it. It has no text from outside.
fn message(agent: &Agent, work: &Work, base_url: &str) -> Outgoing {
    let phrases = work.phrases();
    let list: String = phrases.iter().map(|phrase| format!("- {phrase}\n")).collect();
    let text = format!(
        "WORK WAITING\n\
         There is something for you:\n\
         {list}\n\
         Check in first; the answer names tasks and decisions:\n\
         POST {base_url}/api/v1/agent/heartbeat\n\
         Then do the next step, and report it where it belongs."
    );
    Outgoing {
        kind: MessageKind::Wake,
        wake: true,
        sent_event: Some("agent.round.woken".into()),
        failed_event: Some("agent.round.wake_failed".into()),
        ..Outgoing::to(agent, text)
    }
}

#[cfg(test)]
mod tests;
