//! How agents reach one another and people.

use axum::extract::State;
use http::StatusCode;
use mc_domain::{
    access::BoardWriter,
    coordination::{BoardLead, GatewayMain, nudge, questions, routing},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Myself;
use crate::{
    ApiState,
    coordination::dto::{
        AgentNudge, GatewayLeadBroadcastRequest, GatewayLeadBroadcastResponse, GatewayLeadMessageRequest,
        GatewayLeadMessageResponse, GatewayMainAskUserRequest, GatewayMainAskUserResponse,
    },
    error::ApiError,
    extract::{AuthAgent, Body, PathId},
    reply::{OkResponse, Reply, ok},
};

/// The operations of this group.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(agent_lead_nudge_agent))
        .routes(routes!(agent_lead_ask_user_via_gateway_main))
        .routes(routes!(agent_main_message_board_lead))
        .routes(routes!(agent_main_broadcast_lead_message))
}

/// Nudge an agent (board lead).
///
/// The words reach its session on the gateway at once. Answers after they were taken, or with 502 within ten seconds.
#[utoipa::path(post, path = "/agent/boards/{board_id}/agents/{agent_id}/nudge", tags = ["agent", "agent-lead"], security(("AgentToken" = [])), request_body = AgentNudge, responses(
    (status = 200, body = OkResponse),
    (status = 502, description = "The gateway did not take the message."),
), extensions(
    ("x-llm-intent" = json!("agent_coordination")),
    ("x-required-actor" = json!("board_lead")),
    ("x-when-to-use" = json!(["A worker of your board is late, stuck or silent and has to act now."])),
    ("x-when-not-to-use" = json!(["To give work: make or assign a task.", "To discuss a task: comment on it, which tells its assignee."])),
    ("x-negative-guidance" = json!(["Do not nudge again before the agent could act.", "Do not nudge instead of deciding."])),
    ("x-prerequisites" = json!(["A token of the lead of this board.", "The agent has a session on the gateway of the board."])),
    ("x-side-effects" = json!(["The agent is woken.", "People see it in the activity feed."])),
    ("x-routing-policy" = json!(["Use this for one agent of the own board; use the chat for all of them and ask-user for people."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "make a silent worker act", "required_privilege": "board_lead"}, "decision": "agent_coordination"}])),
))]
async fn agent_lead_nudge_agent(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardWriter>,
    PathId(agent_id): PathId,
    Body(body): Body<AgentNudge>,
) -> Result<Reply<OkResponse>, ApiError> {
    let scope = BoardLead::check(scope)?;
    nudge::nudge(&state.context, &scope, agent_id, &body.message).await?;
    Ok(ok())
}

/// Ask the people of a board (board lead).
///
/// The main agent of the gateway passes the question on and writes the answer into the memory of the board. On a
/// board without a gateway people find the question in the console. Either way you are told of the answer.
#[utoipa::path(post, path = "/agent/boards/{board_id}/gateway/main/ask-user", tags = ["agent", "agent-lead"], security(("AgentToken" = [])), request_body = GatewayMainAskUserRequest, responses(
    (status = 200, body = GatewayMainAskUserResponse, description = "The main agent of the gateway has the question."),
    (status = 202, body = GatewayMainAskUserResponse, description = "The board has no gateway: the question waits in the console, and nobody was told of it yet."),
    (status = 409, description = "Too many questions of the board have no answer yet (`too_many_questions`)."),
    (status = 502, description = "The gateway did not take the question; it is not asked."),
), extensions(
    ("x-llm-intent" = json!("human_escalation")),
    ("x-required-actor" = json!("board_lead")),
    ("x-when-to-use" = json!(["Work cannot go on without a word of a person: a preference, access, a decision of scope."])),
    ("x-when-not-to-use" = json!(["For a decision on a task that needs an approval: request the approval.", "For what the memory of the board already says."])),
    ("x-negative-guidance" = json!(["Do not ask the same thing twice while the question is open.", "Do not ask for passwords or tokens."])),
    ("x-prerequisites" = json!(["A token of the lead of this board."])),
    ("x-side-effects" = json!(["A person is disturbed.", "The question stays open on the board until it is answered."])),
    ("x-routing-policy" = json!(["Use this when only a person can help; ask workers by comments and other leads through the group."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "get a word of a person that work waits for", "required_privilege": "board_lead"}, "decision": "human_escalation"}])),
))]
async fn agent_lead_ask_user_via_gateway_main(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardWriter>,
    Body(body): Body<GatewayMainAskUserRequest>,
) -> Result<(StatusCode, Reply<GatewayMainAskUserResponse>), ApiError> {
    let scope = BoardLead::check(scope)?;
    let has_gateway = scope.board().gateway_id.is_some();
    let asked = questions::ask(&state.context, &scope, body.into()).await?;
    let status = if has_gateway { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Reply(asked.into())))
}

/// Message a board lead (gateway main agent).
///
/// A board without a lead gets one. The lead answers in the memory of its board.
#[utoipa::path(post, path = "/agent/gateway/boards/{board_id}/lead/message", tags = ["agent", "agent-main"], security(("AgentToken" = [])), request_body = GatewayLeadMessageRequest, responses(
    (status = 200, body = GatewayLeadMessageResponse),
    (status = 502, description = "The gateway did not take the message."),
), extensions(
    ("x-llm-intent" = json!("lead_direct_routing")),
    ("x-required-actor" = json!("agent_main")),
    ("x-when-to-use" = json!(["A person asks you about the work of one board.", "Work that reached you belongs to one board."])),
    ("x-when-not-to-use" = json!(["For what all leads should know: broadcast.", "To bring a person's answer to a lead that asked: write it into the memory of its board."])),
    ("x-negative-guidance" = json!(["Do not give work to workers past their lead."])),
    ("x-prerequisites" = json!(["A token of the main agent of the gateway that the board uses."])),
    ("x-side-effects" = json!(["The lead is woken.", "A lead is made when the board has none."])),
    ("x-routing-policy" = json!(["Use this for exactly one board; use the broadcast for several."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "ask the lead of one board", "required_privilege": "agent_main"}, "decision": "lead_direct_routing"}])),
))]
async fn agent_main_message_board_lead(
    State(state): State<ApiState>,
    AuthAgent(Myself(myself)): AuthAgent<Myself>,
    PathId(board_id): PathId,
    Body(body): Body<GatewayLeadMessageRequest>,
) -> Result<Reply<GatewayLeadMessageResponse>, ApiError> {
    let scope = GatewayMain::check(&state.context, myself).await?;
    let told = routing::message(&state.context, &scope, board_id, &body.into()).await?;
    Ok(Reply(told.into()))
}

/// Broadcast to board leads (gateway main agent).
///
/// All boards of the gateway, or the named ones; several at a time and within twenty seconds. What became of each
/// stands in the results, also of ids that are no boards of the gateway. No leads are made for it.
#[utoipa::path(post, path = "/agent/gateway/leads/broadcast", tags = ["agent", "agent-main"], security(("AgentToken" = [])), request_body = GatewayLeadBroadcastRequest, responses((status = 200, body = GatewayLeadBroadcastResponse)), extensions(
    ("x-llm-intent" = json!("lead_broadcast_routing")),
    ("x-required-actor" = json!("agent_main")),
    ("x-when-to-use" = json!(["Several leads have to know or answer the same thing."])),
    ("x-when-not-to-use" = json!(["For one board: write to its lead."])),
    ("x-negative-guidance" = json!(["Do not broadcast what concerns one board.", "Do not repeat a broadcast for the boards that it reached."])),
    ("x-prerequisites" = json!(["A token of the main agent of a gateway."])),
    ("x-side-effects" = json!(["Every lead that is reached is woken."])),
    ("x-routing-policy" = json!(["Use this for two or more boards; look at `results` and write again only to those that failed."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "tell all leads the same thing", "required_privilege": "agent_main"}, "decision": "lead_broadcast_routing"}])),
))]
async fn agent_main_broadcast_lead_message(
    State(state): State<ApiState>,
    AuthAgent(Myself(myself)): AuthAgent<Myself>,
    Body(body): Body<GatewayLeadBroadcastRequest>,
) -> Result<Reply<GatewayLeadBroadcastResponse>, ApiError> {
    let scope = GatewayMain::check(&state.context, myself).await?;
    let (board_ids, message) = body.into_parts();
    let outcomes = routing::broadcast(&state.context, &scope, &board_ids, &message).await?;
    Ok(Reply(outcomes.into()))
}
