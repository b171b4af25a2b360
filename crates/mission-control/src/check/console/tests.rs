use mc_domain::egress::testing::{LoopbackServer, Page};

use super::*;
use crate::check::report::Level;

fn settings(base_url: &Url, mode: &str) -> Settings {
    let variables = [
        ("BASE_URL", base_url.as_str()),
        ("AUTH_MODE", mode),
        ("CLERK_SECRET_KEY", "sk_test_0000000000000000000000000000"),
    ];
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(variables, None).unwrap().0
}

/// The page of a console as the build writes it.
fn console(marks: &[(&str, &str)]) -> Page {
    let marks: String =
        marks.iter().map(|(name, content)| format!(r#"<meta name="{name}" content="{content}">"#)).collect();
    Page::new(200, format!("<html><head><title>Mission Control</title>{marks}</head></html>"))
}

fn config(mode: &str) -> Page {
    Page::new(200, format!(r#"{{"auth_mode":"{mode}"}}"#))
}

/// What is not well, in words.
async fn faults(settings: &Settings, console: &LoopbackServer) -> Vec<String> {
    let findings = look(settings, &console.url(), &console.egress()).await;
    let bad = findings.into_iter().filter(|finding| finding.level != Level::Ok);
    bad.map(|finding| format!("{} → {}", finding.text, finding.remedy.unwrap_or_default())).collect()
}

#[tokio::test]
async fn a_console_that_fits_has_no_fault() {
    let server = LoopbackServer::start();
    server.page("/api/v1/config", config("local"));
    let url = server.url();
    for marks in [vec![], vec![(API_URL, url.as_str())], vec![(API_URL, url.as_str()), (AUTH_MODE, "local")]]
    {
        server.page("/", console(&marks));
        assert_eq!(faults(&settings(&url, "local"), &server).await, Vec::<String>::new(), "{marks:?}");
    }
}

#[tokio::test]
async fn another_sign_in_and_another_server_are_named_with_the_remedy() {
    let other: Url = "https://mission-control.example.com".parse().unwrap();
    for (marks, base_url, mode, expected) in [
        (vec![(AUTH_MODE, "clerk")], None, "local", "NEXT_PUBLIC_AUTH_MODE=clerk, but AUTH_MODE is local"),
        (vec![(AUTH_MODE, "local")], None, "clerk", "NEXT_PUBLIC_AUTH_MODE=local, but AUTH_MODE is clerk"),
        (
            vec![(API_URL, "https://old.example.com")],
            None,
            "local",
            "calls the server at https://old.example.com/",
        ),
        (vec![(API_URL, "mc.example.com")], None, "local", "NEXT_PUBLIC_API_URL that is no address"),
        (vec![], Some(&other), "local", "set to the address of BASE_URL"),
    ] {
        let server = LoopbackServer::start();
        server.page("/", console(&marks));
        if base_url.is_none() {
            server.page("/api/v1/config", config(mode));
        }
        let url = server.url();
        let settings = settings(base_url.unwrap_or(&url), mode);
        let found = faults(&settings, &server).await;
        assert!(found.len() == 1 && found[0].contains(expected), "{expected}: {found:?}");
    }
}

#[tokio::test]
async fn what_is_no_console_is_said_to_be_none() {
    let server = LoopbackServer::start();
    let settings = settings(&server.url(), "local");
    server.page("/", Page::new(200, "<title>nginx</title>"));
    assert!(faults(&settings, &server).await[0].contains("no console of Mission Control (status 200)"));
    server.page("/", Page::new(200, "x".repeat(300_000)));
    assert!(faults(&settings, &server).await[0].contains("larger than"));
}

#[test]
fn the_server_is_looked_for_where_the_console_looks() {
    let api =
        |setting: Option<&str>, page: &str| api_origin(setting, &page.parse().unwrap()).map(String::from);
    assert_eq!(api(None, "https://c.example.com").as_deref(), Some("https://c.example.com/"));
    assert_eq!(api(Some("auto"), "https://c.example.com").as_deref(), Some("https://c.example.com/"));
    assert_eq!(api(Some("auto"), "http://c.example.com:3000").as_deref(), Some("http://c.example.com:8000/"));
    assert_eq!(
        api(Some("https://a.example.com"), "http://c:3000").as_deref(),
        Some("https://a.example.com/")
    );
    assert_eq!(api(Some("ftp://a"), "http://c:3000"), None);
}
