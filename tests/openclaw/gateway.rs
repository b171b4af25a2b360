//! A real gateway: a process with a home, a state folder and a port of its own.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use black_box::{free_port, until, variable};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a gateway may take to start: ten seconds on an idle machine.
const START_LIMIT: Duration = Duration::from_secs(300);
/// How long a command of its operator may take: five seconds on an idle machine.
const OPERATE_LIMIT: Duration = Duration::from_secs(300);

/// The versions that are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// 2026.9.6: protocol 4, agents in a map.
    New,
    /// 2026.4.2: protocol 3, agents in a list, restarts when its configuration changes.
    Old,
}

impl Version {
    /// What the gateway says that it is.
    pub(crate) fn number(self) -> &'static str {
        match self {
            Self::New => "2026.9.6",
            Self::Old => "2026.4.2",
        }
    }

    fn program(self) -> PathBuf {
        required(match self {
            Self::New => "MC_TEST_OPENCLAW_2026_9_6",
            Self::Old => "MC_TEST_OPENCLAW_2026_4_2",
        })
    }

    /// The answer of this path says that the gateway works.
    fn readiness(self) -> &'static str {
        match self {
            Self::New => "readyz",
            Self::Old => "healthz",
        }
    }

    /// A configuration that calls nobody outside, lets agents run commands, and has no timer of its own.
    fn configuration(self, folder: &Path, port: u16, model: &str) -> Value {
        let cost = json!({"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0});
        let scripted = json!({
            "id": "scripted", "name": "Scripted", "reasoning": false, "input": ["text"], "cost": cost,
            "contextWindow": 200_000, "maxTokens": 4096,
        });
        let provider =
            json!({"baseUrl": model, "apiKey": "none", "api": "openai-completions", "models": [scripted]});
        let mut configuration = json!({
            "gateway": {
                "mode": "local", "port": port, "bind": "loopback", "controlUi": {"enabled": false},
                "auth": {"mode": "token", "token": TOKEN},
                // Whoever comes through a forwarder is asked to pair.
                "trustedProxies": ["127.0.0.1"],
            },
            "update": {"checkOnStart": false},
            "discovery": {"mdns": {"mode": "off"}},
            "models": {"mode": "replace", "providers": {"local": provider}},
            "agents": {"defaults": {
                "model": {"primary": "local/scripted"}, "workspace": folder.join("workspace"),
                "heartbeat": {"every": "0m"},
            }},
            "plugins": {"enabled": false},
        });
        match self {
            Self::New => {
                configuration["update"]["auto"] = json!({"enabled": false});
                configuration["telemetry"] = json!({"enabled": false});
                configuration["models"]["catalogRefresh"] = json!({"enabled": false});
                configuration["logging"] = json!({"file": folder.join("openclaw.log")});
                configuration["cron"] = json!({"enabled": true});
                configuration["tools"] = json!({"exec": {"host": "gateway", "mode": "full"}});
            }
            Self::Old => {
                configuration["tools"] =
                    json!({"exec": {"host": "gateway", "security": "full", "ask": "off"}});
            }
        }
        configuration
    }
}

/// The shared token of the gateways here.
pub(crate) const TOKEN: &str = "shared-token-of-a-gateway-under-test";

/// A gateway, running or not. Dropped, its processes are gone; after a failed test its folder stays.
pub(crate) struct Gateway {
    version: Version,
    port: u16,
    process: Option<Child>,
    folder: Option<TempDir>,
}

impl Gateway {
    /// Starts a new gateway whose agents ask the model at this address, and waits until it is ready.
    pub(crate) fn start(version: Version, model: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("mc-gateway-").tempdir().expect("a temporary folder");
        let port = free_port();
        for name in ["home", "state", "agents"] {
            fs::create_dir(folder.path().join(name)).expect("a folder in a temporary folder");
        }
        let configuration = version.configuration(folder.path(), port, model).to_string();
        fs::write(folder.path().join("openclaw.json"), configuration).expect("a file in a temporary folder");
        let mut gateway = Self { version, port, process: None, folder: Some(folder) };
        gateway.start_again();
        gateway
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }

    /// The port on which it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The folder for the workspaces of agents.
    pub(crate) fn workspaces(&self) -> PathBuf {
        self.path().join("agents")
    }

    /// Ends all its processes as a power cut would.
    pub(crate) fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let id =
            i32::try_from(process.id()).ok().and_then(Pid::from_raw).expect("a process has an id above 0");
        // The group, because the program starts helpers. It may have ended by itself.
        let _ = kill_process_group(id, Signal::KILL);
        process.wait().expect("a killed child ends");
    }

    /// Starts it again on the same state and the same port, and waits until it is ready.
    pub(crate) fn start_again(&mut self) {
        assert!(self.process.is_none(), "it runs already");
        let log = File::options().create(true).append(true).open(self.path().join("log"));
        let log = log.expect("a file in a temporary folder");
        let mut command = self.command(&["gateway", "--port", &self.port.to_string()]);
        command.stdout(log.try_clone().expect("a second handle")).stderr(log);
        self.process = Some(command.spawn().expect("Node.js can be started"));
        let url = format!("http://127.0.0.1:{}/{}", self.port, self.version.readiness());
        until("the gateway is ready", START_LIMIT, || {
            let process = self.process.as_mut().expect("it was started");
            let ended = process.try_wait().expect("our own child can be asked");
            assert!(ended.is_none(), "the gateway ended ({ended:?}):\n{}", self.log());
            ureq::get(&url).call().map_err(|error| error.to_string())
        });
    }

    /// As [`Self::start_again`], with another shared token.
    pub(crate) fn start_with_token(&mut self, token: &str) {
        let path = self.path().join("openclaw.json");
        let text = fs::read_to_string(&path).expect("the gateway keeps its configuration there");
        let mut configuration: Value = serde_json::from_str(&text).expect("gateways write JSON");
        configuration["gateway"]["auth"]["token"] = token.into();
        fs::write(&path, configuration.to_string()).expect("a file in a temporary folder");
        self.start_again();
    }

    /// Runs the program's own command line against this gateway, as its operator does.
    pub(crate) fn operate(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = command.spawn().expect("Node.js can be started");
        let group =
            i32::try_from(process.id()).ok().and_then(Pid::from_raw).expect("a process has an id above 0");
        let (ended, output) = mpsc::channel();
        thread::spawn(move || ended.send(process.wait_with_output()));
        match output.recv_timeout(OPERATE_LIMIT) {
            Ok(output) => output.expect("our own child can be waited for"),
            Err(_) => {
                let _ = kill_process_group(group, Signal::KILL);
                panic!("`openclaw {}` took longer than {OPERATE_LIMIT:?}", arguments.join(" "))
            }
        }
    }

    /// What it wrote so far: the last lines.
    pub(crate) fn log(&self) -> String {
        let text = fs::read_to_string(self.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn path(&self) -> &Path {
        self.folder.as_ref().expect("the folder is there until the gateway is dropped").path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let node = required("MC_TEST_NODE");
        let bin = node.parent().expect("a program lies in a folder");
        let folder = self.path();
        let mut command = Command::new(&node);
        command.arg(self.version.program()).args(arguments);
        command.env_clear().current_dir(folder).stdin(Stdio::null()).process_group(0);
        command.env("PATH", format!("{}:{}", bin.display(), variable("PATH").unwrap_or_default()));
        command.env("HOME", folder.join("home")).env("OPENCLAW_STATE_DIR", folder.join("state"));
        command.env("OPENCLAW_CONFIG_PATH", folder.join("openclaw.json"));
        command.env("OPENCLAW_NO_RESPAWN", "1").env("OPENCLAW_DISABLE_BONJOUR", "1");
        command.env("OPENCLAW_SKIP_CHANNELS", "1").env("OPENCLAW_EXEC_SHELL_SNAPSHOT", "0");
        // Compiled once, a gateway starts in two thirds of the time.
        let cache = self.version.program().parent().map(|folder| folder.join("compile-cache"));
        command.env("NODE_COMPILE_CACHE", cache.expect("a program lies in a folder"));
        command
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            let kept = folder.keep();
            eprintln!("The gateway's files stay in {}", kept.display());
        }
    }
}

fn required(name: &str) -> PathBuf {
    let path = variable(name).map(PathBuf::from);
    path.unwrap_or_else(|| {
        panic!("{name} is not set: `cargo xtask test --only build,openclaw` installs gateways and sets it")
    })
}
