//! Payloads, as people read and redeliver them.

use axum::extract::{FromRequestParts, State};
use http::{StatusCode, request::Parts};
use mc_domain::{
    PageRequest,
    access::{BoardReader, BoardWriter},
    webhooks::service,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::dto::{BoardWebhookPayloadRead, PayloadListQuery, PayloadQuery, chars};
use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, PathId, Query},
    reply::{PageOf, Reply},
};

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list_board_webhook_payloads))
        .routes(routes!(get_board_webhook_payload))
        .routes(routes!(redeliver_board_webhook_payload))
}

/// The webhook of a path. Stands after the scope, as [`PathId`] does.
pub(super) struct WebhookId(pub(super) Uuid);

impl FromRequestParts<ApiState> for WebhookId {
    type Rejection = ApiError;
    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        PathId::named(parts, state, "webhook_id").await.map(Self)
    }
}

impl PayloadListQuery {
    pub(super) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }
}

/// List the payloads of a webhook.
///
/// Newest first. A page holds some megabytes at most: when it would be larger, its largest payloads are cut to a text
/// that ends in `...`. `max_chars` cuts all of them.
#[utoipa::path(get, path = "/boards/{board_id}/webhooks/{webhook_id}/payloads", tag = "board-webhooks", security(("HTTPBearer" = [])), params(PayloadListQuery), responses((status = 200, body = PageOf<BoardWebhookPayloadRead>)))]
async fn list_board_webhook_payloads(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardReader>,
    WebhookId(webhook_id): WebhookId,
    Query(query): Query<PayloadListQuery>,
) -> Result<Reply<PageOf<BoardWebhookPayloadRead>>, ApiError> {
    let max = chars(query.max_chars);
    let page = service::list_payloads(&state.context, &scope, webhook_id, max, query.page()).await?;
    Ok(Reply(PageOf::of(page, BoardWebhookPayloadRead::from)))
}

/// Get a webhook payload.
///
/// The body as it was received, the kept headers and how its delivery went.
#[utoipa::path(get, path = "/boards/{board_id}/webhooks/{webhook_id}/payloads/{payload_id}", tag = "board-webhooks", security(("HTTPBearer" = [])), params(PayloadQuery), responses((status = 200, body = BoardWebhookPayloadRead)))]
async fn get_board_webhook_payload(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardReader>,
    WebhookId(webhook_id): WebhookId,
    PathId(id): PathId,
    Query(query): Query<PayloadQuery>,
) -> Result<Reply<BoardWebhookPayloadRead>, ApiError> {
    let max = chars(query.max_chars);
    let payload = service::get_payload(&state.context, &scope, webhook_id, id, max).await?;
    Ok(Reply(payload.into()))
}

/// Redeliver a webhook payload.
///
/// Whatever became of it before. Its `delivery` is `pending` until the next try is over.
#[utoipa::path(post, path = "/boards/{board_id}/webhooks/{webhook_id}/payloads/{payload_id}/redeliver", tag = "board-webhooks", security(("HTTPBearer" = [])), responses((status = 202, body = BoardWebhookPayloadRead)))]
async fn redeliver_board_webhook_payload(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<BoardWriter>,
    WebhookId(webhook_id): WebhookId,
    PathId(id): PathId,
) -> Result<(StatusCode, Reply<BoardWebhookPayloadRead>), ApiError> {
    let payload = service::redeliver(&state.context, &scope, webhook_id, id).await?;
    Ok((StatusCode::ACCEPTED, Reply(payload.into())))
}
