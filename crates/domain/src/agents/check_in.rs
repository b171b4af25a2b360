//! Signs of life: every authenticated call of an agent is one, and a heartbeat says more.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Read, Txn, sql};
use uuid::Uuid;

use super::{
    Agent, LifecycleState, jobs,
    presence::{self, Report},
    queries, service,
    work::{self, Decision, GivenTask, OpenTask, Reader, Work},
};
use crate::{Context, Error, Kind, Result, access::OrgAdmin, boards::Board};

/// How far back a heartbeat tells what is new.
const NEWS_MAX: TimeDelta = TimeDelta::days(30);
/// The most tasks, and the most decisions, that one heartbeat names.
const NAMED_MAX: i64 = 20;

/// What an agent learns when it checks in.
#[derive(Clone, Debug)]
pub struct News {
    /// Since when words and decisions count: its last heartbeat before this one.
    pub since: DateTime<Utc>,
    /// How much waits for it.
    pub work: Work,
    /// Its open tasks: those in progress first, at most twenty.
    pub tasks: Vec<OpenTask>,
    /// For a lead: tasks that people made and gave to others, newest first, at most twenty. A message would call its
    /// model for something that is settled.
    pub given_tasks: Vec<GivenTask>,
    /// The decisions that concern it, newest first, at most twenty.
    pub decisions: Vec<Decision>,
    /// Its board with the rules; none for a main agent.
    pub board: Option<Board>,
}

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
    let txn = context.store().begin().await?;
    let agent = record(&txn, agent_id, None).await?;
    txn.commit().await?;
    Ok(agent)
}

/// Writes down a heartbeat of an agent with what it reports of itself, and tells it what there is for it.
///
/// # Errors
/// As [`touch`].
pub async fn heartbeat(context: &Context, agent: &Agent, status: Option<&str>) -> Result<(Agent, News)> {
    let txn = context.store().begin().await?;
    let agent = record(&txn, agent.id, status.and_then(Report::of)).await?;
    let (last,): (Option<DateTime<Utc>>,) =
        txn.one(sql("SELECT last_heartbeat_at FROM agents WHERE id = $1").bind(agent.id)).await?;
    let update = sql("UPDATE agents SET last_heartbeat_at = $2 WHERE id = $1");
    txn.run_one(update.bind(agent.id).bind(txn.now())).await?;
    let now = txn.now();
    txn.commit().await?;
    let since = last.unwrap_or(agent.created_at).max(now - NEWS_MAX);
    let news = news(context, &agent, since, now).await?;
    Ok((agent, news))
}

async fn news(context: &Context, agent: &Agent, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<News> {
    let store = context.store();
    let mut work = work::of(store, &[Reader { agent, since }], None, now).await?;
    let (board, decisions) = match agent.board_id {
        Some(id) => {
            let board: Option<Board> =
                store.optional(sql("SELECT * FROM boards WHERE id = $1").bind(id)).await?;
            let decisions =
                work::decisions(store, (id, agent.id, agent.is_board_lead), since, NAMED_MAX).await?;
            (board, decisions)
        }
        None => (None, Vec::new()),
    };
    let given_tasks = match agent.board_id.filter(|_| agent.is_board_lead) {
        Some(board_id) => work::given_tasks(store, (board_id, agent.id), since, NAMED_MAX).await?,
        None => Vec::new(),
    };
    Ok(News {
        since,
        given_tasks,
        work: work.remove(&agent.id).unwrap_or_default(),
        tasks: work::tasks_of(store, agent.id, NAMED_MAX).await?,
        decisions,
        board,
    })
}

async fn record(txn: &Txn, agent_id: Uuid, report: Option<Report>) -> Result<Agent> {
    let old = service::lock(txn, agent_id).await.map_err(|error| match error.kind {
        Kind::NotFound => Error::unauthorized(),
        _ => error,
    })?;
    let (new, kind) = presence::checked_in(&old, report.as_ref(), txn.now());
    save(txn, &new).await?;
    if let Some(kind) = kind {
        txn.append(jobs::presence_event(kind, &new)).await?;
    }
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
