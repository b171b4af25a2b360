//! Signs of life: every authenticated call of an agent is one, and a heartbeat says more.

use mc_store::{Txn, sql};
use uuid::Uuid;

use super::{
    Agent, LifecycleState, jobs,
    presence::{self, Report},
    queries, service,
};
use crate::{Context, Error, Kind, Result, access::OrgAdmin};

/// Whether a sign of life of this agent is worth writing down now.
#[must_use]
pub fn touch_is_due(context: &Context, agent: &Agent) -> bool {
    agent.awaits_touch(context.store().clock().now())
}

/// Writes down a sign of life, in a transaction of its own, and gives the agent as it is then.
///
/// # Errors
/// `Unauthorized` when the agent is gone; when the database fails.
pub async fn touch(context: &Context, agent_id: Uuid) -> Result<Agent> {
    record(context, agent_id, None).await
}

/// Writes down a heartbeat of an agent with what it reports of itself.
///
/// # Errors
/// As [`touch`].
pub async fn heartbeat(context: &Context, agent: &Agent, status: Option<&str>) -> Result<Agent> {
    record(context, agent.id, status.and_then(Report::of)).await
}

async fn record(context: &Context, agent_id: Uuid, report: Option<Report>) -> Result<Agent> {
    let txn = context.store().begin().await?;
    let old = service::lock(&txn, agent_id).await.map_err(|error| match error.kind {
        Kind::NotFound => Error::unauthorized(),
        _ => error,
    })?;
    let (new, kind) = presence::checked_in(&old, report.as_ref(), txn.now());
    save(&txn, &new).await?;
    if let Some(kind) = kind {
        txn.append(jobs::presence_event(kind, &new)).await?;
    }
    txn.commit().await?;
    Ok(new)
}

/// Signs of life are no changes of the agent: they leave `updated_at` alone.
async fn save(txn: &Txn, agent: &Agent) -> Result<()> {
    txn.run_one(
        sql("UPDATE agents SET last_seen_at = $2, status = $3, status_note = $4, lifecycle_state = $5,
                 last_provision_error = $6, wake_attempts = $7, checkin_deadline_at = $8, missed_checkins = $9,
                 next_attempt_at = $10
             WHERE id = $1")
        .bind(agent.id)
        .bind(agent.last_seen_at)
        .bind(agent.status.as_str())
        .bind(agent.status_note.as_deref())
        .bind(agent.lifecycle_state.as_str())
        .bind(agent.last_provision_error.as_deref())
        .bind(agent.wake_attempts)
        .bind(agent.checkin_deadline_at)
        .bind(agent.missed_checkins)
        .bind(agent.next_attempt_at),
    )
    .await?;
    Ok(())
}

/// Sets the status of an agent for an administrator. That is no sign of life: presence comes from the
/// agent alone.
///
/// # Errors
/// As [`queries::writable`].
pub async fn report_for(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    status: Option<&str>,
) -> Result<Agent> {
    let present = queries::writable(context, scope, agent_id).await?;
    let Some(report) = status.and_then(Report::of) else { return Ok(present) };
    let txn = context.store().begin().await?;
    let old = service::lock(&txn, agent_id).await?;
    let mut new = old.clone();
    report.apply(&mut new);
    if new != old {
        new = service::save(&txn, new).await?;
        let event = jobs::presence_event("agent.status_changed", &new);
        txn.append(event.user(Some(scope.actor().user().id))).await?;
    }
    txn.commit().await?;
    Ok(new)
}

/// The agent of the active organization that a person's heartbeat names.
///
/// # Errors
/// `Conflict` when several agents have the name; when the database cannot be reached.
pub async fn named(
    context: &Context,
    scope: &OrgAdmin,
    name: &str,
    board_id: Option<Uuid>,
) -> Result<Option<Agent>> {
    let mut found = queries::by_name(context.store(), scope.organization().id, name, board_id).await?;
    match found.len() {
        0 | 1 => Ok(found
            .pop()
            .filter(|agent| agent.lifecycle_state != LifecycleState::Failed || agent.last_seen_at.is_some())),
        _ => Err(Error::conflict("name belongs to several agents; name their board in board_id")),
    }
}
