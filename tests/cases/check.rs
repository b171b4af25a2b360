//! The doctor, and the file of settings, as operators use them.

use std::fs;

use black_box::{Installation, Kind};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_healthy_installation_has_nothing_to_mend() {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let output = installation.run(&["check"]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}{}", text(&output.stderr));
    assert!(shown.contains("ok       database: it answers and has this version's schema"), "{shown}");
    assert!(!shown.contains(&installation.token()), "the token is shown");
    drop(server);
}

#[test]
fn every_fault_is_named_with_its_remedy() {
    let installation = Installation::new(Kind::Sqlite)
        .with("DATABASE_URL", "postgres://127.0.0.1:1/none")
        .with("NEXT_PUBLIC_AUTH_MODE", "clerk");
    let output = installation.run(&["check", "--console", "https://console.example.com", "--json"]);
    assert!(!output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["ok"], false);
    let errors: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] == "error")
        .map(|finding| finding["subject"].as_str().unwrap())
        .collect();
    assert_eq!(errors, ["console", "console", "database"], "{report}");
    let bad = Installation::new(Kind::Sqlite).with("PORT", "http").run(&["check"]);
    assert!(
        text(&bad.stdout).contains("error    configuration: PORT: is no number"),
        "{}",
        text(&bad.stdout)
    );
}

#[test]
fn a_wrong_signature_is_explained_without_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (body, secret) = (folder.path().join("body"), folder.path().join("secret"));
    fs::write(&body, "{\"ref\": \"main\"}").unwrap();
    fs::write(&secret, "correct horse battery staple\n").unwrap();
    let check = |signature: &str| {
        Installation::new(Kind::Sqlite).run(&[
            "check",
            "webhook",
            "--body",
            body.to_str().unwrap(),
            "--secret-file",
            secret.to_str().unwrap(),
            "--signature",
            signature,
        ])
    };
    let wrong = check("sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709");
    let said = text(&wrong.stderr);
    assert!(!wrong.status.success() && said.contains("SHA-256") && !said.contains("horse"), "{said}");
    // `printf '{"ref": "main"}' | openssl dgst -sha256 -hmac 'correct horse battery staple'`
    let right = check("sha256=4662add8bda75a160d75ce74ac84d464824034f4164de39ae41dea0f10ec4efe");
    assert!(right.status.success(), "{}", text(&right.stderr));
}

#[test]
fn a_written_env_starts_a_server_and_is_never_replaced() {
    let installation = Installation::new(Kind::Sqlite);
    assert!(installation.run(&["init"]).status.success());
    let again = installation.run(&["init"]);
    assert!(
        !again.status.success() && text(&again.stderr).contains("never replaced"),
        "{}",
        text(&again.stderr)
    );

    let printed = text(&installation.run(&["init", "--print"]).stdout);
    let value = |name: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("{name} is not in {printed}")).to_owned()
    };
    assert_eq!(value("BASE_URL"), "http://localhost:8000");
    let settled = Installation::new(Kind::Sqlite)
        .with("LOCAL_AUTH_TOKEN", &value("LOCAL_AUTH_TOKEN"))
        .with("MC_SECRET_KEY", &value("MC_SECRET_KEY"));
    let server = settled.start();
    let _ = server.client.get("/api/v1/users/me").expect(200);
    assert!(!settled.data().join("server.key").exists(), "a key is made although one is set");
}
