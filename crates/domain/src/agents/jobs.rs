//! What happens to agents without anybody asking: silence becomes offline, lost runs end, and what
//! agents left on gateways is removed.

use chrono::TimeDelta;
use mc_store::{
    Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob, Runner, Schedule},
    sql,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::json;
use uuid::Uuid;

use super::{
    Agent, lifecycle,
    model::agent_columns,
    presence::{OFFLINE_AFTER, Presence},
    refresh, role_soul, rounds,
    runtime::Remains,
    service, wake,
};
use crate::{Context, Error, Result, gateways};

const SWEEP: &str = "agents.sweep";
const CLEANUP: &str = "agent.cleanup";
/// How often silent agents are looked for.
const SWEEP_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How many agents are looked at in one transaction.
const BATCH: i64 = 500;
/// How often a gateway is asked to remove what an agent left.
const CLEANUP_ATTEMPTS: i64 = 8;

/// Adds the jobs on agents, and when the recurring one runs.
pub(crate) fn register(runner: Runner, context: &Context) -> Runner {
    let (sweeping, cleaning, applying) = (context.clone(), context.clone(), context.clone());
    let (retrying, watching, fetching) = (context.clone(), context.clone(), context.clone());
    refresh::register(rounds::register(runner, context), context)
        .handler(SWEEP, move |_| {
            let context = sweeping.clone();
            async move {
                lifecycle::take_up(&context).await?;
                sweep(&context).await?;
                Ok(())
            }
        })
        .handler(role_soul::JOB, move |job| {
            let context = fetching.clone();
            async move { role_soul::run(&context, &job).await }
        })
        .handler(lifecycle::JOB, move |job| {
            let context = applying.clone();
            async move { lifecycle::run_job(&context, &job).await }
        })
        .handler(lifecycle::RETRY, move |job| {
            let context = retrying.clone();
            async move { lifecycle::run_retry(&context, &job).await }
        })
        .handler(wake::RECONCILE, move |job| {
            let context = watching.clone();
            async move { wake::reconcile::run(&context, &job).await }
        })
        .handler(CLEANUP, move |job| {
            let context = cleaning.clone();
            async move { clean_up(&context, &job).await }
        })
        .schedule(Schedule {
            name: SWEEP,
            every: SWEEP_EVERY,
            job: || NewJob::new(SWEEP, json!({})).dedupe(SWEEP),
        })
}

/// An event on a change of what an agent's signs of life say.
pub(super) fn presence_event(kind: &'static str, agent: &Agent) -> NewEvent {
    let name = &agent.name;
    let event = service::event(kind, agent).data(json!({ "status": agent.status }));
    match kind {
        "agent.checked_in" => event.message(format!("Agent checked in: {name}")).activity(),
        "agent.online" => event.message(format!("Agent is online again: {name}")).activity(),
        // The feed that people read tells once that a gateway is away, not for each of its agents.
        "agent.offline" if agent.gateway_away_at.is_some() => event,
        "agent.offline" => event.message(format!("Agent went offline: {name}")).activity(),
        _ => event,
    }
}

/// Marks agents that have been silent for too long, each once, and says so. Those that went with their gateway are back
/// with it.
pub(super) async fn sweep(context: &Context) -> Result<usize> {
    let (mut after, mut marked) = (Uuid::nil(), 0);
    bring_back(context).await?;
    loop {
        let txn = context.store().begin().await?;
        let silent = silent(&txn, after).await?;
        let is_last = i64::try_from(silent.len()).is_ok_and(|count| count < BATCH);
        after = silent.last().map_or(after, |agent| agent.id);
        let gone: Vec<Uuid> = silent
            .iter()
            .filter(|agent| agent.presence(txn.now()) == Presence::Offline)
            .map(|agent| agent.id)
            .collect();
        for agent in mark(&txn, &gone).await? {
            txn.append(presence_event("agent.offline", &agent)).await?;
            marked += 1;
        }
        txn.commit().await?;
        if is_last {
            return Ok(marked);
        }
    }
}

/// Agents that sleep and are not offline whatever their silence; [`Agent::is_asleep`] has the last word.
macro_rules! is_asleep {
    () => {
        "(gateway_id IS NOT NULL AND openclaw_session_id IS NOT NULL AND lifecycle_state = 'ready' AND missed_checkins = 0
          AND checkin_deadline_at IS NULL AND gateway_away_at IS NULL
          AND (heartbeat_config IS NULL OR heartbeat_config NOT LIKE '%\"wake\":\"always\"%'))"
    };
}

/// Agents that were offline with their gateway and only sleep now.
async fn bring_back(context: &Context) -> Result<()> {
    let txn = context.store().begin().await?;
    let back: Vec<Agent> = txn
        .all(
            sql(concat!(
                "UPDATE agents SET status = 'online' WHERE id IN (
                     SELECT id FROM agents WHERE status = 'offline' AND last_seen_at IS NOT NULL AND ",
                is_asleep!(),
                " ORDER BY id LIMIT $1) RETURNING ",
                agent_columns!()
            ))
            .bind(BATCH),
        )
        .await?;
    for agent in back {
        txn.append(service::event("agent.online", &agent).data(json!({ "status": agent.status }))).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Agents that were not seen for the shortest time after which one counts as offline.
async fn silent(txn: &Txn, after: Uuid) -> Result<Vec<Agent>> {
    Ok(txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE id > $1 AND last_seen_at < $2
                    AND status NOT IN ('offline', 'updating', 'deleting') AND NOT ",
                is_asleep!(),
                " ORDER BY id LIMIT $3"
            ))
            .bind(after)
            .bind(txn.now() - OFFLINE_AFTER)
            .bind(BATCH),
        )
        .await?)
}

/// Marks these agents, but for those that have called meanwhile.
async fn mark(txn: &Txn, ids: &[Uuid]) -> Result<Vec<Agent>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let update = Query::update()
        .table(Alias::new("agents"))
        .value(Alias::new("status"), "offline")
        .and_where(column("id").is_in(ids.iter().copied()))
        .and_where(column("last_seen_at").lt(txn.now() - OFFLINE_AFTER))
        .and_where(column("status").is_not_in(["offline", "updating", "deleting"]))
        .returning(
            Query::returning().columns(agent_columns!().split(',').map(|name| Alias::new(name.trim()))),
        )
        .take();
    Ok(txn.all(txn.render(&update)).await?)
}

/// Enqueues the removal of what an agent that is deleted now has on a gateway, if it has anything there.
pub(crate) async fn clean_up_after(txn: &Txn, agent: &Agent) -> Result<()> {
    match Remains::of(agent) {
        Some(remains) => enqueue_cleanup(txn, agent.organization_id, &remains).await,
        None => Ok(()),
    }
}

/// Enqueues the removal of what an agent left on a gateway.
pub(super) async fn enqueue_cleanup(txn: &Txn, organization_id: Uuid, remains: &Remains) -> Result<()> {
    let payload = json!({ "organization_id": organization_id, "remains": remains });
    let lane = format!("gateway-cleanup:{}", remains.gateway_id);
    txn.enqueue(NewJob::new(CLEANUP, payload).lane(lane).max_attempts(CLEANUP_ATTEMPTS)).await?;
    Ok(())
}

async fn clean_up(context: &Context, job: &Job) -> Result<(), JobError> {
    let fatal = |what: &str| JobError::Fatal(format!("the job names no {what}"));
    let organization_id =
        job.payload.0.get("organization_id").and_then(|id| id.as_str()?.parse::<Uuid>().ok());
    let organization_id = organization_id.ok_or_else(|| fatal("organization_id"))?;
    let remains = job.payload.0.get("remains").cloned().unwrap_or_default();
    let remains: Remains = serde_json::from_value(remains).map_err(|_| fatal("remains"))?;
    let gateway = gateways::queries::find(context.store(), organization_id, remains.gateway_id).await?;
    let Some(gateway) = gateway else { return Ok(()) };
    let target = gateway.target(context).map_err(|error: Error| JobError::Fatal(error.to_string()))?;
    remains.remove(context, &target).await.map_err(|error| JobError::Retry(error.message))
}

#[cfg(test)]
mod tests;
