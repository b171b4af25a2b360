//! What goes wrong is named as what it is, and nothing has to be repaired by hand afterwards but its cause.

use std::net::Ipv4Addr;

use black_box::{Installation, Kind, Server, until};
use futures_util::{SinkExt as _, StreamExt as _};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    forwarder,
    gateway::{Gateway, TOKEN, Version},
    model::Model,
    stand::{LIMIT, Stand, add_gateway, wait},
    team,
};

/// Waits until the server says this of its connection with a gateway.
fn wait_for_state(server: &Server<'_>, gateway: &str, state: &str) -> Value {
    let path = format!("/api/v1/gateways/{gateway}");
    let is = |gateway: &Value| gateway["connection"]["state"] == state;
    wait(&server.client, &path, &format!("the gateway is {state}"), is)["connection"].clone()
}

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn a_gateway_that_dies_in_the_middle_holds_the_work_up_but_loses_none(#[case] version: Version) {
    let model = Model::start(team::at_work());
    let mut gateway = Gateway::start(version, &model.url());
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let stand = Stand::new(&server, &model, &gateway);
    let client = stand.client();
    let agents = [stand.agent("Lena", &json!({"is_board_lead": true})), stand.agent("Will", &json!({}))];
    for agent in &agents {
        stand.wait_until_ready(agent);
    }

    gateway.kill();
    wait_for_state(&server, &stand.gateway, "unreachable");
    let task = client.create_task(&stand.board, "Write the report");
    gateway.start_again();
    wait_for_state(&server, &stand.gateway, "online");
    let approval = stand.wait_for_approval();

    gateway.kill();
    wait_for_state(&server, &stand.gateway, "unreachable");
    stand.approve(&approval);
    gateway.start_again();
    stand.wait_until_task_is(&task, "done");
    for agent in &agents {
        stand.wait_until_ready(agent);
    }
}

/// Only the newer gateways: the older ones also take the token of the device that they have paired, so that the change
/// of the shared one shuts nobody out there.
#[test]
fn a_gateway_that_turns_us_away_says_why_and_the_right_token_is_enough() {
    let model = Model::start(team::at_work());
    let mut gateway = Gateway::start(Version::New, &model.url());
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let stand = Stand::new(&server, &model, &gateway);
    wait_for_state(&server, &stand.gateway, "online");
    let path = format!("/api/v1/gateways/{}", stand.gateway);

    gateway.kill();
    {
        let _future = Future::at(gateway.port());
        wait_for_state(&server, &stand.gateway, "protocol_mismatch");
    }
    let other = "the-token-after-an-operator-changed-it";
    gateway.start_with_token(other);
    // The next attempt would come by itself, but not soon: nothing speaks for a quick change.
    let _ = server.client.post(&format!("{path}/reconnect"), &json!({})).expect(200);
    let refused = wait_for_state(&server, &stand.gateway, "refused");
    assert!(!refused.to_string().contains(TOKEN), "{refused}");

    let _ = server.client.patch(&path, &json!({"token": other})).expect(200);
    wait_for_state(&server, &stand.gateway, "online");
    let worker = stand.agent("Will", &json!({}));
    stand.wait_until_ready(&worker);
}

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn a_gateway_far_away_is_paired_by_the_command_that_is_shown(#[case] version: Version) {
    let model = Model::start(team::at_work());
    let mut gateway = Gateway::start(version, &model.url());
    let far = format!("ws://{}", forwarder::forward_to(gateway.port()));
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let workspaces = gateway.workspaces().display().to_string();
    let wanted = json!({"name": "Far", "url": far, "workspace_root": workspaces, "token": TOKEN});
    let refused = server.client.post("/api/v1/gateways", &wanted).expect(502);
    assert_eq!(refused["code"], "gateway_pairing_required", "{refused}");
    let report =
        server.client.post("/api/v1/gateways/doctor", &json!({"url": far, "token": TOKEN})).expect(200);
    assert_eq!(report["failed"], "pairing", "{report}");
    follow(&gateway, report["advice"].as_str().unwrap_or_default());

    let id = add_gateway(&server.client, &far, &workspaces, TOKEN);
    let online = wait_for_state(&server, &id, "online");
    let device = online["device_id"].as_str().unwrap_or_else(|| panic!("no device in {online}"));
    // The operator takes the device away; a stored gateway asks to be let in again, and goes on by itself.
    let output = gateway.operate(&["devices", "remove", device]);
    assert!(output.status.success(), "{output:?}");
    gateway.kill();
    gateway.start_again();
    let waiting = wait_for_state(&server, &id, "pairing_required");
    follow(&gateway, waiting["pairing"]["command"].as_str().unwrap_or_default());
    wait_for_state(&server, &id, "online");

    let stand = Stand::on(&server, &model, id);
    let worker = stand.agent("Will", &json!({}));
    stand.wait_until_ready(&worker);
}

/// Does what an operator is told: to approve a request.
fn follow(gateway: &Gateway, advice: &str) {
    let (_, request) = advice.split_once("openclaw devices approve ").unwrap_or_else(|| panic!("{advice:?}"));
    let request = request.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
    let output = gateway.operate(&["devices", "approve", request]);
    assert!(output.status.success(), "{output:?}\n{}", gateway.log());
}

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn an_agent_whose_model_fails_is_waited_for_and_comes_when_it_works(#[case] version: Version) {
    let model = Model::start(team::out_of_order());
    let gateway = Gateway::start(version, &model.url());
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let installation = installation.with("MC_CHECKIN_SECONDS", "10");
    let server = installation.start();
    let stand = Stand::new(&server, &model, &gateway);
    let worker = stand.agent("Will", &json!({}));
    let path = format!("/api/v1/agents/{worker}");
    let waiting = stand.wait(&path, "the agent was woken again", |agent| agent["wake_attempts"] == 2);
    assert_eq!(waiting["lifecycle_state"], "awaiting_checkin");
    assert_ne!(waiting["presence"], "online");
    assert!(model.count() >= 2, "the gateway has asked the model each time");

    model.follow(team::at_work());
    stand.wait_until_ready(&worker);
}

/// A gateway that takes protocol 7 and no other. Dropped, it is gone.
struct Future {
    _runtime: Runtime,
}

impl Future {
    /// Listens on this port of the loopback interface.
    fn at(port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime can be built");
        // What was killed may take a moment to let go of the port.
        let listener = until("the port is free", LIMIT, || {
            let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
            listener.map_err(|error| error.to_string())
        });
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that goes before its time is its own matter.
                let _ = refuse(stream).await;
            }
        });
        Self { _runtime: runtime }
    }
}

async fn refuse(stream: TcpStream) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    let challenge = json!({"nonce": "0e5a1c62-8a2c-4a8a-9d3b-5f4f0f1f9b10", "ts": 0});
    let challenge = json!({"type": "event", "event": "connect.challenge", "payload": challenge});
    socket.send(Message::text(challenge.to_string())).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let request: Value = serde_json::from_str(&text).unwrap_or_default();
        let details = json!({"code": "PROTOCOL_MISMATCH", "expectedProtocol": 7});
        let error = json!({"code": "INVALID_REQUEST", "message": "protocol mismatch", "details": details});
        let answer = json!({"type": "res", "id": request["id"], "ok": false, "error": error});
        socket.send(Message::text(answer.to_string())).await?;
        socket.close(None).await?;
    }
    Ok(())
}
