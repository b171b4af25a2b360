//! A webhook, and what its sender sends.

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use ureq::Agent;

use crate::http::post;

/// Makes a webhook with a secret on the board at an address; gives where to deliver, and the secret.
pub(super) fn make(client: &Agent, board: &str, headers: &[(&str, &str)]) -> Result<(String, String)> {
    let secret = "a-secret-of-a-webhook-under-load".to_owned();
    let body = json!({"description": "Look at what is new.", "secret": secret});
    let made = post(client, &format!("{board}/webhooks"), headers, &body)?;
    let id = made["id"].as_str().with_context(|| format!("no webhook was created: {made}"))?;
    Ok((format!("{board}/webhooks/{id}"), secret))
}

/// A delivery of the size that code hosts send for a new issue.
pub(super) fn delivery() -> Value {
    json!({
        "action": "opened",
        "issue": {"number": 7, "title": "The report is empty", "body": "It was not so yesterday. ".repeat(20)},
        "repository": {"full_name": "house/reports"},
    })
}

/// The value of `X-Hub-Signature-256` for a body.
pub(super) fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
