//! Why a signature does not match: the mistakes that senders make, tried one after another. The secret is never shown.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mc_base::SecretString;
use secrecy::ExposeSecret;

use super::signature::{digest, mac, normalised};

/// What is to be said about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Matches,
    /// It is wrong; the text says what the sender did, as far as that can be found out.
    Differs(&'static str),
}

/// Compares a signature with the one that a secret gives for a body, and looks for the reason when they differ.
#[must_use]
pub fn explain(secret: &SecretString, presented: &str, body: &[u8]) -> Verdict {
    let given = normalised(presented.trim());
    let is = |secret: &str, body: &[u8]| digest(&SecretString::from(secret), body) == given;
    let text = secret.expose_secret();
    if is(text, body) {
        return Verdict::Matches;
    }
    let bodies = [
        (
            trimmed(body),
            "the body that was signed has no line break at its end; sign exactly the bytes that are sent",
        ),
        (
            [body, b"\n"].concat(),
            "the body that was signed has a line break at its end; sign exactly the bytes that are sent",
        ),
        (
            replaced(body, "\r\n", "\n"),
            "the line breaks of the body were changed on the way (CRLF); send it as it was signed",
        ),
        (
            compact(body),
            "the JSON was signed without blanks and sent with them; sign exactly the bytes that are sent",
        ),
        (Vec::new(), "an empty body was signed; sign the body that is sent"),
    ];
    for (other, reason) in &bodies {
        if other != body && is(text, other) {
            return Verdict::Differs(reason);
        }
    }
    let secrets = [
        (
            text.trim(),
            "the sender used the secret without the blanks or line breaks around it; store it without them",
        ),
        (
            &*format!("{text}\n"),
            "the sender used the secret with a line break at its end; read it without one (`printf %s`, not `echo`)",
        ),
        (
            text.trim_matches(['"', '\'']),
            "the sender used the secret without the quotes around it; store it without them",
        ),
        ("", "the sender used an empty secret; is the variable set where it signs?"),
    ];
    for (other, reason) in secrets {
        if other != text && is(other, body) {
            return Verdict::Differs(reason);
        }
    }
    Verdict::Differs(shape(secret, presented.trim(), body, &given))
}

/// What the form of the signature tells.
fn shape(secret: &SecretString, presented: &str, body: &[u8], given: &str) -> &'static str {
    let raw =
        presented.split_once('=').filter(|(name, _)| *name == "sha256").map_or(presented, |(_, rest)| rest);
    if raw == STANDARD.encode(mac(secret, body)) {
        return "the digest is right but written in base64; send it in hexadecimal digits";
    }
    if presented.starts_with("sha1=") {
        return "this is a signature with SHA-1; use the SHA-256 one (GitHub: X-Hub-Signature-256)";
    }
    if presented.starts_with("t=") || presented.starts_with("v0=") || presented.starts_with("v1") {
        return "this sender signs a time together with the body, which is another scheme; \
                sign the body alone with HMAC-SHA-256";
    }
    if given.len() != 64 || !given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return "this is no SHA-256 digest: 64 hexadecimal digits are expected, with or without `sha256=` in front";
    }
    "the digest belongs to another body or another secret; compare the bytes that are sent with those that are signed, \
     and set the secret anew on both sides"
}

fn trimmed(body: &[u8]) -> Vec<u8> {
    body.trim_ascii_end().to_vec()
}

fn replaced(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    std::str::from_utf8(body).map_or_else(|_| body.to_vec(), |text| text.replace(from, to).into_bytes())
}

/// The same JSON without blanks, with its keys in their order.
fn compact(body: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<serde_json::Value>(body)
        .map_or_else(|_| body.to_vec(), |value| value.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"ref\": \"main\"}\n";
    const SECRET: &str = "correct horse battery staple";

    fn signed(secret: &str, body: &[u8]) -> String {
        format!("sha256={}", digest(&SecretString::from(secret), body))
    }

    #[test]
    fn usual_mistakes_are_named() {
        let base64 = STANDARD.encode(mac(&SECRET.into(), BODY));
        for (presented, reason) in [
            (signed(SECRET, b"{\"ref\": \"main\"}"), "no line break at its end"),
            (signed(SECRET, &[BODY, b"\n"].concat()), "has a line break at its end"),
            (signed(SECRET, b"{\"ref\":\"main\"}"), "without blanks"),
            (signed(SECRET, b""), "empty body"),
            (signed(&format!("{SECRET}\n"), BODY), "secret with a line break"),
            (signed("", BODY), "empty secret"),
            (base64.clone(), "base64"),
            (format!("sha256={base64}"), "base64"),
            ("sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709".into(), "SHA-1"),
            ("t=1700000000,v1=abc".into(), "another scheme"),
            ("hello".into(), "64 hexadecimal digits"),
            (signed("another secret", BODY), "another body or another secret"),
        ] {
            match explain(&SECRET.into(), &presented, BODY) {
                Verdict::Differs(text) => assert!(text.contains(reason), "{presented}: {text}"),
                Verdict::Matches => panic!("{presented} must not match"),
            }
        }
        assert_eq!(explain(&SECRET.into(), &signed(SECRET, BODY), BODY), Verdict::Matches);
        let with_crlf = b"{\r\n}";
        assert!(matches!(
            explain(&SECRET.into(), &signed(SECRET, b"{\n}"), with_crlf),
            Verdict::Differs(text) if text.contains("CRLF")
        ));
        let blank = format!(" {SECRET} ");
        assert!(matches!(
            explain(&blank.as_str().into(), &signed(SECRET, BODY), BODY),
            Verdict::Differs(text) if text.contains("blanks or line breaks around it")
        ));
        let quoted = format!("\"{SECRET}\"");
        assert!(matches!(
            explain(&quoted.as_str().into(), &signed(SECRET, BODY), BODY),
            Verdict::Differs(text) if text.contains("quotes")
        ));
    }

    #[test]
    fn no_verdict_has_the_secret_in_it() {
        for presented in ["", "x", "sha256=00", "sha1=1", "t=1"] {
            if let Verdict::Differs(text) = explain(&SECRET.into(), presented, BODY) {
                assert!(!text.contains("horse"), "{text}");
            }
        }
    }
}
