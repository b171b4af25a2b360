//! Bad configuration ends the start with one line that names the variable.

use std::{fs, net::TcpListener};

use black_box::{Installation, Kind};
use rstest::rstest;

/// The lines on standard error of a start that must fail.
fn refusal(installation: &Installation) -> Vec<String> {
    let output = installation.run(&["serve"]);
    let error = String::from_utf8(output.stderr).expect("errors are text");
    assert!(!output.status.success(), "the server started and ended with success: {error}");
    assert!(output.status.code().is_some(), "the server was ended by a signal: {error}");
    assert!(!error.contains("panicked"), "{error}");
    error.lines().map(str::to_owned).collect()
}

#[rstest]
#[case("PORT", "http")]
#[case("PORT", "65536")]
#[case("DATABASE_URL", "mysql://root:hunter2@localhost/mc")]
#[case("BASE_URL", "localhost:8000")]
#[case("AUTH_MODE", "none")]
#[case("LOCAL_AUTH_TOKEN", "hunter2")]
#[case("MC_SECRET_KEY", "hunter2")]
#[case("CORS_ORIGINS", "*")]
#[case("WEBHOOK_MAX_PAYLOAD_BYTES", "-1")]
#[case("DB_AUTO_MIGRATE", "perhaps")]
fn a_bad_value_is_refused_in_one_line(#[case] name: &'static str, #[case] value: &str) {
    let lines = refusal(&Installation::new(Kind::Sqlite).with(name, value));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains(name), "{lines:#?}");
    assert!(!lines[0].contains("hunter2"), "a secret is shown: {lines:#?}");
}

#[test]
fn every_bad_value_is_named_at_once() {
    let lines = refusal(&Installation::new(Kind::Sqlite).with("PORT", "http").with("BASE_URL", "localhost"));
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("PORT")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("BASE_URL")), "{lines:#?}");
}

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://mc:hunter2@127.0.0.1:{port}/mc");
    let lines = refusal(&Installation::new(Kind::Sqlite).with("DATABASE_URL", &url));
    let last = lines.last().expect("the start says why it failed");
    assert!(last.contains("DATABASE_URL"), "{lines:#?}");
    assert!(!lines.concat().contains("hunter2"), "the password is shown: {lines:#?}");
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let installation = Installation::new(Kind::Sqlite);
    fs::write(installation.data(), "a file").unwrap();
    let lines = refusal(&installation);
    assert!(lines.last().is_some_and(|line| line.contains("MC_DATA_DIR")), "{lines:#?}");
}

#[test]
fn a_port_in_use_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let lines = refusal(&Installation::new(Kind::Sqlite).with("PORT", &port));
    assert!(lines.last().is_some_and(|line| line.contains("PORT") && line.contains(&port)), "{lines:#?}");
}
