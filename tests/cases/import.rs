//! Taking over a database of the reference server.

use std::fs;

use black_box::{Installation, Kind, Source, answered};
use rstest::rstest;
use serde_json::{Value, json};

const REFERENCE: &str = include_str!("../fixtures/reference.sql");
/// What the agent Atlas of the fixture has presented to the reference server.
const ATLAS: &str = "kX3v9mQ2rT7yB1nL5pW8sD4fG6hJ0zC_aE-uIoVbNcM";
/// What stands in clear in the fixture, and nowhere after the import.
const CLEAR: [&str; 5] =
    ["clear-gateway-token", "clear-invite-token", "clear-webhook-secret", "clear-api-key", "clear-signature"];

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn written(report: &str, table: &str) -> String {
    let line = report.lines().find(|line| line.split_whitespace().next() == Some(table));
    let line = line.unwrap_or_else(|| panic!("{table} is not in the report:\n{report}"));
    line.split_whitespace().nth(2).expect("the third column").to_owned()
}

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn a_database_is_taken_over_once_and_its_tokens_work(#[case] kind: Kind) {
    let source = Source::load(REFERENCE);
    // What is older than its retention is deleted at the first start, and the payload of the source is old.
    let installation = Installation::new(kind).with("MC_WEBHOOK_RETENTION_DAYS", "36500");
    let from = ["import", "--from", &source.url()].map(str::to_owned);
    let from: Vec<&str> = from.iter().map(String::as_str).collect();
    let report = answered(&installation.run(&[&from[..], &["--dry-run"]].concat()));
    assert!(report.contains("Nothing was kept") && written(&report, "tasks") == "2", "{report}");
    let report = answered(&installation.run(&from));
    for (table, rows) in
        [("tasks", "2"), ("agents", "3"), ("approval_task_links", "1"), ("activity_events", "2")]
    {
        assert_eq!(written(&report, table), rows, "{table}: a dry run keeps nothing\n{report}");
    }
    for note in ["it belongs to no board", "unknown role", "another agent with the name", "later_feature"] {
        assert!(report.contains(note), "{note} is not said:\n{report}");
    }
    let again = answered(&installation.run(&from));
    assert!(again.contains("Everything was here already"), "{again}");

    let server = installation.start();
    let get = |path: &str| server.client.get(&format!("/api/v1/{path}")).expect(200);
    let board = format!("boards/{}", id(51));
    assert_eq!(get(&board)["success_metrics"], json!({"b": 1, "a": 2}));
    let tasks = get(&format!("{board}/tasks"));
    let ship = tasks["items"].as_array().unwrap().iter().find(|task| task["title"] == "Ship").unwrap();
    assert_eq!((&ship["assigned_agent_id"], &ship["status"]), (&json!(id(81)), &json!("in_progress")));
    assert_eq!(ship["tags"][0]["slug"], "bug");
    assert_eq!(ship["custom_field_values"]["ref"], "AB-1");
    let comments = get(&format!("{board}/tasks/{}/comments", id(91)));
    assert_eq!(comments["items"][0]["message"], "First pass is done.");
    let approvals = get(&format!("{board}/approvals?status=pending"));
    let titles: Vec<&Value> =
        approvals["items"].as_array().unwrap().iter().map(|item| &item["task_ids"]).collect();
    assert_eq!(titles, [&json!([id(91)]), &json!([id(91)])], "both know their task");
    let payload = get(&format!("{board}/webhooks/{}/payloads", id(171)));
    let headers = &payload["items"][0]["headers"];
    assert_eq!((&headers["x-api-key"], &headers["x-event"]), (&json!("[redacted]"), &json!("push")));
    assert_eq!(headers["x-own-signature"], Value::Null);
    assert_eq!(get("users/me")["preferred_name"], "Ada");
    assert_eq!(get("organizations/me")["name"], "Acme", "people go on where they were");
    let invites = get("organizations/me/invites");
    assert_eq!(
        invites["items"][0]["token"], "clear-invite-token-of-32-characte",
        "links that were sent work"
    );

    for _ in 0..2 {
        let health = server.client.clone().signed_in(ATLAS).get("/api/v1/agent/healthz").expect(200);
        assert_eq!(health["agent_id"], id(81));
    }
    let by_header = [("x-agent-token", ATLAS)];
    let client = server.client.clone().signed_out();
    assert_eq!(client.send("GET", &format!("/api/v1/{board}/tasks"), &by_header, Vec::new()).status, 200);
    assert!(!server.log().contains(ATLAS) && !server.log().contains("clear-"));
    server.ask_to_end();
    assert!(server.status().success());
    if kind == Kind::Sqlite {
        for name in ["mission-control.db", "mission-control.db-wal"] {
            let bytes = fs::read(installation.data().join(name)).unwrap_or_default();
            for clear in CLEAR {
                let found = bytes.windows(clear.len()).any(|window| window == clear.as_bytes());
                assert!(!found, "{clear} stands in clear in {name}");
            }
        }
    }
}

#[test]
fn what_is_no_reference_server_is_refused_without_showing_passwords() {
    let installation = Installation::new(Kind::Sqlite);
    let other = Source::load("CREATE TABLE something (id uuid)");
    for (from, expected) in [
        (other.url().as_str(), "no table alembic_version"),
        ("sqlite:///tmp/x.db", "no PostgreSQL database"),
        ("mysql://localhost/x", "--from: it is neither"),
        ("postgres://ada:s3cret@127.0.0.1:1/x", "does not answer"),
    ] {
        let output = installation.run(&["import", "--from", from]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains(expected), "{from}: {told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}
