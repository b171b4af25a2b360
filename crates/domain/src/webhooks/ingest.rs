//! Taking in what a sender delivers.
//!
//! A sender is nobody that we know: the address of the webhook, and the signature when there is a
//! secret, are all that it proves. What was answered is stored, with the job that brings it on.

use mc_store::{Json, Read, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    Webhook, delivery,
    rules::{body, signature, texts},
    service,
};
use crate::{Context, Error, Kind, Result};

pub use super::rules::headers::Headers;

/// A webhook that accepts payloads.
#[derive(Debug, sqlx::FromRow)]
pub struct Target {
    #[sqlx(flatten)]
    webhook: Webhook,
    organization_id: Uuid,
}

/// What a sender delivers.
#[derive(Debug)]
pub struct Received<'a> {
    /// The headers of the request.
    pub headers: Headers,
    /// The body as it came.
    pub body: &'a [u8],
    /// The address of the sender.
    pub source_ip: String,
}

/// The webhook behind an address.
///
/// # Errors
/// `NotFound` when there is none, `Gone` when it is disabled.
pub async fn target(context: &Context, board_id: Uuid, webhook_id: Uuid) -> Result<Target> {
    let target: Option<Target> = context
        .store()
        .optional(
            sql("SELECT w.*, b.organization_id FROM board_webhooks w JOIN boards b ON b.id = w.board_id
                 WHERE w.id = $1 AND w.board_id = $2")
            .bind(webhook_id)
            .bind(board_id),
        )
        .await?;
    let target = target.ok_or_else(Error::not_found)?;
    if !target.webhook.enabled {
        return Err(Error::text(Kind::Gone, "This webhook is disabled"));
    }
    Ok(target)
}

/// Checks the signature and stores the payload, its entry in the board's memory, its events and the job that delivers
/// it, all or nothing. Gives the payload's id: of the first one, when the sender repeats a delivery.
///
/// # Errors
/// `Forbidden` without the right signature; `NotFound` when the webhook is deleted meanwhile.
pub async fn ingest(context: &Context, target: &Target, received: Received<'_>) -> Result<Uuid> {
    let Target { webhook, organization_id } = target;
    let Received { headers, body, source_ip } = received;
    if webhook.secret_sealed.is_some() {
        let secrets = service::secrets(context, webhook)?;
        signature::check(&secrets, webhook.signature_header.as_deref(), &headers, body)?;
    }
    let decoded = body::decode(body, headers.content_type());
    let delivery_key = headers.delivery_key();

    let txn = context.store().begin().await?;
    let (payload_id, memory_id) = (txn.new_id(), txn.new_id());
    let trace = Trace { board_id: webhook.board_id, webhook_id: webhook.id, payload_id };
    let memory = txn
        .run_one(
            sql("INSERT INTO board_memory (id, board_id, content, tags, source, is_chat, created_at)
                 VALUES ($1, $2, $3, $4, 'webhook', FALSE, $5)")
            .bind(memory_id)
            .bind(webhook.board_id)
            .bind(trace.text(&webhook.description, &decoded.value))
            .bind(Json(trace.tags()))
            .bind(txn.now()),
        )
        .await;
    memory.map_err(gone_meanwhile)?;
    let stored = txn
        .run(
            sql("INSERT INTO board_webhook_payloads (id, board_id, webhook_id, payload, headers, source_ip,
                     content_type, delivery_key, memory_id, delivery_updated_at, received_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                 ON CONFLICT (webhook_id, delivery_key) DO NOTHING")
            .bind(payload_id)
            .bind(webhook.board_id)
            .bind(webhook.id)
            .bind(decoded.json)
            .bind(headers.kept(webhook.signature_header.as_deref()).map(Json))
            .bind(source_ip)
            .bind(headers.content_type().map(str::to_owned))
            .bind(delivery_key.clone())
            .bind(memory_id)
            .bind(txn.now()),
        )
        .await
        .map_err(gone_meanwhile)?;
    if stored == 0 {
        drop(txn);
        return repeated(context, webhook.id, delivery_key).await;
    }
    let event = |kind| NewEvent::new(kind, *organization_id).board(webhook.board_id);
    txn.append(
        event("webhook.received")
            .message(self::received(&webhook.description))
            .data(json!({ "webhook_id": webhook.id, "payload_id": payload_id }))
            .activity(),
    )
    .await?;
    txn.append(event("memory.created").data(json!({ "memory_id": memory_id, "is_chat": false }))).await?;
    txn.enqueue(delivery::job(webhook, payload_id)).await?;
    txn.commit().await?;
    tracing::debug!(webhook.id = %webhook.id, payload.id = %payload_id, "webhook.ingest.persisted");
    Ok(payload_id)
}

/// What stands in the memory of a board for a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trace {
    pub(crate) board_id: Uuid,
    pub(crate) webhook_id: Uuid,
    pub(crate) payload_id: Uuid,
}

impl Trace {
    /// The text of the entry.
    pub(crate) fn text(self, description: &str, content: &serde_json::Value) -> String {
        let Self { board_id, webhook_id, payload_id } = self;
        texts::memory_entry(texts::Place { board_id, webhook_id, payload_id }, description, content)
    }

    /// The tags of the entry.
    pub(crate) fn tags(self) -> [String; 3] {
        ["webhook".to_owned(), format!("webhook:{}", self.webhook_id), format!("payload:{}", self.payload_id)]
    }
}

/// What the activity feed says when a payload has come.
pub(crate) fn received(description: &str) -> String {
    format!("Webhook received: {}", texts::title(description))
}

/// The payload that this delivery made when it came first.
async fn repeated(context: &Context, webhook_id: Uuid, delivery_key: Option<String>) -> Result<Uuid> {
    let first: Option<(Uuid,)> = context
        .store()
        .optional(
            sql("SELECT id FROM board_webhook_payloads WHERE webhook_id = $1 AND delivery_key = $2")
                .bind(webhook_id)
                .bind(delivery_key),
        )
        .await?;
    // It was there a moment ago; retention has just taken it away.
    let (id,) = first.ok_or_else(|| Error { retry_after: Some(1), ..Error::new(Kind::Unavailable) })?;
    tracing::debug!(webhook.id = %webhook_id, payload.id = %id, "webhook.ingest.repeated");
    Ok(id)
}

fn gone_meanwhile(error: mc_store::StoreError) -> Error {
    if error.is_foreign_key_violation() { Error::not_found() } else { error.into() }
}
