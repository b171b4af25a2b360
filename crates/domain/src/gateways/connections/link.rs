//! The state of a connection as it is shown and stored.

use chrono::{DateTime, Utc};
use mc_openclaw::{Error, Hello, State, Status, config::Dialect};
use mc_store::Json;

use super::super::{port::GatewayError, rules};

/// The state of the connection to a gateway.
#[derive(Clone, Debug, Default, PartialEq, sqlx::FromRow)]
pub struct Link {
    /// `connecting`, `online`, `pairing_required`, `refused`, `protocol_mismatch`, `unreachable` or `closed`; none before
    /// the first attempt.
    #[sqlx(rename = "connection_state")]
    pub state: Option<String>,
    /// Since when it is so.
    #[sqlx(rename = "connection_since")]
    pub since: Option<DateTime<Utc>>,
    /// Attempts that failed since it was last online.
    #[sqlx(rename = "connection_failures")]
    pub failures: i64,
    /// A stable name of what is wrong; none while online.
    #[sqlx(rename = "connection_code")]
    pub code: Option<String>,
    /// What is wrong, in a sentence; none while online.
    #[sqlx(rename = "last_error")]
    pub error: Option<String>,
    /// The version of the gateway's software.
    #[sqlx(rename = "runtime_version")]
    pub version: Option<String>,
    /// The protocol that is spoken.
    pub protocol: Option<i64>,
    /// The form of the gateway's configuration, `list` or `entries`.
    pub dialect: Option<String>,
    /// The scopes that were granted; none where the gateway does not say.
    #[sqlx(rename = "granted_scopes")]
    pub scopes: Option<Json<Vec<String>>>,
    /// The request that an operator of the gateway has to approve.
    pub pairing_request_id: Option<String>,
}

impl Link {
    /// What a status says.
    pub(super) fn of(status: &Status) -> Self {
        let millis = i64::try_from(status.since).unwrap_or(i64::MAX);
        let mut link = Self {
            state: Some(status.state.name().to_owned()),
            since: DateTime::from_timestamp_millis(millis),
            failures: i64::from(status.failures),
            ..Self::default()
        };
        match &status.state {
            State::Online(hello) => link.admitted(hello),
            _ => link.failed(status.last_error.as_ref()),
        }
        if let State::PairingRequired { request_id } = &status.state {
            link.pairing_request_id.clone_from(request_id);
        }
        link
    }

    fn admitted(&mut self, hello: &Hello) {
        self.version.clone_from(&hello.server_version);
        self.protocol = Some(i64::from(hello.protocol));
        self.scopes = hello.scopes.clone().map(Json);
    }

    fn failed(&mut self, error: Option<&Error>) {
        let Some(error) = error else { return };
        let error = GatewayError::from(error.clone());
        self.code = Some(rules::code(error.failure).to_owned());
        self.error = Some(rules::explain(&error));
    }

    /// Whether requests can be sent.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.state.as_deref() == Some("online")
    }

    /// Whether an attempt has ended badly, so that a call would fail as well.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        !matches!(self.state.as_deref(), None | Some("online" | "connecting"))
    }

    /// This state, with what an earlier connection has shown where this one says nothing.
    #[must_use]
    pub fn or_seen(self, seen: &Self) -> Self {
        Self {
            version: self.version.or_else(|| seen.version.clone()),
            protocol: self.protocol.or(seen.protocol),
            dialect: self.dialect.or_else(|| seen.dialect.clone()),
            scopes: self.scopes.or_else(|| seen.scopes.clone()),
            ..self
        }
    }
}

/// The name of a dialect, for people and for the database.
pub(super) fn dialect_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::List => "list",
        Dialect::Entries => "entries",
    }
}

/// What an operator runs on the gateway's host to let this server in.
#[must_use]
pub fn approval_command(request_id: Option<&str>) -> String {
    match request_id {
        Some(id) => format!("openclaw devices approve {id}"),
        None => "openclaw devices list, then openclaw devices approve <requestId>".to_owned(),
    }
}
