//! Changing agents, and moving them between boards and gateways.

use chrono::{DateTime, Utc};
use mc_openclaw::config::Dialect;
use mc_store::{Json, Txn};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Agent, LifecycleState, heartbeat, jobs,
    lifecycle::{self, Action, Manner},
    queries,
    runtime::{self, Remains},
    service, tokens,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardWriter, OrgAdmin},
    boards::{self, Board},
    tasks, webhooks,
};

/// A change of an agent: `None` leaves a field; in the doubled ones `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct AgentChange {
    /// See [`Agent::name`].
    pub name: Option<String>,
    /// Another board; emptying it is refused.
    pub board_id: Option<Option<Uuid>>,
    /// Whether the agent is to be the main agent of its gateway.
    pub is_gateway_main: Option<bool>,
    /// See [`Agent::is_board_lead`].
    pub is_board_lead: Option<bool>,
    /// See [`Agent::heartbeat_config`]; emptied, it becomes the default.
    pub heartbeat_config: Option<Option<Map<String, Value>>>,
    /// See [`Agent::identity_profile`].
    pub identity_profile: Option<Option<Map<String, Value>>>,
    /// See [`Agent::identity_template`].
    pub identity_template: Option<Option<String>>,
    /// See [`Agent::soul_template`].
    pub soul_template: Option<Option<String>>,
    /// See [`Agent::token_expires_at`].
    pub token_expires_at: Option<Option<DateTime<Utc>>>,
    /// Whether a status was sent too; only heartbeats set it.
    pub sends_status: bool,
}

/// Changes an agent. What concerns its runtime is brought to its gateway; with `force` also when
/// nothing has changed. An agent that moves leaves its tasks behind, and what it had on its former
/// gateway is removed there.
///
/// # Errors
/// As [`queries::writable`] for the agent and a new board; `Forbidden` for a status; `Invalid` for a move that names
/// no place; `Conflict` when the name or the place of a lead or main agent is taken, or the agent is being
/// deleted; `BadGateway` when the gateway could not be brought up to date (the change stays).
pub async fn change(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    change: AgentChange,
    force: bool,
) -> Result<Agent> {
    let present = queries::writable(context, scope, agent_id).await?;
    if change.sends_status {
        return Err(Error::text(Kind::Forbidden, "status is set by heartbeats of the agent only"));
    }
    if let Some(Some(board_id)) = change.board_id {
        let board = BoardWriter::check(context, Actor::User(scope.actor().clone()), board_id).await?;
        if board.board().organization_id != scope.organization().id {
            return Err(Error::not_found());
        }
    }
    let txn = context.store().begin().await?;
    let boards = lock_boards(&txn, &present, &change).await?;
    let old = service::lock(&txn, agent_id).await?;
    service::refuse_deleting(&old)?;
    scope.precondition().check(old.updated_at)?;
    if old.board_id != present.board_id {
        return Err(Error::conflict("The agent was moved meanwhile; read it again"));
    }
    let new = changed(&old, &change, &boards, txn.now())?;
    let is_same = new == old;
    if !is_same {
        check_place(&txn, &old, &new, &boards).await?;
    }
    let user_id = scope.actor().user().id;
    let is_paced_anew = on_gateway(&new) != on_gateway(&old);
    let new = if is_same { old } else { write(&txn, &old, new, user_id).await? };
    txn.commit().await?;
    if new.gateway_id.is_none() {
        return Ok(new);
    }
    if force || (!is_same && change.concerns_files()) {
        let manner = Manner { force_bootstrap: force, ..Manner::of(Action::Update) };
        return lifecycle::request_as(context, agent_id, Action::Update, manner).await;
    }
    if is_paced_anew {
        // The gateway's own business: the agent need not be disturbed.
        return lifecycle::request(context, agent_id, Action::Refresh).await;
    }
    Ok(new)
}

/// The heartbeat that the gateway keeps for the agent. Most settings are this server's own and concern no gateway.
fn on_gateway(agent: &Agent) -> Map<String, Value> {
    // Every form of configurations differs exactly when the others do.
    heartbeat::entry_of(agent, Dialect::Entries)
}

impl AgentChange {
    /// Whether something is named that stands in the agent's files, or makes it another agent of its gateway.
    fn concerns_files(&self) -> bool {
        self.name.is_some()
            || self.board_id.is_some()
            || self.is_gateway_main.is_some()
            || self.is_board_lead.is_some()
            || self.identity_profile.is_some()
            || self.identity_template.is_some()
            || self.soul_template.is_some()
    }
}

/// The boards that the change is about, each locked: those on which the agent has tasks when it
/// moves, its own, and the new one.
async fn lock_boards(txn: &Txn, agent: &Agent, change: &AgentChange) -> Result<Vec<Board>> {
    let moves = change.board_id.is_some() || change.is_gateway_main.is_some();
    let mut ids =
        if moves { queries::boards_of_work(txn, agent).await? } else { agent.board_id.into_iter().collect() };
    ids.extend(change.board_id.flatten());
    ids.sort_unstable();
    ids.dedup();
    let mut boards = Vec::with_capacity(ids.len());
    for id in ids {
        boards.push(boards::service::lock(txn, id).await?);
    }
    Ok(boards)
}

fn changed(old: &Agent, change: &AgentChange, boards: &[Board], now: DateTime<Utc>) -> Result<Agent> {
    let mut new = old.clone();
    settle(&mut new, change, boards)?;
    if let Some(name) = &change.name {
        new.name.clone_from(name);
    }
    if let Some(config) = &change.heartbeat_config {
        new.heartbeat_config = Some(Json(config.clone().unwrap_or_else(heartbeat::default_config)));
    }
    if let Some(profile) = &change.identity_profile {
        new.identity_profile = profile.clone().map(Json);
    }
    if let Some(text) = &change.identity_template {
        new.identity_template.clone_from(text);
    }
    if let Some(text) = &change.soul_template {
        new.soul_template.clone_from(text);
    }
    if let Some(end) = change.token_expires_at {
        new.token_expires_at = end;
    }
    let session = runtime::session_key(&new);
    if (new.gateway_id, new.board_id, new.is_board_lead) != (old.gateway_id, old.board_id, old.is_board_lead)
    {
        new.openclaw_session_id = session;
    }
    if old.gateway_id.is_some() && new.gateway_id.is_none() {
        // It left its gateway for good: it is one of any runtime now, that is to call by itself.
        let state =
            if new.last_seen_at.is_some() { LifecycleState::Ready } else { LifecycleState::AwaitingCheckin };
        new.lifecycle_state = state;
        (new.provision_action, new.provision_requested_at) = (None, None);
        new.last_provision_error = None;
        let shown =
            if new.last_seen_at.is_some() { new.shown_status(now).to_owned() } else { "provisioning".into() };
        new.status = if shown == "updating" { "offline".into() } else { shown };
    }
    Ok(new)
}

/// Puts the agent where the change says: on a board, or as the main agent of a gateway.
fn settle(agent: &mut Agent, change: &AgentChange, boards: &[Board]) -> Result<()> {
    let find = |id: Uuid| boards.iter().find(|board| board.id == id);
    let is_main = agent.board_id.is_none();
    let target = change.board_id.flatten().or(agent.board_id).and_then(find);
    match change.is_gateway_main {
        Some(true) if !is_main => {
            let gateway = target.and_then(|board| board.gateway_id);
            let gateway =
                gateway.ok_or_else(|| Error::invalid("is_gateway_main needs a board with a gateway"))?;
            (agent.board_id, agent.gateway_id, agent.is_board_lead) = (None, Some(gateway), false);
        }
        Some(false) if is_main || change.board_id.flatten().is_none() => {
            let board = change.board_id.flatten().and_then(find);
            let board =
                board.ok_or_else(|| Error::invalid("board_id is required when is_gateway_main is false"))?;
            if board.gateway_id.is_none() {
                return Err(Error::invalid("board_id names a board without a gateway"));
            }
            (agent.board_id, agent.gateway_id) = (Some(board.id), board.gateway_id);
        }
        // A main agent belongs to its gateway, whatever board a change names.
        _ if is_main => {}
        _ => match change.board_id {
            None => {}
            Some(None) => return Err(Error::invalid("board_id is required: only a main agent has no board")),
            Some(Some(_)) => {
                let board = target.ok_or_else(Error::not_found)?;
                (agent.board_id, agent.gateway_id) = (Some(board.id), board.gateway_id);
            }
        },
    }
    if let Some(lead) = change.is_board_lead {
        if lead && agent.board_id.is_none() {
            return Err(Error::invalid("is_board_lead: a main agent leads no board"));
        }
        agent.is_board_lead = lead;
    }
    Ok(())
}

/// Refuses a name or a place that another agent has, and a gateway that cannot be worked with.
async fn check_place(txn: &Txn, old: &Agent, new: &Agent, boards: &[Board]) -> Result<()> {
    let Some(board_id) = new.board_id else {
        let main = match new.gateway_id {
            Some(gateway) if old.board_id.is_some() => queries::main_of(txn, gateway).await?,
            _ => None,
        };
        return match main {
            Some(_) => Err(Error::conflict("is_gateway_main: the gateway has a main agent already")),
            None => Ok(()),
        };
    };
    let moved = old.board_id != new.board_id;
    if let Some(board) = boards.iter().find(|board| moved && board.id == board_id) {
        runtime::gateway_of(txn, board).await?;
    }
    if moved || new.name.to_lowercase() != old.name.to_lowercase() {
        let namesakes = service::namesakes(txn, board_id, new.gateway_id, &new.name).await?;
        if let Some(other) = namesakes.iter().find(|other| other.id != new.id) {
            return Err(service::name_is_taken(other.board_id == Some(board_id)));
        }
    }
    if new.is_board_lead {
        service::refuse_second_lead(txn, board_id, Some(new.id)).await?;
    }
    Ok(())
}

async fn write(txn: &Txn, old: &Agent, new: Agent, user_id: Uuid) -> Result<Agent> {
    let has_moved = old.board_id != new.board_id;
    let (before, after) = (Remains::of(old), Remains::of(&new));
    let new = service::save(txn, new).await?;
    service::keep_soul(txn, old.soul_template.as_deref(), &new, (None, Some(user_id))).await?;
    if let Some(remains) = before.filter(|before| Some(before) != after.as_ref()) {
        jobs::enqueue_cleanup(txn, new.organization_id, &remains).await?;
    }
    if has_moved {
        tasks::service::release(txn, old.id, (None, Some(user_id))).await?;
        webhooks::service::release(txn, old, user_id).await?;
        // Streams of the former board see it go.
        let left =
            service::event("agent.moved", old).data(json!({ "agent_id": old.id, "board_id": new.board_id }));
        txn.append(left.user(Some(user_id))).await?;
    }
    if old.gateway_id.is_some() && new.gateway_id.is_none() {
        tokens::forget_copies(txn, new.id).await?;
    }
    let event = service::event("agent.updated", &new).message(format!("Agent updated: {}", new.name));
    txn.append(event.user(Some(user_id)).activity()).await?;
    Ok(new)
}
