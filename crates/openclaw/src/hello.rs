//! What a gateway says about itself when it admits a client.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, shorten};

/// Bytes of a request that a gateway takes when it does not say.
const DEFAULT_MAX_PAYLOAD: usize = 1024 * 1024;
/// The protocol of gateways that do not say.
const OLDEST_PROTOCOL: u32 = 3;
/// Time between two `tick` events when the gateway does not say.
const DEFAULT_TICK: Duration = Duration::from_secs(30);

/// A gateway's answer to `connect`.
#[derive(Debug, Clone)]
pub struct Hello {
    /// The version of the gateway's program, such as `2026.9.6`; `None` when it does not say.
    pub server_version: Option<String>,
    /// The protocol that was agreed on.
    pub protocol: u32,
    /// Identifies the gateway's run, from gateways that say: another value means that it restarted.
    pub boot_id: Option<String>,
    /// The methods that the gateway offers; empty when it does not say.
    pub methods: BTreeSet<String>,
    /// The events that the gateway sends; empty when it does not say.
    pub events: BTreeSet<String>,
    /// The scopes that were granted; `None` when the gateway does not say.
    pub scopes: Option<Vec<String>>,
    /// A token of this device's own, which can be used instead of the shared one.
    pub device_token: Option<SecretString>,
    /// Bytes that one request may have.
    pub max_payload: usize,
    /// Time between two `tick` events.
    pub tick_interval: Duration,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wire {
    protocol: Option<u32>,
    server: Server,
    features: Features,
    auth: Auth,
    policy: Policy,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Server {
    version: Value,
    boot_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Features {
    methods: BTreeSet<String>,
    events: BTreeSet<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Auth {
    scopes: Option<Vec<String>>,
    device_token: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Policy {
    max_payload: Option<u64>,
    tick_interval_ms: Option<u64>,
}

impl Default for Hello {
    /// What a gateway has said that said nothing.
    fn default() -> Self {
        Self {
            server_version: None,
            protocol: OLDEST_PROTOCOL,
            boot_id: None,
            methods: BTreeSet::new(),
            events: BTreeSet::new(),
            scopes: None,
            device_token: None,
            max_payload: DEFAULT_MAX_PAYLOAD,
            tick_interval: DEFAULT_TICK,
        }
    }
}

impl Hello {
    /// Reads the answer to `connect`.
    pub(crate) fn parse(payload: Value) -> Result<Self, Error> {
        let wire: Wire = serde_json::from_value(payload)
            .map_err(|error| Error::Protocol(shorten(&format!("the answer to connect: {error}"))))?;
        let server_version = match wire.server.version {
            Value::String(version) => Some(shorten(version.trim())).filter(|version| !version.is_empty()),
            Value::Number(version) => Some(version.to_string()),
            _ => None,
        };
        let tick = wire.policy.tick_interval_ms.map_or(DEFAULT_TICK, Duration::from_millis);
        Ok(Self {
            server_version,
            protocol: wire.protocol.unwrap_or(OLDEST_PROTOCOL),
            boot_id: wire.server.boot_id,
            methods: wire.features.methods,
            events: wire.features.events,
            scopes: wire.auth.scopes,
            device_token: wire.auth.device_token.map(SecretString::from),
            max_payload: wire
                .policy
                .max_payload
                .and_then(|bytes| usize::try_from(bytes).ok())
                .unwrap_or(DEFAULT_MAX_PAYLOAD),
            tick_interval: tick.clamp(Duration::from_secs(1), Duration::from_secs(600)),
        })
    }

    /// Whether the gateway offers a method; true also for gateways that do not list their methods.
    #[must_use]
    pub fn offers(&self, method: &str) -> bool {
        self.methods.is_empty() || self.methods.contains(method)
    }

    /// The first of `wanted` that was not granted. Administrators have every scope, and who may write may read.
    #[must_use]
    pub fn missing_scope<'a>(&self, wanted: &'a [String]) -> Option<&'a str> {
        let granted = self.scopes.as_ref()?;
        let has = |scope: &str| granted.iter().any(|held| held == scope);
        wanted.iter().map(String::as_str).find(|&scope| {
            !(has(scope) || has("operator.admin") || scope == "operator.read" && has("operator.write"))
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use super::*;

    fn scopes(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn both_protocols_are_read() {
        let old = Hello::parse(
            serde_json::from_str(include_str!("../tests/fixtures/hello-2026.4.2.json")).unwrap(),
        );
        let old = old.unwrap();
        assert_eq!((old.server_version.as_deref(), old.protocol), (Some("2026.4.2"), 3));
        assert_eq!(old.device_token.unwrap().expose_secret(), "device-token-of-the-fixture");
        assert_eq!(old.max_payload, 26_214_400);
        assert!(old.boot_id.is_none());
        let new = Hello::parse(
            serde_json::from_str(include_str!("../tests/fixtures/hello-2026.9.6.json")).unwrap(),
        );
        let new = new.unwrap();
        assert_eq!((new.server_version.as_deref(), new.protocol), (Some("2026.9.6"), 4));
        assert!(new.offers("agents.create") && !new.offers("agents.files.delete"));
        assert!(new.events.contains("device.pair.requested"));
        assert!(new.device_token.is_none());
    }

    #[test]
    fn a_bare_answer_is_enough() {
        let hello = Hello::parse(json!({"server": {"version": 7}})).unwrap();
        assert_eq!(hello.server_version.as_deref(), Some("7"));
        assert!(hello.offers("anything"));
        assert!(
            Hello::parse(json!([])).is_err() || Hello::parse(json!([])).unwrap().server_version.is_none()
        );
        assert!(Hello::parse(json!({"features": 7})).is_err());
    }

    #[test]
    fn scopes_include_one_another() {
        let with = |held: &[&str]| {
            let mut hello = Hello::parse(json!({})).unwrap();
            hello.scopes = Some(scopes(held));
            hello
        };
        let wanted = scopes(&["operator.read", "operator.pairing"]);
        assert_eq!(with(&[]).missing_scope(&wanted), Some("operator.read"));
        assert_eq!(with(&["operator.write"]).missing_scope(&wanted), Some("operator.pairing"));
        assert_eq!(with(&["operator.admin"]).missing_scope(&wanted), None);
        assert_eq!(Hello::parse(json!({})).unwrap().missing_scope(&wanted), None);
    }

    #[test]
    fn the_device_token_is_not_printed() {
        let hello = Hello::parse(json!({"auth": {"deviceToken": "hush-hush"}})).unwrap();
        assert!(!format!("{hello:?}").contains("hush"));
    }
}
