//! Where senders post.

use axum::extract::{Request, State};
use http::{HeaderMap, StatusCode};
use mc_domain::webhooks::ingest::{self, Headers, Received};

use super::dto::BoardWebhookIngestResponse;
use crate::{
    ApiState,
    error::ApiError,
    extract::{PathId, client_address, read_limited},
    reply::Reply,
};

/// Deliver a payload to a webhook.
///
/// For senders outside: the address is all that they need, and a signature when the webhook has a secret
/// (`X-Hub-Signature-256` or the header that the webhook names; HMAC-SHA-256 over the raw body in hexadecimal digits).
/// Any body is taken: JSON, a form, a text, or none. A delivery that is repeated under the same `X-GitHub-Delivery`,
/// `Idempotency-Key`, `X-Gitlab-Event-UUID` or `Webhook-Id` is stored once. The answer comes when the payload is
/// stored; an agent is told later.
#[utoipa::path(post, path = "/boards/{board_id}/webhooks/{webhook_id}", tag = "board-webhooks", security(()), responses(
    (status = 202, body = BoardWebhookIngestResponse, description = "The payload is stored."),
    (status = 403, description = "The signature is missing or wrong."),
    (status = 410, description = "The webhook is disabled."),
    (status = 413, description = "The body is too large."),
    (status = 429, description = "Too many deliveries; `Retry-After` says when to come back."),
))]
pub(super) async fn ingest_board_webhook(
    State(state): State<ApiState>,
    request: Request,
) -> Result<(StatusCode, Reply<BoardWebhookIngestResponse>), ApiError> {
    let (mut parts, body) = request.into_parts();
    let address = client_address(&parts, &state);
    // Limits come first: nobody outside makes us ask the database without end.
    let key = address.limit_key();
    state.limits.webhook_address.attempt(&key).await?;
    let board_id = PathId::named(&mut parts, &state, "board_id").await?;
    let webhook_id = PathId::named(&mut parts, &state, "webhook_id").await?;
    state.limits.webhook_ingest.attempt(&format!("{webhook_id} {key}")).await?;

    let target = ingest::target(&state.context, board_id, webhook_id).await?;
    let body = read_limited(&parts.headers, body, state.settings.max_webhook_body).await?;
    let received = Received { headers: texts(&parts.headers), body: &body, source_ip: address.to_string() };
    let payload_id = ingest::ingest(&state.context, &target, received).await?;
    let receipt = BoardWebhookIngestResponse { ok: true, board_id, webhook_id, payload_id };
    Ok((StatusCode::ACCEPTED, Reply(receipt)))
}

/// Header values may be any bytes; what is no UTF-8 in them becomes U+FFFD.
fn texts(headers: &HeaderMap) -> Headers {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Headers::new(headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))))
}
