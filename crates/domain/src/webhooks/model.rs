use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use mc_base::SecretString;
use mc_store::Json;
use serde_json::value::RawValue;
use uuid::Uuid;

/// A secret as it stands in the database: encrypted with the server key. Prints as `***`.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct SealedSecret(pub(super) String);

impl fmt::Debug for SealedSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl From<SealedSecret> for sea_query::Value {
    fn from(sealed: SealedSecret) -> Self {
        sealed.0.into()
    }
}

impl sea_query::Nullable for SealedSecret {
    fn null() -> sea_query::Value {
        sea_query::Value::String(None)
    }
}

/// The purpose under which the secrets of a webhook are sealed, so that a sealed value opens on its own webhook only.
#[must_use]
pub(crate) fn secret_purpose(webhook_id: Uuid) -> String {
    format!("webhook-secret:{webhook_id}")
}

/// An address at which a board receives payloads, and what is to be done with them.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Webhook {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The agent that is told of payloads; none means the lead of the board.
    pub agent_id: Option<Uuid>,
    /// The instruction for the agent, written by an editor of the board.
    pub description: String,
    /// Whether payloads are accepted.
    pub enabled: bool,
    /// The secret with which senders sign.
    pub secret_sealed: Option<SealedSecret>,
    /// The secret before the last change.
    pub previous_secret_sealed: Option<SealedSecret>,
    /// Until when the previous secret is honoured.
    pub previous_secret_expires_at: Option<DateTime<Utc>>,
    /// The header that carries the signature, in place of the usual two.
    pub signature_header: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Webhook {
    /// The path at which it receives.
    #[must_use]
    pub fn endpoint_path(&self) -> String {
        format!("/api/v1/boards/{}/webhooks/{}", self.board_id, self.id)
    }

    /// Until when the previous secret is honoured; none when there is none, or its time has passed.
    #[must_use]
    pub fn grace_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.previous_secret_sealed.as_ref()?;
        self.previous_secret_expires_at.filter(|until| *until > now)
    }
}

/// A webhook to make.
#[derive(Debug)]
pub struct NewWebhook {
    /// The instruction.
    pub description: String,
    /// Whether payloads are accepted.
    pub enabled: bool,
    /// The agent that is told.
    pub agent_id: Option<Uuid>,
    /// The secret with which senders sign; none accepts every payload.
    pub secret: Option<SecretString>,
    /// The header that carries the signature, in place of the usual two.
    pub signature_header: Option<String>,
}

/// A change of a webhook. `None` leaves a field as it is.
#[derive(Debug, Default)]
pub struct WebhookChange {
    /// The instruction.
    pub description: Option<String>,
    /// Whether payloads are accepted.
    pub enabled: Option<bool>,
    /// The agent that is told; `Some(None)` means the lead.
    pub agent_id: Option<Option<Uuid>>,
    /// The secret; `Some(None)` ends the check of signatures.
    pub secret: Option<Option<SecretString>>,
    /// The header of the signature; `Some(None)` means the usual two.
    pub signature_header: Option<Option<String>>,
}

impl WebhookChange {
    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.description.is_none()
            && self.enabled.is_none()
            && self.agent_id.is_none()
            && self.secret.is_none()
            && self.signature_header.is_none()
    }
}

/// How far a payload is on its way to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It will be tried.
    Pending,
    /// An agent has got it.
    Delivered,
    /// It was given up; it can be redelivered.
    Failed,
}

impl DeliveryStatus {
    /// Every status with its stored and published name.
    pub const NAMES: [(&'static str, Self); 3] =
        [("pending", Self::Pending), ("delivered", Self::Delivered), ("failed", Self::Failed)];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl TryFrom<String> for DeliveryStatus {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = Self::NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, status)| status).ok_or_else(|| format!("unknown delivery status {name}"))
    }
}

/// Everything about a payload but its content.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct PayloadHead {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// The webhook.
    pub webhook_id: Uuid,
    /// The headers that were kept, secrets redacted.
    pub headers: Option<Json<BTreeMap<String, String>>>,
    /// The address of the sender.
    pub source_ip: Option<String>,
    /// The content type that the sender named.
    pub content_type: Option<String>,
    /// How far the delivery to an agent is.
    #[sqlx(try_from = "String")]
    pub delivery_status: DeliveryStatus,
    /// How often the delivery was tried.
    pub delivery_attempts: i64,
    /// Why the last try failed.
    pub delivery_error: Option<String>,
    /// When the delivery last changed.
    pub delivery_updated_at: DateTime<Utc>,
    /// When an agent last got it.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
}

/// What a sender delivered. The content is JSON as it was written: key order, numbers and escapes are the sender's.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Payload {
    /// Everything but the content.
    #[sqlx(flatten)]
    pub head: PayloadHead,
    /// The content.
    #[sqlx(rename = "payload")]
    pub content: Json<Box<RawValue>>,
}

/// The columns of [`PayloadHead`].
macro_rules! head_columns {
    () => {
        "id, board_id, webhook_id, headers, source_ip, content_type, delivery_status, \
         delivery_attempts, delivery_error, delivery_updated_at, delivered_at, received_at"
    };
}
pub(super) use head_columns;
