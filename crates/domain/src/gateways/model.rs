use chrono::{DateTime, Utc};
use mc_base::{SecretKey, SecretString};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{connections::Link, port::Target};
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
    pub(super) token_sealed: Option<SealedToken>,
    /// The folder on the gateway's host under which agents have their workspaces.
    pub workspace_root: String,
    /// Whether the server signs in as the control UI does, without a paired device.
    pub disable_device_pairing: bool,
    /// Whether a certificate that cannot be verified is accepted.
    pub allow_insecure_tls: bool,
    /// Whether the server lets agents run commands on the gateway's host, where the gateway's configuration does not say
    /// where they run.
    pub manage_exec_host: bool,
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
pub(super) struct SealedToken(pub(super) String);

impl std::fmt::Debug for SealedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("***")
    }
}

/// The token of one gateway does not open as that of another.
pub(crate) fn token_purpose(gateway_id: Uuid) -> String {
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
        self.target_by(context.key())
    }

    /// The same with a server key alone.
    pub(super) fn target_by(&self, key: &SecretKey) -> Result<Target> {
        let open = |sealed: &SealedToken| key.open(&token_purpose(self.id), &sealed.0);
        Ok(Target {
            gateway_id: Some(self.id),
            url: self.url.clone(),
            token: self.token_sealed.as_ref().map(open).transpose().map_err(Error::internal)?,
            allow_insecure_tls: self.allow_insecure_tls,
            disable_device_pairing: self.disable_device_pairing,
            reads_only: false,
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
fn main_agent_key(gateway_id: Uuid) -> String {
    format!("mc-gateway-{gateway_id}")
}

/// The id under which the gateway knows the agent of a session, such as `lead-…` of `agent:lead-…:main`.
#[must_use]
pub fn agent_key(session_key: &str) -> Option<&str> {
    let mut parts = session_key.split(':');
    match (parts.next(), parts.next()) {
        (Some("agent"), Some(key)) if !key.is_empty() => Some(key),
        _ => None,
    }
}

/// A gateway with how its main agent is doing.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct GatewayDetail {
    /// The gateway.
    #[sqlx(flatten)]
    pub gateway: Gateway,
    /// Its main agent; none when it was deleted, until the next change or sync.
    pub main_agent_id: Option<Uuid>,
    /// How far the main agent is set up; see the lifecycle of agents.
    pub provision_state: Option<String>,
    /// The connection to it, as it was seen last.
    #[sqlx(flatten)]
    pub link: Link,
    /// The id by which it knows this server; none before the first connection.
    pub device_id: Option<String>,
}

/// A gateway to make; the fields have been checked.
#[derive(Clone, Debug)]
pub struct NewGateway {
    /// The name.
    pub name: String,
    /// The address; see [`super::address::check_url`].
    pub url: String,
    /// The shared secret.
    pub token: Option<SecretString>,
    /// See [`super::rules::check_workspace_root`].
    pub workspace_root: String,
    /// Whether the server signs in as the control UI does.
    pub disable_device_pairing: bool,
    /// Whether a certificate that cannot be verified is accepted.
    pub allow_insecure_tls: bool,
    /// See [`Gateway::manage_exec_host`].
    pub manage_exec_host: bool,
}

/// What is to be different; none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct GatewayChange {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub url: Option<String>,
    /// The shared secret; `Some(None)` when it was sent as nothing.
    pub token: Option<Option<SecretString>>,
    /// Whether the stored secret goes, whatever else was sent.
    pub clear_token: bool,
    /// The folder of the workspaces.
    pub workspace_root: Option<String>,
    /// Whether the server signs in as the control UI does.
    pub disable_device_pairing: Option<bool>,
    /// Whether a certificate that cannot be verified is accepted.
    pub allow_insecure_tls: Option<bool>,
    /// See [`Gateway::manage_exec_host`].
    pub manage_exec_host: Option<bool>,
}
