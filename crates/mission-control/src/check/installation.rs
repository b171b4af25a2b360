//! The settings against each other, and the database.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mc_domain::{
    backups::{self, BackupHealth},
    vitals,
};
use mc_store::{SchemaState, Store};
use url::{Host, Url};

use super::{ConsoleBuild, Finding, Report};
use crate::{
    config::{AuthMode, RateLimitBackend, Settings},
    wiring,
};

/// What findings on the database are about.
const DATABASE: &str = "database";
/// How long the database, and the server, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Two clocks that differ by more than this, in seconds, break tokens and deadlines.
pub(super) const CLOCK_SKEW: i64 = 5;
/// Half of the age at which a backup is old where none is scheduled.
const UNSCHEDULED_AGE: TimeDelta = TimeDelta::days(1);
/// The age at which the last drill is long ago: drills are weekly.
const DRILL_AGE: TimeDelta = TimeDelta::days(14);
/// The oldest PostgreSQL that is worked with, as `server_version_num` counts.
const POSTGRES_MIN: i64 = 140_000;

/// What the settings say together.
pub(super) fn settings(settings: &Settings, build: &ConsoleBuild, console: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_shared = !settings.database.url.is_sqlite();
    let lacks_token = settings.auth.mode == AuthMode::Local && settings.auth.local_token.is_none();
    if is_shared && (settings.secret_key.is_none() || lacks_token) {
        findings.push(Finding::warning(
            "keys",
            "the server key or the local token lies in the data directory of this machine only",
            "before a second process starts, set MC_SECRET_KEY and LOCAL_AUTH_TOKEN for all of them \
             (`mission-control init` takes over the present ones)",
        ));
    }
    if is_shared && !settings.jobs.run_in_server && settings.limits.backend == RateLimitBackend::Memory {
        findings.push(Finding::warning(
            "limits",
            "several processes count rate limits each for itself",
            "set RATE_LIMIT_BACKEND=redis and RATE_LIMIT_REDIS_URL",
        ));
    }
    let base_url = settings.http.base_url_at(settings.http.port);
    if base_url.starts_with("https://") && settings.http.trusted_proxies.is_empty() {
        findings.push(Finding::warning(
            "proxies",
            "BASE_URL is https, so a proxy stands in front, but none is trusted: all clients share its address",
            "set TRUSTED_PROXIES to the address of the proxy",
        ));
    }
    if let Some(origin) = console {
        findings.push(console_origin(settings, &base_url, origin));
    }
    if let Some(url) = build.api_url.as_deref().filter(|url| !url.is_empty() && *url != "auto")
        && origin_of(url) != origin_of(&base_url)
    {
        findings.push(Finding::error(
            "console",
            "NEXT_PUBLIC_API_URL and BASE_URL name different servers",
            "set both to the address under which browsers reach this server, and build the console again",
        ));
    }
    findings.extend(super::console::mode(settings, build));
    findings
}

pub(super) fn origin_of(url: &str) -> Option<String> {
    let origin = Url::parse(url.trim()).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

fn console_origin(settings: &Settings, base_url: &str, console: &str) -> Finding {
    let Some(origin) = origin_of(console) else {
        return Finding::error(
            "console",
            "--console is no origin",
            "give one such as https://console.example.com",
        );
    };
    if origin_of(base_url).as_ref() == Some(&origin) {
        return Finding::ok("console", "the console comes from this server itself");
    }
    if settings.http.cors_origins.contains(&origin) {
        return Finding::ok("console", format!("{origin} may call this server"));
    }
    let mut wanted = settings.http.cors_origins.clone();
    wanted.push(origin.clone());
    let text = format!("{origin} is not in CORS_ORIGINS: browsers refuse its calls");
    Finding::error("console", text, format!("set CORS_ORIGINS={}", wanted.join(",")))
}

/// Opens the database, if that can be done.
pub(super) async fn database(settings: &Settings, report: &mut Report) -> Option<Store> {
    if let crate::config::DatabaseUrl::Sqlite(path) = &settings.database.url
        && !path.exists()
    {
        report.add(Finding::ok(DATABASE, "there is none yet; the first start makes it"));
        return None;
    }
    let store = match tokio::time::timeout(PATIENCE, wiring::connect(settings)).await {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => {
            report.add(Finding::error(
                DATABASE,
                format!("{error:#}"),
                "see DATABASE_URL in docs/configuration.md",
            ));
            return None;
        }
        Err(_) => {
            let text = format!("it did not answer within {} s", PATIENCE.as_secs());
            report.add(Finding::error(DATABASE, text, "is it running, and may this machine reach it?"));
            return None;
        }
    };
    let (finding, is_usable) = match store.schema().await {
        Ok(state) => (schema(state, settings.database.auto_migrate), state == SchemaState::Current),
        Err(error) => {
            let text = format!("its schema cannot be read: {error}");
            (Finding::error(DATABASE, text, "look at its log"), false)
        }
    };
    report.add(finding);
    if !is_usable {
        store.close().await;
        return None;
    }
    match store.server().await {
        Ok(server) => report.extend(engine(&server, store.clock().now())),
        Err(error) => {
            report.add(Finding::error(
                DATABASE,
                format!("its version cannot be read: {error}"),
                "look at its log",
            ));
        }
    }
    Some(store)
}

/// What the schema of a database means for this executable.
fn schema(state: SchemaState, auto_migrate: bool) -> Finding {
    let needed = mc_store::SCHEMA_VERSION;
    match state {
        SchemaState::Current => Finding::ok(DATABASE, "it answers and has this version's schema"),
        SchemaState::Behind { version: 0 } => {
            Finding::ok(DATABASE, "it answers and is empty; the first start fills it")
        }
        SchemaState::Behind { version } => Finding::warning(
            DATABASE,
            format!("its schema has version {version}, this executable needs {needed}"),
            if auto_migrate {
                "the next start brings it up to date"
            } else {
                "run `mission-control migrate`"
            },
        ),
        SchemaState::Ahead { version } => Finding::error(
            DATABASE,
            format!("its schema has version {version}, this executable knows {needed}"),
            "run the version that migrated it, or restore a copy",
        ),
    }
}

/// The version and the clock of the database server.
fn engine(server: &mc_store::Server, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(version) = server.postgres_version.filter(|version| *version < POSTGRES_MIN) {
        let text = format!("PostgreSQL {} is older than 14", version / 10_000);
        findings.push(Finding::error(DATABASE, text, "upgrade it"));
    }
    let skew = (now - server.now).num_seconds();
    findings.push(if skew.abs() > CLOCK_SKEW {
        let text = format!("this machine and the database differ by {} s", skew.abs());
        Finding::error("clock", text, "let both keep time with NTP (`timedatectl set-ntp true`)")
    } else {
        Finding::ok("clock", "this machine and the database agree")
    });
    findings
}

/// What is in the database that somebody should look at.
pub(super) async fn contents(settings: &Settings, store: &Store) -> Vec<Finding> {
    let mut findings = Vec::new();
    match vitals::jobs(store).await {
        Ok(figures) => {
            let dead: i64 =
                figures.iter().filter(|figure| figure.state == "dead").map(|figure| figure.count).sum();
            if dead > 0 {
                let text = format!("{dead} were given up");
                findings.push(Finding::warning("jobs", text, "`mission-control jobs dead` shows why"));
            }
        }
        Err(error) => {
            findings.push(Finding::error("jobs", error.to_string(), "look at the log of the database"));
        }
    }
    if let Ok(urls) = vitals::gateway_urls(store).await {
        findings.extend(gateways(&settings.http.base_url_at(settings.http.port), &urls));
    }
    if let Ok(states) = vitals::gateway_states(store).await {
        findings.extend(connections(&states));
    }
    if let Ok(Some(processes)) = store.processes().await {
        findings.extend(limiters(settings.limits.backend, processes));
    }
    if let Ok(health) = backups::health(store).await {
        let every = settings.backup.every.and_then(|every| TimeDelta::from_std(every).ok());
        findings.extend(copies(&health, every, store.clock().now()));
    }
    findings
}

/// Gateways that no server of this installation is connected to.
fn connections(states: &[(Option<String>, Option<String>, i64)]) -> Option<Finding> {
    // A server that was stopped leaves its connections closed.
    let away =
        |state: &Option<String>| !matches!(state.as_deref(), None | Some("online" | "connecting" | "closed"));
    let broken: Vec<String> = states
        .iter()
        .filter(|(state, _, _)| away(state))
        .map(|(state, code, count)| {
            let why = code.as_ref().or(state.as_ref()).map_or("", String::as_str);
            format!("{count} × {why}")
        })
        .collect();
    if states.is_empty() {
        return None;
    }
    Some(if broken.is_empty() {
        Finding::ok("gateways", "none is known to be away")
    } else {
        let text = format!("not connected: {}", broken.join(", "));
        Finding::warning("gateways", text, "open the gateway in the console: its doctor says what to do")
    })
}

/// Several processes that count their limits each for itself.
fn limiters(backend: RateLimitBackend, processes: i64) -> Option<Finding> {
    (processes > 1 && backend == RateLimitBackend::Memory).then(|| {
        Finding::warning(
            "limits",
            format!("{processes} processes work on this database, and each counts rate limits for itself"),
            "set RATE_LIMIT_BACKEND=redis and RATE_LIMIT_REDIS_URL for all of them",
        )
    })
}

/// How old the newest backup and the newest drill are. `every` is the pause between scheduled backups.
fn copies(health: &BackupHealth, every: Option<TimeDelta>, now: DateTime<Utc>) -> Vec<Finding> {
    const SUBJECT: &str = "backups";
    let mut findings = Vec::new();
    if health.backup_failing {
        let remedy = "`GET /readyz?verbose=true` and the log say why; `mission-control backup` tries it now";
        findings.push(Finding::error(SUBJECT, "the newest backup failed", remedy));
    }
    if health.drill_failing {
        let remedy = "`mission-control backup drill` tries it now and says what is wrong";
        findings.push(Finding::error(
            SUBJECT,
            "the newest drill failed: that backup may be worthless",
            remedy,
        ));
    }
    let age = |at: Option<DateTime<Utc>>| at.map(|at| now - at);
    match (age(health.last_backup_at), every) {
        (None, Some(_)) => {
            let remedy = "the first scheduled one is made an interval after the start; `mission-control backup` makes one";
            findings.push(Finding::warning(SUBJECT, "there is none yet", remedy));
        }
        (None, None) => {
            let remedy = "set MC_BACKUP_SCHEDULE=daily, unless somebody else cares for this database";
            findings.push(Finding::warning(SUBJECT, "none was made, and none is scheduled", remedy));
        }
        (Some(age), every) => {
            let text = format!("the newest is {} h old", age.num_hours());
            let limit = every.unwrap_or(UNSCHEDULED_AGE) * 2;
            findings.push(if age > limit {
                Finding::warning(
                    SUBJECT,
                    text,
                    "`mission-control backup` makes one; is a process with jobs running?",
                )
            } else {
                Finding::ok(SUBJECT, text)
            });
            if age_of_drill_is_high(health, now) {
                let remedy = "`mission-control backup drill` proves that the newest can be restored";
                findings.push(Finding::warning(SUBJECT, "none was tried in the last two weeks", remedy));
            }
        }
    }
    findings
}

fn age_of_drill_is_high(health: &BackupHealth, now: DateTime<Utc>) -> bool {
    health.last_drill_at.is_none_or(|at| now - at > DRILL_AGE)
}

/// Agents on other machines cannot reach a server that calls itself localhost.
fn gateways(base_url: &str, urls: &[String]) -> Option<Finding> {
    let is_local = |url: &str| match Url::parse(url).ok()?.host()? {
        Host::Domain(name) => Some(name == "localhost" || name.ends_with(".localhost")),
        Host::Ipv4(address) => Some(address.is_loopback()),
        Host::Ipv6(address) => Some(address.is_loopback()),
    };
    let remote = urls.iter().filter(|url| is_local(url) == Some(false)).count();
    if urls.is_empty() {
        return None;
    }
    Some(if is_local(base_url) == Some(true) && remote > 0 {
        Finding::error(
            "gateways",
            format!("{remote} run on other machines, whose agents are told to call {base_url}"),
            "set BASE_URL to an address of this server that they can reach",
        )
    } else {
        Finding::ok("gateways", "their agents are given an address that they may be able to reach")
    })
}

#[cfg(test)]
mod tests;
