//! Questions of leads to the people of a board.

pub(crate) mod dto;
mod scope;

use axum::extract::State;
use mc_domain::{
    access::{BoardReader, BoardWriter, OrgMember},
    coordination::questions,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, AuthUser, Body, PathId, Query},
    reply::{PageOf, Reply},
};
use dto::{BoardQuestionAnswer, BoardQuestionRead, QuestionListQuery};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_questions))
        .routes(routes!(list_board_questions))
        .routes(routes!(answer_board_question))
}

/// List the questions of all boards.
///
/// Of every board of the active organization that the caller may read: open ones first, then the newest first.
/// `open=true` leaves out what is answered.
#[utoipa::path(get, path = "/questions", tag = "boards", security(("HTTPBearer" = [])), params(QuestionListQuery), responses((status = 200, body = PageOf<BoardQuestionRead>)))]
async fn list_questions(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<QuestionListQuery>,
) -> Result<Reply<PageOf<BoardQuestionRead>>, ApiError> {
    let page = questions::list_readable(&state.context, &scope, query.open, query.page()).await?;
    Ok(Reply(PageOf::of(page, BoardQuestionRead::from)))
}

/// List the questions of a board.
///
/// Open ones first, then the newest first. `open=true` leaves out what is answered.
#[utoipa::path(get, path = "/boards/{board_id}/questions", tag = "boards", security(("HTTPBearer" = []), ("AgentToken" = [])), params(QuestionListQuery), responses((status = 200, body = PageOf<BoardQuestionRead>)))]
async fn list_board_questions(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<QuestionListQuery>,
) -> Result<Reply<PageOf<BoardQuestionRead>>, ApiError> {
    let page = questions::list(&state.context, &scope, query.open, query.page()).await?;
    Ok(Reply(PageOf::of(page, BoardQuestionRead::from)))
}

/// Answer a question.
///
/// The answer is kept as a note in the memory of the board, with the tags that the lead looks for, and the
/// lead is told.
#[utoipa::path(post, path = "/boards/{board_id}/questions/{question_id}/answer", tag = "boards", security(("HTTPBearer" = [])), request_body = BoardQuestionAnswer, responses(
    (status = 200, body = BoardQuestionRead),
    (status = 409, description = "The question is answered already (`question_answered`)."),
))]
async fn answer_board_question(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    PathId(question_id): PathId,
    Body(body): Body<BoardQuestionAnswer>,
) -> Result<Reply<BoardQuestionRead>, ApiError> {
    let question = questions::answer(&state.context, &scope, question_id, body.content.into()).await?;
    Ok(Reply(question.into()))
}

#[cfg(test)]
pub(crate) mod tests;
