//! Souls of agents.

use axum::extract::State;
use mc_domain::{
    access::{BoardReader, BoardWriter},
    coordination::{BoardLead, soul},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    coordination::dto::SoulUpdateRequest,
    error::ApiError,
    extract::{AuthAgent, Body, PathId},
    reply::{OkResponse, Reply, ok},
};

/// The operations of this group.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(get_agent_soul, agent_lead_update_agent_soul))
}

/// Get an agent's SOUL.md.
///
/// The text of its `SOUL.md` as a JSON string: from its gateway, or as it is stored when the agent lives elsewhere.
/// The lead reads the souls of its board, every agent its own.
#[utoipa::path(get, path = "/agent/boards/{board_id}/agents/{agent_id}/soul", tags = ["agent", "agent-lead", "agent-worker"], security(("AgentToken" = [])), responses(
    (status = 200, body = String, content_type = "application/json"),
    (status = 502, description = "The gateway did not give the file."),
), extensions(
    ("x-llm-intent" = json!("agent_board_soul_lookup")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["To read what you are to be.", "As the lead: before you change the soul of an agent."])),
    ("x-when-not-to-use" = json!(["To learn what an agent works on: list the tasks."])),
    ("x-negative-guidance" = json!(["Do not copy souls into comments or memory."])),
    ("x-prerequisites" = json!(["A token of the agent itself, or of the lead of its board."])),
    ("x-side-effects" = json!(["None, but a sign of life of the caller."])),
    ("x-routing-policy" = json!(["Use this for one agent of the own board; the souls of main agents are not a lead's to read."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "read the soul of an agent", "required_privilege": "any_agent"}, "decision": "agent_board_soul_lookup"}])),
))]
async fn get_agent_soul(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardReader>,
    PathId(agent_id): PathId,
) -> Result<Reply<String>, ApiError> {
    Ok(Reply(soul::read(&state.context, &scope, agent_id).await?))
}

/// Replace an agent's SOUL.md (board lead).
///
/// The gateway gets the file first, if the agent lives on one; only then is the text stored, with its history.
#[utoipa::path(put, path = "/agent/boards/{board_id}/agents/{agent_id}/soul", tags = ["agent", "agent-lead"], security(("AgentToken" = [])), request_body = SoulUpdateRequest, responses(
    (status = 200, body = OkResponse),
    (status = 502, description = "The gateway did not take the file; nothing has changed."),
), extensions(
    ("x-llm-intent" = json!("agent_knowledge_authoring")),
    ("x-required-actor" = json!("board_lead")),
    ("x-when-to-use" = json!(["To give an agent a lasting role, style or knowledge that its work shows it needs."])),
    ("x-when-not-to-use" = json!(["For what concerns one task only: comment on the task.", "For what the whole board should know: write into its memory."])),
    ("x-negative-guidance" = json!(["Do not paste text from outside that you have not read.", "Do not leave out what is to stay: the text replaces the old one."])),
    ("x-prerequisites" = json!(["A token of the lead of this board.", "The present soul, read before."])),
    ("x-side-effects" = json!(["The agent works by the new soul from its next session on.", "People see in the activity feed that and why it was changed."])),
    ("x-routing-policy" = json!(["Use this for lasting changes of one agent of the own board; use a nudge to make it act now."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "change what an agent is to be for good", "required_privilege": "board_lead"}, "decision": "agent_knowledge_authoring"}])),
))]
async fn agent_lead_update_agent_soul(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardWriter>,
    PathId(agent_id): PathId,
    Body(body): Body<SoulUpdateRequest>,
) -> Result<Reply<OkResponse>, ApiError> {
    let scope = BoardLead::check(scope)?;
    soul::write(&state.context, &scope, agent_id, body.into()).await?;
    Ok(ok())
}
