//! The lead of a board makes and deletes its workers.

use axum::extract::State;
use mc_domain::{
    Error, Kind,
    access::{Actor, BoardWriter},
    agents::{create, delete},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Myself;
use crate::{
    ApiState,
    agents::{AgentCreate, AgentRead, read},
    error::ApiError,
    extract::{AuthAgent, Body, PathId},
    reply::{OkResponse, Reply, ok},
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(agent_lead_create_agent))
        .routes(routes!(agent_lead_delete_board_agent))
}

/// Create a worker agent (board lead).
///
/// The worker joins the caller's board, whatever `board_id` says, within the board's `max_agents`. On a board with a gateway
/// it is set up there; when that fails (502) the same call goes on with it. On any other board a person gives it
/// its token.
#[utoipa::path(post, path = "/agent/agents", tags = ["agent", "agent-lead"], security(("AgentToken" = [])), request_body = AgentCreate, responses(
    (status = 200, body = AgentRead),
    (status = 409, description = "The name is taken, or the board has as many agents as it may have."),
    (status = 502, description = "The gateway could not be set up; the same call goes on."),
), extensions(
    ("x-llm-intent" = json!("agent_management")),
    ("x-required-actor" = json!("board_lead")),
    ("x-when-to-use" = json!(["The board has work that no present agent can do, and room for another worker."])),
    ("x-when-not-to-use" = json!(["An agent of the board can take the work: assign it.", "To replace an agent that is only silent: nudge it first."])),
    ("x-negative-guidance" = json!(["Do not try again on 409: the limit or the name stands in the way; ask a person.", "Do not write secrets into profiles or templates."])),
    ("x-prerequisites" = json!(["A token of the lead of a board.", "Look at the roster first."])),
    ("x-side-effects" = json!(["The agent is kept and shown to people at once.", "On a board with a gateway it is set up and woken there."])),
    ("x-routing-policy" = json!(["Use this only for the own board; other boards have leads of their own."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "add a worker for testing", "required_privilege": "board_lead"}, "decision": "agent_management"}])),
))]
async fn agent_lead_create_agent(
    State(state): State<ApiState>,
    AuthAgent(Myself(myself)): AuthAgent<Myself>,
    Body(body): Body<AgentCreate>,
) -> Result<Reply<AgentRead>, ApiError> {
    if !myself.is_board_lead || myself.board_id.is_none() {
        return Err(Error::text(Kind::Forbidden, "Only board leads can create agents").into());
    }
    let (_, draft) = body.into_parts();
    let created = create::create(&state.context, &Actor::Agent(myself), None, draft).await?;
    Ok(Reply(read(&state, created.agent)))
}

/// Delete a worker agent (board lead).
///
/// Tasks that it was working on return to the inbox, with nobody. An unknown id is fine. Leads and main agents are deleted by
/// people only.
#[utoipa::path(delete, path = "/agent/boards/{board_id}/agents/{agent_id}", tags = ["agent", "agent-lead"], security(("AgentToken" = [])), responses(
    (status = 200, body = OkResponse),
    (status = 502, description = "The gateway could not be cleaned up; the agent stays."),
), extensions(
    ("x-llm-intent" = json!("agent_lifecycle")),
    ("x-required-actor" = json!("board_lead")),
    ("x-when-to-use" = json!(["A worker of the board is not needed any more."])),
    ("x-when-not-to-use" = json!(["The worker is silent or slow: nudge it, or give its tasks to others."])),
    ("x-negative-guidance" = json!(["Do not delete agents that people made without being asked to.", "Do not delete to make room for the same agent again."])),
    ("x-prerequisites" = json!(["A token of the lead of this board."])),
    ("x-side-effects" = json!(["The agent, its files and its session are gone for good.", "Its tasks have nobody; those in progress return to the inbox."])),
    ("x-routing-policy" = json!(["Use this for workers of the own board; people delete leads and main agents."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "remove a worker that is not needed any more", "required_privilege": "board_lead"}, "decision": "agent_lifecycle"}])),
))]
async fn agent_lead_delete_board_agent(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardWriter>,
    PathId(agent_id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    delete::delete_worker(&state.context, &scope, agent_id).await?;
    Ok(ok())
}
