//! How to reach a gateway and who to be there.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::progress::Progress;
use crate::tls::Tls;
use crate::transport::{Resolver, SystemResolver};
use crate::{DeviceIdentity, Environment, Error};

/// Who the client is towards the gateway.
#[derive(Debug, Clone)]
pub enum ClientMode {
    /// A backend with a device key, which every current gateway wants.
    Device(DeviceIdentity),
    /// A control UI without a device, for older gateways that are configured to allow it. Sends an `Origin`.
    ControlUi,
}

impl ClientMode {
    pub(crate) fn client_id(&self) -> &'static str {
        match self {
            Self::Device(_) => "gateway-client",
            Self::ControlUi => "openclaw-control-ui",
        }
    }

    pub(crate) fn mode(&self) -> &'static str {
        match self {
            Self::Device(_) => "backend",
            Self::ControlUi => "ui",
        }
    }
}

/// Time limits of a connection.
#[derive(Debug, Clone)]
pub struct Timing {
    /// For looking up the host, TCP, TLS and the upgrade together.
    pub connect: Duration,
    /// For the first message of the gateway; without one the client goes on as old gateways want it.
    pub challenge: Duration,
    /// For the whole `connect` exchange after the upgrade.
    pub handshake: Duration,
    /// For handing one request to the network.
    pub write: Duration,
    /// Silence after which a ping is sent.
    pub ping: Duration,
    /// Silence after which the connection counts as dead; longer than `ping`.
    pub silence: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            challenge: Duration::from_secs(3),
            handshake: Duration::from_secs(15),
            write: Duration::from_secs(15),
            ping: Duration::from_secs(20),
            silence: Duration::from_secs(75),
        }
    }
}

/// Everything that is needed to connect to one gateway.
#[derive(Clone)]
pub struct ConnectOptions {
    pub(crate) url: Url,
    /// Who the client is.
    pub mode: ClientMode,
    /// Who to be when the gateway refuses that: newer gateways let no control UI in without a device.
    pub fallback: Option<ClientMode>,
    /// The token that all clients of the gateway share, if it has one.
    pub token: Option<SecretString>,
    /// The token that the gateway issued to this device; used when there is no shared token or the gateway no longer
    /// takes it.
    pub device_token: Option<SecretString>,
    /// The scopes to ask for; a connection that is granted less is given up.
    pub scopes: Vec<String>,
    /// Name of the operating system, in lower case; gateways remember it with the paired device.
    pub platform: String,
    /// Version of the client, shown by gateways.
    pub client_version: String,
    /// How certificates are checked on `wss` connections.
    pub tls: Tls,
    /// Looks up host names, and decides which addresses may be called.
    pub resolver: Arc<dyn Resolver>,
    /// The time of day and randomness.
    pub environment: Arc<dyn Environment>,
    /// Time limits.
    pub timing: Timing,
    /// Where the steps of an attempt are noted.
    pub progress: Progress,
    /// Bytes of one message of the gateway that are taken; a longer one ends the connection.
    pub max_message: usize,
    /// Bytes of one event that are handed on; longer ones are dropped, since events are kept for slow readers.
    pub max_event: usize,
}

impl ConnectOptions {
    /// Options for a gateway at `url` (`ws://` or `wss://`), asking for full operator scopes.
    ///
    /// A fragment and a query parameter `token` in the URL are left out: tokens do not belong into URLs.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for `url` when it is blank, is no URL, has another scheme, no host, or holds a user
    /// name or a password.
    pub fn new(url: &str, mode: ClientMode, environment: Arc<dyn Environment>) -> Result<Self, Error> {
        Ok(Self {
            url: gateway_url(url)?,
            mode,
            fallback: None,
            token: None,
            device_token: None,
            scopes: [
                "operator.read",
                "operator.write",
                "operator.admin",
                "operator.approvals",
                "operator.pairing",
            ]
            .map(str::to_owned)
            .to_vec(),
            platform: match std::env::consts::OS {
                "macos" => "darwin".to_owned(),
                other => other.to_owned(),
            },
            client_version: "1.0.0".to_owned(),
            tls: Tls::Platform,
            resolver: Arc::new(SystemResolver),
            environment,
            timing: Timing::default(),
            progress: Progress::default(),
            max_message: 16 * 1024 * 1024,
            max_event: 512 * 1024,
        })
    }

    /// The address of the gateway without its query, for logs.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let mut url = self.url.clone();
        url.set_query(None);
        url.to_string()
    }

    /// The `Origin` that a control UI of this gateway has.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.is_tls() { "https" } else { "http" };
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.url.scheme() == "wss"
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (field, token) in [("token", &self.token), ("device_token", &self.device_token)] {
            if token.as_ref().is_some_and(|token| token.expose_secret().trim().is_empty()) {
                return Err(Error::invalid(field, "must not be blank; leave it out instead"));
            }
        }
        if self.scopes.iter().any(|scope| scope.is_empty() || scope.contains([',', '|'])) {
            return Err(Error::invalid("scopes", "must be names without commas and bars"));
        }
        if self.timing.silence <= self.timing.ping {
            return Err(Error::invalid("timing", "silence must be longer than ping"));
        }
        Ok(())
    }
}

impl std::fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("endpoint", &self.endpoint())
            .field("mode", &self.mode)
            .field("scopes", &self.scopes)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

fn gateway_url(text: &str) -> Result<Url, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("url", "is required"));
    }
    let mut url =
        Url::parse(text).map_err(|error| Error::invalid("url", format!("is not a URL: {error}")))?;
    if !matches!(url.scheme(), "ws" | "wss") {
        return Err(Error::invalid("url", "must start with ws:// or wss://"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Error::invalid("url", "must name a host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::invalid("url", "must not hold a user name or a password"));
    }
    url.set_fragment(None);
    if url.query().is_some() {
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| name != "token")
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Fixed;

    fn options(url: &str) -> Result<ConnectOptions, Error> {
        ConnectOptions::new(url, ClientMode::ControlUi, Arc::new(Fixed))
    }

    #[test]
    fn urls_are_checked_and_lose_tokens() {
        for (url, part) in [
            (" ", "is required"),
            ("nonsense", "not a URL"),
            ("http://gateway.example", "ws://"),
            ("ws://user:secret@gateway.example", "user name"),
        ] {
            let error = options(url).unwrap_err().to_string();
            assert!(
                error.starts_with("url: ") && error.contains(part) && !error.contains("secret"),
                "{error}"
            );
        }
        let options = options(" wss://gateway.example:8443/ws?token=hush&team=a%26b#x ").unwrap();
        assert_eq!(options.url.as_str(), "wss://gateway.example:8443/ws?team=a%26b");
        assert_eq!(options.endpoint(), "wss://gateway.example:8443/ws");
        assert_eq!(self::options("ws://h/?token=x").unwrap().url.as_str(), "ws://h/");
    }

    #[test]
    fn origins_follow_the_url() {
        assert_eq!(
            options("wss://gateway.example:8443/ws").unwrap().origin(),
            "https://gateway.example:8443"
        );
        assert_eq!(options("ws://[::1]:8000/ws").unwrap().origin(), "http://[::1]:8000");
        assert_eq!(options("ws://gateway.example").unwrap().origin(), "http://gateway.example");
    }

    #[test]
    fn bad_options_are_named() {
        let mut blank = options("ws://h").unwrap();
        blank.token = Some(" ".into());
        assert!(blank.check().unwrap_err().to_string().starts_with("token: "));
        let mut scopes = options("ws://h").unwrap();
        scopes.scopes = vec!["a,b".to_owned()];
        assert!(scopes.check().unwrap_err().to_string().starts_with("scopes: "));
        let mut timing = options("ws://h").unwrap();
        timing.timing.silence = timing.timing.ping;
        assert!(timing.check().unwrap_err().to_string().starts_with("timing: "));
    }
}
