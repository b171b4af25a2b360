//! A real gateway: `MC_TEST_OPENCLAW` names one (`ws://127.0.0.1:18789`), `MC_TEST_OPENCLAW_TOKEN` its token.
//!
//! The gateway should be a throw-away one: the test makes agents and deletes them again. `docs/openclaw.md` says how
//! to start one. `MC_TEST_REQUIRE_OPENCLAW` makes its absence a failure.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use mc_openclaw::api::ConfigPatched;
use mc_openclaw::config::{AgentEntry, Changes, Dialect, plan};
use mc_openclaw::{
    Api, Client, ClientMode, ConnectOptions, DeviceIdentity, Environment, Error, Policy, Refusal, Rpc as _,
    State, api::NewAgent,
};
use serde_json::{Map, json};

use crate::peer::PATIENCE;

struct Machine;

#[expect(clippy::disallowed_methods, reason = "a real gateway checks the time of signatures")]
impl Environment for Machine {
    fn unix_millis(&self) -> u64 {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::try_from(since.as_millis()).unwrap()
    }

    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration that could read it for them")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn connect() -> Option<Client> {
    let Some(url) = variable("MC_TEST_OPENCLAW") else {
        assert!(
            variable("MC_TEST_REQUIRE_OPENCLAW").is_none(),
            "MC_TEST_OPENCLAW is not set: start a gateway"
        );
        return None;
    };
    let identity = DeviceIdentity::from_seed(&[42; 32]);
    let mut options = ConnectOptions::new(&url, ClientMode::Device(identity), Arc::new(Machine)).unwrap();
    options.token = variable("MC_TEST_OPENCLAW_TOKEN").map(Into::into);
    Some(Client::start(options, Policy::default()).unwrap())
}

/// An id that no earlier run of the test has used.
fn fresh(prefix: &str) -> String {
    let mut bytes = [0; 6];
    Machine.random(&mut bytes);
    format!("{prefix}-{}", hex::encode(bytes))
}

fn heartbeat(id: &str, every: &str) -> Changes {
    let heartbeat = json!({"every": every, "target": "last", "includeReasoning": false});
    Changes {
        agents: vec![AgentEntry {
            id: id.to_owned(),
            workspace: None,
            heartbeat: heartbeat.as_object().cloned(),
        }],
        visibility: json!({"showOk": false, "showAlerts": true}).as_object().cloned().unwrap(),
        ..Changes::default()
    }
}

async fn apply(api: &Api<'_, Client>, changes: &Changes) -> Result<ConfigPatched, Error> {
    api.change_config(|snapshot, hello| {
        Ok(plan(&snapshot.config, Dialect::detect(&snapshot.config, hello), changes))
    })
    .await
}

/// One agent from its making to its end, with everything that happens to it in between.
#[tokio::test]
async fn an_agent_lives_and_goes_on_a_real_gateway() {
    let Some(client) = connect() else { return };
    client.ready(PATIENCE * 3).await.unwrap();
    let api = client.api();
    api.health().await.unwrap();

    let (id, other) = (fresh("mc-test"), fresh("mc-other"));
    let base = format!("/tmp/{}", fresh("mc-openclaw-test"));
    let workspace = |id: &str| format!("{base}/{id}");
    for agent in [&id, &other] {
        let wanted = NewAgent { id: agent, display_name: "Test Agent", workspace: &workspace(agent) };
        assert!(api.ensure_agent(wanted).await.unwrap());
        assert!(!api.ensure_agent(wanted).await.unwrap(), "the second time it is there");
    }
    assert!(api.list_agents().await.unwrap().agents.iter().any(|agent| agent.id == id));

    // Two changes at the same time wait for each other.
    let (mine, others) = (heartbeat(&id, "24h"), heartbeat(&other, "23h"));
    let (one, two) = tokio::join!(apply(&api, &mine), apply(&api, &others));
    assert_eq!((one.unwrap(), two.unwrap()), (ConfigPatched::Changed, ConfigPatched::Changed));
    client.ready(PATIENCE * 3).await.unwrap();
    assert_eq!(apply(&api, &mine).await.unwrap(), ConfigPatched::Unchanged);
    assert_eq!(apply(&api, &others).await.unwrap(), ConfigPatched::Unchanged);

    // A gateway of the older kind may be restarting for the change still.
    client.ready(PATIENCE * 3).await.unwrap();
    files(&api, &id).await;
    sessions(&api, &id).await;
    api.list_devices().await.unwrap();
    assert!(!api.delete_file(&id, "AGENTS.md").await.unwrap());

    for agent in [&id, &other] {
        assert!(api.delete_agent(agent, true).await.unwrap());
        assert!(!api.delete_agent(agent, true).await.unwrap(), "it is gone");
    }
    client.close();
}

async fn files(api: &Api<'_, Client>, id: &str) {
    api.set_file(id, "AGENTS.md", "# Agent\n", None).await.unwrap();
    assert_eq!(api.get_file(id, "AGENTS.md").await.unwrap().content, "# Agent\n");
    assert!(api.list_files(id).await.unwrap().iter().any(|file| file.name == "AGENTS.md" && !file.missing));
    let unknown = api.set_file(id, "nobody-reads-this.md", "x", None).await.unwrap_err();
    assert_eq!(unknown.refusal(), Some(Refusal::UnsupportedFile), "{unknown}");
    let ghost = api.get_file("no-such-agent", "AGENTS.md").await.unwrap_err();
    assert!(ghost.gateway().is_some(), "{ghost}");
}

async fn sessions(api: &Api<'_, Client>, id: &str) {
    let key = format!("agent:{id}:main");
    let entry = api.patch_session(&key, Some(id)).await.unwrap();
    assert_ne!(entry, json!(null));
    let listed = api.list_sessions().await.unwrap();
    assert_eq!(listed.iter().find(|session| session.key == key).unwrap().label(), Some(id));
    assert!(api.history(&key, Some(5)).await.unwrap().messages.is_empty());
    api.reset_session(&key).await.unwrap();
    api.delete_session(&key).await.unwrap();
}

/// A change that says nothing new is not sent at all.
#[tokio::test]
async fn nothing_to_change_is_no_call() {
    let Some(client) = connect() else { return };
    let unchanged = client.api().change_config(|_, _| Ok(None)).await.unwrap();
    assert_eq!(unchanged, ConfigPatched::Unchanged);
    let config = client.api().get_config().await.unwrap();
    assert!(config.hash.is_some() && config.config != Map::new());
}

/// `MC_TEST_OPENCLAW_REMOTE` is the same gateway at an address that it does not take for local, such as that of the
/// machine's network card (`gateway.bind: "lan"`). Only there do gateways ask for pairing.
#[tokio::test]
async fn a_remote_device_is_paired_once_and_then_has_a_token_of_its_own() {
    let (Some(operator), Some(url)) = (connect(), variable("MC_TEST_OPENCLAW_REMOTE")) else { return };
    operator.ready(PATIENCE * 3).await.unwrap();

    let identity = DeviceIdentity::generate(&Machine);
    let mut options =
        ConnectOptions::new(&url, ClientMode::Device(identity.clone()), Arc::new(Machine)).unwrap();
    options.token = variable("MC_TEST_OPENCLAW_TOKEN").map(Into::into);
    let client = Client::start(options.clone(), Policy::default()).unwrap();
    let mut status = client.status();
    let refused = status.wait_for(|status| status.state.name() == "pairing_required");
    let refused = tokio::time::timeout(PATIENCE, refused).await.unwrap().unwrap().clone();
    let State::PairingRequired { request_id: Some(request) } = refused.state else { panic!("{refused:?}") };

    let devices = operator.api().list_devices().await.unwrap();
    let pending = devices.pending.iter().find(|pending| pending.request_id == request).unwrap();
    assert_eq!((pending.device_id.as_str(), &pending.scopes), (identity.id(), &options.scopes));
    operator.api().approve_device(&request).await.unwrap();
    client.retry_now();
    client.ready(PATIENCE).await.unwrap();
    client.api().list_sessions().await.unwrap();
    let token = client.device_token().borrow().clone();
    assert!(token.is_some(), "the gateway issues a token to the paired device");
    client.close();

    options.token = None;
    options.device_token = token;
    let client = Client::start(options, Policy::default()).unwrap();
    client.ready(PATIENCE).await.unwrap();
    assert!(
        operator
            .api()
            .list_devices()
            .await
            .unwrap()
            .paired
            .iter()
            .any(|paired| paired.device_id == identity.id())
    );
}
