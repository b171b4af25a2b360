use mc_base::Clock;
use mc_domain::egress::{
    HttpEgress,
    testing::{LoopbackServer, Page},
};

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

fn healthy() -> (&'static str, Page) {
    ("/healthz", Page::new(200, r#"{"ok":true}"#))
}

#[tokio::test]
async fn another_server_at_base_url_is_found_out() {
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
        server.page("/api/v1/boards", Page::new(401, "{}"));
        for (path, page) in pages {
            server.page(path, page);
        }
        let url = server.url();
        let settings = with(&[("BASE_URL", url.as_str())]);
        let egress = HttpEgress::new(std::slice::from_ref(&url)).unwrap();
        assert_eq!(
            faults(&look(&settings, &url, &egress, || Clock::system().now()).await),
            expected,
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_clock_and_a_proxy_in_front_that_are_wrong_are_found_out() {
    const DATE: &str = "Sat, 21 Nov 2026 12:00:00 GMT";
    let at =
        |seconds| DateTime::parse_from_rfc2822(DATE).unwrap().to_utc() + chrono::TimeDelta::seconds(seconds);
    for (seconds, status, expected) in [
        (3, 401, vec![]),
        (60, 401, vec!["clock"]),
        (-3_600, 401, vec!["clock"]),
        (0, 413, vec!["body size"]),
        (0, 502, vec!["body size"]),
    ] {
        let server = LoopbackServer::start();
        let (path, page) = healthy();
        server.page(path, page.header("date", DATE));
        server.page("/api/v1/boards", Page::new(status, "refused"));
        let url = server.url();
        let settings = with(&[("BASE_URL", url.as_str()), ("MC_MAX_BODY_BYTES", "65536")]);
        let findings = look(&settings, &url, &server.egress(), || at(seconds)).await;
        assert_eq!(faults(&findings), expected, "{seconds} s, status {status}");
        let sent = server.requests().iter().find(|request| request.starts_with("POST ")).map(String::len);
        assert!(sent.is_some_and(|length| length >= 65_536), "{sent:?}");
    }
}
