//! Inbound webhooks and their payloads.

mod agent;
mod dto;
mod ingest;
mod payloads;
#[cfg(test)]
mod tests;

use axum::extract::State;
use mc_domain::{
    access::{BoardReader, BoardWriter},
    webhooks::{Webhook, service},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, Body, PathId, Query},
    organizations::PageQuery,
    reply::{OkResponse, PageOf, Reply, Versioned, ok},
};
use dto::{BoardWebhookCreate, BoardWebhookRead, BoardWebhookUpdate};

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_board_webhooks, create_board_webhook))
        .routes(routes!(
            get_board_webhook,
            update_board_webhook,
            delete_board_webhook,
            ingest::ingest_board_webhook
        ))
        .merge(payloads::routes())
        .merge(agent::routes())
}

fn read(state: &ApiState, webhook: Webhook) -> BoardWebhookRead {
    BoardWebhookRead::new(webhook, state.context.base_url(), state.context.store().clock().now())
}

/// One webhook with its version.
fn shown(state: &ApiState, webhook: Webhook) -> Versioned<BoardWebhookRead> {
    let updated_at = webhook.updated_at;
    Versioned::new(read(state, webhook), updated_at)
}

/// List the webhooks of a board.
///
/// Newest first.
#[utoipa::path(get, path = "/boards/{board_id}/webhooks", tag = "board-webhooks", security(("HTTPBearer" = [])), params(PageQuery), responses((status = 200, body = PageOf<BoardWebhookRead>)))]
async fn list_board_webhooks(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardReader>,
    Query(query): Query<PageQuery>,
) -> Result<Reply<PageOf<BoardWebhookRead>>, ApiError> {
    let page = service::list(&state.context, &scope, query.page()).await?;
    Ok(Reply(PageOf::of(page, |webhook| read(&state, webhook))))
}

/// Create a webhook.
///
/// Senders post to its `endpoint_url`. The description is the instruction for the agent that is told of each payload:
/// the mapped agent, else the board's lead. With a secret every payload must be signed.
#[utoipa::path(post, path = "/boards/{board_id}/webhooks", tag = "board-webhooks", security(("HTTPBearer" = [])), request_body = BoardWebhookCreate, responses((status = 200, body = BoardWebhookRead)))]
async fn create_board_webhook(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    Body(body): Body<BoardWebhookCreate>,
) -> Result<Versioned<BoardWebhookRead>, ApiError> {
    let webhook = service::create(&state.context, &scope, body.into()).await?;
    Ok(shown(&state, webhook))
}

/// Get a webhook.
///
/// With its endpoint and whether a secret is set; the secret itself is never shown.
#[utoipa::path(get, path = "/boards/{board_id}/webhooks/{webhook_id}", tag = "board-webhooks", security(("HTTPBearer" = [])), responses((status = 200, body = BoardWebhookRead)))]
async fn get_board_webhook(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardReader>,
    PathId(id): PathId,
) -> Result<Versioned<BoardWebhookRead>, ApiError> {
    let webhook = service::get(&state.context, &scope, id).await?;
    Ok(shown(&state, webhook))
}

/// Update a webhook.
///
/// What is left out stays. After a change of the secret, senders may sign with the one before for 24 hours.
#[utoipa::path(patch, path = "/boards/{board_id}/webhooks/{webhook_id}", tag = "board-webhooks", security(("HTTPBearer" = [])), request_body = BoardWebhookUpdate, responses((status = 200, body = BoardWebhookRead)))]
async fn update_board_webhook(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    PathId(id): PathId,
    Body(body): Body<BoardWebhookUpdate>,
) -> Result<Versioned<BoardWebhookRead>, ApiError> {
    let webhook = service::change(&state.context, &scope, id, body.into()).await?;
    Ok(shown(&state, webhook))
}

/// Delete a webhook.
///
/// Entries that the payloads left in the board's memory stay.
#[utoipa::path(delete, path = "/boards/{board_id}/webhooks/{webhook_id}", tag = "board-webhooks", security(("HTTPBearer" = [])), responses((status = 200, body = OkResponse)))]
async fn delete_board_webhook(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    service::delete(&state.context, &scope, id).await?;
    Ok(ok())
}
