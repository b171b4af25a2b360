//! What every use case can reach.

use std::{sync::Arc, time::Duration};

use mc_base::SecretKey;
use mc_store::Store;
use url::Url;

use crate::{
    agents::legacy::LegacyChecks,
    egress::{Closed, Egress},
    gateways::{
        ConfigQueues, Version,
        port::{Disconnected, GatewayPort},
    },
    identity::Identity,
    skills, souls, webhooks,
};

/// Limits and addresses that the configuration sets for the use cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address under which people and agents reach this server, without a trailing slash.
    pub base_url: Url,
    /// How long a sign-in of the console lasts without use.
    pub session_lifetime: Duration,
    /// How long events and the activity feed are kept.
    pub event_retention: Duration,
    /// How long entries of the audit log are kept.
    pub audit_retention: Duration,
    /// How long webhook payloads, and the memory entries that mirror them, are kept.
    pub webhook_retention: Duration,
    /// Where skills come from.
    pub skills: skills::Sources,
    /// The directory of souls, such as `https://souls.directory`.
    pub souls_directory: Url,
    /// How long memory entries of boards and board groups are kept; none means for good.
    pub memory_retention: Option<Duration>,
    /// The oldest version of gateways that is worked with.
    pub gateway_min_version: Version,
    /// How long an agent that was woken has for a sign of life before it is woken again.
    pub checkin_wait: Duration,
}

/// What every use case can reach: the store, the server key, the settings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    store: Store,
    key: SecretKey,
    settings: Settings,
    gateways: Arc<dyn GatewayPort>,
    config_queues: ConfigQueues,
    egress: Arc<dyn Egress>,
    identity: Arc<Identity>,
    souls: Arc<souls::Cache>,
    pack_syncs: Arc<skills::SyncSlots>,
    legacy_checks: Arc<LegacyChecks>,
    intake: Arc<webhooks::Intake>,
}

impl Context {
    /// Puts the parts together, without a way to gateways and to other servers.
    #[must_use]
    pub fn new(store: Store, key: SecretKey, settings: Settings) -> Self {
        Self(Arc::new(Inner {
            store,
            key,
            settings,
            gateways: Arc::new(Disconnected),
            config_queues: ConfigQueues::default(),
            egress: Arc::new(Closed),
            identity: Arc::default(),
            souls: Arc::default(),
            pack_syncs: Arc::default(),
            legacy_checks: Arc::default(),
            intake: Arc::default(),
        }))
    }

    /// The same with a way to gateways.
    #[must_use]
    pub fn with_gateways(self, gateways: impl GatewayPort) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { gateways: Arc::new(gateways), ..inner }))
    }

    /// The same with a way to other servers.
    #[must_use]
    pub fn with_egress(self, egress: impl Egress) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { egress: Arc::new(egress), ..inner }))
    }

    /// The same with another way in which people prove who they are.
    #[must_use]
    pub fn with_identity(self, identity: Identity) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { identity: Arc::new(identity), ..inner }))
    }

    /// The same with other settings.
    #[must_use]
    pub fn with_settings(self, settings: Settings) -> Self {
        let inner = Arc::unwrap_or_clone(self.0);
        Self(Arc::new(Inner { settings, ..inner }))
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The server key, for sealing and for token digests.
    #[must_use]
    pub fn key(&self) -> &SecretKey {
        &self.0.key
    }

    /// The way to gateways.
    #[must_use]
    pub fn gateways(&self) -> &dyn GatewayPort {
        self.0.gateways.as_ref()
    }

    /// The changes that wait for gateways.
    pub(crate) fn config_queues(&self) -> &ConfigQueues {
        &self.0.config_queues
    }

    /// The way to other servers.
    #[must_use]
    pub fn egress(&self) -> &dyn Egress {
        self.0.egress.as_ref()
    }

    /// How people prove who they are.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// What is remembered of the directory of souls.
    pub(crate) fn souls(&self) -> &souls::Cache {
        &self.0.souls
    }

    /// How many packs may be read at a time.
    pub(crate) fn pack_syncs(&self) -> &skills::SyncSlots {
        &self.0.pack_syncs
    }

    /// What bounds the work on tokens of the reference server.
    pub(crate) fn legacy_checks(&self) -> &LegacyChecks {
        &self.0.legacy_checks
    }

    /// The deliveries to webhooks that are about to be stored.
    pub(crate) fn intake(&self) -> &Arc<webhooks::Intake> {
        &self.0.intake
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The public address without a trailing slash, for links and for messages to agents.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.settings.base_url.as_str().trim_end_matches('/')
    }
}
