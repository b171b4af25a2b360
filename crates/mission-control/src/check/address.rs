//! Whether the server is reached where it says it is, and what stands in between.

use chrono::{DateTime, Utc};
use mc_base::SecretString;
use mc_domain::egress::{Call, Credentials, Egress, EgressError, Request, Response};
use url::Url;

use super::{
    Finding,
    installation::{CLOCK_SKEW, PATIENCE},
};
use crate::config::Settings;

const SUBJECT: &str = "BASE_URL";
/// The largest answer that is read.
const ANSWER_MAX: u64 = 64 * 1024;
/// The largest body that is sent, in bytes: whoever allows more is told of nothing.
const PROBE_MAX: usize = 16 * 1024 * 1024;
/// The field of the form that stands for a large request.
const FIELD: &str = "probe";

/// Asks the server at `base_url` for signs that it is this one, keeps time, and gets what clients send.
pub(super) async fn look(
    settings: &Settings,
    base_url: &Url,
    egress: &impl Egress,
    now: impl Fn() -> DateTime<Utc>,
) -> Vec<Finding> {
    let fetch = async |path: &str| {
        let request = request(base_url, path).ok_or(EgressError::NotAllowed)?;
        let response = egress.fetch(&request).await?;
        let (status, date) = (response.status, response.date);
        Ok::<_, EgressError>((status, date, json(response).await))
    };
    let date = match fetch("/healthz").await {
        Ok((200, date, body)) if body["ok"] == true => date,
        Ok((status, _, _)) => {
            let text = format!("what answers there is not Mission Control (status {status})");
            let remedy = "set BASE_URL to this server, or mend the proxy's route";
            return vec![Finding::error(SUBJECT, text, remedy)];
        }
        Err(reason) => {
            let remedy =
                "start the server and check again; if it runs, BASE_URL or the proxy in front is wrong";
            return vec![Finding::warning(SUBJECT, reason.to_string(), remedy)];
        }
    };
    let mut findings = vec![Finding::ok(SUBJECT, "Mission Control answers there")];
    findings.extend(date.and_then(|date| clock(date, now())));
    if let Ok((200, _, body)) = fetch("/api/v1/config").await
        && let Some(mode) = body["auth_mode"].as_str()
        && mode != settings.auth.mode.as_str()
    {
        findings.push(Finding::error(
            SUBJECT,
            format!(
                "the server there signs people in by {mode}, these settings say {}",
                settings.auth.mode.as_str()
            ),
            "restart it with these settings, or check with the settings that it has",
        ));
    }
    findings.extend(size(settings, base_url, egress).await);
    findings
}

fn request(base_url: &Url, path: &str) -> Option<Request> {
    let url = format!("{}{path}", base_url.as_str().trim_end_matches('/')).parse().ok()?;
    Some(Request { url, total: PATIENCE, max_bytes: ANSWER_MAX })
}

/// The body of an answer; null when it is no JSON.
async fn json(response: Response) -> serde_json::Value {
    let bytes = response.bytes().await.unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// The clock of what answers at the address against that of this machine. The field has whole seconds.
fn clock(date: DateTime<Utc>, now: DateTime<Utc>) -> Option<Finding> {
    let skew = (now - date).num_seconds().abs();
    (skew > CLOCK_SKEW).then(|| {
        let text = format!("this machine and what answers at BASE_URL differ by {skew} s");
        Finding::error("clock", text, "let both keep time with NTP (`timedatectl set-ntp true`)")
    })
}

/// Sends a body of the largest size that the server takes. Nobody is signed in, so the server itself refuses it with 401.
async fn size(settings: &Settings, base_url: &Url, egress: &impl Egress) -> Option<Finding> {
    const LIMITS: &str = "body size";
    let bytes = settings.http.max_body_bytes.max(settings.http.webhook_max_payload_bytes).min(PROBE_MAX);
    let request = request(base_url, "/api/v1/boards")?;
    let value = SecretString::from("x".repeat(bytes.saturating_sub(FIELD.len() + 1)));
    let call = Call::post(request, Credentials::None, vec![(FIELD, value)]);
    let remedy = "raise the limit of the proxy in front (nginx: client_max_body_size; Caddy: request_body max_size) to \
                  MC_MAX_BODY_BYTES and WEBHOOK_MAX_PAYLOAD_BYTES";
    Some(match egress.call(&call).await {
        Ok(response) if response.status == 401 => {
            Finding::ok(LIMITS, format!("bodies of {bytes} bytes get through to the server"))
        }
        Ok(response) if response.status == 413 => {
            let text = format!(
                "what stands in front of the server refuses bodies of {bytes} bytes, which it takes itself"
            );
            Finding::error(LIMITS, text, remedy)
        }
        Ok(response) => {
            let text = format!("a body of {bytes} bytes was answered with the status {}", response.status);
            Finding::warning(LIMITS, text, remedy)
        }
        Err(reason) => Finding::warning(LIMITS, format!("a body of {bytes} bytes: {reason}"), remedy),
    })
}

#[cfg(test)]
mod tests;
