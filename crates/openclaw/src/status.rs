//! The visible state of a kept connection.

use std::sync::Arc;

use crate::error::{Error, Stage};
use crate::hello::Hello;
use crate::refusal::Refusal;

/// What a [`Client`](crate::Client) is doing.
#[derive(Debug, Clone)]
pub enum State {
    /// Making the first connection, or a new one right after the last one ended.
    Connecting,
    /// Connected and admitted.
    Online(Arc<Hello>),
    /// The gateway knows neither token nor device: an operator must approve this request there. Tried again from
    /// time to time.
    PairingRequired {
        /// The request to approve, if the gateway named it. Gateways forget it after some minutes and then name a
        /// new one.
        request_id: Option<String>,
    },
    /// The gateway, or the resolver, does not let this client in. Tried again from time to time.
    Refused,
    /// The gateway speaks another version of the protocol.
    ProtocolMismatch {
        /// The version that it wants, if it said so.
        expected: Option<u64>,
    },
    /// The gateway cannot be reached; attempts go on with growing delays.
    Unreachable,
    /// The client was closed.
    Closed,
}

impl State {
    /// A short name: `connecting`, `online`, `pairing_required`, `refused`, `protocol_mismatch`, `unreachable`,
    /// `closed`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Online(_) => "online",
            Self::PairingRequired { .. } => "pairing_required",
            Self::Refused => "refused",
            Self::ProtocolMismatch { .. } => "protocol_mismatch",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
        }
    }

    /// The state after an attempt that failed with this error.
    pub(crate) fn after(error: &Error) -> Self {
        match error {
            Error::Refused(answer) => match answer.refusal {
                Refusal::PairingRequired => {
                    Self::PairingRequired { request_id: answer.detail("requestId").map(str::to_owned) }
                }
                Refusal::ProtocolMismatch => Self::ProtocolMismatch {
                    expected: answer
                        .details
                        .as_ref()
                        .and_then(|details| details.get("expectedProtocol"))
                        .and_then(serde_json::Value::as_u64),
                },
                Refusal::Unavailable | Refusal::RateLimited => Self::Unreachable,
                _ => Self::Refused,
            },
            Error::AddressRefused(_)
            | Error::InvalidOptions { .. }
            | Error::MissingScope(_)
            | Error::Unreachable { stage: Stage::Tls, .. } => Self::Refused,
            _ => Self::Unreachable,
        }
    }
}

/// The state of a [`Client`](crate::Client) with its circumstances.
#[derive(Debug, Clone)]
pub struct Status {
    /// What the client is doing.
    pub state: State,
    /// When it came into this state, in milliseconds since 1970-01-01 UTC.
    pub since: u64,
    /// Attempts that failed since it was last online.
    pub failures: u32,
    /// What went wrong last; kept while online, to say why the last connection ended.
    pub last_error: Option<Error>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::frame::{Incoming, parse};

    fn refused(error: &Value) -> Error {
        match parse(&json!({"type": "res", "id": "1", "ok": false, "error": error}).to_string())
            .unwrap()
            .unwrap()
        {
            Incoming::Response { outcome, .. } => Error::Refused(outcome.unwrap_err()),
            Incoming::Event(event) => panic!("{event:?}"),
        }
    }

    #[test]
    fn refusals_of_the_handshake_become_states() {
        let pairing = json!({"code": "NOT_PAIRED", "message": "pairing required: device is not approved yet",
            "details": {"code": "PAIRING_REQUIRED", "requestId": "r-1"}});
        match State::after(&refused(&pairing)) {
            State::PairingRequired { request_id } => assert_eq!(request_id.as_deref(), Some("r-1")),
            other => panic!("{other:?}"),
        }
        let protocol = json!({"code": "INVALID_REQUEST", "message": "protocol mismatch",
            "details": {"expectedProtocol": 5}});
        match State::after(&refused(&protocol)) {
            State::ProtocolMismatch { expected } => assert_eq!(expected, Some(5)),
            other => panic!("{other:?}"),
        }
        for (error, name) in [
            (
                json!({"code": "INVALID_REQUEST", "message": "unauthorized: gateway token mismatch"}),
                "refused",
            ),
            (json!({"code": "UNAVAILABLE", "message": "gateway starting; retry shortly"}), "unreachable"),
            (
                json!({"code": "INVALID_REQUEST", "message": "invalid connect params: at /client/id"}),
                "refused",
            ),
        ] {
            assert_eq!(State::after(&refused(&error)).name(), name, "{error}");
        }
        assert_eq!(State::after(&Error::unreachable(Stage::Connect, "refused")).name(), "unreachable");
        assert_eq!(State::after(&Error::unreachable(Stage::Tls, "bad certificate")).name(), "refused");
    }
}
