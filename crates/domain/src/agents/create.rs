//! Making agents.

use chrono::{DateTime, Utc};
use mc_base::SecretString;
use mc_store::{Json, Txn};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Agent, LifecycleState,
    lifecycle::{self, Action},
    queries, runtime,
    service::{self, NewAgent},
    tokens,
};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardWriter, OrgAdmin, OrgMember},
    boards::{self, Board},
};

/// What an agent is to be like.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// See [`Agent::name`]; without blanks around it, not empty.
    pub name: String,
    /// See [`Agent::heartbeat_config`]; checked by [`super::heartbeat::faults`].
    pub heartbeat_config: Option<Map<String, Value>>,
    /// See [`Agent::identity_profile`]; in the form of [`super::profile::normalized`].
    pub identity_profile: Option<Map<String, Value>>,
    /// See [`Agent::identity_template`]; not blank.
    pub identity_template: Option<String>,
    /// See [`Agent::soul_template`]; not blank.
    pub soul_template: Option<String>,
    /// See [`Agent::is_board_lead`].
    pub is_board_lead: bool,
    /// See [`Agent::token_expires_at`].
    pub token_expires_at: Option<DateTime<Utc>>,
}

/// An agent that was made.
#[derive(Debug)]
pub struct Created {
    /// The agent.
    pub agent: Agent,
    /// Its token, for the one answer that carries it. None on a gateway, where it is written into the agent's files,
    /// and none for an agent that another agent made.
    pub token: Option<SecretString>,
}

/// Makes an agent on a board: for an administrator of the board's organization who may write the
/// board, or for the lead of the board, within the board's limit.
///
/// On a board with a gateway the agent is set up there. When that fails the row stays, and making the
/// agent once more goes on with it. On any other board the agent is one of any runtime.
///
/// # Errors
/// `Forbidden` for other callers; `Invalid` without a board or with an incomplete gateway; `NotFound` for the
/// board; `Conflict` when the name, the lead's place or the board's limit is taken; `BadGateway` when the gateway
/// could not be set up.
pub async fn create(
    context: &Context,
    actor: &Actor,
    board_id: Option<Uuid>,
    draft: Draft,
) -> Result<Created> {
    // The wish of a lead for a second lead is not heard.
    let draft = Draft { is_board_lead: draft.is_board_lead && actor.agent_id().is_none(), ..draft };
    let scope = match actor {
        Actor::User(_) => check_person(context, actor, board_id).await?,
        Actor::Agent(agent) => check_lead(context, actor, agent, board_id, &draft).await?,
    };
    let txn = context.store().begin().await?;
    let board = boards::service::lock(&txn, scope.board().id).await?;
    if matches!(actor, Actor::Agent(_)) {
        check_limit(&txn, &board).await?;
    }
    let gateway = runtime::gateway_of(&txn, &board).await?;
    let failed = failed_creation(&txn, &board, actor, &draft).await?;
    if draft.is_board_lead {
        service::refuse_second_lead(&txn, board.id, failed.as_ref().map(|agent| agent.id)).await?;
    }
    let old_soul = failed.as_ref().and_then(|agent| agent.soul_template.clone());
    let row = match failed {
        Some(failed) => service::lock(&txn, failed.id).await?,
        None => service::insert_row(&txn, new_agent(&board, &draft)).await?,
    };
    let agent = service::save(&txn, filled(row, &board, draft, txn.now())).await?;
    service::keep_soul(&txn, old_soul.as_deref(), &agent, (actor.agent_id(), actor.user_id())).await?;
    let token = match (&gateway, actor) {
        (None, Actor::User(_)) => Some(tokens::issue(context, &txn, agent.id, true).await?),
        _ => None,
    };
    let event = service::event("agent.created", &agent)
        .user(actor.user_id())
        .message(format!("Agent created: {}", agent.name))
        .data(json!({ "created_by_agent_id": actor.agent_id(), "is_board_lead": agent.is_board_lead }));
    txn.append(event.activity()).await?;
    txn.commit().await?;
    let agent = match gateway {
        Some(_) => lifecycle::request(context, agent.id, Action::Provision).await?,
        None => agent,
    };
    Ok(Created { agent, token })
}

/// Makes or finds the agent that a person's heartbeat names.
///
/// # Errors
/// As [`create`].
pub async fn ensure(
    context: &Context,
    scope: &OrgAdmin,
    board_id: Option<Uuid>,
    name: String,
) -> Result<Created> {
    let draft = Draft { name, ..Draft::default() };
    create(context, &Actor::User(scope.actor().clone()), board_id, draft).await
}

/// The role counts in the organization of the board, whichever the active one is.
async fn check_person(context: &Context, actor: &Actor, board_id: Option<Uuid>) -> Result<BoardWriter> {
    let user = actor.clone().into_user()?;
    let Some(board_id) = board_id else {
        OrgAdmin::check(OrgMember::check(context, user, None).await?)?;
        return Err(Error::invalid("board_id is required"));
    };
    let scope = BoardWriter::check(context, actor.clone(), board_id).await?;
    let organization = scope.board().organization_id;
    OrgAdmin::check(OrgMember::check(context, user, Some(organization)).await?)?;
    Ok(scope)
}

async fn check_lead(
    context: &Context,
    actor: &Actor,
    agent: &Agent,
    board_id: Option<Uuid>,
    draft: &Draft,
) -> Result<BoardWriter> {
    let refused = |text: &str| Error::text(Kind::Forbidden, text);
    let own = agent.board_id.filter(|_| agent.is_board_lead);
    let own = own.ok_or_else(|| refused("Only board leads can create agents"))?;
    if board_id.is_some_and(|id| id != own) {
        return Err(refused("Board leads can create agents on their own board only"));
    }
    if draft.token_expires_at.is_some() {
        return Err(refused("Only people decide on tokens"));
    }
    BoardWriter::check(context, actor.clone(), own).await
}

/// The failed creation of this name on this board, if there is one; else the name must be free.
async fn failed_creation(txn: &Txn, board: &Board, actor: &Actor, draft: &Draft) -> Result<Option<Agent>> {
    let namesakes = service::namesakes(txn, board.id, board.gateway_id, &draft.name).await?;
    let mut failed = None;
    for namesake in namesakes {
        let is_on_board = namesake.board_id == Some(board.id);
        let agent = if is_on_board { service::by_id(txn, namesake.id).await? } else { None };
        // A lead agent goes on with workers only.
        let may_go_on = |agent: &Agent| {
            agent.is_failed_creation() && !(agent.is_board_lead && actor.agent_id().is_some())
        };
        failed = agent.filter(may_go_on);
        if failed.is_none() {
            return Err(service::name_is_taken(is_on_board));
        }
    }
    Ok(failed)
}

async fn check_limit(txn: &Txn, board: &Board) -> Result<()> {
    let workers = queries::worker_count(txn, board.id).await?;
    if workers < board.max_agents {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "The board has {workers} agents, excluding the lead, and its limit is max_agents={}; a person can raise it",
        board.max_agents
    ))
    .code("board_agent_limit"))
}

fn new_agent(board: &Board, draft: &Draft) -> NewAgent {
    NewAgent {
        organization_id: board.organization_id,
        board_id: Some(board.id),
        gateway_id: board.gateway_id,
        name: draft.name.clone(),
        is_board_lead: draft.is_board_lead,
    }
}

/// The row as the draft and the board say.
fn filled(mut agent: Agent, board: &Board, draft: Draft, now: DateTime<Utc>) -> Agent {
    let on_gateway = board.gateway_id.is_some();
    agent.gateway_id = board.gateway_id;
    agent.name = draft.name;
    agent.is_board_lead = draft.is_board_lead;
    let config = draft.heartbeat_config.or_else(|| on_gateway.then(super::heartbeat::default_config));
    agent.heartbeat_config = config.map(Json);
    agent.identity_profile = draft.identity_profile.map(Json);
    agent.identity_template = draft.identity_template;
    agent.soul_template = draft.soul_template;
    agent.token_expires_at = draft.token_expires_at;
    agent.openclaw_session_id = runtime::session_key(&agent);
    agent.last_provision_error = None;
    "provisioning".clone_into(&mut agent.status);
    agent.lifecycle_state =
        if on_gateway { LifecycleState::Requested } else { LifecycleState::AwaitingCheckin };
    agent.provision_requested_at = on_gateway.then_some(now);
    agent
}
