use chrono::{DateTime, TimeDelta, Utc};
use mc_domain::egress::{
    HttpEgress,
    testing::{LoopbackServer, Page},
};
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

#[tokio::test]
async fn another_server_at_base_url_is_found_out() {
    let healthy = || ("/healthz", Page::new(200, r#"{"ok":true}"#));
    let config = |mode: &str| ("/api/v1/config", Page::new(200, format!(r#"{{"auth_mode":"{mode}"}}"#)));
    for (pages, expected) in [
        (vec![healthy(), config("local")], vec![]),
        (vec![healthy(), config("clerk")], vec!["BASE_URL"]),
        (vec![("/healthz", Page::new(200, "<html>"))], vec!["BASE_URL"]),
        (vec![("/healthz", Page::new(502, ""))], vec!["BASE_URL"]),
        (vec![], vec!["BASE_URL"]),
    ] {
        let server = LoopbackServer::start();
        let shown = format!("{pages:?}");
        for (path, page) in pages {
            server.page(path, page);
        }
        let url = server.url();
        let settings = with(&[("BASE_URL", url.as_str())]);
        let egress = HttpEgress::new(std::slice::from_ref(&url)).unwrap();
        assert_eq!(faults(&reach(&settings, &url, &egress).await), expected, "{shown}");
    }
}
