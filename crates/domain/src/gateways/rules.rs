//! Decisions on gateways. No I/O.

use std::sync::LazyLock;

use mc_base::SecretString;
use regex::Regex;
use secrecy::ExposeSecret;

use super::{
    Gateway, GatewayChange,
    connections::approval_command,
    port::{Failure, GatewayError},
};
use crate::{Error, Kind};

/// The longest workspace root.
pub const WORKSPACE_ROOT_MAX: usize = 1_000;
/// The longest address.
pub const URL_MAX: usize = 2_000;

/// Checks a workspace root: absolute, or under the home of the gateway's user. It is a path on the gateway's host and
/// stays as it is.
///
/// # Errors
/// With a sentence that says what is wrong.
pub fn check_workspace_root(text: &str) -> Result<(), &'static str> {
    let is_drive = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() >= 3
            && bytes[0].is_ascii_alphabetic()
            && bytes[1] == b':'
            && matches!(bytes[2], b'/' | b'\\')
    };
    if text.chars().any(char::is_control) {
        return Err("workspace_root must not contain control characters");
    }
    if text.starts_with('/') || text == "~" || text.starts_with("~/") || is_drive(text) {
        return Ok(());
    }
    Err("workspace_root must be an absolute path or begin with ~/")
}

/// The workspace of an agent on its gateway.
#[must_use]
pub fn workspace(root: &str, agent_key: &str) -> String {
    // The `mc-` of a main agent has never been part of its folder.
    let folder = agent_key.strip_prefix("mc-gateway-").map(|id| format!("gateway-{id}"));
    let folder = folder.as_deref().unwrap_or(agent_key);
    format!("{}/workspace-{folder}", root.trim_end_matches('/'))
}

/// What becomes of the stored token.
#[derive(Clone, Debug)]
pub(super) enum TokenChange {
    Keep,
    Clear,
    Set(SecretString),
}

/// What a change of a gateway makes different.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The gateway after the change; its sealed token is as before.
    pub(super) gateway: Gateway,
    /// The token.
    pub(super) token: TokenChange,
    /// The names of the fields that are different.
    pub(super) changed: Vec<&'static str>,
}

impl Outcome {
    /// Whether the gateway is reached in another way than before, so that it has to be tried.
    pub(super) fn needs_probe(&self) -> bool {
        let ways = ["url", "token", "allow_insecure_tls", "disable_device_pairing"];
        self.changed.iter().any(|name| ways.contains(name))
    }
}

/// Applies a change. `stored` is the opened token, if there is one that can be opened.
pub(super) fn changed(old: &Gateway, stored: Option<&SecretString>, change: GatewayChange) -> Outcome {
    let mut gateway = old.clone();
    let mut changed = Vec::new();
    let url_is_repeated = change.url.as_ref() == Some(&old.url);
    let token = token_change(&change, old.has_token(), url_is_repeated, stored);
    let mut set = |name, is_different: bool| {
        if is_different {
            changed.push(name);
        }
    };
    if let Some(name) = change.name {
        set("name", name != old.name);
        gateway.name = name;
    }
    if let Some(url) = change.url {
        set("url", url != old.url);
        gateway.url = url;
    }
    set("token", !matches!(token, TokenChange::Keep));
    if let Some(root) = change.workspace_root {
        set("workspace_root", root != old.workspace_root);
        gateway.workspace_root = root;
    }
    if let Some(flag) = change.disable_device_pairing {
        set("disable_device_pairing", flag != old.disable_device_pairing);
        gateway.disable_device_pairing = flag;
    }
    if let Some(flag) = change.allow_insecure_tls {
        set("allow_insecure_tls", flag != old.allow_insecure_tls);
        gateway.allow_insecure_tls = flag;
    }
    if let Some(flag) = change.manage_exec_host {
        set("manage_exec_host", flag != old.manage_exec_host);
        gateway.manage_exec_host = flag;
    }
    Outcome { gateway, token, changed }
}

/// Older consoles send the whole form back, with the null that they got for the token: beside the stored address that
/// means nothing, and removing the token takes `clear_token`.
fn token_change(
    change: &GatewayChange,
    has_token: bool,
    url_is_repeated: bool,
    stored: Option<&SecretString>,
) -> TokenChange {
    match &change.token {
        Some(Some(token)) if stored.is_some_and(|stored| stored.expose_secret() == token.expose_secret()) => {
            TokenChange::Keep
        }
        Some(Some(token)) => TokenChange::Set(token.clone()),
        _ if !has_token => TokenChange::Keep,
        _ if change.clear_token => TokenChange::Clear,
        Some(None) if !url_is_repeated => TokenChange::Clear,
        Some(None) | None => TokenChange::Keep,
    }
}

/// A failure of a gateway in words that help an administrator.
#[must_use]
pub fn explain(error: &GatewayError) -> String {
    static SCOPE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)missing scope:\s*([A-Za-z0-9._:-]+)").expect("a constant pattern"));
    const AUTHENTICATION: &str =
        "Gateway authentication failed: check that the token is right and has the scopes of an operator.";
    let text = error.message.trim();
    if let Some(request) = pairing_request(error) {
        return format!(
            "{text}. Approve this server on the gateway's host: {}",
            approval_command(Some(request))
        );
    }
    if let Some(found) = SCOPE.captures(text) {
        let scope = &found[1];
        return format!(
            "The gateway token is missing required scope `{scope}`. Update the token scopes on the gateway and try again."
        );
    }
    let lower = text.to_ascii_lowercase();
    let is_refusal = lower.contains("unauthorized") || lower.contains("forbidden");
    match error.failure {
        Failure::Auth => AUTHENTICATION.into(),
        Failure::Refused | Failure::ScopeMissing if text.is_empty() || is_refusal => AUTHENTICATION.into(),
        Failure::Tls if text.is_empty() => {
            "The gateway's certificate was not accepted, or it does not speak TLS.".into()
        }
        Failure::Unreachable if text.is_empty() => "The gateway cannot be reached.".into(),
        _ if text.is_empty() => "The gateway gave no reason.".into(),
        _ if is_refusal => AUTHENTICATION.into(),
        _ => text.to_owned(),
    }
}

/// The request that an operator of the gateway has to approve, when the gateway named one.
fn pairing_request(error: &GatewayError) -> Option<&str> {
    match error.cause.as_deref() {
        Some(mc_openclaw::Error::Refused(answer)) if error.failure == Failure::PairingRequired => {
            answer.detail("requestId")
        }
        _ => None,
    }
}

/// A stable name of a failure.
#[must_use]
pub fn code(failure: Failure) -> &'static str {
    match failure {
        Failure::Unreachable => "gateway_unreachable",
        Failure::Tls => "gateway_tls",
        Failure::Timeout => "gateway_timeout",
        Failure::Auth => "gateway_auth",
        Failure::PairingRequired => "gateway_pairing_required",
        Failure::ScopeMissing => "gateway_scope_missing",
        Failure::NotFound => "gateway_not_found",
        Failure::Conflict => "gateway_conflict",
        Failure::Unsupported => "gateway_unsupported",
        Failure::Busy => "gateway_busy",
        Failure::Protocol => "gateway_protocol",
        Failure::Refused => "gateway_refused",
    }
}

/// The answer for a caller whose request a gateway failed; `what` says what was tried.
#[must_use]
pub fn bad_gateway(what: &str, error: &GatewayError) -> Error {
    let mut answer =
        Error::text(Kind::BadGateway, format!("{what}: {}", error.message)).code(code(error.failure));
    let seconds = error.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    answer.retry_after = seconds.or_else(|| error.is_transient().then_some(5));
    answer
}

#[cfg(test)]
mod tests;
