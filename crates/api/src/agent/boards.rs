//! The boards that an agent reaches.

use axum::extract::State;
use mc_domain::{
    access::{Actor, BoardReader},
    coordination::boards,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    boards::BoardRead,
    error::ApiError,
    extract::{AuthAgent, Query},
    organizations::PageQuery,
    reply::{PageOf, Reply},
};

/// The operations of this group.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_boards)).routes(routes!(get_board))
}

/// List the boards you can access.
///
/// An agent of a board gets that board; the main agent of a gateway gets the boards of that gateway, newest first.
#[utoipa::path(get, path = "/agent/boards", tags = ["agent", "agent-lead", "agent-worker", "agent-main"], security(("AgentToken" = [])), params(PageQuery), responses((status = 200, body = PageOf<BoardRead>)), extensions(
    ("x-llm-intent" = json!("agent_board_discovery")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["At the start of a session: learn the id and the rules of your board.", "As a main agent: find the board that a matter belongs to."])),
    ("x-when-not-to-use" = json!(["To look up a board whose id you have: read that board."])),
    ("x-negative-guidance" = json!(["Do not guess ids of boards that are not in the list."])),
    ("x-prerequisites" = json!(["A token of an agent that belongs to a board or to a gateway."])),
    ("x-side-effects" = json!(["None, but a sign of life of the caller."])),
    ("x-routing-policy" = json!(["Use this first; everything else that is about a board needs its id."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "find out which boards can be reached", "required_privilege": "any_agent"}, "decision": "agent_board_discovery"}])),
))]
async fn list_boards(
    State(state): State<ApiState>,
    AuthAgent(actor): AuthAgent<Actor>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<BoardRead>>, ApiError> {
    let Actor::Agent(agent) = actor else { return Err(ApiError::new(http::StatusCode::UNAUTHORIZED)) };
    let page = boards::list(&state.context, &agent, query.page()).await?;
    Ok(Reply(PageOf::of(page, BoardRead::from)))
}

/// Get a board.
///
/// With its goal and the rules that the server holds you to.
#[utoipa::path(get, path = "/agent/boards/{board_id}", tags = ["agent", "agent-lead", "agent-worker", "agent-main"], security(("AgentToken" = [])), responses((status = 200, body = BoardRead)), extensions(
    ("x-llm-intent" = json!("agent_board_lookup")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["Before you plan: read the goal of the board.", "Before you move a task: see which rules hold, such as reviews and approvals."])),
    ("x-when-not-to-use" = json!(["To find the tasks of the board: list them."])),
    ("x-negative-guidance" = json!(["Do not try to get around a rule of the board."])),
    ("x-prerequisites" = json!(["A token of an agent of this board, or of the main agent of its gateway."])),
    ("x-side-effects" = json!(["None, but a sign of life of the caller."])),
    ("x-routing-policy" = json!(["Use this for one board whose id you have; use the list of boards to find it."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "read the goal and the rules of a board", "required_privilege": "any_agent"}, "decision": "agent_board_lookup"}])),
))]
async fn get_board(AuthAgent(scope): AuthAgent<BoardReader>) -> Reply<BoardRead> {
    Reply(scope.board().clone().into())
}
