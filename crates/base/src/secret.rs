//! The server key: sealing of secrets at rest, and keyed digests by which tokens are looked up.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::SecretBox;
use sha2::Sha256;

pub use secrecy::{ExposeSecret, SecretString};

use crate::Random;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const SEAL_PREFIX: &str = "v1.";
const SEALING: &[u8] = b"mission-control/seal/v1";
const DIGESTING: &[u8] = b"mission-control/digest/v1";

/// The 256-bit key of a server. It seals secrets and keys the digests of tokens, each with a sub-key of its own; whoever
/// lacks it can use neither from a copy of the database. Prints as `***`; clones share one buffer, wiped on drop.
#[derive(Clone)]
pub struct SecretKey {
    bytes: Arc<SecretBox<[u8; KEY_BYTES]>>,
}

/// Why a text is not a server key. Never contains any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    /// The text has another shape.
    #[error("must be 32 bytes, written as 64 hexadecimal digits or in base64")]
    Malformed,
    /// The text decodes to one repeated byte: a placeholder, not a key.
    #[error("must be random: all its bytes are the same")]
    Weak,
}

/// Why a sealed text cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The text was not made by [`SecretKey::seal`], or by a version that this one does not know.
    #[error("the sealed value has an unknown format")]
    UnknownFormat,
    /// Another key, another purpose, or changed bytes.
    #[error("the sealed value does not belong to this server key and purpose")]
    Refused,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

impl SecretKey {
    /// A new random key.
    pub fn generate(random: &Random) -> Self {
        Self::from_bytes(random.bytes())
    }

    /// Reads a key of 64 hexadecimal digits or of 43 or 44 characters of base64, in either alphabet; white space around
    /// it is ignored.
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        let decoded = match text.len() {
            64 => hex::decode(text).ok(),
            43 | 44 => base64_any(text),
            _ => None,
        };
        let bytes: [u8; KEY_BYTES] =
            decoded.and_then(|bytes| bytes.try_into().ok()).ok_or(SecretKeyError::Malformed)?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(SecretKeyError::Weak);
        }
        Ok(Self::from_bytes(bytes))
    }

    /// The key as 64 hexadecimal digits, for the key file and for nothing else.
    pub fn to_hex(&self) -> SecretString {
        hex::encode(self.bytes.expose_secret()).into()
    }

    /// Encrypts `plain` with XChaCha20-Poly1305 under a random nonce. The `purpose` names the column or use; it is
    /// authenticated, so that a sealed value moved elsewhere does not open. The text is `v1.` and base64url.
    pub fn seal(&self, random: &Random, purpose: &str, plain: &str) -> String {
        let nonce: [u8; NONCE_BYTES] = random.bytes();
        let payload = Payload { msg: plain.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .expect("XChaCha20-Poly1305 takes any message that fits into memory");
        format!("{SEAL_PREFIX}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Decrypts what [`seal`](Self::seal) made under the same key and purpose.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<SecretString, SealError> {
        let encoded = sealed.strip_prefix(SEAL_PREFIX).ok_or(SealError::UnknownFormat)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| SealError::UnknownFormat)?;
        let (nonce, message) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::UnknownFormat)?;
        let payload = Payload { msg: message, aad: purpose.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Refused)?;
        String::from_utf8(plain).map(SecretString::from).map_err(|_| SealError::Refused)
    }

    /// The keyed digest (HMAC-SHA-256) under which a token is stored and looked up. Different purposes give different
    /// digests of the same token.
    pub fn digest(&self, purpose: &str, token: &str) -> [u8; 32] {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        let length = (purpose.len() as u64).to_be_bytes();
        hmac(&self.sub_key(DIGESTING), &[&length, purpose.as_bytes(), token.as_bytes()])
    }

    fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self { bytes: Arc::new(SecretBox::new(Box::new(bytes))) }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.sub_key(SEALING).into())
    }

    fn sub_key(&self, label: &[u8]) -> [u8; KEY_BYTES] {
        hmac(self.bytes.expose_secret(), &[label])
    }
}

fn hmac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn base64_any(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    fn key(seed: u64) -> SecretKey {
        SecretKey::generate(&Random::seeded(seed))
    }

    #[test]
    fn every_written_form_gives_the_same_key() {
        let bytes: [u8; 32] = Random::seeded(5).bytes();
        let expected = hex::encode(bytes);
        for text in [
            expected.clone(),
            expected.to_uppercase(),
            format!(" {expected}\n"),
            STANDARD.encode(bytes),
            STANDARD.encode(bytes).trim_end_matches('=').to_owned(),
            URL_SAFE.encode(bytes),
            URL_SAFE_NO_PAD.encode(bytes),
        ] {
            let key = SecretKey::parse(&text).unwrap();
            assert_eq!(key.to_hex().expose_secret(), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_without_being_shown() {
        for (text, error) in [
            ("", SecretKeyError::Malformed),
            ("secret", SecretKeyError::Malformed),
            (&"g".repeat(64), SecretKeyError::Malformed),
            (&"!".repeat(43), SecretKeyError::Malformed),
            (&"é".repeat(32), SecretKeyError::Malformed),
            (&"0".repeat(64), SecretKeyError::Weak),
            (&"A".repeat(43), SecretKeyError::Weak),
        ] {
            assert_eq!(SecretKey::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn a_key_prints_as_stars() {
        assert_eq!(format!("{:?} {:?}", key(1), key(1).to_hex()), "*** SecretBox<str>([REDACTED])");
    }

    #[test]
    fn a_sealed_value_opens_only_with_its_key_and_purpose() {
        let sealed = key(1).seal(&Random::seeded(9), "gateway.token", "s3cret");
        assert!(sealed.starts_with("v1."));
        assert_eq!(key(1).open("gateway.token", &sealed).unwrap().expose_secret(), "s3cret");
        assert_eq!(key(2).open("gateway.token", &sealed).unwrap_err(), SealError::Refused);
        assert_eq!(key(1).open("webhook.secret", &sealed).unwrap_err(), SealError::Refused);
    }

    #[test]
    fn two_seals_of_one_value_differ() {
        let random = Random::seeded(9);
        assert_ne!(key(1).seal(&random, "p", "same"), key(1).seal(&random, "p", "same"));
    }

    #[test]
    fn foreign_texts_do_not_open() {
        for text in ["", "plain", "v2.AAAA", "v1.", "v1.AAAA", "v1.***", "v1.é"] {
            assert_eq!(key(1).open("p", text).unwrap_err(), SealError::UnknownFormat, "{text}");
        }
    }

    #[test]
    fn digests_depend_on_key_purpose_and_token() {
        let digest = key(1).digest("agent", "token");
        assert_eq!(digest, key(1).digest("agent", "token"));
        for other in [
            key(2).digest("agent", "token"),
            key(1).digest("session", "token"),
            key(1).digest("agent", "other"),
            key(1).digest("agentt", "oken"),
        ] {
            assert_ne!(digest, other);
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(plain in "\\PC{0,200}", purpose in "[a-z.]{0,20}", seed: u64) {
            let sealed = key(seed).seal(&Random::seeded(seed ^ 1), &purpose, &plain);
            let opened = key(seed).open(&purpose, &sealed).unwrap();
            prop_assert_eq!(opened.expose_secret(), plain.as_str());
        }

        #[test]
        fn a_changed_byte_is_noticed(position in 0_usize..60, bit in 0_u8..8) {
            let sealed = key(1).seal(&Random::seeded(1), "p", "twenty characters...");
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed[3..]).unwrap();
            let position = position % bytes.len();
            bytes[position] ^= 1 << bit;
            let changed = format!("v1.{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(key(1).open("p", &changed).unwrap_err(), SealError::Refused);
        }
    }
}
