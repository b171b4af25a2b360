//! Whether a console that is served elsewhere was built for this server.

use mc_domain::egress::{Egress, EgressError, Request};
use regex::Regex;
use url::Url;

use super::{
    ConsoleBuild, Finding,
    installation::{PATIENCE, origin_of},
};
use crate::config::{AuthMode, Settings};

const SUBJECT: &str = "console";
/// The largest page that is read.
const PAGE_MAX: u64 = 256 * 1024;
/// The marks of `web/build/buildMarks.ts`.
const API_URL: &str = "mission-control-api-url";
const AUTH_MODE: &str = "mission-control-auth-mode";
/// The port on which a server listens unless it is told otherwise, as `auto` means it.
const SERVER_PORT: u16 = 8000;

/// Reads the page at the console's origin, and asks the server for which it was built.
pub(super) async fn look(settings: &Settings, console: &Url, egress: &impl Egress) -> Vec<Finding> {
    let page = match page(console, egress).await {
        Ok((200, page)) if page.contains("<title>Mission Control</title>") => page,
        Ok((status, _)) => {
            let text =
                format!("what answers at --console is no console of Mission Control (status {status})");
            return vec![Finding::error(
                SUBJECT,
                text,
                "give the address that people open, and serve web/dist there",
            )];
        }
        Err(reason) => {
            let remedy =
                "check the address and that its server runs; this machine must reach it for this check";
            return vec![Finding::warning(SUBJECT, format!("--console: {reason}"), remedy)];
        }
    };
    let build = ConsoleBuild { api_url: mark(&page, API_URL), auth_mode: mark(&page, AUTH_MODE) };
    let mut findings: Vec<Finding> = mode(settings, &build).into_iter().collect();
    findings.push(server(settings, console, build.api_url.as_deref(), egress).await);
    findings
}

async fn page(url: &Url, egress: &impl Egress) -> Result<(u16, String), EgressError> {
    let request = Request { url: url.clone(), total: PATIENCE, max_bytes: PAGE_MAX };
    let response = egress.fetch(&request).await?;
    let status = response.status;
    Ok((status, String::from_utf8_lossy(&response.bytes().await?).into_owned()))
}

/// The content of a mark. The build writes the name first.
fn mark(page: &str, name: &str) -> Option<String> {
    let pattern =
        Regex::new(&format!(r#"<meta name="{name}" content="([^"]*)""#)).expect("a constant pattern");
    pattern.captures(page).map(|found| found[1].replace("&amp;", "&"))
}

/// What does not fit between the sign-in of console and server, if anything does.
pub(super) fn mode(settings: &Settings, build: &ConsoleBuild) -> Option<Finding> {
    let built = build.auth_mode.as_deref().filter(|mode| !mode.is_empty())?;
    // As the console reads it: whatever is not `local` is Clerk.
    let meant = if built == "local" { AuthMode::Local } else { AuthMode::Clerk };
    let server = settings.auth.mode;
    (meant != server).then(|| {
        let text = format!(
            "the console is built with NEXT_PUBLIC_AUTH_MODE={built}, but AUTH_MODE is {}",
            server.as_str()
        );
        let remedy = match server {
            AuthMode::Oidc => "single sign-on works in the console at BASE_URL only; use that one",
            AuthMode::Local | AuthMode::Clerk => "set both to the same, and build the console again",
        };
        Finding::error(SUBJECT, text, remedy)
    })
}

/// Whether the server that the console calls is this one.
async fn server(settings: &Settings, console: &Url, setting: Option<&str>, egress: &impl Egress) -> Finding {
    const REMEDY: &str = "build the console with NEXT_PUBLIC_API_URL set to the address of BASE_URL";
    let asked = api_origin(setting, console).and_then(|api| {
        Some((format!("{}/api/v1/config", api.as_str().trim_end_matches('/')).parse().ok()?, api))
    });
    let Some((url, api)) = asked else {
        let text = "the console is built with a NEXT_PUBLIC_API_URL that is no address";
        return Finding::error(SUBJECT, text, REMEDY);
    };
    let base_url = settings.http.base_url_at(settings.http.port);
    let is_here = origin_of(api.as_str()) == origin_of(&base_url);
    let is_console = api.origin() == console.origin();
    if !is_here && !is_console {
        let text = format!("the console calls the server at {api}, but BASE_URL is {base_url}");
        return Finding::error(SUBJECT, text, REMEDY);
    }
    let answer = page(&url, egress).await;
    let mode = answer.as_ref().ok().filter(|(status, _)| *status == 200).and_then(|(_, body)| {
        let config: serde_json::Value = serde_json::from_str(body).ok()?;
        Some(config["auth_mode"].as_str()?.to_owned())
    });
    match mode {
        Some(mode) if mode == settings.auth.mode.as_str() => {
            Finding::ok(SUBJECT, format!("it was built for the server at {api}, which answers"))
        }
        Some(mode) => {
            let text = format!(
                "the server that it calls signs people in by {mode}, these settings say {}",
                settings.auth.mode.as_str()
            );
            Finding::error(SUBJECT, text, REMEDY)
        }
        None if is_console && !is_here => {
            let text = "it calls its own origin, where no server answers at /api";
            let remedy = "build it with NEXT_PUBLIC_API_URL set to the address of BASE_URL, or lead /api to the server there";
            Finding::error(SUBJECT, text, remedy)
        }
        None => {
            let text = format!("it calls the server at {api}, where none answers");
            Finding::warning(SUBJECT, text, "start the server and check again; if it runs, see BASE_URL")
        }
    }
}

/// Where the console looks for its server; `web/src/api/origin.ts` decides alike.
fn api_origin(setting: Option<&str>, console: &Url) -> Option<Url> {
    let text = setting.unwrap_or_default().trim();
    if text.is_empty() {
        return Some(console.clone());
    }
    if text.eq_ignore_ascii_case("auto") {
        let mut url = console.clone();
        if console.port().is_some_and(|port| port != SERVER_PORT) {
            url.set_port(Some(SERVER_PORT)).ok()?;
        }
        return Some(url);
    }
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests;
