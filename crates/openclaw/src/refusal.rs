//! What an error answer of a gateway means.

use serde_json::Value;

/// The meanings of error answers that callers act on.
///
/// Gateways have few codes, so that most of these follow from the code together with the details or, where a gateway
/// gives nothing else, from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The token is wrong, missing or revoked.
    Unauthorized,
    /// The device must be approved on the gateway first; detail `requestId`.
    PairingRequired,
    /// The device's signature was not accepted, or its time is too far off.
    DeviceRejected,
    /// The connection lacks a scope; detail `missingScope`.
    MissingScope,
    /// The gateway speaks another version of the protocol; detail `expectedProtocol`.
    ProtocolMismatch,
    /// Too many calls; see [`GatewayError::retry_after`](crate::GatewayError::retry_after).
    RateLimited,
    /// The gateway cannot answer now, for example while it starts.
    Unavailable,
    /// The gateway does not know the method.
    UnknownMethod,
    /// There is no such agent.
    AgentNotFound,
    /// There is no such session.
    SessionNotFound,
    /// The agent has no such file.
    FileNotFound,
    /// What should be made is there already.
    AlreadyExists,
    /// What should be written was changed meanwhile: read again and retry.
    Conflict,
    /// The gateway keeps no workspace file of this name.
    UnsupportedFile,
    /// An agent's main session cannot be deleted.
    MainSession,
    /// The request is wrong in another way.
    InvalidRequest,
    /// An error that this client does not know.
    Other,
}

/// The meaning of an error answer.
pub(crate) fn classify(code: &str, message: &str, details: Option<&Value>) -> Refusal {
    let detail = |name: &str| details.and_then(|details| details.get(name)).and_then(Value::as_str);
    by_detail(detail("code").unwrap_or_default())
        .or_else(|| (detail("type") == Some("agent_file_conflict")).then_some(Refusal::Conflict))
        .or_else(|| by_code(code))
        .or_else(|| by_text(&message.to_lowercase()))
        .unwrap_or_else(|| match code {
            "UNAVAILABLE" => Refusal::Unavailable,
            "INVALID_REQUEST" => Refusal::InvalidRequest,
            "FORBIDDEN" | "UNAUTHORIZED" => Refusal::Unauthorized,
            // Only a gateway without codes leaves it to its words whether the trouble passes.
            "" if passes(&message.to_lowercase()) => Refusal::Unavailable,
            _ => Refusal::Other,
        })
}

fn by_detail(code: &str) -> Option<Refusal> {
    Some(match code {
        "PAIRING_REQUIRED" => Refusal::PairingRequired,
        "MISSING_SCOPE" => Refusal::MissingScope,
        "PROTOCOL_MISMATCH" => Refusal::ProtocolMismatch,
        code if code.starts_with("DEVICE_AUTH_") => Refusal::DeviceRejected,
        code if code.starts_with("AUTH_") || code.starts_with("CONTROL_UI_") => Refusal::Unauthorized,
        _ => return None,
    })
}

fn by_code(code: &str) -> Option<Refusal> {
    Some(match code {
        "NOT_PAIRED" => Refusal::PairingRequired,
        "RATE_LIMITED" => Refusal::RateLimited,
        "CONFLICT" => Refusal::Conflict,
        _ => return None,
    })
}

/// Whether a text in lower case tells of trouble that ends by itself.
fn passes(message: &str) -> bool {
    ["service restart", "temporar", "timeout", "timed out", "connection closed", "connection reset"]
        .iter()
        .any(|part| message.contains(part))
}

/// The texts in lower case that gateways are known to send, the more special ones first.
fn by_text(message: &str) -> Option<Refusal> {
    let has = |part: &str| message.contains(part);
    let absent = has("not found") || has("does not exist") || has("no longer exists");
    Some(if has("rate limit exceeded") {
        Refusal::RateLimited
    } else if has("protocol mismatch") {
        Refusal::ProtocolMismatch
    } else if has("pairing required") {
        Refusal::PairingRequired
    } else if has("missing scope:") {
        Refusal::MissingScope
    } else if has("device signature") || has("device identity") {
        Refusal::DeviceRejected
    } else if has("unauthorized") || has("origin not allowed") {
        Refusal::Unauthorized
    } else if has("unknown method") {
        Refusal::UnknownMethod
    } else if has("unsupported file") {
        Refusal::UnsupportedFile
    } else if has("config changed since last load") || has("config base hash required") {
        Refusal::Conflict
    } else if has("cannot delete the main session") {
        Refusal::MainSession
    } else if has("unknown agent") || has("no such agent") || (has("agent ") && absent) {
        Refusal::AgentNotFound
    } else if has("unknown session") || has("no such session") || (has("session") && absent) {
        Refusal::SessionNotFound
    } else if has("no such file") || (has("file") && absent) {
        Refusal::FileNotFound
    } else if has("already exists") || has("duplicate") {
        Refusal::AlreadyExists
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_of_real_gateways_are_understood() {
        let cases = [
            ("INVALID_REQUEST", "unknown method: agents.files.delete", Refusal::UnknownMethod),
            ("INVALID_REQUEST", "agent \"ghost\" not found", Refusal::AgentNotFound),
            ("INVALID_REQUEST", "Agent \"nobody\" no longer exists in configuration", Refusal::AgentNotFound),
            ("INVALID_REQUEST", "agent \"main\" already exists", Refusal::AlreadyExists),
            ("INVALID_REQUEST", "unsupported file \"TOOLS.md\"", Refusal::UnsupportedFile),
            (
                "INVALID_REQUEST",
                "config changed since last load; re-run config.get and retry",
                Refusal::Conflict,
            ),
            ("INVALID_REQUEST", "config base hash required for agents.entries.x; re-run", Refusal::Conflict),
            ("INVALID_REQUEST", "Cannot delete the main session (agent:x:main).", Refusal::MainSession),
            ("INVALID_REQUEST", "missing scope: operator.admin", Refusal::MissingScope),
            ("INVALID_REQUEST", "protocol mismatch", Refusal::ProtocolMismatch),
            ("INVALID_REQUEST", "unauthorized: gateway token missing", Refusal::Unauthorized),
            ("INVALID_REQUEST", "device signature expired", Refusal::DeviceRejected),
            ("INVALID_REQUEST", "message or attachment required", Refusal::InvalidRequest),
            ("INVALID_REQUEST", "workspace does not exist", Refusal::InvalidRequest),
            ("UNAVAILABLE", "rate limit exceeded for config.patch; retry after 58s", Refusal::RateLimited),
            ("UNAVAILABLE", "gateway starting; retry shortly", Refusal::Unavailable),
            ("", "Gateway error", Refusal::Other),
            ("INVALID_REQUEST", "file not found: TOOLS.md", Refusal::FileNotFound),
            ("", "received 1012: service restart", Refusal::Unavailable),
            ("", "Temporarily unavailable", Refusal::Unavailable),
            ("INVALID_REQUEST", "timeout must be a number", Refusal::InvalidRequest),
        ];
        for (code, message, meaning) in cases {
            assert_eq!(classify(code, message, None), meaning, "{message}");
        }
    }

    #[test]
    fn details_and_codes_go_before_texts() {
        let scope = json!({"code": "MISSING_SCOPE", "missingScope": "operator.read"});
        assert_eq!(classify("FORBIDDEN", "agent not found", Some(&scope)), Refusal::MissingScope);
        assert_eq!(classify("NOT_PAIRED", "unauthorized", None), Refusal::PairingRequired);
        let stale = json!({"type": "agent_file_conflict", "currentHash": "x"});
        assert_eq!(classify("INVALID_REQUEST", "file changed", Some(&stale)), Refusal::Conflict);
        let mismatch = json!({"code": "AUTH_TOKEN_MISMATCH"});
        assert_eq!(classify("INVALID_REQUEST", "no", Some(&mismatch)), Refusal::Unauthorized);
    }
}
