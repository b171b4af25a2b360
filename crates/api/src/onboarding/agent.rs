//! Onboarding as agents find it among their own operations.

use axum::extract::State;
use mc_domain::{access::BoardWriter, onboarding::service};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::dto::{BoardOnboardingAgentUpdate, BoardOnboardingRead};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthAgent, Body},
    reply::Reply,
};

/// The operations of this subject that are for agents only.
pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(update_onboarding))
}

/// Post an onboarding question or result.
///
/// For the main agent of the board's gateway. A question has a text and options; the result has `status` `complete`
/// and may be sent again until a person accepts it.
#[utoipa::path(post, path = "/agent/boards/{board_id}/onboarding", tags = ["agent", "agent-lead", "agent-worker", "agent-main"], security(("AgentToken" = [])), request_body = inline(BoardOnboardingAgentUpdate), responses(
    (status = 200, body = BoardOnboardingRead),
    (status = 409, description = "A person has accepted the result, or the interview is too long."),
), extensions(
    ("x-llm-intent" = json!("agent_board_onboarding_update")),
    ("x-required-actor" = json!("any_agent")),
    ("x-when-to-use" = json!(["You got a BOARD ONBOARDING REQUEST: send each question and at last the result here.", "A person gave more context after the result: send the result again."])),
    ("x-when-not-to-use" = json!(["To ask people anything else: leads ask through ask-user.", "When you are not the main agent of the board's gateway: it is refused."])),
    ("x-negative-guidance" = json!(["Do not send several questions at once.", "Do not invent answers that the person did not give."])),
    ("x-prerequisites" = json!(["A token of the main agent of the gateway that the board uses.", "An interview that a person has begun and not yet accepted."])),
    ("x-side-effects" = json!(["The person sees the question or the result at once."])),
    ("x-routing-policy" = json!(["Use this for the interview of a board only, one question in each call."])),
    ("x-routing-policy-examples" = json!([{"input": {"intent": "ask the next question of an interview", "required_privilege": "any_agent"}, "decision": "agent_board_onboarding_update"}])),
))]
async fn update_onboarding(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardWriter>,
    Body(body): Body<BoardOnboardingAgentUpdate>,
) -> Result<Reply<BoardOnboardingRead>, ApiError> {
    Ok(Reply(service::update(&state.context, &scope, &body.0).await?.into()))
}
