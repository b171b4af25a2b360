//! Onboarding of boards.

mod agent;
mod dto;
mod words;

use axum::extract::State;
use mc_domain::{
    access::{BoardReader, BoardWriter},
    onboarding::service,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    boards::BoardRead,
    error::ApiError,
    extract::{AuthAgent, AuthUser, Body},
    reply::Reply,
};
use dto::{
    BoardOnboardingAgentUpdate, BoardOnboardingAnswer, BoardOnboardingConfirm, BoardOnboardingRead,
    BoardOnboardingStart,
};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_onboarding))
        .routes(routes!(start_onboarding))
        .routes(routes!(answer_onboarding))
        .routes(routes!(agent_onboarding_update))
        .routes(routes!(confirm_onboarding))
        .merge(agent::routes())
}

/// Get the onboarding of a board.
///
/// The one in which something happened last.
#[utoipa::path(get, path = "/boards/{board_id}/onboarding", tag = "board-onboarding", security(("HTTPBearer" = [])), responses((status = 200, body = BoardOnboardingRead)))]
async fn get_onboarding(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardReader>,
) -> Result<Reply<BoardOnboardingRead>, ApiError> {
    Ok(Reply(service::get(&state.context, &scope).await?.into()))
}

/// Start or resume the onboarding of a board.
///
/// The main agent of the board's gateway is asked to lead it. While an interview is active, no second one begins: when
/// its agent owes a question, the last message is sent again.
#[utoipa::path(post, path = "/boards/{board_id}/onboarding/start", tag = "board-onboarding", security(("HTTPBearer" = [])), request_body = BoardOnboardingStart, responses(
    (status = 200, body = BoardOnboardingRead),
    (status = 502, description = "The gateway did not take the message, which stays in the interview as `failed`; starting again sends it again."),
))]
async fn start_onboarding(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    Body(_body): Body<BoardOnboardingStart>,
) -> Result<Reply<BoardOnboardingRead>, ApiError> {
    Ok(Reply(service::start(&state.context, &scope).await?.into()))
}

/// Answer an onboarding question.
///
/// Also the place for more context after the result: the agent takes it in and sends the result again.
#[utoipa::path(post, path = "/boards/{board_id}/onboarding/answer", tag = "board-onboarding", security(("HTTPBearer" = [])), request_body = BoardOnboardingAnswer, responses(
    (status = 200, body = BoardOnboardingRead),
    (status = 409, description = "The interview is too long (`onboarding_too_long`)."),
    (status = 502, description = "The gateway did not take the answer, which stays in the interview as `failed`; the same answer again is another try of it."),
))]
async fn answer_onboarding(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    Body(body): Body<BoardOnboardingAnswer>,
) -> Result<Reply<BoardOnboardingRead>, ApiError> {
    let interview = service::answer(&state.context, &scope, &body.answer, body.other_text.as_deref()).await?;
    Ok(Reply(interview.into()))
}

/// Post an onboarding question or result.
///
/// For the main agent of the board's gateway; the same as the operation among the agents' own.
#[utoipa::path(post, path = "/boards/{board_id}/onboarding/agent", tag = "board-onboarding", security(("AgentToken" = [])), request_body = inline(BoardOnboardingAgentUpdate), responses(
    (status = 200, body = BoardOnboardingRead),
    (status = 409, description = "A person has accepted the result, or the interview is too long."),
))]
async fn agent_onboarding_update(
    State(state): State<ApiState>,
    AuthAgent(scope): AuthAgent<BoardWriter>,
    Body(body): Body<BoardOnboardingAgentUpdate>,
) -> Result<Reply<BoardOnboardingRead>, ApiError> {
    Ok(Reply(service::update(&state.context, &scope, &body.0).await?.into()))
}

/// Confirm the onboarding of a board.
///
/// The board gets the goal and a lead as the draft describes it; a lead that is there stays as it is. Blank fields of
/// your profile are filled with what the agent learned. Repeating it with the same goal changes nothing.
#[utoipa::path(post, path = "/boards/{board_id}/onboarding/confirm", tag = "board-onboarding", security(("HTTPBearer" = [])), request_body = BoardOnboardingConfirm, responses(
    (status = 200, body = BoardRead),
    (status = 409, description = "There is no result yet (`onboarding_incomplete`), or another goal was accepted before (`onboarding_confirmed`)."),
))]
async fn confirm_onboarding(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    Body(body): Body<BoardOnboardingConfirm>,
) -> Result<Reply<BoardRead>, ApiError> {
    Ok(Reply(service::confirm(&state.context, &scope, body.into()).await?.into()))
}

#[cfg(test)]
mod tests;
