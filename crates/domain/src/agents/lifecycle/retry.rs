//! What was not done at once: the jobs that set agents up, that try again what did not work, and the sweep that finds
//! what was lost with a process.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Read, Txn,
    jobs::{Job, JobError, NewJob},
    sql,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Action, Manner, RUN_MAX, run};
use crate::{
    Context, Kind, Result,
    agents::{
        Agent, LifecycleState,
        model::agent_columns,
        service,
        wake::{self, reconcile},
    },
    workspace,
};

/// Sets up an agent that nobody waits for; the payload names the agent and the generation that is to be overcome.
pub(in crate::agents) const JOB: &str = "agent.lifecycle";
/// Tries again what did not work; the payload names the agent and the time that stands in its row.
pub(in crate::agents) const RETRY: &str = "agent.retry";
/// How many agents of one gateway are set up at a time.
const PARALLEL: u8 = 6;
/// The first pause while a gateway is away, in seconds; it doubles.
const AWAY_FIRST: i64 = 5;
/// The longest pause while a gateway is away, in seconds. Its return cuts the pause short.
const AWAY_MAX: i64 = 60;
/// The pauses after refusals and after agents were given up, in minutes; the last one counts from then on.
const SLOW: [i64; 4] = [5, 15, 60, 60];
/// After this long a wish that nobody has taken up is taken up by the sweep.
const TAKE_UP_AFTER: TimeDelta = TimeDelta::minutes(1);
/// The most agents that one sweep takes up for one reason.
const BATCH: i64 = 200;

#[derive(Serialize, Deserialize)]
struct Setup {
    agent_id: Uuid,
    generation: i64,
}

#[derive(Serialize, Deserialize)]
struct Again {
    agent_id: Uuid,
    at: DateTime<Utc>,
}

fn read<T: serde::de::DeserializeOwned>(job: &Job) -> Result<T, JobError> {
    serde_json::from_value(job.payload.0.clone())
        .map_err(|error| JobError::Fatal(format!("the job's payload cannot be read: {error}")))
}

/// The slow pause after the given number of failures, from 1.
pub(in crate::agents) fn slow_pause(failures: i64) -> TimeDelta {
    let place = usize::try_from(failures.max(1) - 1).unwrap_or(0).min(SLOW.len() - 1);
    TimeDelta::minutes(SLOW[place])
}

/// The pause before a run that failed is tried again; `unit` is a random number in 0..1 that keeps agents apart.
pub(super) fn pause(agent: &Agent, unit: f64) -> TimeDelta {
    let pause = if agent.waits_for_gateway_since.is_some() {
        let doublings = u32::try_from(agent.setup_failures.clamp(1, 10) - 1).unwrap_or(0);
        TimeDelta::seconds((AWAY_FIRST << doublings).min(AWAY_MAX))
    } else {
        slow_pause(agent.setup_failures)
    };
    #[expect(clippy::cast_possible_truncation, reason = "it is at most a tenth of the longest pause")]
    let jitter = (pause.num_milliseconds() as f64 * unit / 10.0) as i64;
    pause + TimeDelta::milliseconds(jitter)
}

/// Enqueues a run for the agent as it is now, behind a few others of its gateway.
pub(in crate::agents) async fn enqueue(txn: &Txn, agent: &Agent) -> Result<()> {
    let Some(gateway_id) = agent.gateway_id else { return Ok(()) };
    let setup = Setup { agent_id: agent.id, generation: agent.lifecycle_generation };
    let payload = serde_json::to_value(setup).map_err(crate::Error::internal)?;
    let lane = agent.id.as_bytes()[15] % PARALLEL;
    let job = NewJob::new(JOB, payload)
        .lane(format!("agent-setup:{gateway_id}:{lane}"))
        .dedupe(format!("{JOB}:{}:{}", agent.id, agent.lifecycle_generation))
        .max_attempts(1);
    txn.enqueue(job).await?;
    Ok(())
}

/// Enqueues the job that tries again at a time. It is not part of a lane: what waits must not hold up others.
pub(in crate::agents) async fn enqueue_retry(txn: &Txn, agent_id: Uuid, at: DateTime<Utc>) -> Result<()> {
    let payload = serde_json::to_value(Again { agent_id, at }).map_err(crate::Error::internal)?;
    let key = format!("{RETRY}:{agent_id}:{}", at.timestamp_micros());
    txn.enqueue(NewJob::new(RETRY, payload).delay(at - txn.now()).dedupe(key)).await?;
    Ok(())
}

/// Whether a run is wanted that nobody carries out now.
fn is_open(agent: &Agent) -> bool {
    matches!(agent.lifecycle_state, LifecycleState::Requested | LifecycleState::Failed)
        || (agent.files_wanted_at.is_some() && agent.lifecycle_state.is_set_up())
}

/// Runs the job: once for an agent that is as it was when the job was enqueued. What fails stands on the agent with the
/// time of the next attempt, and needs no dead letter.
pub(in crate::agents) async fn run_job(context: &Context, job: &Job) -> Result<(), JobError> {
    let setup: Setup = read(job)?;
    let agent = service::by_id(context.store(), setup.agent_id).await?;
    let Some(agent) = agent.filter(|agent| agent.lifecycle_generation == setup.generation) else {
        return Ok(());
    };
    if !is_open(&agent) {
        return Ok(());
    }
    let action = Action::of(&agent);
    match run(context, agent.id, action, Manner::of(action)).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind, Kind::NotFound | Kind::Conflict) => Ok(()),
        Err(error) => Err(JobError::Fatal(error.to_string())),
    }
}

/// Runs the job that tries again, unless it has been overtaken.
pub(in crate::agents) async fn run_retry(context: &Context, job: &Job) -> Result<(), JobError> {
    let again: Again = read(job)?;
    let txn = context.store().begin().await?;
    let Some(mut agent) = service::by_id(&txn, again.agent_id).await? else { return Ok(()) };
    if agent.next_attempt_at != Some(again.at) {
        return Ok(());
    }
    if is_open(&agent) {
        agent = service::lock(&txn, agent.id).await?;
        agent.next_attempt_at = None;
        let agent = service::save(&txn, agent).await?;
        enqueue(&txn, &agent).await?;
        txn.commit().await?;
        return Ok(());
    }
    txn.commit().await?;
    let is_asleep =
        agent.lifecycle_state == LifecycleState::AwaitingCheckin && agent.checkin_deadline_at.is_none();
    if is_asleep || agent.lifecycle_state == LifecycleState::GaveUp {
        reconcile::wake_slowly(context, &agent).await?;
    }
    Ok(())
}

/// Goes on at once with all agents that wait for a gateway that has come back.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn gateway_returned(txn: &Txn, gateway_id: Uuid) -> Result<()> {
    let waiting: Vec<Agent> = txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id = $1 AND waits_for_gateway_since IS NOT NULL ORDER BY created_at, id"
            ))
            .bind(gateway_id),
        )
        .await?;
    for agent in waiting {
        if is_open(&agent) {
            enqueue(txn, &agent).await?;
        } else if agent.checkin_deadline_at.is_some() {
            // Whatever it was told may have been lost with the gateway.
            txn.run(
                sql("UPDATE agents SET checkin_deadline_at = $2 WHERE id = $1")
                    .bind(agent.id)
                    .bind(txn.now()),
            )
            .await?;
            wake::look_after(txn, agent.id, txn.now()).await?;
        }
    }
    Ok(())
}

/// Wants the files of agents to be written anew, because what they are made from has changed.
///
/// # Errors
/// When the database refuses it.
pub(in crate::agents) async fn refresh(txn: &Txn, agents: &[Agent]) -> Result<()> {
    for agent in agents.iter().filter(|agent| agent.gateway_id.is_some()) {
        txn.run(sql("UPDATE agents SET files_wanted_at = $2 WHERE id = $1").bind(agent.id).bind(txn.now()))
            .await?;
        enqueue(txn, agent).await?;
    }
    Ok(())
}

/// Takes up what nobody carries out any more: runs that were cut off with their process, wishes and retries whose job
/// is gone, files that have older texts than this version writes, and wakes that nobody watches.
///
/// # Errors
/// When the database fails.
pub(in crate::agents) async fn take_up(context: &Context) -> Result<usize> {
    let txn = context.store().begin().await?;
    let lost = end_lost_runs(&txn).await?;
    let late = txn.now() - TAKE_UP_AFTER;
    let open: Vec<Agent> = txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id IS NOT NULL AND (
                      (lifecycle_state = 'requested' AND provision_requested_at < $1)
                      OR (lifecycle_state = 'requested' AND provision_requested_at IS NULL AND next_attempt_at IS NULL)
                      OR (lifecycle_state IN ('requested', 'failed') AND next_attempt_at < $1)
                      OR (lifecycle_state = 'failed' AND next_attempt_at IS NULL)
                      OR (lifecycle_state IN ('ready', 'awaiting_checkin', 'gave_up') AND files_wanted_at < $1
                          AND (next_attempt_at IS NULL OR next_attempt_at < $1)))
                    AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.id = agents.board_id AND b.paused_at IS NOT NULL)
                  ORDER BY id LIMIT $2"
            ))
            .bind(late)
            .bind(BATCH),
        )
        .await?;
    for agent in &open {
        enqueue(&txn, agent).await?;
    }
    let given_up: Vec<(Uuid, DateTime<Utc>)> = txn
        .all(
            sql("SELECT id, next_attempt_at FROM agents
                 WHERE lifecycle_state IN ('gave_up', 'awaiting_checkin') AND next_attempt_at < $1 ORDER BY next_attempt_at, id LIMIT $2")
            .bind(late)
            .bind(BATCH),
        )
        .await?;
    for (id, at) in given_up {
        enqueue_retry(&txn, id, at).await?;
    }
    wake_sleepers(&txn).await?;
    let unwatched: Vec<(Uuid, DateTime<Utc>)> = txn
        .all(
            sql("SELECT id, checkin_deadline_at FROM agents WHERE checkin_deadline_at < $1
                 ORDER BY checkin_deadline_at, id LIMIT $2")
            .bind(late)
            .bind(BATCH),
        )
        .await?;
    for (id, deadline) in unwatched {
        wake::look_after(&txn, id, deadline).await?;
    }
    want_newer_files(context, &txn).await?;
    txn.commit().await?;
    Ok(lost + open.len())
}

/// Wakes agents that were set up while their board was paused, now that it is not.
async fn wake_sleepers(txn: &Txn) -> Result<()> {
    let sleepers: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT id FROM agents WHERE gateway_id IS NOT NULL AND lifecycle_state = 'awaiting_checkin'
                   AND checkin_deadline_at IS NULL AND last_seen_at IS NULL AND next_attempt_at IS NULL
                   AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.id = agents.board_id AND b.paused_at IS NOT NULL)
                 ORDER BY id LIMIT $1")
            .bind(BATCH),
        )
        .await?;
    for (id,) in sleepers {
        txn.run(sql("UPDATE agents SET next_attempt_at = $2 WHERE id = $1").bind(id).bind(txn.now())).await?;
        enqueue_retry(txn, id, txn.now()).await?;
    }
    Ok(())
}

/// Wants new files for agents whose files have older texts or another address of this server.
async fn want_newer_files(context: &Context, txn: &Txn) -> Result<()> {
    let behind: Vec<Agent> = txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id IS NOT NULL AND lifecycle_state IN ('ready', 'awaiting_checkin', 'gave_up')
                    AND files_wanted_at IS NULL AND (files_version < $1 OR files_base_url <> $2)
                    AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.id = agents.board_id AND b.paused_at IS NOT NULL)
                  ORDER BY id LIMIT $3"
            ))
            .bind(i64::from(workspace::VERSION))
            .bind(context.base_url())
            .bind(BATCH),
        )
        .await?;
    refresh(txn, &behind).await
}

/// Puts agents whose run was cut off back among those that wait for one.
async fn end_lost_runs(txn: &Txn) -> Result<usize> {
    let limit = TimeDelta::from_std(RUN_MAX).unwrap_or(TimeDelta::minutes(3)) + TimeDelta::minutes(2);
    let lost: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT id FROM agents WHERE lifecycle_state = 'applying' AND provision_requested_at < $1
                 ORDER BY provision_requested_at, id LIMIT $2")
            .bind(txn.now() - limit)
            .bind(BATCH),
        )
        .await?;
    for (id,) in &lost {
        let mut agent = service::lock(txn, *id).await?;
        let [.., failed] = Action::of(&agent).events();
        let text = "The server stopped while the gateway was being set up; it is tried again".to_owned();
        agent.lifecycle_state = LifecycleState::Requested;
        "offline".clone_into(&mut agent.status);
        agent.last_provision_error = Some(text.clone());
        agent.provision_requested_at = None;
        // A process that still runs must not finish this run any more.
        agent.lifecycle_generation += 1;
        let agent = service::save(txn, agent).await?;
        txn.append(service::event(failed, &agent).message(text).activity()).await?;
        enqueue(txn, &agent).await?;
    }
    Ok(lost.len())
}
