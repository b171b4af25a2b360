//! The public keys of a provider (JWKS): fetched when needed, kept for a while, and fetched anew when a token names one
//! that is not known, because providers change their keys.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jsonwebtoken::{DecodingKey, jwk::Jwk};
use mc_base::SecretString;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::unavailable;
use crate::{
    Context, Result,
    egress::{Call, Credentials, Request},
};

/// How long keys are used without asking for them again.
const FRESH: Duration = Duration::from_secs(300);
/// How long they are used while the provider cannot be asked; longer, and a withdrawn key would live on.
const STALE: Duration = Duration::from_secs(3600);
/// The least time between two requests, whatever tokens come in: nobody makes us ask without end.
const PAUSE: Duration = Duration::from_secs(10);
/// The longest that the provider may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest set of keys, in bytes.
const SET_MAX: u64 = 256 * 1024;
/// The most keys of a set that are kept.
const KEYS_MAX: usize = 100;

/// The keys of one provider.
#[derive(Debug)]
pub(super) struct Keys {
    url: Url,
    bearer: Option<SecretString>,
    known: Mutex<Known>,
    /// Held while one caller asks; the others wait for its answer.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    fetched_at: Option<Duration>,
    asked_at: Option<Duration>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Known").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl Keys {
    /// The keys at an address that wants a bearer token, or none.
    pub(super) fn at(url: Url, bearer: Option<SecretString>) -> Self {
        Self { url, bearer, known: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// The key of this name; none when the provider has none.
    ///
    /// # Errors
    /// `Unavailable` when the provider cannot be asked and the key is not known.
    pub(super) async fn find(&self, context: &Context, name: &str) -> Result<Option<DecodingKey>> {
        let now = || context.store().clock().monotonic();
        if let Some(key) = self.known(name, now(), FRESH) {
            return Ok(Some(key));
        }
        let _asking = self.asking.lock().await;
        // Whoever held the lock may have brought it.
        if let Some(key) = self.known(name, now(), FRESH) {
            return Ok(Some(key));
        }
        let failed = if self.may_ask(now()) {
            let fetched = self.fetch(context).await;
            let failed = fetched.is_none();
            if let Some(keys) = fetched {
                let mut known = self.lock();
                known.keys = keys;
                known.fetched_at = Some(now());
            }
            failed
        } else {
            // The last answer counts as long as the pause lasts.
            self.lock().fetched_at.is_none_or(|at| now() > at + PAUSE)
        };
        match self.known(name, now(), STALE) {
            Some(key) => Ok(Some(key)),
            None if failed => Err(unavailable()),
            None => Ok(None),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, name: &str, now: Duration, age: Duration) -> Option<DecodingKey> {
        let known = self.lock();
        let is_young = known.fetched_at.is_some_and(|at| now <= at + age);
        known.keys.get(name).filter(|_| is_young).cloned()
    }

    fn may_ask(&self, now: Duration) -> bool {
        let mut known = self.lock();
        let may = known.asked_at.is_none_or(|at| now >= at + PAUSE);
        if may {
            known.asked_at = Some(now);
        }
        may
    }

    async fn fetch(&self, context: &Context) -> Option<HashMap<String, DecodingKey>> {
        let request = Request { url: self.url.clone(), total: TIMEOUT, max_bytes: SET_MAX };
        let credentials = self.bearer.clone().map_or(Credentials::None, Credentials::Bearer);
        let set = match Call::get(request, credentials).json::<KeySet>(context.egress()).await {
            Ok((_, set)) => set,
            Err(error) => {
                tracing::warn!(%error, "auth.keys.fetch_failed");
                return None;
            }
        };
        let keys = set.keys.into_iter().take(KEYS_MAX).filter_map(|key| {
            // A key of a kind that we do not know leaves the others usable.
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            let is_for_signatures =
                !matches!(jwk.common.public_key_use, Some(jsonwebtoken::jwk::PublicKeyUse::Encryption));
            let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| is_for_signatures)?;
            Some((jwk.common.key_id.unwrap_or_default(), key))
        });
        let keys: HashMap<_, _> = keys.collect();
        tracing::debug!(keys = keys.len(), "auth.keys.fetched");
        Some(keys)
    }
}
