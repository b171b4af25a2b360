//! The work on the gateway, step by step. Each step can be repeated, and writes nothing that is there already.

use mc_openclaw::config::{AgentEntry, Changes, Dialect};
use serde_json::{Map, Value, json};

use super::{Action, Run, files};
use crate::{
    Context,
    agents::{
        heartbeat,
        report::{Item, Report, State},
    },
    gateways::{
        port::{Failure, GatewayError},
        rpc::{ChatMessage, ConfigPatched, MAIN_LABEL, Restarts, Rpc},
    },
    workspace::{self, Wake},
};

/// The value of `tools.exec.host` with which agents run commands on the host of their gateway.
const EXEC_HOST: &str = "gateway";

/// As [`apply`], once more from the first step whenever the gateway restarts in the middle.
pub(super) async fn through_restarts(
    context: &Context,
    run: &Run,
    report: &mut Report,
) -> Result<(), GatewayError> {
    let mut restarts = Restarts::new();
    loop {
        let Err(error) = apply(context, run, report).await else { return Ok(()) };
        if !restarts.survives(&error).await {
            return Err(error);
        }
        *report = Report::default();
    }
}

/// Brings the agent on its gateway into the wanted state. The report has the steps up to the one that failed.
async fn apply(context: &Context, run: &Run, report: &mut Report) -> Result<(), GatewayError> {
    let rpc = Rpc::new(context, &run.target);
    let hello = note(report, "connect", rpc.hello().await, |_| State::Done)?;
    let config = note(report, "read_configuration", rpc.config().await, |_| State::Done)?.config;
    let dialect = Dialect::detect(&config, &hello);
    let is_new = if is_registered(&config, dialect, run) {
        report.steps.push(Item::new("register", State::Unchanged));
        false
    } else {
        let registered = rpc.agent_ensure(&run.key, &run.agent.name, &run.workspace).await;
        note(report, "register", registered, |_| State::Done)?
    };
    let changed = rpc.change_config(changes(run, dialect)).await;
    note(report, "configure", changed, |changed| match changed {
        ConfigPatched::Changed => State::Done,
        ConfigPatched::Unchanged => State::Unchanged,
    })?;
    report.steps.push(exec_host(&config, run.gateway.manage_exec_host));
    let written = files::write(rpc, run, dialect, is_new, &mut report.files).await;
    note(report, "files", written, |is_changed| if *is_changed { State::Done } else { State::Unchanged })?;
    // A new agent has nothing to forget.
    let is_first = is_new && run.action == Action::Provision;
    if run.manner.reset_session && !is_first {
        let reset = match rpc.session_reset(run.session_key()).await {
            Err(error) if error.failure != Failure::NotFound => Err(error),
            _ => Ok(()),
        };
        note(report, "reset_session", reset, |()| State::Done)?;
    }
    if run.manner.wake {
        let reason = match run.action {
            Action::Provision => Wake::Provisioned,
            Action::Update | Action::Refresh => Wake::Updated,
        };
        let text = workspace::wake_text(&run.agent, dialect, &run.base_url, reason);
        let message = ChatMessage {
            session_key: run.session_key(),
            text: &text,
            deliver: true,
            idempotency_key: run.wake_key,
        };
        note(report, "wake", rpc.tell(run.label(), message).await, |()| State::Done)?;
    }
    Ok(())
}

/// Whether the gateway has the agent under its present name and folder.
fn is_registered(config: &Map<String, Value>, dialect: Dialect, run: &Run) -> bool {
    let agents = config.get("agents");
    let entry = match dialect {
        Dialect::Entries => agents.and_then(|agents| agents.get("entries")?.get(&run.key)),
        Dialect::List => agents.and_then(|agents| {
            let list = agents.get("list")?.as_array()?;
            list.iter().find(|entry| entry.get("id").and_then(Value::as_str) == Some(&run.key))
        }),
    };
    let text = |name: &str| entry.and_then(|entry| entry.get(name)?.as_str());
    text("name") == Some(&run.agent.name) && text("workspace") == Some(&run.workspace)
}

impl Run {
    fn session_key(&self) -> &str {
        self.agent.openclaw_session_id.as_deref().unwrap_or_default()
    }

    fn label(&self) -> &str {
        if self.agent.board_id.is_none() { MAIN_LABEL } else { &self.agent.name }
    }
}

/// Writes down how a step went.
fn note<T>(
    report: &mut Report,
    name: &str,
    outcome: Result<T, GatewayError>,
    state: impl FnOnce(&T) -> State,
) -> Result<T, GatewayError> {
    report.steps.push(match &outcome {
        Ok(value) => Item::new(name, state(value)),
        Err(error) => Item::because(name, State::Failed, &error.message),
    });
    outcome
}

/// What the configuration of the gateway is to say about the agent.
fn changes(run: &Run, dialect: Dialect) -> Changes {
    Changes {
        agents: vec![AgentEntry {
            id: run.key.clone(),
            workspace: Some(run.workspace.clone()),
            heartbeat: Some(heartbeat::entry_of(&run.agent, dialect)),
        }],
        exec_host: run.gateway.manage_exec_host.then(|| EXEC_HOST.to_owned()),
        visibility: visibility(),
        ..Changes::default()
    }
}

/// Where agents run commands: told to people, because it decides what an agent can do to the host. `config` is what was
/// configured before this run.
fn exec_host(config: &Map<String, Value>, is_managed: bool) -> Item {
    let present = config.get("tools").and_then(|tools| tools.get("exec")?.get("host")?.as_str());
    match present.filter(|host| !host.is_empty()) {
        Some(host) => Item::because(
            "exec_host",
            State::Kept,
            &format!("Commands of agents run where the gateway says: {host}"),
        ),
        None if is_managed => Item::because(
            "exec_host",
            State::Done,
            "Commands of agents run on the host of the gateway, as manage_exec_host says",
        ),
        None => Item::because(
            "exec_host",
            State::Kept,
            "tools.exec.host is not set there: the gateway decides where commands of agents run (see manage_exec_host)",
        ),
    }
}

/// Heartbeats without anything to say stay silent.
fn visibility() -> Map<String, Value> {
    match json!({ "showOk": false, "showAlerts": true, "useIndicator": true }) {
        Value::Object(flags) => flags,
        _ => Map::new(),
    }
}
