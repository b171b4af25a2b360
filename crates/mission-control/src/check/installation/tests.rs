use chrono::{DateTime, TimeDelta, Utc};
use mc_store::Server;

use super::*;
use crate::check::report::Level;

fn with(variables: &[(&str, &str)]) -> Settings {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(variables, None).unwrap().0
}

/// The subjects of what is not well.
fn faults(findings: &[Finding]) -> Vec<&str> {
    findings.iter().filter(|finding| finding.level != Level::Ok).map(|finding| finding.subject).collect()
}

#[test]
fn settings_that_do_not_fit_together_are_named() {
    const POSTGRES: (&str, &str) = ("DATABASE_URL", "postgres://h/db");
    let key = ("MC_SECRET_KEY", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    let token = ("LOCAL_AUTH_TOKEN", "0123456789-0123456789-0123456789-0123456789-0123456789");
    let plain = ConsoleBuild::default();
    let built = |url: &str, mode: &str| ConsoleBuild {
        api_url: Some(url.to_owned()),
        auth_mode: Some(mode.to_owned()),
    };
    let elsewhere = Some("https://console.example.com/");
    for (variables, build, console, expected) in [
        (&[][..], &plain, None, vec![]),
        (&[POSTGRES], &plain, None, vec!["keys"]),
        (&[POSTGRES, key, token], &plain, None, vec![]),
        (&[POSTGRES, key, token, ("MC_WORKER", "false")], &plain, None, vec!["limits"]),
        (&[("BASE_URL", "https://mc.example.com")], &plain, None, vec!["proxies"]),
        (&[("BASE_URL", "https://mc.example.com"), ("TRUSTED_PROXIES", "10.0.0.1")], &plain, None, vec![]),
        (&[], &plain, elsewhere, vec!["console"]),
        (&[("CORS_ORIGINS", "https://console.example.com")], &plain, elsewhere, vec![]),
        (&[], &plain, Some("http://localhost:8000"), vec![]),
        (&[], &plain, Some("nonsense"), vec!["console"]),
        (&[], &built("http://localhost:8000/", "local"), None, vec![]),
        (&[], &built("auto", ""), None, vec![]),
        (&[], &built("http://other:8000", "clerk"), None, vec!["console", "console"]),
    ] {
        let findings = settings(&with(variables), build, console);
        assert_eq!(faults(&findings), expected, "{variables:?} {build:?} {console:?}");
    }
}

#[test]
fn an_old_database_and_a_wrong_clock_are_errors() {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let server =
        |postgres_version, seconds| Server { postgres_version, now: now + TimeDelta::seconds(seconds) };
    for (server, expected) in [
        (server(Some(150_004), 0), vec![]),
        (server(None, 5), vec![]),
        (server(Some(130_014), 0), vec!["database"]),
        (server(Some(150_004), 6), vec!["clock"]),
        (server(Some(150_004), -3_600), vec!["clock"]),
    ] {
        assert_eq!(faults(&engine(&server, now)), expected, "{server:?}");
    }
}

#[test]
fn a_local_address_is_no_use_to_agents_on_other_machines() {
    let urls = |list: &[&str]| -> Vec<String> { list.iter().map(|url| (*url).to_owned()).collect() };
    let level = |base_url, list: &[&str]| gateways(base_url, &urls(list)).map(|finding| finding.level);
    assert_eq!(level("http://localhost:8000", &[]), None);
    assert_eq!(level("http://localhost:8000", &["ws://127.0.0.1:18789"]), Some(Level::Ok));
    assert_eq!(
        level("http://localhost:8000", &["ws://127.0.0.1:1", "wss://gw.example.com"]),
        Some(Level::Error)
    );
    assert_eq!(level("http://[::1]:8000", &["ws://10.0.0.7:18789"]), Some(Level::Error));
    assert_eq!(level("https://mc.example.com", &["ws://10.0.0.7:18789"]), Some(Level::Ok));
}

#[test]
fn gateways_that_are_away_are_counted_with_the_reason() {
    let row = |state: Option<&str>, code: Option<&str>, count| {
        (state.map(str::to_owned), code.map(str::to_owned), count)
    };
    assert!(connections(&[]).is_none());
    let well = [row(None, None, 1), row(Some("online"), None, 3)];
    assert_eq!(connections(&well).unwrap().level, Level::Ok);
    let ill = connections(&[row(Some("online"), None, 3), row(Some("refused"), Some("auth"), 2)]).unwrap();
    assert!(ill.level == Level::Warning && ill.text.contains("2 × auth"), "{ill:?}");
}

#[test]
fn several_processes_need_a_limiter_together() {
    assert!(limiters(RateLimitBackend::Memory, 1).is_none());
    assert!(limiters(RateLimitBackend::Redis, 3).is_none());
    assert_eq!(limiters(RateLimitBackend::Memory, 2).unwrap().subject, "limits");
}

#[test]
fn old_failed_and_untried_backups_are_told() {
    let now: DateTime<Utc> = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let ago = |hours| Some(now - TimeDelta::hours(hours));
    let well = BackupHealth { last_backup_at: ago(3), last_drill_at: ago(30), ..BackupHealth::default() };
    let day = Some(TimeDelta::days(1));
    for (health, every, expected) in [
        (well.clone(), day, 0),
        (well.clone(), None, 0),
        (BackupHealth::default(), day, 1),
        (BackupHealth::default(), None, 1),
        (BackupHealth { last_backup_at: ago(49), ..well.clone() }, day, 1),
        (BackupHealth { last_backup_at: ago(49), ..well.clone() }, Some(TimeDelta::days(7)), 0),
        (BackupHealth { last_drill_at: ago(15 * 24), ..well.clone() }, day, 1),
        (BackupHealth { backup_failing: true, ..well.clone() }, day, 1),
        (BackupHealth { drill_failing: true, ..well }, day, 1),
    ] {
        let found = copies(&health, every, now);
        assert_eq!(faults(&found), vec!["backups"; expected], "{health:?} {every:?} {found:?}");
    }
}
