//! What goes wrong is named as what it is, and nothing has to be repaired by hand afterwards but its cause.

use std::{
    net::{Ipv4Addr, SocketAddr},
    thread,
};

use black_box::{Installation, Kind, Server};
use futures_util::{SinkExt as _, StreamExt as _};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    forwarder,
    gateway::{Gateway, TOKEN, Version},
    model::Model,
    stand::{Stand, add_gateway, wait},
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

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn a_wrong_token_is_refused_and_the_right_one_is_enough(#[case] version: Version) {
    let model = Model::start(team::at_work());
    let gateway = Gateway::start(version, &model.url());
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let workspaces = gateway.workspaces().display().to_string();
    let id = add_gateway(&server.client, &gateway.url(), &workspaces, "not-the-token");
    let refused = wait_for_state(&server, &id, "refused");
    assert!(!refused.to_string().contains("not-the-token"), "{refused}");

    let stand = Stand::on(&server, &model, id);
    let worker = stand.agent("Will", &json!({}));
    let change = json!({"token": TOKEN});
    let _ = server.client.patch(&format!("/api/v1/gateways/{}", stand.gateway), &change).expect(200);
    wait_for_state(&server, &stand.gateway, "online");
    stand.wait_until_ready(&worker);
}

#[rstest]
#[case::new(Version::New)]
#[case::old(Version::Old)]
fn a_gateway_far_away_is_paired_once_and_then_known(#[case] version: Version) {
    let model = Model::start(team::at_work());
    let gateway = Gateway::start(version, &model.url());
    let far = format!("ws://{}", forwarder::forward_to(gateway.port()));
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let id = add_gateway(&server.client, &far, &gateway.workspaces().display().to_string(), TOKEN);
    let waiting = wait_for_state(&server, &id, "pairing_required");
    let request =
        waiting["pairing"]["request_id"].as_str().unwrap_or_else(|| panic!("no request in {waiting}"));
    let command = format!("openclaw devices approve {request}");
    assert_eq!(waiting["pairing"]["command"], command, "the operator is told what to do");
    let output = gateway.operate(&["devices", "approve", request]);
    assert!(output.status.success(), "{output:?}\n{}", gateway.log());
    wait_for_state(&server, &id, "online");

    // The device stays known, also to the next process.
    server.crash();
    let server = installation.start();
    wait_for_state(&server, &id, "online");
    let stand = Stand::on(&server, &model, id);
    let worker = stand.agent("Will", &json!({}));
    stand.wait_until_ready(&worker);
}

#[test]
fn a_gateway_of_another_protocol_is_named_as_such() {
    let future = gateway_of_the_future();
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let id = add_gateway(&server.client, &format!("ws://{future}"), "/srv/agents", TOKEN);
    wait_for_state(&server, &id, "protocol_mismatch");
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

/// A gateway that takes protocol 7 and no other. Gives its address; it serves as long as the test program runs.
fn gateway_of_the_future() -> SocketAddr {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be built");
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let listener = listener.expect("a free port on the loopback interface");
    let address = listener.local_addr().expect("a bound socket has an address");
    thread::spawn(move || {
        runtime.block_on(async {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that goes before its time is its own matter.
                let _ = refuse(stream).await;
            }
        });
    });
    address
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
