//! What is kept of a sender's headers, and what they say about the delivery.

use std::collections::BTreeMap;

use mc_base::text::truncate_bytes;
use sha2::{Digest, Sha256};

use super::signature;

/// Stands in place of a value that may be a secret.
const REDACTED: &str = "[redacted]";
/// A header with one of these in its name may carry a secret.
const SENSITIVE: [&str; 10] =
    ["token", "secret", "key", "auth", "signature", "pass", "pwd", "cookie", "session", "credential"];
/// The headers in which senders name a delivery, so that a repeated one is recognised. `X-Request-Id` is none of them:
/// proxies make a new one for each try.
const DELIVERY_ID: [&str; 4] = ["x-github-delivery", "idempotency-key", "x-gitlab-event-uuid", "webhook-id"];
/// The longest delivery id that is kept as it is, in bytes; of a longer one the digest is kept.
const DELIVERY_ID_MAX: usize = 200;
/// The longest name of a header that is kept, in bytes.
const NAME_MAX: usize = 255;
/// The longest part of a value that is kept, in bytes.
const VALUE_MAX: usize = 1_024;

/// The headers of a request, in their order, with names in lower case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Takes headers as they came; names are folded to lower case.
    #[must_use]
    pub fn new(headers: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
    }

    #[cfg(test)]
    pub(super) fn of(headers: &[(&str, &str)]) -> Self {
        Self::new(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    /// The first value of a header that is not blank.
    pub(in crate::webhooks) fn first(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .find(|value| !value.is_empty())
    }

    /// The content type as it was named, up to a bound.
    pub(in crate::webhooks) fn content_type(&self) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(name, _)| name == "content-type")?;
        Some(truncate_bytes(value, VALUE_MAX))
    }

    /// The headers to keep: `content-type`, `user-agent` and all that begin with `x-`, but no signature. Of a value that
    /// may be a secret only the name is kept, of a long one the start. The last of repeated headers counts. None when nothing is left.
    pub(crate) fn kept(&self, configured_signature: Option<&str>) -> Option<BTreeMap<String, String>> {
        let is_kept = |name: &str| {
            (matches!(name, "content-type" | "user-agent") || name.starts_with("x-"))
                && name.len() <= NAME_MAX
                && !signature::USUAL.contains(&name)
                && !configured_signature.is_some_and(|configured| configured.eq_ignore_ascii_case(name))
        };
        let kept: BTreeMap<String, String> = self
            .0
            .iter()
            .filter(|(name, _)| is_kept(name))
            .map(|(name, value)| {
                let is_sensitive = SENSITIVE.iter().any(|word| name.contains(word));
                (
                    name.clone(),
                    if is_sensitive {
                        REDACTED.to_owned()
                    } else {
                        truncate_bytes(value, VALUE_MAX).to_owned()
                    },
                )
            })
            .collect();
        (!kept.is_empty()).then_some(kept)
    }

    /// The name that the sender gave to this delivery, with the header it stood in.
    pub(in crate::webhooks) fn delivery_key(&self) -> Option<String> {
        DELIVERY_ID.iter().find_map(|name| {
            let id = self.first(name)?;
            Some(if id.len() <= DELIVERY_ID_MAX {
                format!("{name}:{id}")
            } else {
                format!("{name}:sha256:{}", hex::encode(Sha256::digest(id)))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_headers_are_kept_and_secrets_are_not() {
        let headers = Headers::of(&[
            ("Content-Type", "application/json"),
            ("User-Agent", "GitHub"),
            ("Accept", "*/*"),
            ("Host", "example"),
            ("Authorization", "Bearer abc"),
            ("X-GitHub-Event", "push"),
            ("X-Many", "first"),
            ("X-Many", "last"),
            ("X-Hub-Signature-256", "sha256=abc"),
            ("X-Webhook-Signature", "abc"),
            ("X-Own", "abc"),
            ("X-Hub-Signature", "sha1=abc"),
            ("X-Api-Key", "abc"),
            ("X-Gitlab-Token", "abc"),
            ("X-Telegram-Bot-Api-Secret-Token", "abc"),
            ("X-Auth-User", "abc"),
            ("X-Csrf-Session", "abc"),
            ("X-Amz-Credential", "abc"),
            ("Cookie", "abc"),
        ]);
        let kept = headers.kept(Some("X-OWN")).unwrap();
        let kept: Vec<(&str, &str)> =
            kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            kept,
            [
                ("content-type", "application/json"),
                ("user-agent", "GitHub"),
                ("x-amz-credential", REDACTED),
                ("x-api-key", REDACTED),
                ("x-auth-user", REDACTED),
                ("x-csrf-session", REDACTED),
                ("x-github-event", "push"),
                ("x-gitlab-token", REDACTED),
                ("x-hub-signature", REDACTED),
                ("x-many", "last"),
                ("x-telegram-bot-api-secret-token", REDACTED),
            ]
        );
        assert_eq!(Headers::of(&[("accept", "*/*")]).kept(None), None);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (long, name) = ("é".repeat(5_000), format!("x-{}", "n".repeat(300)));
        let headers = Headers::of(&[("x-long", &long), (&name, "v"), ("content-type", &long)]);
        let kept = headers.kept(None).unwrap();
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["content-type", "x-long"]);
        assert!(kept.values().all(|value| value.len() == VALUE_MAX));
        assert_eq!(headers.content_type().map(str::len), Some(VALUE_MAX));
    }

    #[test]
    fn a_delivery_has_the_name_that_its_sender_gave() {
        for (headers, expected) in [
            (vec![("X-GitHub-Delivery", "d1"), ("Idempotency-Key", "i1")], Some("x-github-delivery:d1")),
            (vec![("x-github-delivery", " "), ("idempotency-key", " i1 ")], Some("idempotency-key:i1")),
            (vec![("x-gitlab-event-uuid", "g1")], Some("x-gitlab-event-uuid:g1")),
            (vec![("webhook-id", "w1")], Some("webhook-id:w1")),
            (vec![("x-request-id", "r1")], None),
        ] {
            assert_eq!(Headers::of(&headers).delivery_key().as_deref(), expected, "{headers:?}");
        }
        let long = "x".repeat(5_000);
        let key = Headers::of(&[("idempotency-key", &long)]).delivery_key().unwrap();
        assert!(key.starts_with("idempotency-key:sha256:") && key.len() < 100);
    }
}
