//! Patience with agents that were woken and do not call.
//!
//! A missed deadline is answered in steps: the same words again, twice; then the session begins anew; then the agent
//! gets a new token. After that it counts as given up, and is woken now and then for good. A turn that still runs on the
//! gateway puts the deadline off, and so does a gateway that is away: neither is a fault of the agent.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{
    Txn,
    jobs::{Job, JobError},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Watch, announce, look_after, sent, wait};
use crate::{
    Context, Error, Kind, Result,
    access::OrgAdmin,
    agents::{
        Agent, LifecycleState,
        lifecycle::{self, Action, Manner},
        queries, service,
    },
    boards,
    gateways::{
        self, Gateway,
        port::{Failure, GatewayError},
        rpc::{self, ChatMessage, MAIN_LABEL, Rpc, WRITE_WAIT, within},
    },
    workspace::{self, Wake},
};

/// How long the gateway has to say what the agent does.
const LOOK_WAIT: Duration = Duration::from_secs(15);
/// When a gateway that is away, or a board that is paused, is looked at again. The gateway's return cuts this short.
const PUT_OFF: TimeDelta = TimeDelta::seconds(60);
/// The most missed deadlines that are answered with the same words again.
const SAME_WORDS: i64 = 2;
/// The missed deadline after which the agent is given up.
const GIVE_UP: i64 = 5;

/// What is done about a missed deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The same words again.
    Wake,
    /// A new session, and the words.
    Reset,
    /// A new token, files, a new session, and the words.
    Renew,
    /// Nothing now; the words after a long pause.
    GiveUp,
}

impl Step {
    /// What answers the given missed deadline, from 1.
    fn after(missed: i64) -> Self {
        match missed {
            ..=SAME_WORDS => Self::Wake,
            3 => Self::Reset,
            4 => Self::Renew,
            _ => Self::GiveUp,
        }
    }
}

/// Looks after a deadline that has passed. Nothing is to be done for an agent that has called meanwhile.
pub(in crate::agents) async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    let watch: Watch = serde_json::from_value(job.payload.0.clone())
        .map_err(|error| JobError::Fatal(format!("the job names no agent and deadline: {error}")))?;
    let agent = service::by_id(context.store(), watch.agent_id).await?;
    let Some(agent) = agent.filter(|agent| agent.checkin_deadline_at == Some(watch.deadline)) else {
        return Ok(());
    };
    let gateway = gateways::queries::of_agent(context.store(), agent.id).await?;
    let Some(gateway) = gateway.filter(|_| agent.lifecycle_state.is_set_up()) else {
        // Another runtime, or a run that ends with a wake of its own.
        return Ok(change(context, &watch, |agent| agent.checkin_deadline_at = None).await.map(drop)?);
    };
    if is_paused(context, &agent).await? {
        return Ok(put_off(context, &watch, PUT_OFF, None).await?);
    }
    match has_active_run(context, &gateway, &agent).await? {
        Ok(true) => Ok(put_off(context, &watch, wait(context), Some(None)).await?),
        Ok(false) => Ok(miss(context, &gateway, &watch).await?),
        Err(error) => Ok(put_off(context, &watch, PUT_OFF, Some(Some(&error))).await?),
    }
}

async fn is_paused(context: &Context, agent: &Agent) -> Result<bool> {
    let board = match agent.board_id {
        Some(id) => boards::service::by_id(context.store(), id).await?,
        None => None,
    };
    Ok(board.is_some_and(|board| board.is_paused()))
}

/// Whether the agent works on something now.
async fn has_active_run(
    context: &Context,
    gateway: &Gateway,
    agent: &Agent,
) -> Result<Result<bool, GatewayError>> {
    let target = gateway.target(context)?;
    let sessions = within(LOOK_WAIT, Rpc::new(context, &target).sessions_list()).await;
    let key = agent.openclaw_session_id.as_deref();
    Ok(sessions.map(|sessions| {
        sessions
            .iter()
            .any(|session| session.get("key").and_then(Value::as_str) == key && rpc::is_running(session))
    }))
}

/// Changes the agent as long as its deadline is the one that is looked after.
async fn change(
    context: &Context,
    watch: &Watch,
    change: impl FnOnce(&mut Agent),
) -> Result<Option<(Txn, Agent)>> {
    let txn = context.store().begin().await?;
    let mut agent = match service::lock(&txn, watch.agent_id).await {
        Err(Error { kind: Kind::NotFound, .. }) => return Ok(None),
        locked => locked?,
    };
    if agent.checkin_deadline_at != Some(watch.deadline) {
        return Ok(None);
    }
    change(&mut agent);
    let agent = service::save(&txn, agent).await?;
    Ok(Some((txn, agent)))
}

/// Gives the agent more time. `gateway` says, when it was asked, why it did not answer.
async fn put_off(
    context: &Context,
    watch: &Watch,
    by: TimeDelta,
    gateway: Option<Option<&GatewayError>>,
) -> Result<()> {
    let now = context.store().clock().now();
    let deadline = now + by;
    let changed = change(context, watch, |agent| {
        agent.checkin_deadline_at = Some(deadline);
        if let Some(error) = gateway {
            agent.waits_for_gateway_since = error.map(|_| agent.waits_for_gateway_since.unwrap_or(now));
        }
    })
    .await?;
    if let Some((txn, agent)) = changed {
        look_after(&txn, agent.id, deadline).await?;
        txn.commit().await?;
    }
    Ok(())
}

/// Writes the missed deadline down and answers it. The next deadline is there before anything is sent, so that nothing
/// is lost with the process.
async fn miss(context: &Context, gateway: &Gateway, watch: &Watch) -> Result<()> {
    let deadline = context.store().clock().now() + wait(context);
    let mut was_away = false;
    let changed = change(context, watch, |agent| {
        was_away = agent.waits_for_gateway_since.take().is_some();
        // What was said to an agent whose gateway went away may never have reached it.
        if !was_away {
            agent.missed_checkins += 1;
        }
        agent.checkin_deadline_at = Some(deadline);
        if Step::after(agent.missed_checkins) == Step::GiveUp {
            give_up(agent, context.store().clock().now());
        }
    })
    .await?;
    let Some((txn, agent)) = changed else { return Ok(()) };
    if !was_away {
        let event = service::event("agent.checkin.missed", &agent)
            .message(format!("Agent did not call after it was woken: {}", agent.name));
        txn.append(event.activity()).await?;
    }
    let step = Step::after(agent.missed_checkins);
    if step == Step::GiveUp {
        if agent.missed_checkins == GIVE_UP {
            let event = service::event("agent.gave_up", &agent).message(format!(
                "Agent given up after {GIVE_UP} wakes without an answer; it is woken again now and then: {}",
                agent.name
            ));
            txn.append(event.activity()).await?;
        }
        if let Some(at) = agent.next_attempt_at {
            lifecycle::enqueue_retry(&txn, agent.id, at).await?;
        }
    } else {
        look_after(&txn, agent.id, deadline).await?;
    }
    txn.commit().await?;
    match step {
        Step::Wake => wake(context, gateway, &agent, false).await,
        Step::Reset => wake(context, gateway, &agent, true).await,
        Step::Renew => renew(context, agent.id).await,
        Step::GiveUp => Ok(()),
    }
}

/// The agent counts as gone, until it calls; the next words come after a long pause.
fn give_up(agent: &mut Agent, now: DateTime<Utc>) {
    agent.lifecycle_state = LifecycleState::GaveUp;
    "offline".clone_into(&mut agent.status);
    agent.checkin_deadline_at = None;
    agent.last_provision_error = Some(format!(
        "The agent has not called after {} wakes; it is woken again now and then",
        agent.missed_checkins
    ));
    agent.next_attempt_at = Some(now + lifecycle::slow_pause(agent.missed_checkins - GIVE_UP + 1));
}

/// Says the words again. When the gateway is away just now, the next deadline finds out.
async fn wake(context: &Context, gateway: &Gateway, agent: &Agent, reset: bool) -> Result<()> {
    let text = "no answer to the last wake";
    match send(context, gateway, agent, reset, Wake::Reminder, text).await? {
        Ok(()) => Ok(()),
        Err(error) => {
            tracing::warn!(agent.id = %agent.id, error = error.message, "agents.wake.failed");
            Ok(())
        }
    }
}

/// Gives the agent a new token with its files; it may have lost the old one.
async fn renew(context: &Context, agent_id: Uuid) -> Result<()> {
    let manner = Manner { renew_token: true, ..Manner::of(Action::Update) };
    match lifecycle::run(context, agent_id, Action::Update, manner).await {
        Ok(_) | Err(Error { kind: Kind::NotFound | Kind::Conflict | Kind::Invalid, .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Wakes an agent that was given up, after a long pause.
pub(in crate::agents) async fn wake_slowly(context: &Context, agent: &Agent) -> Result<()> {
    let gateway = gateways::queries::of_agent(context.store(), agent.id).await?;
    let Some(gateway) = gateway else { return Ok(()) };
    let outcome = if is_paused(context, agent).await? {
        None
    } else {
        let reason = "tried again after it was given up";
        Some(send(context, &gateway, agent, false, Wake::Reminder, reason).await?)
    };
    let txn = context.store().begin().await?;
    let mut present = match service::lock(&txn, agent.id).await {
        Err(Error { kind: Kind::NotFound, .. }) => return Ok(()),
        locked => locked?,
    };
    if present.next_attempt_at != agent.next_attempt_at {
        return Ok(());
    }
    // Words that were sent have a deadline of their own now, after which the next pause begins.
    let next = match outcome {
        Some(Ok(())) => None,
        _ => Some(txn.now() + PUT_OFF),
    };
    present.next_attempt_at = next;
    let present = service::save(&txn, present).await?;
    if let Some(at) = next {
        lifecycle::enqueue_retry(&txn, present.id, at).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Wakes an agent for an administrator who waits for it. `reason` is shown to people.
///
/// # Errors
/// As [`queries::writable`]; `Conflict` when the agent is not set up on a gateway, or its board is paused; `BadGateway`
/// when the gateway could not be reached.
pub async fn now(context: &Context, scope: &OrgAdmin, agent_id: Uuid, reason: Option<&str>) -> Result<Agent> {
    let agent = queries::writable(context, scope, agent_id).await?;
    service::refuse_deleting(&agent)?;
    let gateway = gateways::queries::of_agent(context.store(), agent.id).await?;
    let Some(gateway) = gateway.filter(|_| agent.gateway_id.is_some()) else {
        return Err(Error::conflict("The agent lives on no gateway: it calls by itself")
            .code("agent_without_gateway"));
    };
    if !agent.lifecycle_state.is_set_up() {
        return Err(Error::conflict("The agent is not set up yet; set it up with reprovision")
            .code("agent_not_set_up"));
    }
    if is_paused(context, &agent).await? {
        return Err(Error::conflict("The board of the agent is paused").code("board_paused"));
    }
    let reason = reason.unwrap_or("woken by a person");
    let outcome = send(context, &gateway, &agent, false, Wake::Reminder, reason).await?;
    outcome.map_err(|error| gateways::rules::bad_gateway("The agent could not be woken", &error))?;
    service::by_id(context.store(), agent.id).await?.ok_or_else(Error::not_found)
}

/// Sends the words, and writes down that they were sent.
async fn send(
    context: &Context,
    gateway: &Gateway,
    agent: &Agent,
    reset: bool,
    words: Wake<'_>,
    reason: &str,
) -> Result<Result<(), GatewayError>> {
    let Some(session_key) = agent.openclaw_session_id.as_deref() else {
        let text = "The agent has no session on its gateway";
        return Ok(Err(GatewayError::new(Failure::NotFound, text)));
    };
    let target = gateway.target(context)?;
    let rpc = Rpc::new(context, &target);
    let key = context.store().ids().next();
    let txn = context.store().begin().await?;
    announce(&txn, agent.id).await?;
    txn.commit().await?;
    let outcome = within(WRITE_WAIT, async {
        let dialect = rpc.dialect().await?;
        if reset {
            match rpc.session_reset(session_key).await {
                Err(error) if error.failure != Failure::NotFound => return Err(error),
                _ => {}
            }
        }
        let text = workspace::wake_text(agent, dialect, context.base_url(), words);
        let label = if agent.board_id.is_none() { MAIN_LABEL } else { &agent.name };
        let message = ChatMessage { session_key, text: &text, deliver: true, idempotency_key: key };
        rpc.tell(label, message).await
    })
    .await;
    if let Err(error) = outcome {
        return Ok(Err(error));
    }
    let txn = context.store().begin().await?;
    sent(context, &txn, agent.id, reason).await?;
    let event = service::event("agent.wake.retried", agent)
        .message(format!("Agent woken ({reason}): {}", agent.name));
    txn.append(event.activity()).await?;
    txn.commit().await?;
    Ok(Ok(()))
}

#[cfg(test)]
mod tests;
