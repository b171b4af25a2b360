//! A webhook from its sender to the board.

use black_box::{Answer, Installation, Kind, Server, signature};
use rstest::rstest;
use serde_json::{Value, json};

const SECRET: &str = "the secret that a sender shares";
const LIMIT: usize = 4096;

struct Webhook<'a> {
    server: Server<'a>,
    board: String,
    path: String,
}

impl<'a> Webhook<'a> {
    fn create(installation: &'a Installation) -> Self {
        let server = installation.start();
        let board = server.client.create_board("Hooks");
        let body = json!({"description": "Look at each push.", "secret": SECRET});
        let webhook = server.client.post(&format!("/api/v1/boards/{board}/webhooks"), &body).expect(200);
        let shown = webhook.to_string();
        assert!(!shown.contains(SECRET), "the secret is shown: {shown}");
        assert_eq!(webhook["has_secret"], true);
        let path = webhook["endpoint_path"].as_str().expect("a webhook has a path").to_owned();
        Self { server, board, path }
    }

    /// A delivery as GitHub makes it; it has no credentials of ours.
    fn push(&self, body: Vec<u8>, signature: &str, delivery: &str) -> Answer {
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", "GitHub-Hookshot/1"),
            ("x-github-event", "push"),
            ("x-github-delivery", delivery),
            ("x-hub-signature-256", signature),
        ];
        self.server.client.clone().signed_out().send("POST", &self.path, &headers, body)
    }

    fn payloads(&self) -> Value {
        self.server.client.get(&format!("{}/payloads", self.path)).expect(200)
    }
}

/// A JSON body of exactly this many bytes.
fn body_of(bytes: usize) -> Vec<u8> {
    let body = format!(r#"{{"ref":"{}"}}"#, "x".repeat(bytes - r#"{"ref":""}"#.len()));
    assert_eq!(body.len(), bytes);
    body.into_bytes()
}

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn only_a_signed_push_of_allowed_size_is_taken(#[case] kind: Kind) {
    let installation = Installation::new(kind).with("WEBHOOK_MAX_PAYLOAD_BYTES", &LIMIT.to_string());
    let webhook = Webhook::create(&installation);
    let live = webhook.server.client.live();

    let push = json!({"ref": "refs/heads/main", "head_commit": {"message": "Fix the door"}})
        .to_string()
        .into_bytes();
    let wrong = signature("another secret", &push);
    for bad in [wrong.as_str(), "sha256=", "sha256=zz", "none"] {
        let _ = webhook.push(push.clone(), bad, "1").expect(403);
    }
    let too_long = body_of(LIMIT + 1);
    let _ = webhook.push(too_long.clone(), &signature(SECRET, &too_long), "2").expect(413);
    assert_eq!(webhook.payloads()["total"], 0);

    let right = signature(SECRET, &push);
    let taken = webhook.push(push, &right, "3").expect(202);
    let payload = taken["payload_id"].as_str().unwrap();
    live.wait_for(|event| {
        event.data["type"] == "webhook.received" && event.data["data"]["payload_id"] == payload
    });
    let full = body_of(LIMIT);
    let _ = webhook.push(full.clone(), &signature(SECRET, &full), "4").expect(202);

    let payloads = webhook.payloads();
    assert_eq!(payloads["total"], 2);
    let stored = webhook.server.client.get(&format!("{}/payloads/{payload}", webhook.path)).expect(200);
    assert_eq!(stored["payload"]["head_commit"]["message"], "Fix the door");
    assert_eq!(stored["headers"]["x-github-event"], "push");
    assert!(
        !stored["headers"].to_string().contains(&right),
        "the signature is stored: {}",
        stored["headers"]
    );
}

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn a_push_that_was_answered_is_there_after_a_crash(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let webhook = Webhook::create(&installation);
    let push = br#"{"ref":"refs/heads/main"}"#.to_vec();
    let taken = webhook.push(push.clone(), &signature(SECRET, &push), "5").expect(202);
    let (board, path) = (webhook.board.clone(), webhook.path.clone());
    webhook.server.crash();

    let server = installation.start();
    let payload = taken["payload_id"].as_str().unwrap();
    let stored = server.client.get(&format!("{path}/payloads/{payload}")).expect(200);
    assert_eq!(stored["payload"]["ref"], "refs/heads/main");
    let memory = server.client.get(&format!("/api/v1/boards/{board}/memory")).expect(200);
    assert_eq!(memory["total"], 1, "the board's memory has no entry of the push: {memory}");
}

#[test]
fn a_disabled_webhook_is_gone_and_stores_nothing() {
    let installation = Installation::new(Kind::Sqlite);
    let webhook = Webhook::create(&installation);
    let _ = webhook.server.client.patch(&webhook.path, &json!({"enabled": false})).expect(200);
    let push = b"{}".to_vec();
    let _ = webhook.push(push.clone(), &signature(SECRET, &push), "6").expect(410);
    assert_eq!(webhook.payloads()["total"], 0);
}
