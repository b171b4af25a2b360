//! Answers that a real gateway gave, replayed: `fixtures/provisioning-2026.9.6.jsonl` holds one exchange a line, with
//! the parameters that the client must send and the recorded answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mc_openclaw::api::{ConfigPatched, NewAgent, SendStatus};
use mc_openclaw::config::{AgentEntry, Changes, Dialect, plan};
use mc_openclaw::{Api, Client, Connection, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::peer::{Gateway, eager, options};

#[derive(Deserialize)]
struct Exchange {
    method: String,
    params: Map<String, Value>,
    response: Value,
}

/// A gateway that answers each request with the next recorded answer, and refuses what was not recorded.
async fn replay(recording: &'static str) -> Gateway {
    Gateway::start(move |_, mut peer| async move {
        peer.admit().await;
        for line in recording.lines() {
            let Exchange { method, params, mut response } = serde_json::from_str(line).unwrap();
            let Some(request) = peer.request().await else { return };
            let same = params.iter().all(|(name, value)| request["params"].get(name) == Some(value));
            if request["method"] != method.as_str() || !same {
                let message = format!("expected {method} with {params:?} instead of {request}");
                return peer.refuse(&request, json!({"code": "TEST", "message": message})).await;
            }
            response["id"] = request["id"].clone();
            peer.send(&response).await;
        }
        peer.echo().await;
    })
    .await
}

#[tokio::test]
async fn provisioning_works_as_recorded() {
    let gateway = replay(include_str!("../fixtures/provisioning-2026.9.6.jsonl")).await;
    let connection = Connection::open(&options(&gateway.url)).await.unwrap();
    let api = Api::new(&connection);

    let agent =
        NewAgent { id: "worker-1", display_name: "Worker One", workspace: "/srv/openclaw/ws/worker-1" };
    assert!(api.ensure_agent(agent).await.unwrap());
    api.set_file("worker-1", "AGENTS.md", "# AGENTS.md\n", None).await.unwrap();
    let unsupported = api.set_file("worker-1", "TOOLS.md", "# TOOLS.md\n", None).await.unwrap_err();
    assert_eq!(unsupported.refusal(), Some(Refusal::UnsupportedFile));
    let file = api.get_file("worker-1", "AGENTS.md").await.unwrap();
    assert!(file.content.contains("BASE_URL=") && file.hash.is_some() && !file.missing);
    let files = api.list_files("worker-1").await.unwrap();
    assert!(files.iter().any(|file| file.name == "SOUL.md" && !file.missing));

    let heartbeat = json!({"every": "10m", "target": "last"}).as_object().cloned();
    let changes = Changes {
        agents: vec![AgentEntry { id: "worker-1".to_owned(), heartbeat, ..AgentEntry::default() }],
        ..Changes::default()
    };
    let changed = api
        .change_config(|snapshot, hello| {
            assert_eq!(snapshot.last_touched_version(), Some("2026.9.6"));
            assert_eq!(Dialect::detect(&snapshot.config, hello), Dialect::Entries);
            Ok(plan(&snapshot.config, Dialect::Entries, &changes))
        })
        .await
        .unwrap();
    assert_eq!(changed, ConfigPatched::Changed, "after the conflict that was recorded before");

    let key = "agent:worker-1:main";
    assert_eq!(api.patch_session(key, Some("Worker One")).await.unwrap()["label"], "Worker One");
    let sessions = api.list_sessions().await.unwrap();
    assert_eq!((sessions[0].key.as_str(), sessions[0].label()), (key, Some("Worker One")));
    assert!(!api.delete_session(key).await.unwrap());
    let message = "9fd499ae-d249-4f49-b480-12aeba269fed";
    let sent = api.send_message(key, "hello there", message, false).await.unwrap();
    assert_eq!((sent.run_id.as_deref(), sent.status), (Some(message), Some(SendStatus::Started)));
    let history = api.history(key, Some(20)).await.unwrap();
    let said: Vec<(Option<&str>, String)> =
        history.messages.iter().map(|message| (message.role(), message.text())).collect();
    assert_eq!(said, [(Some("user"), "deliver true".to_owned()), (Some("assistant"), "ack".to_owned())]);

    assert!(api.delete_agent("worker-1", true).await.unwrap());
    assert!(!api.delete_agent("worker-1", true).await.unwrap());
}

/// The gateway counts patches, restarts for one before it answers, and asks to wait; in the end the change is there.
#[tokio::test]
async fn a_change_outlasts_limits_and_restarts() {
    let done = Arc::new(AtomicBool::new(false));
    let gateway = Gateway::start(move |number, mut peer| {
        let done = Arc::clone(&done);
        async move {
            peer.admit().await;
            let mut patches = 0;
            while let Some(request) = peer.request().await {
                if request["method"] == "config.get" {
                    let host = if done.load(Ordering::SeqCst) { "gateway" } else { "" };
                    let config = json!({"agents": {"list": []}, "tools": {"exec": {"host": host}}});
                    peer.answer(&request, json!({"hash": "h", "config": config})).await;
                } else if number == 0 && patches == 0 {
                    patches += 1;
                    let error = json!({"code": "UNAVAILABLE", "message": "rate limit exceeded for config.patch",
                        "retryable": true, "retryAfterMs": 5});
                    peer.refuse(&request, error).await;
                } else if number == 0 {
                    // The change is made, and the gateway goes before it answers.
                    done.store(true, Ordering::SeqCst);
                    return peer.close(1012, "service restart").await;
                } else {
                    peer.refuse(&request, json!({"code": "TEST", "message": "the change is there already"})).await;
                }
            }
        }
    })
    .await;
    let client = Client::start(options(&gateway.url), eager()).unwrap();
    let changes = Changes { exec_host: Some("gateway".to_owned()), ..Changes::default() };
    let changed = client
        .api()
        .change_config(|snapshot, _| Ok(plan(&snapshot.config, Dialect::List, &changes)))
        .await
        .unwrap();
    assert_eq!(changed, ConfigPatched::Changed);
}

#[tokio::test]
async fn pages_of_sessions_are_joined_and_end() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.admit().await;
        while let Some(request) = peer.request().await {
            let offset = request["params"]["offset"].as_u64().unwrap_or(0);
            // The last page points back to the start, which must not be followed.
            let (next, hint) = if offset < 200 { (json!(offset + 100), true) } else { (json!(0), true) };
            let sessions: Vec<Value> =
                (offset..offset + 100).map(|number| json!({"key": format!("agent:main:{number}")})).collect();
            peer.answer(&request, json!({"sessions": sessions, "nextOffset": next, "hasMore": hint})).await;
        }
    })
    .await;
    let connection = Connection::open(&options(&gateway.url)).await.unwrap();
    let sessions = Api::new(&connection).list_sessions().await.unwrap();
    assert_eq!(sessions.len(), 300);
    assert_eq!(sessions[299].key, "agent:main:299");
}

#[tokio::test]
async fn blank_arguments_and_odd_answers_are_errors() {
    let gateway = Gateway::start(|_, mut peer| async move {
        peer.admit().await;
        while let Some(request) = peer.request().await {
            let odd = if request["method"] == "agents.list" { json!([7]) } else { Value::Null };
            peer.answer(&request, odd).await;
        }
    })
    .await;
    let connection = Connection::open(&options(&gateway.url)).await.unwrap();
    let api = Api::new(&connection);
    let blank = api.send_message("agent:main:main", " ", "key", false).await.unwrap_err();
    assert_eq!(blank.to_string(), "message: is required");
    let limit = api.history("agent:main:main", Some(0)).await.unwrap_err();
    assert_eq!(limit.to_string(), "limit: must be between 1 and 1000");
    let odd = api.list_agents().await.unwrap_err();
    assert!(odd.to_string().contains("agents.list"), "{odd}");
    // Null is an answer like any other where nothing is read from it.
    api.set_file("main", "SOUL.md", "", None).await.unwrap();
    assert!(api.history("agent:main:main", None).await.unwrap().messages.is_empty());
}
