//! A day on a board whose agents live on a real gateway.

use black_box::{Installation, Kind, signature};
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Version},
    model::Model,
    stand::Stand,
    team,
};

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn a_task_goes_from_a_person_over_lead_and_worker_to_done(#[case] version: Version) {
    let model = Model::start(team::at_work());
    let gateway = Gateway::start(version, &model.url());
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let stand = Stand::new(&server, &model, &gateway);
    let client = stand.client();

    let shown = format!("/api/v1/gateways/{}", stand.gateway);
    stand.wait(&shown, "the gateway is known", |gateway| gateway["runtime_version"] == version.number());
    let lead = stand.agent("Lena", &json!({"is_board_lead": true}));
    let worker = stand.agent("Will", &json!({}));
    for agent in [&lead, &worker] {
        stand.wait_until_ready(agent);
    }

    let task = client.create_task(&stand.board, "Write the report");
    let begun = stand.wait_until_task_is(&task, "in_progress");
    assert_eq!(begun["assigned_agent_id"], worker, "the lead has given the task to the worker");
    let approval = stand.wait_for_approval();
    assert_eq!((&approval["action_type"], &approval["agent_id"]), (&json!(team::ACTION), &json!(worker)));
    let comments = client.get(&format!("/api/v1/boards/{}/tasks/{task}/comments", stand.board)).expect(200);
    let said = comments["items"].as_array().expect("a list has items").iter();
    let mut said = said.map(|comment| (&comment["agent_id"], &comment["message"]));
    assert!(said.any(|said| said == (&json!(worker), &json!(team::BEGUN))), "{comments}");

    stand.approve(&approval);
    stand.wait_until_task_is(&task, "done");

    deliver_to_the_lead(&stand, &lead);
}

/// A signed delivery from outside reaches the lead, which notes that it has seen it.
fn deliver_to_the_lead(stand: &Stand<'_>, lead: &str) {
    let (secret, push) = ("the secret that a sender shares", br#"{"ref": "refs/heads/main"}"#);
    let board = format!("/api/v1/boards/{}", stand.board);
    let webhook = json!({"description": "Look at each push.", "secret": secret});
    let webhook = stand.client().post(&format!("{board}/webhooks"), &webhook).expect(200);
    let path = webhook["endpoint_path"].as_str().expect("a webhook has a path");
    let headers =
        [("content-type", "application/json"), ("x-hub-signature-256", &signature(secret, push) as &str)];
    let taken = stand.client().clone().signed_out().send("POST", path, &headers, push.to_vec()).expect(202);
    let seen = format!("Seen: {}", taken["payload_id"].as_str().expect("a payload has an id"));
    let is_seen = |memory: &Value| {
        let mut entries = memory["items"].as_array().into_iter().flatten();
        entries.any(|entry| entry["content"] == seen.as_str())
    };
    stand.wait(&format!("{board}/memory"), &format!("the lead {lead} has seen the delivery"), is_seen);
    let payloads = stand.client().get(&format!("{path}/payloads")).expect(200);
    assert_eq!(payloads["items"][0]["delivery"]["status"], "delivered", "{payloads}");
}
