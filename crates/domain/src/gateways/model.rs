use chrono::{DateTime, Utc};
use mc_base::SecretString;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::port::Target;
use crate::{Context, Error, Result};

/// A stored gateway. Its token is sealed; only [`Gateway::target`] opens it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Gateway {
    /// The id.
    pub id: Uuid,
    /// The tenant.
    pub organization_id: Uuid,
    /// The name; not unique.
    pub name: String,
    /// Where it listens: `ws://` or `wss://`.
    pub url: String,
    /// The sealed token.
    token_sealed: Option<SealedToken>,
    /// The folder on the gateway's host under which agents have their workspaces.
    pub workspace_root: String,
    /// Whether the server signs in as the control UI does, without a paired device.
    pub disable_device_pairing: bool,
    /// Whether a certificate that cannot be verified is accepted.
    pub allow_insecure_tls: bool,
    /// The version of the gateway's software at the last connection.
    pub runtime_version: Option<String>,
    /// When the gateway last answered.
    pub last_connected_at: Option<DateTime<Utc>>,
    /// Why it did not answer the last time, or could not be set up.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A token as it lies in the database; prints as `***`.
#[derive(Clone, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct SealedToken(String);

impl std::fmt::Debug for SealedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

/// The token of one gateway does not open as that of another.
fn token_purpose(gateway_id: Uuid) -> String {
    format!("gateway-token:{gateway_id}")
}

/// Seals a token for the row of its gateway.
pub(crate) fn seal_token(context: &Context, gateway_id: Uuid, token: &SecretString) -> String {
    context.key().seal(context.store().random(), &token_purpose(gateway_id), token.expose_secret())
}

impl Gateway {
    /// Whether a token is stored.
    #[must_use]
    pub fn has_token(&self) -> bool {
        self.token_sealed.is_some()
    }

    /// Where the gateway is and how it is spoken to, with the opened token.
    ///
    /// # Errors
    /// `Internal` when the token was sealed with another server key.
    pub fn target(&self, context: &Context) -> Result<Target> {
        let open = |sealed: &SealedToken| context.key().open(&token_purpose(self.id), &sealed.0);
        Ok(Target {
            gateway_id: Some(self.id),
            url: self.url.clone(),
            token: self.token_sealed.as_ref().map(open).transpose().map_err(Error::internal)?,
            allow_insecure_tls: self.allow_insecure_tls,
            disable_device_pairing: self.disable_device_pairing,
        })
    }

    /// The session of the gateway's main agent.
    #[must_use]
    pub fn main_session(&self) -> String {
        main_session(self.id)
    }
}

/// The session of the main agent of a gateway; made from the id, so that a new name keeps it.
#[must_use]
pub fn main_session(gateway_id: Uuid) -> String {
    format!("agent:{}:main", main_agent_key(gateway_id))
}

/// The id under which a gateway knows its main agent.
#[must_use]
pub fn main_agent_key(gateway_id: Uuid) -> String {
    format!("mc-gateway-{gateway_id}")
}
