//! Taking in what a sender delivers.
//!
//! A sender is nobody that we know: the address of the webhook, and the signature when there is a
//! secret, are all that it proves. What was answered is stored, with the job that brings it on.

use mc_store::{Json, Read, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    Webhook, delivery,
    intake::{Delivery, Stored},
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
    let ids = context.store().ids();
    let (payload_id, memory_id) = (ids.next(), ids.next());
    let trace = Trace { board_id: webhook.board_id, webhook_id: webhook.id, payload_id };
    let event = |kind| NewEvent::new(kind, *organization_id).board(webhook.board_id);
    let received = event("webhook.received")
        .message(self::received(&webhook.description))
        .data(json!({ "webhook_id": webhook.id, "payload_id": payload_id }))
        .activity();
    let remembered = event("memory.created").data(json!({ "memory_id": memory_id, "is_chat": false }));
    let delivery = Delivery {
        payload_id,
        memory_id,
        board_id: webhook.board_id,
        webhook_id: webhook.id,
        memory: trace.text(&webhook.description, &decoded.value),
        tags: trace.tags(),
        payload: decoded.json,
        headers: headers.kept(webhook.signature_header.as_deref()).map(|kept| Json(kept).into()),
        source_ip,
        content_type: headers.content_type().map(str::to_owned),
        delivery_key: delivery_key.clone(),
        events: [received, remembered],
        job: delivery::job(webhook, payload_id),
    };
    match context.intake().store(context, delivery).await? {
        Stored::Now => {
            tracing::debug!(webhook.id = %webhook.id, payload.id = %payload_id, "webhook.ingest.persisted");
            Ok(payload_id)
        }
        Stored::Before => repeated(context, webhook.id, delivery_key).await,
    }
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
