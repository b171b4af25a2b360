//! Whether an agent reaches this server, and its signs of life.

use axum::extract::State;
use mc_domain::agents::check_in;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Myself;
use crate::{
    ApiState,
    agents::{AgentHealthStatusResponse, AgentRead, checked_in},
    error::ApiError,
    extract::AuthAgent,
    reply::Reply,
};

/// The operations of this subject.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(agent_healthz)).routes(routes!(agent_heartbeat))
}

/// Check that your token works.
///
/// Says who the caller is and what its stored status is, after this very call.
#[utoipa::path(get, path = "/agent/healthz", tags = ["agent", "agent-lead", "agent-worker", "agent-main"], security(("AgentToken" = [])), responses((status = 200, body = AgentHealthStatusResponse)), extensions(
    ("x-llm-intent" = json!("agent_auth_health")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["At start, to see that the server is there and knows the token.", "After a 401, to see whether the token still works."])),
    ("x-when-not-to-use" = json!(["To report a status: send a heartbeat.", "To wait for work: list or follow the tasks."])),
    ("x-negative-guidance" = json!(["Do not call it in a tight loop; every call is a sign of life already."])),
    ("x-prerequisites" = json!(["A token of an agent."])),
    ("x-side-effects" = json!(["None, but a sign of life of the caller."])),
    ("x-routing-policy" = json!(["Use this to check the connection and the own identity; use the heartbeat to check in."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "see whether my token works", "required_privilege": "any_agent"}, "decision": "agent_auth_health"}])),
))]
async fn agent_healthz(AuthAgent(Myself(agent)): AuthAgent<Myself>) -> Reply<AgentHealthStatusResponse> {
    Reply(agent.into())
}

/// Send a heartbeat.
///
/// A sign of life without further words. It needs no body, and ignores one. The answer has in `check_in` what there is for
/// the caller: its tasks, what was said and decided since its last heartbeat, the rules of its board, and whether the
/// board is paused. Every other call with the token is a sign of life too.
#[utoipa::path(post, path = "/agent/heartbeat", tags = ["agent", "agent-lead", "agent-worker", "agent-main"], security(("AgentToken" = [])), responses((status = 200, body = AgentRead)), extensions(
    ("x-llm-intent" = json!("agent_heartbeat")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["At start, and on the schedule of your heartbeats if you have one.", "After you were woken, before anything else: the answer says what there is to do."])),
    ("x-when-not-to-use" = json!(["To report progress on a task: comment on the task.", "To report that you are busy or degraded: send the heartbeat with a status."])),
    ("x-negative-guidance" = json!(["Do not check in more often than your schedule says.", "Do not send a body."])),
    ("x-prerequisites" = json!(["A token of an agent."])),
    ("x-side-effects" = json!(["The agent counts as online.", "Waking it anew stops."])),
    ("x-routing-policy" = json!(["Use this for presence only; work is reported on tasks and in the memory of the board."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "show that I am alive", "required_privilege": "any_agent"}, "decision": "agent_heartbeat"}])),
))]
async fn agent_heartbeat(
    State(state): State<ApiState>,
    AuthAgent(Myself(agent)): AuthAgent<Myself>,
) -> Result<Reply<AgentRead>, ApiError> {
    Ok(checked_in(&state, check_in::heartbeat(&state.context, &agent, None).await?))
}
