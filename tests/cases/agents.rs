//! An agent of any runtime works by API alone.

use black_box::{Installation, Kind};
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn an_agent_takes_a_task_from_the_inbox_to_review_and_survives_a_crash(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let server = installation.start();
    let board = server.client.create_board("Plain");
    let _ = server.client.create_task(&board, "Write the report");
    let made = server.client.post("/api/v1/agents", &json!({"name": "Ada", "board_id": board})).expect(200);
    let token = made["token"].as_str().expect("the token is shown once").to_owned();
    let tasks = format!("/api/v1/agent/boards/{board}/tasks");

    let agent = server.client.clone().signed_in(&token);
    let online = agent.post("/api/v1/agent/heartbeat", &json!({})).expect(200);
    assert_eq!(online["status"], "online");
    let free = agent.get(&format!("{tasks}?status=inbox&unassigned=true")).expect(200);
    let task = format!("{tasks}/{}", free["items"][0]["id"].as_str().expect("the task is free"));
    let claimed = agent.patch(&task, &json!({"status": "in_progress"})).expect(200);
    assert_eq!(claimed["assigned_agent_id"], made["id"]);

    server.crash();
    let server = installation.start();
    let agent = server.client.clone().signed_in(&token);
    let _ = agent.post(&format!("{task}/comments"), &json!({"message": "Half of it is done."})).expect(200);
    let done = agent.patch(&task, &json!({"status": "review", "comment": "It is in the wiki."})).expect(200);
    assert_eq!((&done["status"], &done["title"]), (&json!("review"), &json!("Write the report")));
    let log = server.log();
    assert!(!log.contains(&token[..12]), "no part of a token is logged");
}
