//! Removing agents: from their gateway first, then from here.

use std::fmt::Write;

use mc_base::text;
use mc_store::{Txn, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    Agent, LifecycleState, jobs,
    messages::{self, Outgoing},
    queries,
    runtime::{self, Remains},
    service,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardWriter, OrgAdmin},
    boards::{self, Board},
    gateways::{self, Gateway},
    tasks::{self, Task},
};

/// How many tasks a message names.
const TASKS_TOLD: usize = 20;

/// Deletes an agent for an administrator. Nobody with this id is fine.
///
/// With `force` the agent goes at once, and its gateway is cleaned up when it can be reached.
///
/// # Errors
/// As [`queries::writable`]; `BadGateway` when the gateway could not be cleaned up: then the agent stays.
pub async fn delete(context: &Context, scope: &OrgAdmin, agent_id: Uuid, force: bool) -> Result<()> {
    if service::by_id(context.store(), agent_id).await?.is_none() {
        return Ok(());
    }
    let agent = queries::writable(context, scope, agent_id).await?;
    remove(context, &agent, &Actor::User(scope.actor().clone()), force).await
}

/// Deletes a worker of a board for the board's lead. Nobody with this id is fine.
///
/// # Errors
/// `Forbidden` for other callers, and for leads and main agents; `NotFound` for an agent of another board;
/// `BadGateway` when the gateway could not be cleaned up: then the agent stays.
pub async fn delete_worker(context: &Context, scope: &BoardWriter, agent_id: Uuid) -> Result<()> {
    let refused = |text: &str| Err(Error::text(Kind::Forbidden, text));
    let board_id = scope.board().id;
    match scope.actor() {
        Actor::Agent(caller) if caller.is_board_lead && caller.board_id == Some(board_id) => {}
        _ => return refused("Only the board's lead deletes its agents"),
    }
    let Some(agent) = service::by_id(context.store(), agent_id).await? else { return Ok(()) };
    if agent.organization_id != scope.board().organization_id {
        // Agents of others look like agents that are not there.
        return Ok(());
    }
    match agent.board_id {
        None => return refused("Board leads cannot delete the main agent of a gateway"),
        Some(id) if id != board_id => return Err(Error::not_found()),
        Some(_) if agent.is_board_lead => return refused("Board leads cannot delete a lead"),
        Some(_) => {}
    }
    remove(context, &agent, scope.actor(), false).await
}

async fn remove(context: &Context, agent: &Agent, actor: &Actor, force: bool) -> Result<()> {
    match try_to_remove(context, agent, actor, force).await {
        // Somebody else was faster.
        Err(Error { kind: Kind::NotFound, .. })
            if service::by_id(context.store(), agent.id).await?.is_none() =>
        {
            Ok(())
        }
        outcome => outcome,
    }
}

async fn try_to_remove(context: &Context, agent: &Agent, actor: &Actor, force: bool) -> Result<()> {
    let gateway = match agent.gateway_id {
        Some(id) => gateways::queries::find(context.store(), agent.organization_id, id).await?,
        None => None,
    };
    let gateway = match gateway {
        // A main agent whose gateway has no address has nothing to clean up.
        Some(gateway) if agent.board_id.is_none() => {
            Some(gateway).filter(|gateway| runtime::check(gateway).is_ok())
        }
        Some(gateway) if !force => {
            runtime::check(&gateway)?;
            Some(gateway)
        }
        other => other,
    };
    let remains = Remains::of(agent).filter(|_| gateway.is_some());
    if let (Some(gateway), Some(remains), false) = (&gateway, &remains, force) {
        let before = begin(context, agent.id).await?;
        let target = gateway.target(context)?;
        if let Err(error) = remains.remove(context, &target).await {
            give_up(context, &before, &error.message).await?;
            return Err(gateways::rules::bad_gateway("Gateway cleanup failed", &error));
        }
    }
    finish(context, agent.id, actor, gateway.as_ref().zip(remains.as_ref()), force).await
}

/// Marks the agent as being deleted, so that it writes nothing more; gives it as it was before.
async fn begin(context: &Context, agent_id: Uuid) -> Result<Agent> {
    let txn = context.store().begin().await?;
    let before = service::lock(&txn, agent_id).await?;
    let mut agent = before.clone();
    "deleting".clone_into(&mut agent.status);
    agent.lifecycle_state = LifecycleState::Deleting;
    // A run of the lifecycle that is under way must not finish any more.
    agent.lifecycle_generation += 1;
    let agent = service::save(&txn, agent).await?;
    txn.append(service::event("agent.delete.requested", &agent)).await?;
    txn.commit().await?;
    Ok(before)
}

/// The agent stays as it was before.
async fn give_up(context: &Context, before: &Agent, error: &str) -> Result<()> {
    let txn = context.store().begin().await?;
    let mut agent = service::lock(&txn, before.id).await?;
    let was_deleting = before.lifecycle_state == LifecycleState::Deleting;
    agent.status = if was_deleting { "offline".to_owned() } else { before.status.clone() };
    agent.lifecycle_state = if was_deleting { LifecycleState::Ready } else { before.lifecycle_state };
    if matches!(agent.lifecycle_state, LifecycleState::Requested | LifecycleState::Applying) {
        // The run that was under way has lost its claim.
        agent.lifecycle_state = LifecycleState::Failed;
        agent.status = "offline".to_owned();
        agent.last_provision_error = Some("The agent was to be deleted meanwhile".to_owned());
    }
    let agent = service::save(&txn, agent).await?;
    let event = service::event("agent.delete.failed", &agent).message(error);
    txn.append(event.activity()).await?;
    txn.commit().await?;
    Ok(())
}

/// Deletes the row with all that hangs on it, in one transaction.
async fn finish(
    context: &Context,
    agent_id: Uuid,
    actor: &Actor,
    runtime: Option<(&Gateway, &Remains)>,
    force: bool,
) -> Result<()> {
    let txn = context.store().begin().await?;
    let Some(present) = service::by_id(&txn, agent_id).await? else { return Ok(()) };
    let mut boards = Vec::new();
    for id in queries::boards_of_work(&txn, &present).await? {
        boards.push(boards::service::lock(&txn, id).await?);
    }
    let agent = service::lock(&txn, agent_id).await?;
    let released = tasks::service::release(&txn, agent_id, (actor.agent_id(), actor.user_id())).await?;
    if txn.run(sql("DELETE FROM agents WHERE id = $1").bind(agent_id)).await? == 0 {
        // It went with its organization.
        return Ok(());
    }
    let event = service::event("agent.delete.direct", &agent)
        .agent(None)
        .user(actor.user_id())
        .message(format!("Agent deleted: {}", agent.name))
        .data(json!({ "agent_id": agent.id, "name": agent.name, "deleted_by_agent_id": actor.agent_id() }));
    txn.append(event.activity()).await?;
    if let (Some((_, remains)), true) = (runtime, force) {
        jobs::enqueue_cleanup(&txn, agent.organization_id, remains).await?;
    }
    let own = boards.iter().find(|board| Some(board.id) == agent.board_id);
    if let Some(board) = own {
        tell_lead(&txn, board, &agent, actor, &released).await?;
        if let Some((gateway, remains)) = runtime {
            tell_main(&txn, &agent, gateway, remains).await?;
        }
    }
    txn.commit().await?;
    Ok(())
}

/// Tells the lead once which tasks have nobody now.
async fn tell_lead(txn: &Txn, board: &Board, agent: &Agent, actor: &Actor, released: &[Task]) -> Result<()> {
    let lead = service::lead_of(txn, board.id).await?;
    let lead = lead.filter(|lead| {
        board.gateway_id.is_some() && lead.openclaw_session_id.is_some() && Some(lead.id) != actor.agent_id()
    });
    let open: Vec<&Task> = released
        .iter()
        .filter(|task| task.board_id == board.id && task.status != tasks::TaskStatus::Done)
        .collect();
    let Some(lead) = lead.filter(|_| !open.is_empty()) else { return Ok(()) };
    let line = |text: &str| text::escape_controls(&text::fence(text)).into_owned();
    let mut message = format!(
        "AGENT REMOVED\nBoard: {}\nAgent: {}\n\nIts tasks have nobody now:\n",
        line(&board.name),
        line(&agent.name)
    );
    for task in open.iter().take(TASKS_TOLD) {
        let _ = writeln!(message, "- {} ({}, {})", line(&task.title), task.id, task.status.as_str());
    }
    if open.len() > TASKS_TOLD {
        let _ = writeln!(message, "- and {} more", open.len() - TASKS_TOLD);
    }
    message.push_str("\nGive them to other agents or change the plan.");
    messages::enqueue(txn, &Outgoing::to(&lead, message)).await
}

/// Asks the main agent of the gateway to remove what is left on its host.
async fn tell_main(txn: &Txn, agent: &Agent, gateway: &Gateway, remains: &Remains) -> Result<()> {
    let main = queries::main_of(txn, remains.gateway_id).await?;
    let Some(main) = main.filter(|main| main.openclaw_session_id.is_some()) else { return Ok(()) };
    let name = text::escape_controls(&text::fence(&agent.name)).into_owned();
    let message = format!(
        "An agent of this gateway was deleted; clean up after it.\n\
         Agent name: {name}\n\
         Agent id: {}\n\
         Workspace path: {}\n\n\
         1. Remove the workspace directory if it still exists.\n\
         2. Reply NO_REPLY.",
        agent.id,
        gateways::rules::workspace(&gateway.workspace_root, &remains.agent_key)
    );
    messages::enqueue(txn, &Outgoing::to(&main, message)).await
}
