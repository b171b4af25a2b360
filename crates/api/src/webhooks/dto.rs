use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mc_base::{SecretString, Timestamp, text::TEXT_MAX};
use mc_domain::webhooks::{NewWebhook, Payload, Webhook, WebhookChange};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fields::{Int, NonEmpty, Patch, Reader, SecretText, Sent, Text};

/// The longest name of a header, in characters.
const HEADER_MAX: usize = 255;

crate::query! {
    /// Which payloads are wanted, and how much of each.
    pub(crate) struct PayloadListQuery {
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
        /// Cut each payload that is longer to a text of so many characters.
        max_chars: Option<Int<1, 1_000_000>>,
    }
}

crate::query! {
    /// How much of a payload is wanted.
    pub(crate) struct PayloadQuery {
        /// Cut a payload that is longer to a text of so many characters.
        max_chars: Option<Int<1, 1_000_000>>,
    }
}

/// The number of characters that a query asks for.
pub(super) fn chars(max: Option<Int<1, 1_000_000>>) -> Option<usize> {
    max.and_then(|max| usize::try_from(max.0).ok())
}

crate::body! {
    /// A webhook to make.
    pub(crate) struct BoardWebhookCreate {
        /// What the agent shall do with payloads.
        description: NonEmpty<TEXT_MAX>,
        /// Whether payloads are accepted.
        enabled: bool = true,
        /// The agent of this board that is told of payloads; none means the board's lead.
        agent_id: Option<Uuid>,
        /// The secret with which senders sign (HMAC-SHA-256); without one every payload is accepted.
        secret: Option<SecretText>,
        /// The header that carries the signature, in place of `X-Hub-Signature-256` and `X-Webhook-Signature`.
        signature_header: Option<Text<HEADER_MAX>>,
    } check check_new;
}

fn check_new(webhook: &BoardWebhookCreate, reader: &mut Reader, object: &Map<String, Value>) {
    check_header(webhook.signature_header.as_ref(), reader, object);
}

crate::body! {
    /// A change of a webhook. What is left out stays.
    pub(crate) struct BoardWebhookUpdate {
        /// What the agent shall do with payloads.
        description: Sent<NonEmpty<TEXT_MAX>>,
        /// Whether payloads are accepted.
        enabled: Sent<bool>,
        /// The agent of this board that is told of payloads; null means the board's lead.
        agent_id: Patch<Uuid>,
        /// The secret with which senders sign. The one before stays valid for 24 hours. Null or blank
        /// removes it and ends the check of signatures at once.
        secret: Patch<SecretText>,
        /// The header that carries the signature; null or blank means the usual two.
        signature_header: Patch<Text<HEADER_MAX>>,
    } check check_change;
}

fn check_change(webhook: &BoardWebhookUpdate, reader: &mut Reader, object: &Map<String, Value>) {
    check_header(webhook.signature_header.0.as_ref().and_then(Option::as_ref), reader, object);
}

/// The name of a header is a token (RFC 9110, section 5.6.2).
fn check_header(header: Option<&Text<HEADER_MAX>>, reader: &mut Reader, object: &Map<String, Value>) {
    let is_token =
        |character: char| character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character);
    if header.is_some_and(|name| !name.trim().chars().all(is_token)) {
        reader.within("signature_header", |reader| {
            reader.value_error(
                "signature_header must be the name of an HTTP header",
                object.get("signature_header"),
            );
        });
    }
}

fn header(name: &Text<HEADER_MAX>) -> Option<String> {
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn secret(secret: &SecretText) -> Option<SecretString> {
    let text = secret.0.expose_secret().trim();
    (!text.is_empty()).then(|| text.into())
}

impl From<BoardWebhookCreate> for NewWebhook {
    fn from(body: BoardWebhookCreate) -> Self {
        Self {
            description: body.description.into(),
            enabled: body.enabled,
            agent_id: body.agent_id,
            secret: body.secret.as_ref().and_then(secret),
            signature_header: body.signature_header.as_ref().and_then(header),
        }
    }
}

impl From<BoardWebhookUpdate> for WebhookChange {
    fn from(body: BoardWebhookUpdate) -> Self {
        Self {
            description: body.description.0.map(String::from),
            enabled: body.enabled.0,
            agent_id: body.agent_id.0,
            secret: body.secret.0.map(|sent| sent.as_ref().and_then(secret)),
            signature_header: body.signature_header.0.map(|sent| sent.as_ref().and_then(header)),
        }
    }
}

/// A webhook. Its secret cannot be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardWebhookRead {
    id: Uuid,
    board_id: Uuid,
    /// The agent that is told of payloads; null means the board's lead.
    agent_id: Option<Uuid>,
    description: String,
    enabled: bool,
    /// Whether senders must sign.
    has_secret: bool,
    /// The header that carries the signature; null means `X-Hub-Signature-256` or `X-Webhook-Signature`.
    signature_header: Option<String>,
    /// Until when the secret before the last change is still accepted.
    #[schema(value_type = Option<String>, format = DateTime)]
    previous_secret_expires_at: Option<Timestamp>,
    /// The path to post to.
    endpoint_path: String,
    /// The address to post to.
    endpoint_url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl BoardWebhookRead {
    pub(super) fn new(webhook: Webhook, base_url: &str, now: DateTime<Utc>) -> Self {
        let endpoint_path = webhook.endpoint_path();
        Self {
            id: webhook.id,
            board_id: webhook.board_id,
            agent_id: webhook.agent_id,
            has_secret: webhook.secret_sealed.is_some(),
            previous_secret_expires_at: webhook.grace_until(now).map(Timestamp::from),
            endpoint_url: Some(format!("{base_url}{endpoint_path}")),
            endpoint_path,
            description: webhook.description,
            enabled: webhook.enabled,
            signature_header: webhook.signature_header,
            created_at: webhook.created_at.into(),
            updated_at: webhook.updated_at.into(),
        }
    }
}

/// The receipt of a payload.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardWebhookIngestResponse {
    /// Always true: the payload is stored.
    pub(super) ok: bool,
    pub(super) board_id: Uuid,
    pub(super) webhook_id: Uuid,
    /// The payload's id; the first one's when the sender repeats a delivery.
    pub(super) payload_id: Uuid,
}

/// How far a payload is on its way to an agent.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardWebhookDeliveryRead {
    /// `pending`, `delivered` or `failed`. A failed one can be redelivered.
    status: &'static str,
    /// How often it was tried.
    attempts: i64,
    /// Why the last try failed.
    last_error: Option<String>,
    /// When this last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// When an agent last got it.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
}

/// What a sender delivered.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardWebhookPayloadRead {
    id: Uuid,
    board_id: Uuid,
    webhook_id: Uuid,
    /// The body: JSON of any type, or a text. A text that ends in `...` where it was cut.
    #[schema(value_type = Value)]
    payload: Box<RawValue>,
    /// Headers of the request; what may be a secret reads `[redacted]`.
    headers: Option<BTreeMap<String, String>>,
    /// The address of the sender.
    source_ip: Option<String>,
    content_type: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    delivery: BoardWebhookDeliveryRead,
}

impl From<Payload> for BoardWebhookPayloadRead {
    fn from(payload: Payload) -> Self {
        let Payload { head, content } = payload;
        Self {
            id: head.id,
            board_id: head.board_id,
            webhook_id: head.webhook_id,
            payload: content.0,
            headers: head.headers.map(|json| json.0),
            source_ip: head.source_ip,
            content_type: head.content_type,
            received_at: head.received_at.into(),
            delivery: BoardWebhookDeliveryRead {
                status: head.delivery_status.as_str(),
                attempts: head.delivery_attempts,
                last_error: head.delivery_error,
                updated_at: head.delivery_updated_at.into(),
                delivered_at: head.delivered_at.map(Timestamp::from),
            },
        }
    }
}
