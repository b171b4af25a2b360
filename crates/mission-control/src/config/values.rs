//! Readers of values that have a form of their own.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use mc_base::{SecretKey, SecretString, TrustedProxies};
use mc_domain::gateways::Version;
use mc_domain::skills::PackUrl;
use tracing::Level;
use url::{Host, Origin, Url};

use super::report::{Problem, problem};
use super::settings::{AgentAuthLimitCounts, LogFormat, RateLimitBackend};
use super::variable::{Info, Notes};

/// Fewest characters of a local token: what 256 bits take in base64, and a margin.
const LOCAL_TOKEN_MIN: usize = 50;
/// Fewest characters of the token of Prometheus: 120 bits in base64.
const METRICS_TOKEN_MIN: usize = 20;
/// Fewest characters of a passphrase of backups.
const PASSPHRASE_MIN: usize = 12;
const PLACEHOLDERS: [&str; 4] = ["change-me", "changeme", "replace-me", "replace-with-strong-random-token"];

/// What a blank minimum means, as ever.
const OLDEST_GATEWAY: &str = "2026.1.30";

pub(super) fn gateway_version(info: &Info, text: &str, _: &mut Notes) -> Result<Version, Problem> {
    let text = if text.is_empty() { OLDEST_GATEWAY } else { text };
    text.parse().map_err(|_| problem("is no version", info.shape.remedy()))
}

pub(super) fn words(_: &Info, text: &str, _: &mut Notes) -> Result<String, Problem> {
    Ok(text.to_owned())
}

pub(super) fn path(_: &Info, text: &str, _: &mut Notes) -> Result<PathBuf, Problem> {
    Ok(PathBuf::from(text))
}

pub(super) fn host(_: &Info, text: &str, _: &mut Notes) -> Result<IpAddr, Problem> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if bare.eq_ignore_ascii_case("localhost") {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    bare.parse().map_err(|_| {
        problem(
            "is no IP address",
            "set 0.0.0.0 for all interfaces, 127.0.0.1 for this machine, or an address of it",
        )
    })
}

/// An absolute URL to which paths are appended; kept without a slash at its end.
pub(super) fn base_url(_: &Info, text: &str, _: &mut Notes) -> Result<String, Problem> {
    let remedy =
        "set the address under which browsers and agents reach this server, such as https://mc.example.com";
    let url = Url::parse(text).map_err(|_| problem("is no absolute URL", remedy))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(problem("is no http or https URL with a host", remedy));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("contains a user name or password, which every agent would see", remedy));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(problem("has a query or a fragment, to which no path can be appended", remedy));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A server that this one asks; paths are appended to the URL.
pub(super) fn server(_: &Info, text: &str, _: &mut Notes) -> Result<Url, Problem> {
    let remedy = "set an address such as https://mirror.example.com";
    let url = Url::parse(text).map_err(|_| problem("is no absolute URL", remedy))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(problem("is no http or https URL with a host", remedy));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(problem("contains a user name or password", remedy));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(problem("has a query or a fragment, to which no path can be appended", remedy));
    }
    Ok(url)
}

/// Items of a list with their numbers, which stand for them in errors.
fn items(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let all = text.split(',').map(str::trim).enumerate().map(|(index, item)| (index + 1, item));
    all.filter(|(_, item)| !item.is_empty())
}

/// Repositories that are skill packs.
pub(super) fn packs(_: &Info, text: &str, _: &mut Notes) -> Result<Vec<PackUrl>, Problem> {
    let pack = |(number, item)| {
        PackUrl::parse(item).map_err(|_| {
            let what = format!("item {number} is no repository on GitHub");
            problem(what, "write it as https://github.com/OWNER/REPOSITORY")
        })
    };
    items(text).map(pack).collect()
}

/// Names of hosts, in lower case.
pub(super) fn hosts(_: &Info, text: &str, _: &mut Notes) -> Result<Vec<String>, Problem> {
    let host = |(number, item): (usize, &str)| match Host::parse(item) {
        Ok(Host::Domain(name)) => Ok(name),
        _ => {
            let what = format!("item {number} is no name of a host");
            Err(problem(what, "write names such as github.com, without scheme, port or path"))
        }
    };
    items(text).map(host).collect()
}

/// Origins as browsers send them.
pub(super) fn origins(_: &Info, text: &str, _: &mut Notes) -> Result<Vec<String>, Problem> {
    let items = text.split(',').map(str::trim).enumerate().filter(|(_, item)| !item.is_empty());
    items.map(|(index, item)| origin(index + 1, item)).collect()
}

fn origin(number: usize, item: &str) -> Result<String, Problem> {
    if item.contains('*') {
        let what =
            format!("item {number} is a wildcard, which would let any web site act for a signed-in user");
        return Err(problem(what, "list the origins one by one"));
    }
    let origin = Url::parse(item).ok().filter(|url| {
        let bare = url.username().is_empty() && url.password().is_none();
        bare && matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none()
    });
    match origin.as_ref().map(Url::origin) {
        Some(origin @ Origin::Tuple(..)) => Ok(origin.ascii_serialization()),
        // Applications with a scheme of their own have origins that only compare as text.
        Some(Origin::Opaque(_)) if origin.is_some_and(|url| url.has_host() && url.scheme() != "file") => {
            Ok(item.trim_end_matches('/').to_owned())
        }
        _ => {
            let what = format!("item {number} is no origin");
            Err(problem(what, "write it as scheme://host or scheme://host:port, without a path"))
        }
    }
}

/// The value of a response header; blank switches the header off.
pub(super) fn header(_: &Info, text: &str, _: &mut Notes) -> Result<Option<String>, Problem> {
    if !text.chars().all(|character| matches!(character, ' '..='~')) {
        return Err(problem("contains a character that no header may have", "use printable ASCII only"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

pub(super) fn proxies(_: &Info, text: &str, notes: &mut Notes) -> Result<TrustedProxies, Problem> {
    let (proxies, invalid) = TrustedProxies::parse(text);
    if invalid > 0 {
        notes
            .push(format!("{invalid} of its items are neither an IP address nor a network and are left out"));
    }
    Ok(proxies)
}

pub(super) fn local_token(_: &Info, text: &str, _: &mut Notes) -> Result<SecretString, Problem> {
    let remedy = format!(
        "set at least {LOCAL_TOKEN_MIN} random characters, or remove the variable and one is generated"
    );
    if PLACEHOLDERS.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder)) {
        return Err(problem("is still the placeholder of an example", remedy));
    }
    if text.chars().count() < LOCAL_TOKEN_MIN {
        return Err(problem("is too short", remedy));
    }
    Ok(text.into())
}

pub(super) fn metrics_token(_: &Info, text: &str, _: &mut Notes) -> Result<SecretString, Problem> {
    if text.chars().count() < METRICS_TOKEN_MIN {
        let remedy = format!("set at least {METRICS_TOKEN_MIN} random characters");
        return Err(problem("is too short", remedy));
    }
    Ok(text.into())
}

pub(super) fn passphrase(_: &Info, text: &str, _: &mut Notes) -> Result<SecretString, Problem> {
    if text.chars().count() < PASSPHRASE_MIN {
        return Err(problem(
            "is too short",
            format!("set at least {PASSPHRASE_MIN} characters, such as six words"),
        ));
    }
    Ok(text.into())
}

pub(super) fn backup_schedule(info: &Info, text: &str, _: &mut Notes) -> Result<Option<Duration>, Problem> {
    const HOUR: u64 = 3_600;
    let hours = match text {
        "off" => return Ok(None),
        "hourly" => 1,
        "daily" => 24,
        "weekly" => 7 * 24,
        _ => return Err(problem("is no schedule", info.shape.remedy())),
    };
    Ok(Some(Duration::from_secs(hours * HOUR)))
}

pub(super) fn secret_key(_: &Info, text: &str, _: &mut Notes) -> Result<SecretKey, Problem> {
    let remedy = "generate one with `openssl rand -hex 32`, or remove the variable and one is generated";
    SecretKey::parse(text).map_err(|error| problem(error.to_string(), remedy))
}

pub(super) fn rate_limit_backend(
    info: &Info,
    text: &str,
    _: &mut Notes,
) -> Result<RateLimitBackend, Problem> {
    match text {
        "memory" => Ok(RateLimitBackend::Memory),
        "redis" => Ok(RateLimitBackend::Redis),
        _ => Err(problem("is no place for rate limits", info.shape.remedy())),
    }
}

pub(super) fn agent_auth_counts(
    info: &Info,
    text: &str,
    _: &mut Notes,
) -> Result<AgentAuthLimitCounts, Problem> {
    match text {
        "failed" => Ok(AgentAuthLimitCounts::Failed),
        "all" => Ok(AgentAuthLimitCounts::All),
        _ => Err(problem("names nothing that can be counted", info.shape.remedy())),
    }
}

/// Names of levels in any case, or numbers of which 10 is debug, 20 information, 30 a warning and 40 an error.
pub(super) fn log_level(_: &Info, text: &str, notes: &mut Notes) -> Result<Level, Problem> {
    if let Ok(number) = text.parse::<i64>() {
        return Ok(match number {
            ..10 => Level::TRACE,
            10..20 => Level::DEBUG,
            20..30 => Level::INFO,
            30..40 => Level::WARN,
            40.. => Level::ERROR,
        });
    }
    Ok(match text.to_ascii_uppercase().as_str() {
        "TRACE" | "NOTSET" => Level::TRACE,
        "DEBUG" => Level::DEBUG,
        "INFO" => Level::INFO,
        "WARNING" | "WARN" => Level::WARN,
        "ERROR" | "CRITICAL" | "FATAL" => Level::ERROR,
        _ => {
            notes.push("is no known level; INFO is used".to_owned());
            Level::INFO
        }
    })
}

pub(super) fn log_format(_: &Info, text: &str, notes: &mut Notes) -> Result<LogFormat, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "json" => return Ok(LogFormat::Json),
        "text" => {}
        _ => notes.push("is no known format; text is used".to_owned()),
    }
    Ok(LogFormat::Text)
}
