//! The Ed25519 key by which a gateway knows a client.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::Environment;
use crate::error::Error;

/// The key pair that an operator pairs with a gateway once, and the id that follows from it.
///
/// Keep the seed: a new identity must be paired again on every gateway.
#[derive(Clone)]
pub struct DeviceIdentity {
    key: Arc<SigningKey>,
    id: String,
}

impl DeviceIdentity {
    /// Makes a new identity from 32 random bytes of `environment`.
    #[must_use]
    pub fn generate(environment: &dyn Environment) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        environment.random(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// Restores the identity that has this 32-byte private seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let id = hex::encode(Sha256::digest(key.verifying_key().as_bytes()));
        Self { key: Arc::new(key), id }
    }

    /// Reads a private key in PKCS#8 PEM, the form in which other OpenClaw clients keep it.
    ///
    /// # Errors
    /// [`Error::InvalidOptions`] for `device_key` when the text is not an unencrypted Ed25519 key.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, Error> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| {
            Error::invalid("device_key", "must be an unencrypted Ed25519 private key in PKCS#8 PEM")
        })?;
        Ok(Self::from_seed(&Zeroizing::new(key.to_bytes())))
    }

    /// The private seed, for storing it sealed.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }

    /// The device id: lower-case hexadecimal SHA-256 of the public key, 64 characters.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key as gateways want it: base64url without padding, 43 characters.
    #[must_use]
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes())
    }

    /// Signs a text: base64url without padding, 86 characters.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()).to_bytes())
    }
}

impl std::fmt::Debug for DeviceIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceIdentity").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> DeviceIdentity {
        let mut seed = [0; 32];
        for (place, byte) in seed.iter_mut().enumerate() {
            *byte = u8::try_from(place).unwrap();
        }
        DeviceIdentity::from_seed(&seed)
    }

    #[test]
    fn ids_and_public_keys_follow_from_the_seed() {
        assert_eq!(identity().id(), "56475aa75463474c0285df5dbf2bcab73da651358839e9b77481b2eab107708c");
        assert_eq!(identity().public_key(), "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg");
        assert_eq!(DeviceIdentity::from_seed(&identity().seed()).id(), identity().id());
    }

    #[test]
    fn pem_keys_of_other_clients_give_the_same_identity() {
        let pem = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n\
                   -----END PRIVATE KEY-----\n";
        assert_eq!(DeviceIdentity::from_pkcs8_pem(pem).unwrap().id(), identity().id());
        let error = DeviceIdentity::from_pkcs8_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n").unwrap_err();
        assert!(error.to_string().contains("device_key"), "{error}");
    }

    #[test]
    fn the_private_key_is_never_printed() {
        let printed = format!("{:?}", identity());
        assert!(printed.contains(identity().id()));
        assert!(!printed.contains(&hex::encode(*identity().seed())));
        assert!(!printed.contains("key"));
    }
}
