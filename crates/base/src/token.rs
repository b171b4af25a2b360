//! Tokens that callers present: their shape, their making and their comparison.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::Random;

const PREFIX: &str = "mca_";
const RANDOM_CHARS: usize = 30;
const CHECKSUM_CHARS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Length of every agent token in characters.
pub const AGENT_TOKEN_CHARS: usize = PREFIX.len() + RANDOM_CHARS + CHECKSUM_CHARS;

/// A token of an agent: `mca_`, 30 random base-62 characters (178 bits), and the CRC-32 of all that in six base-62
/// characters. The prefix lets secret scanners find leaked tokens; the checksum lets us refuse a mistyped one without a
/// look-up. Prints as `***`.
#[derive(Clone)]
pub struct AgentToken {
    text: SecretString,
}

impl AgentToken {
    /// A new random token.
    pub fn generate(random: &Random) -> Self {
        let mut text = String::with_capacity(AGENT_TOKEN_CHARS);
        text.push_str(PREFIX);
        text.extend((0..RANDOM_CHARS).map(|_| char::from(BASE62[random.below(62) as usize])));
        let checksum = checksum(text.as_bytes());
        text.extend(checksum.map(char::from));
        Self { text: text.into() }
    }

    /// Whether a text has the shape and the checksum of an agent token. The cost does not depend on the text, and a yes
    /// does not mean that the token exists.
    pub fn looks_valid(text: &str) -> bool {
        let bytes = text.as_bytes();
        let Some((body, check)) = bytes.split_last_chunk::<CHECKSUM_CHARS>() else { return false };
        let shaped = bytes.len() == AGENT_TOKEN_CHARS
            && body.starts_with(PREFIX.as_bytes())
            && body[PREFIX.len()..].iter().all(u8::is_ascii_alphanumeric);
        shaped && constant_time_eq(&checksum(body), check)
    }

    /// The text of the token, for the one answer or file that carries it.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The token as a general secret.
    pub fn into_secret(self) -> SecretString {
        self.text
    }
}

impl fmt::Debug for AgentToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// A token without structure for sessions, invitations and the local sign-in: 32 random bytes in base64url, 43
/// characters.
pub fn opaque_token(random: &Random) -> SecretString {
    URL_SAFE_NO_PAD.encode(random.bytes::<32>()).into()
}

/// Compares two values in a time that depends on their lengths only.
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

fn checksum(body: &[u8]) -> [u8; CHECKSUM_CHARS] {
    let mut rest = crc32fast::hash(body) as usize;
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[rest % 62];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_token_stays_valid() {
        // Agents keep their tokens for years: the algorithm must not change.
        assert!(AgentToken::looks_valid("mca_Mission0Control1Agents2Tokens32udIKi"));
    }

    #[test]
    fn other_shapes_are_refused() {
        let token = AgentToken::generate(&Random::seeded(1));
        let token = token.expose();
        for text in [
            String::new(),
            "mca_".to_owned(),
            token[1..].to_owned(),
            format!("{token}0"),
            format!(" {token}"),
            token.replace("mca_", "mcb_"),
            token.to_uppercase(),
            "é".repeat(20),
            URL_SAFE_NO_PAD.encode([7; 32]),
        ] {
            assert!(!AgentToken::looks_valid(&text), "{text}");
        }
    }

    #[test]
    fn tokens_print_as_stars() {
        let token = AgentToken::generate(&Random::seeded(1));
        assert_eq!(format!("{token:?}"), "***");
        assert!(!format!("{:?}", token.clone().into_secret()).contains(token.expose()));
    }

    #[test]
    fn opaque_tokens_have_256_bits() {
        let random = Random::seeded(1);
        assert_eq!(opaque_token(&random).expose_secret().len(), 43);
        assert_ne!(opaque_token(&random).expose_secret(), opaque_token(&random).expose_secret());
    }

    #[test]
    fn comparison_tells_values_apart() {
        assert!(constant_time_eq(b"abc", b"abc"));
        assert!(!constant_time_eq(b"abc", b"abd"));
        assert!(!constant_time_eq(b"abc", b"ab"));
    }

    proptest! {
        #[test]
        fn every_generated_token_looks_valid(seed: u64) {
            let token = AgentToken::generate(&Random::seeded(seed));
            prop_assert_eq!(token.expose().len(), AGENT_TOKEN_CHARS);
            prop_assert!(AgentToken::looks_valid(token.expose()));
        }

        #[test]
        fn a_mistyped_character_is_noticed(seed: u64, position in 0..AGENT_TOKEN_CHARS, other in "[0-9A-Za-z]") {
            let token = AgentToken::generate(&Random::seeded(seed));
            let mut mistyped = token.expose().to_owned();
            mistyped.replace_range(position..=position, &other);
            prop_assume!(mistyped != token.expose());
            prop_assert!(!AgentToken::looks_valid(&mistyped));
        }

        #[test]
        fn nothing_makes_the_check_panic(text in "\\PC{0,60}") {
            prop_assert!(!AgentToken::looks_valid(&text));
        }
    }
}
