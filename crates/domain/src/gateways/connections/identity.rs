//! The key by which gateways know this installation: one for all its processes, kept sealed in the database.

use std::{io, path::PathBuf, sync::Arc};

use mc_base::SecretKey;
use mc_openclaw::DeviceIdentity;
use mc_store::{Read, Store, StoreError, sql};
use secrecy::ExposeSecret;
use serde::Deserialize;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::environment::Machine;
use crate::Result;

/// The name of the row, and what the key is sealed for.
pub(crate) const NAME: &str = "gateway_device";
pub(crate) const PURPOSE: &str = "installation:gateway_device";

/// Where a key may lie that an earlier server has paired with gateways.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// The file.
    pub path: PathBuf,
    /// What an operator sets to name another file, for errors.
    pub variable: &'static str,
}

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// There is one that cannot be used; the sentence says what to do.
    #[error("{0}")]
    Unusable(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The file as the earlier server writes it; only the key counts, the rest follows from it.
#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "privateKeyPem")]
    private_key_pem: String,
}

/// The identity of this installation. The first process to ask makes it, or takes it from a file that is there.
///
/// # Errors
/// `Unusable` when the key cannot be opened with this server key, and when there is a file but no key
/// can be read from it. A new identity would have to be approved again on every gateway, so none is made then.
pub async fn device_identity(
    store: &Store,
    key: &SecretKey,
    file: Option<&KeyFile>,
) -> Result<DeviceIdentity, IdentityError> {
    let txn = store.begin().await?;
    txn.lock("installation_secrets", Uuid::nil()).await?;
    let stored: Option<(String,)> =
        txn.optional(sql("SELECT sealed FROM installation_secrets WHERE name = $1").bind(NAME)).await?;
    if let Some((sealed,)) = stored {
        return open(key, &sealed);
    }
    let imported = file.map(import).transpose()?.flatten();
    let is_imported = imported.is_some();
    let identity = imported.unwrap_or_else(|| {
        DeviceIdentity::generate(&Machine::new(store.clock().clone(), store.random().clone()))
    });
    let seed = Zeroizing::new(hex::encode(*identity.seed()));
    txn.run_one(
        sql("INSERT INTO installation_secrets (name, sealed, public, created_at) VALUES ($1, $2, $3, $4)")
            .bind(NAME)
            .bind(key.seal(store.random(), PURPOSE, &seed))
            .bind(identity.id())
            .bind(txn.now()),
    )
    .await?;
    txn.commit().await?;
    tracing::info!(device_id = identity.id(), is_imported, "gateway.device_identity.created");
    Ok(identity)
}

fn open(key: &SecretKey, sealed: &str) -> Result<DeviceIdentity, IdentityError> {
    let unusable = || {
        IdentityError::Unusable(
            "MC_SECRET_KEY: the key by which gateways know this server was sealed with another one; start with that"
                .to_owned(),
        )
    };
    let seed = key.open(PURPOSE, sealed).map_err(|_| unusable())?;
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(seed.expose_secret(), bytes.as_mut_slice()).map_err(|_| unusable())?;
    Ok(DeviceIdentity::from_seed(&bytes))
}

/// The identity in a file; none when there is no file.
fn import(file: &KeyFile) -> Result<Option<DeviceIdentity>, IdentityError> {
    let path = file.path.display();
    let refused = |reason: String| {
        IdentityError::Unusable(format!(
            "{}: {path} {reason}; mend or remove it (without it this server gets a new identity, which every remote \
             gateway has to approve)",
            file.variable
        ))
    };
    let text = match std::fs::read_to_string(&file.path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(refused(format!("cannot be read ({error})"))),
    };
    let stored: Stored = serde_json::from_str(&text)
        .map_err(|_| refused("is no device identity with a privateKeyPem".into()))?;
    let identity = DeviceIdentity::from_pkcs8_pem(&Zeroizing::new(stored.private_key_pem));
    identity.map(Some).map_err(|_| refused("has a privateKeyPem that is no Ed25519 key in PKCS#8".into()))
}

/// The public part of the identity: the device id that gateways show; none before the first connection.
///
/// # Errors
/// When the database fails.
pub async fn device_id(on: &impl Read) -> Result<Option<Arc<str>>> {
    let row: Option<(Option<String>,)> =
        on.optional(sql("SELECT public FROM installation_secrets WHERE name = $1").bind(NAME)).await?;
    Ok(row.and_then(|(id,)| id).map(Arc::from))
}

#[cfg(test)]
mod tests {
    use mc_base::Random;
    use mc_store::testing::on_both;

    use super::*;

    const PEM: &str = "-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\\n\
                       -----END PRIVATE KEY-----\\n";
    const ID: &str = "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c";

    fn file(folder: &tempfile::TempDir, content: Option<&str>) -> KeyFile {
        let path = folder.path().join("device.json");
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        KeyFile { path, variable: "OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH" }
    }

    #[tokio::test]
    async fn all_processes_have_the_identity_that_the_first_has_made() {
        on_both(|store| async move {
            let key = SecretKey::generate(&Random::seeded(1));
            assert_eq!(device_id(&store).await.unwrap(), None);
            let first = device_identity(&store, &key, None).await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let late = file(&folder, Some(&format!(r#"{{"privateKeyPem":"{PEM}"}}"#)));
            let second = device_identity(&store, &key, Some(&late)).await.unwrap();
            assert_eq!(first.id(), second.id());
            assert_eq!(device_id(&store).await.unwrap().as_deref(), Some(first.id()));
            let other = SecretKey::generate(&Random::seeded(2));
            let error = device_identity(&store, &other, None).await.unwrap_err();
            assert!(error.to_string().contains("MC_SECRET_KEY"), "{error}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_that_was_paired_before_is_taken_over_or_named_as_broken() {
        on_both(|store| async move {
            let key = SecretKey::generate(&Random::seeded(1));
            let folder = tempfile::tempdir().unwrap();
            for broken in ["", "{}", r#"{"privateKeyPem":"-----BEGIN PRIVATE KEY-----"}"#] {
                let error =
                    device_identity(&store, &key, Some(&file(&folder, Some(broken)))).await.unwrap_err();
                assert!(error.to_string().contains("DEVICE_IDENTITY_PATH"), "{error}");
            }
            assert_eq!(device_id(&store).await.unwrap(), None, "none is made beside a broken one");
            let good =
                file(&folder, Some(&format!(r#"{{"version":1,"privateKeyPem":"{PEM}","createdAtMs":1}}"#)));
            assert_eq!(device_identity(&store, &key, Some(&good)).await.unwrap().id(), ID);
        })
        .await;
    }

    #[tokio::test]
    async fn without_a_file_a_new_identity_is_made() {
        on_both(|store| async move {
            let key = SecretKey::generate(&Random::seeded(1));
            let folder = tempfile::tempdir().unwrap();
            let identity = device_identity(&store, &key, Some(&file(&folder, None))).await.unwrap();
            assert_ne!(identity.id(), ID);
        })
        .await;
    }
}
