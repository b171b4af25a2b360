//! Approvals: asking, deciding, and their stream.

mod agent;
mod dto;
mod live;

#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    Cursor, Page,
    access::{BoardReader, BoardWriter, OrgMember},
    approvals::{ApprovalDetail, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{Auth, AuthUser, Body, PathId, Query},
    reply::{PageOf, Reply},
};
pub(crate) use dto::ApprovalRead;
use dto::{AllApprovalsQuery, ApprovalCreate, ApprovalListQuery, ApprovalPolicyRead, ApprovalUpdate};
pub(crate) use live::live_detail;

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_all_approvals))
        .routes(routes!(list_approvals, create_approval))
        .merge(live::routes())
        .routes(routes!(get_approval_policy))
        .routes(routes!(get_approval, update_approval))
        .merge(agent::routes())
}

/// List the approvals of a board.
///
/// Newest first. `status=pending` shows what waits for a decision.
#[utoipa::path(get, path = "/boards/{board_id}/approvals", tag = "approvals", security(("HTTPBearer" = []), ("AgentToken" = [])), params(ApprovalListQuery), responses((status = 200, body = PageOf<ApprovalRead>)))]
async fn list_approvals(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    Query(query): Query<ApprovalListQuery>,
) -> Result<Reply<PageOf<ApprovalRead>>, ApiError> {
    list(&state, &scope, &query).await
}

/// List the approvals of all boards.
///
/// Those of every board of the active organization that the caller may read, newest first.
/// `status=pending` shows what waits for a decision.
#[utoipa::path(get, path = "/approvals", tag = "approvals", security(("HTTPBearer" = [])), params(AllApprovalsQuery), responses((status = 200, body = PageOf<ApprovalRead>)))]
async fn list_all_approvals(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<OrgMember>,
    Query(query): Query<AllApprovalsQuery>,
) -> Result<Reply<PageOf<ApprovalRead>>, ApiError> {
    let page =
        service::list_readable(&state.context, &scope, query.board_id, query.status, query.page()).await?;
    Ok(Reply(timeline(page)))
}

fn timeline(page: Page<ApprovalDetail>) -> PageOf<ApprovalRead> {
    PageOf::timeline(
        page,
        |item| Cursor::behind(item.approval.created_at, item.approval.id),
        ApprovalRead::from,
    )
}

/// The list for people and for agents.
async fn list(
    state: &ApiState,
    scope: &BoardReader,
    query: &ApprovalListQuery,
) -> Result<Reply<PageOf<ApprovalRead>>, ApiError> {
    let page = service::list(&state.context, scope, query.status, query.page()).await?;
    Ok(Reply(timeline(page)))
}

/// Request an approval.
///
/// A task has at most one pending approval: a second one gets 409 with `conflicts`. Agents ask for
/// themselves and leave the decision to people, who may also record a decision at once.
#[utoipa::path(post, path = "/boards/{board_id}/approvals", tag = "approvals", security(("HTTPBearer" = []), ("AgentToken" = [])), request_body = ApprovalCreate, responses(
    (status = 200, body = ApprovalRead),
    (status = 409, description = "Tasks have a pending approval already; `conflicts` names them and it."),
))]
async fn create_approval(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardWriter>,
    Body(body): Body<ApprovalCreate>,
) -> Result<Reply<ApprovalRead>, ApiError> {
    create(&state, &scope, body).await
}

/// Asking for people and for agents.
async fn create(
    state: &ApiState,
    scope: &BoardWriter,
    body: ApprovalCreate,
) -> Result<Reply<ApprovalRead>, ApiError> {
    let approval = service::create(&state.context, scope, body.into()).await?;
    Ok(Reply(approval.into()))
}

/// Get the approval policy of a board.
///
/// The numbers of the server and the rules of the board. Agents apply the numbers themselves; the
/// server holds the rules of the board.
#[utoipa::path(get, path = "/boards/{board_id}/approvals/policy", tag = "approvals", security(("HTTPBearer" = []), ("AgentToken" = [])), responses((status = 200, body = ApprovalPolicyRead)))]
async fn get_approval_policy(Auth(scope): Auth<BoardReader>) -> Reply<ApprovalPolicyRead> {
    Reply(scope.board().into())
}

/// Get an approval.
///
/// With the tasks that it is about, who asks for it and, once decided, who decided and when.
#[utoipa::path(get, path = "/boards/{board_id}/approvals/{approval_id}", tag = "approvals", security(("HTTPBearer" = []), ("AgentToken" = [])), responses((status = 200, body = ApprovalRead)))]
async fn get_approval(
    State(state): State<ApiState>,
    Auth(scope): Auth<BoardReader>,
    PathId(approval_id): PathId,
) -> Result<Reply<ApprovalRead>, ApiError> {
    Ok(Reply(service::get(&state.context, &scope, approval_id).await?.into()))
}

/// Decide or reopen an approval.
///
/// A decision stands: another one gets 409, the same one again changes nothing. `status=pending`
/// opens a decided approval, which clears who decided and when, and gets 409 with `conflicts` when
/// its tasks have another pending approval. The board's lead and the agent that asked are told of a
/// decision.
#[utoipa::path(patch, path = "/boards/{board_id}/approvals/{approval_id}", tag = "approvals", security(("HTTPBearer" = [])), request_body = ApprovalUpdate, responses(
    (status = 200, body = ApprovalRead),
    (status = 409, description = "It was decided otherwise, or tasks have another pending approval (`conflicts`)."),
))]
async fn update_approval(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    PathId(approval_id): PathId,
    Body(body): Body<ApprovalUpdate>,
) -> Result<Reply<ApprovalRead>, ApiError> {
    let approval = service::change(&state.context, &scope, approval_id, body.into()).await?;
    Ok(Reply(approval.into()))
}
