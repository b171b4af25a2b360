//! Agents: their making, changing and removing, and their signs of life.

mod cost;
mod dto;
mod live;
mod role_soul;
mod waiting;

use axum::{extract::State, http::request::Parts};
use mc_domain::{
    Error,
    access::{Actor, OrgAdmin},
    agents::{Agent, change, check_in, create, delete, queries, reprovision, tokens, wake, work},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, AuthUser, Body, PathId, Query, Scope},
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
pub(crate) use dto::{AgentCreate, AgentHealthStatusResponse, AgentListQuery, AgentRead, Profile};
use dto::{
    AgentDeleteQuery, AgentHeartbeat, AgentHeartbeatCreate, AgentReprovisionQuery, AgentTokenQuery,
    AgentUpdate, AgentUpdateQuery, AgentWake,
};
pub(crate) use live::live_detail;
pub(crate) use waiting::checked_in;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_agents, create_agent))
        .merge(live::routes())
        .merge(cost::routes())
        .routes(routes!(heartbeat_or_create_agent))
        .routes(routes!(get_agent, update_agent, delete_agent))
        .routes(routes!(heartbeat_agent))
        .routes(routes!(renew_agent_token))
        .routes(routes!(reprovision_agent))
        .routes(routes!(wake_agent))
        .merge(role_soul::routes())
}

/// A caller of the heartbeats: an agent for itself, or an administrator for an agent.
#[expect(clippy::large_enum_variant, reason = "there is one for each request, not a list of them")]
enum Sender {
    Agent(Agent),
    Admin(OrgAdmin),
}

impl Scope for Sender {
    async fn check(parts: &mut Parts, state: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        match actor {
            Actor::Agent(agent) => Ok(Self::Agent(agent)),
            user @ Actor::User(_) => Ok(Self::Admin(<OrgAdmin as Scope>::check(parts, state, user).await?)),
        }
    }
}

/// The answer with an agent as people and the agent itself see it.
pub(crate) fn read(state: &ApiState, agent: Agent) -> AgentRead {
    AgentRead::new(agent, state.context.store().clock().now(), true)
}

/// One agent with its version.
fn shown(state: &ApiState, agent: Agent) -> Versioned<AgentRead> {
    let updated_at = agent.updated_at;
    Versioned::new(read(state, agent), updated_at)
}

/// List agents of the active organization.
///
/// Newest first: the agents of boards that the caller may read, and the main agents of the gateways.
#[utoipa::path(get, path = "/agents", tag = "agents", security(("HTTPBearer" = [])), params(AgentListQuery), responses((status = 200, body = PageOf<AgentRead>)))]
async fn list_agents(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    Query(query): Query<AgentListQuery>,
) -> Result<Reply<PageOf<AgentRead>>, ApiError> {
    let page = queries::list(&state.context, &scope, query.filter(), query.page()).await?;
    let waiting = work::waiting(&state.context, scope.organization().id, &page.items).await?;
    let tasks = queries::current_tasks(&state.context, scope.organization().id, &page.items).await?;
    Ok(Reply(PageOf::of(page, |agent| {
        let (work, task) = (waiting.get(&agent.id), tasks.get(&agent.id));
        read(&state, agent.clone()).with_work(&agent, work).with_task(task)
    })))
}

/// Create an agent.
///
/// For administrators of the board's organization who may write the board, and for the lead of the board within the
/// board's `max_agents`. On a board without a gateway the agent may run anywhere: the answer has its `token`, this once,
/// when a person asks. On a board with a gateway it is set up there; when that fails (502) the agent is kept with
/// its error, and the same call goes on with it.
#[utoipa::path(post, path = "/agents", tag = "agents", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = AgentCreate, responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "The name, the place of the lead or the board's limit is taken."),
    (status = 502, description = "The gateway could not be set up; the agent is kept, and the same call goes on with it."),
))]
async fn create_agent(
    State(state): State<ApiState>,
    Auth(actor): Auth<Actor>,
    Body(body): Body<AgentCreate>,
) -> Result<Reply<AgentRead>, ApiError> {
    let (board_id, draft) = body.into_parts();
    let created = create::create(&state.context, &actor, board_id, draft).await?;
    Ok(Reply(read(&state, created.agent).with_token(created.token.as_ref())))
}

/// Get an agent.
///
/// With its status, its settings, how far its runtime is set up and what it waits for.
#[utoipa::path(get, path = "/agents/{agent_id}", tag = "agents", security(("HTTPBearer" = [])), responses((status = 200, body = AgentRead)))]
async fn get_agent(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
) -> Result<Versioned<AgentRead>, ApiError> {
    let agent = queries::readable(&state.context, &scope, id).await?;
    let organization_id = scope.organization().id;
    let waiting = work::waiting(&state.context, organization_id, std::slice::from_ref(&agent)).await?;
    let work = waiting.get(&agent.id);
    let tasks = queries::current_tasks(&state.context, organization_id, std::slice::from_ref(&agent)).await?;
    let shown = read(&state, agent.clone()).with_work(&agent, work).with_task(tasks.get(&agent.id));
    Ok(Versioned::new(shown, agent.updated_at))
}

/// Update an agent.
///
/// What is left out stays. What concerns its runtime is brought to its gateway; when that fails (502) the change stays,
/// and `force` tries again. An agent that moves to another board leaves its tasks behind.
#[utoipa::path(patch, path = "/agents/{agent_id}", tag = "agents", security(("HTTPBearer" = [])), params(AgentUpdateQuery), request_body = AgentUpdate, responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "The name, or the place of a lead or main agent, is taken; or the agent is being deleted."),
    (status = 502, description = "The gateway could not be brought up to date; the change stays."),
))]
async fn update_agent(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<AgentUpdateQuery>,
    Body(body): Body<AgentUpdate>,
) -> Result<Versioned<AgentRead>, ApiError> {
    let agent = change::change(&state.context, &scope, id, body.into(), query.force).await?;
    Ok(shown(&state, agent))
}

/// Delete an agent.
///
/// It is removed from its gateway first; when that fails (502) it stays. With `force` it goes at once, and the gateway is
/// cleaned up when it can be reached. Tasks that it was working on return to the inbox. An unknown id is fine.
#[utoipa::path(delete, path = "/agents/{agent_id}", tag = "agents", security(("HTTPBearer" = [])), params(AgentDeleteQuery), responses(
    (status = 200, body = OkResponse),
    (status = 502, description = "The gateway could not be cleaned up; the agent stays."),
))]
async fn delete_agent(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<AgentDeleteQuery>,
) -> Result<Reply<OkResponse>, ApiError> {
    delete::delete(&state.context, &scope, id, query.force).await?;
    Ok(ok())
}

/// Issue a new agent token.
///
/// The answer has it in `token`, this once. The present token works until the new one is first used; with `revoke` it ends
/// now.
#[utoipa::path(post, path = "/agents/{agent_id}/token", tag = "agents", security(("HTTPBearer" = [])), params(AgentTokenQuery), responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "The tokens of the agent have expired, or it is being deleted."),
))]
async fn renew_agent_token(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<AgentTokenQuery>,
) -> Result<Reply<AgentRead>, ApiError> {
    let (agent, token) = tokens::renew(&state.context, &scope, id, query.revoke).await?;
    Ok(Reply(read(&state, agent).with_token(Some(&token))))
}

/// Reprovision an agent.
///
/// For an agent whose creation failed, that was given up, or whose files are behind. What is there already is not written
/// again. When the gateway fails (502) it is tried again by itself; `next_attempt_at` says when. A run that takes long goes
/// on after the answer.
#[utoipa::path(post, path = "/agents/{agent_id}/reprovision", tag = "agents", security(("HTTPBearer" = [])), params(AgentReprovisionQuery), responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "The agent lives on no gateway, or is being deleted."),
    (status = 502, description = "The gateway could not be set up; it is tried again by itself."),
))]
async fn reprovision_agent(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Query(query): Query<AgentReprovisionQuery>,
) -> Result<Reply<AgentRead>, ApiError> {
    let agent = reprovision::reprovision(&state.context, &scope, id, query.options()).await?;
    Ok(Reply(read(&state, agent)))
}

/// Wake an agent.
///
/// The agent is told to check in, and is expected to do so until `checkin_deadline_at`.
#[utoipa::path(post, path = "/agents/{agent_id}/wake", tag = "agents", security(("HTTPBearer" = [])), request_body = AgentWake, responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "The agent lives on no gateway, is not set up there, or its board is paused."),
    (status = 502, description = "The gateway could not be reached."),
))]
async fn wake_agent(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgAdmin>,
    PathId(id): PathId,
    Body(body): Body<AgentWake>,
) -> Result<Reply<AgentRead>, ApiError> {
    let agent = wake::now(&state.context, &scope, id, body.reason.as_deref()).await?;
    Ok(Reply(read(&state, agent)))
}

/// Record a heartbeat of an agent.
///
/// An agent reports for itself, and learns in `check_in` what there is for it. An administrator sets the status of an agent; that is no sign of life.
#[utoipa::path(post, path = "/agents/{agent_id}/heartbeat", tag = "agents", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = AgentHeartbeat, responses((status = 200, body = AgentRead)))]
async fn heartbeat_agent(
    State(state): State<ApiState>,
    Auth(sender): Auth<Sender>,
    PathId(id): PathId,
    Body(body): Body<AgentHeartbeat>,
) -> Result<Reply<AgentRead>, ApiError> {
    let status = body.status.as_deref();
    match sender {
        Sender::Agent(agent) if agent.id == id => {
            Ok(checked_in(&state, check_in::heartbeat(&state.context, &agent, status).await?))
        }
        Sender::Agent(_) => Err(Error::forbidden().into()),
        Sender::Admin(scope) => {
            Ok(Reply(read(&state, check_in::report_for(&state.context, &scope, id, status).await?)))
        }
    }
}

/// Record a heartbeat, or get or create an agent by name.
///
/// An agent reports for itself; `name` and `board_id` are ignored then. An administrator sets the status of the agent with
/// this name, or makes it on the board; a new agent without a gateway comes with its `token`.
#[utoipa::path(post, path = "/agents/heartbeat", tag = "agents", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = AgentHeartbeatCreate, responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "Several agents have this name, or it is taken."),
))]
async fn heartbeat_or_create_agent(
    State(state): State<ApiState>,
    Auth(sender): Auth<Sender>,
    Body(body): Body<AgentHeartbeatCreate>,
) -> Result<Reply<AgentRead>, ApiError> {
    let (context, status) = (&state.context, body.status.as_deref());
    let scope = match sender {
        Sender::Agent(agent) => {
            return Ok(checked_in(&state, check_in::heartbeat(context, &agent, status).await?));
        }
        Sender::Admin(scope) => scope,
    };
    match check_in::named(context, &scope, &body.name, body.board_id).await? {
        Some(agent) => {
            let agent = check_in::report_for(context, &scope, agent.id, status).await?;
            Ok(Reply(read(&state, agent)))
        }
        None => {
            let created = create::ensure(context, &scope, body.board_id, body.name.into()).await?;
            Ok(Reply(read(&state, created.agent).with_token(created.token.as_ref())))
        }
    }
}

#[cfg(test)]
mod tests;
