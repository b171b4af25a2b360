//! Proof that a payload comes from somebody who knows the webhook's secret.

use hmac::{Hmac, KeyInit, Mac};
use mc_base::{SecretString, token};
use secrecy::ExposeSecret;
use sha2::Sha256;

use super::headers::Headers;
use crate::{Error, Kind, Result};

/// The headers that are tried, in this order, when the webhook names none.
pub(in crate::webhooks) const USUAL: [&str; 2] = ["x-hub-signature-256", "x-webhook-signature"];
const PREFIX: &str = "sha256=";

/// Checks the signature of a body: HMAC-SHA-256 in hexadecimal digits of any case, with or without `sha256=` in front.
/// Any of the secrets will do, so that a sender may still use the previous one for a while.
///
/// # Errors
/// `Forbidden` when there is no signature, or a wrong one.
pub(in crate::webhooks) fn check(
    secrets: &[SecretString],
    configured: Option<&str>,
    headers: &Headers,
    body: &[u8],
) -> Result<()> {
    let presented = match configured {
        Some(name) => headers.first(name),
        None => USUAL.iter().find_map(|name| headers.first(name)),
    };
    let Some(presented) = presented else {
        return Err(Error::text(Kind::Forbidden, "The webhook signature is missing"));
    };
    let presented = normalised(presented);
    let matches = secrets.iter().fold(false, |known, secret| {
        known | token::constant_time_eq(digest(secret, body).as_bytes(), presented.as_bytes())
    });
    if matches { Ok(()) } else { Err(Error::text(Kind::Forbidden, "The webhook signature is invalid")) }
}

pub(super) fn normalised(value: &str) -> String {
    let rest = match value.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => value,
    };
    rest.trim().to_ascii_lowercase()
}

pub(super) fn digest(secret: &SecretString, body: &[u8]) -> String {
    hex::encode(mac(secret, body))
}

/// The digest as it is, without a form.
pub(super) fn mac(secret: &SecretString, body: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"a\":1}";

    fn secret(text: &str) -> SecretString {
        text.into()
    }

    fn outcome(configured: Option<&str>, headers: &[(&str, &str)]) -> Result<(), &'static str> {
        let secrets = [secret("new"), secret("old")];
        check(&secrets, configured, &Headers::of(headers), BODY).map_err(|error| match error.detail {
            crate::Detail::Text(text) if text.contains("missing") => "missing",
            crate::Detail::Text(text) if text.contains("invalid") => "invalid",
            _ => "other",
        })
    }

    #[test]
    fn the_digest_is_the_one_of_the_standard() {
        // RFC 4231, test case 2.
        assert_eq!(
            digest(&secret("Jefe"), b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_signature_is_found_in_its_header_and_in_every_spelling() {
        let good = digest(&secret("new"), BODY);
        let old = digest(&secret("old"), BODY);
        let foreign = digest(&secret("other"), BODY);
        let spelled = [
            good.clone(),
            format!("sha256={good}"),
            format!("SHA256={}", good.to_uppercase()),
            format!("sha256= {good} "),
        ];
        for value in &spelled {
            assert_eq!(outcome(None, &[("x-hub-signature-256", value)]), Ok(()), "{value}");
        }
        for (configured, headers, expected) in [
            (None, vec![("x-webhook-signature", good.as_str())], Ok(())),
            (None, vec![("x-hub-signature-256", ""), ("x-webhook-signature", &good)], Ok(())),
            (None, vec![("x-hub-signature-256", &foreign), ("x-webhook-signature", &good)], Err("invalid")),
            (None, vec![("x-hub-signature-256", &old)], Ok(())),
            (None, vec![], Err("missing")),
            (None, vec![("x-hub-signature-256", "  ")], Err("missing")),
            (None, vec![("x-hub-signature-256", "sha256=")], Err("invalid")),
            (None, vec![("x-hub-signature-256", "é")], Err("invalid")),
            (None, vec![("x-hub-signature-256", "sha25é=abc")], Err("invalid")),
            (Some("X-Mine"), vec![("x-mine", &good)], Ok(())),
            (Some("X-Mine"), vec![("x-hub-signature-256", &good)], Err("missing")),
        ] {
            assert_eq!(outcome(configured, &headers), expected, "{configured:?} {headers:?}");
        }
    }

    #[test]
    fn another_body_has_another_signature() {
        let good = digest(&secret("new"), BODY);
        let headers = Headers::of(&[("x-hub-signature-256", good.as_str())]);
        assert!(check(&[secret("new")], None, &headers, b"{\"a\":2}").is_err());
        assert!(check(&[], None, &headers, BODY).is_err(), "no secret proves nothing");
    }
}
