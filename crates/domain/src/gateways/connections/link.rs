//! The state of a connection as it is shown and stored.

use chrono::{DateTime, Utc};
use mc_openclaw::{Error, Hello, State, Status, config::Dialect};

use super::super::{port::GatewayError, rules};

/// The state of the connection to a gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// `connecting`, `online`, `pairing_required`, `refused`, `protocol_mismatch`, `unreachable` or `closed`.
    pub state: String,
    /// Since when it is so.
    pub since: Option<DateTime<Utc>>,
    /// Attempts that failed since it was last online.
    pub failures: i64,
    /// A stable name of what is wrong; none while online.
    pub code: Option<String>,
    /// What is wrong, in a sentence; none while online.
    pub error: Option<String>,
    /// The version of the gateway's software.
    pub version: Option<String>,
    /// The protocol that is spoken.
    pub protocol: Option<i64>,
    /// The form of the gateway's configuration, `list` or `entries`.
    pub dialect: Option<String>,
    /// The scopes that were granted; none where the gateway does not say.
    pub scopes: Option<Vec<String>>,
    /// The request that an operator of the gateway has to approve.
    pub pairing_request_id: Option<String>,
}

impl Link {
    /// What a status says.
    pub(super) fn of(status: &Status) -> Self {
        let millis = i64::try_from(status.since).unwrap_or(i64::MAX);
        let mut link = Self {
            state: status.state.name().to_owned(),
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
        self.scopes.clone_from(&hello.scopes);
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
        self.state == "online"
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
