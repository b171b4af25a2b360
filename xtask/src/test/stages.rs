//! What each stage runs. Each child has a time limit: a test that hangs must fail, not stop.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};

use super::Stage;
use crate::{
    arrows, deploy, generated,
    http::free_port,
    links, logs,
    machine::{self, cargo, npm},
    manual, openapi, openclaw,
    process::Processes,
    server::Server,
};

const SHORT: Duration = Duration::from_secs(600);
/// The most that a stage of thousands of tests, or a build from nothing, may take on a slow machine.
pub(super) const LONG: Duration = Duration::from_secs(2700);
/// Where the browser tests serve a console that is not the server's own.
const ORIGIN: &str = "http://127.0.0.1:41799";
/// What the gateway in memory that the browser tests use asks for.
const GATEWAY_TOKEN: &str = "token-of-the-fake-gateway";
/// Tests with gateways that run at the same time: two at work beside the one that watches idle ones for ten minutes. A
/// gateway takes up to a gigabyte of memory and, while it starts, a processor.
const GATEWAY_TESTS: usize = 3;
/// Parts of the browser tests, of which two run at a time: more than two, because they are of unlike length.
const BROWSER_PARTS: usize = 4;

/// `cargo test` of the workspace. A choice of packages would choose other features of what they share, and compile that
/// once more; a stage chooses among the test programs.
fn tests(settings: &[(&str, String)]) -> Command {
    let mut command = cargo();
    command.args(["test", "--workspace"]).envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// What a stage does that runs beside others, when all that it needs is there.
pub(super) fn prepare(processes: &Processes, stage: Stage, settings: &[(&str, String)]) -> Result<Command> {
    let Stage::OpenClaw = stage else { bail!("{} runs alone", stage.name()) };
    let gateways = openclaw::provide(processes)?;
    // All test programs, so that nobody waits for somebody else's compiler.
    processes.run(tests(settings).arg("--no-run"), LONG)?;
    let outside = ["--test", "black-box", "--test", "openclaw", "--no-run"];
    processes.run(tests(settings).args(outside), LONG)?;
    let mut command = tests(settings);
    command
        .args(["--test", "openclaw", "--no-fail-fast", "--"])
        .arg(format!("--test-threads={GATEWAY_TESTS}"));
    command.envs(gateways).env("MC_TEST_BINARY", built()?);
    Ok(command)
}

/// Runs one stage. `settings` tell the tests where their servers are.
pub(super) fn run(processes: &Processes, stage: Stage, settings: &[(&str, String)]) -> Result<()> {
    match stage {
        Stage::Arrows => arrows::check(machine::root()),
        Stage::Links => links::check(machine::root()),
        Stage::Fmt => processes.run(cargo().args(["fmt", "--all", "--check"]), SHORT),
        Stage::Clippy => {
            let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
            processes.run(cargo().args(arguments), LONG)
        }
        Stage::Doc => {
            let mut command = cargo();
            command.args(["doc", "--workspace", "--no-deps"]);
            processes.run(command.env("RUSTDOCFLAGS", "-D warnings"), LONG)
        }
        Stage::Rust => processes.run(tests(settings).arg("--no-fail-fast"), LONG),
        Stage::Ui => {
            machine::install_console(processes)?;
            processes.run(npm().args(["run", "check"]), SHORT)?;
            processes.run(npm().args(["run", "test"]), SHORT)
        }
        Stage::Build => {
            let mut command = cargo();
            command.args(["build", "--release", "--package", "mission-control"]);
            processes.run(command.env("MC_UI", "build"), LONG)
        }
        Stage::Deploy => deploy::check(processes),
        Stage::Manual => manual::check(processes, &built()?),
        Stage::Logs => logs::scan(&logs::folder()),
        Stage::Openapi => openapi::check(processes, &built()?),
        Stage::BlackBox => {
            let mut command = tests(settings);
            command.args(["--test", "black-box", "--no-fail-fast"]);
            processes.run(command.env("MC_TEST_BINARY", built()?), LONG)
        }
        Stage::Generated => generated::check(processes, &built()?),
        Stage::OpenClaw => processes.run(&mut prepare(processes, stage, settings)?, LONG),
        Stage::Browser => browser(processes),
    }
}

/// The tests in a browser: parts of them side by side, each with a server of its own, and then those that measure.
fn browser(processes: &Processes) -> Result<()> {
    let binary = built()?;
    machine::install_console(processes)?;
    let mut build = cargo();
    build.args(["build", "--workspace", "--features", "mc-openclaw/fake", "--example", "fake_gateway"]);
    processes.run(&mut build, LONG)?;
    let next = AtomicUsize::new(1);
    let lane = || {
        let mut outcome = Ok(());
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part > BROWSER_PARTS {
                return outcome;
            }
            let shard = format!("--shard={part}/{BROWSER_PARTS}");
            let traces = format!("--output=test-results/{part}");
            let part = e2e(processes, &binary, &["--project=behaviour", &shard, &traces]);
            // All parts run, and the first failure is told.
            outcome = outcome.and(part);
        }
    };
    let behaviour = thread::scope(|scope| {
        let other = scope.spawn(lane);
        let outcome = lane();
        other.join().unwrap_or_else(|_| bail!("the thread of the other lane panicked")).and(outcome)
    });
    let speed = e2e(processes, &binary, &["--project=speed", "--output=test-results/speed"]);
    behaviour.and(speed)
}

/// Playwright against a server and a gateway in memory that nobody else uses.
fn e2e(processes: &Processes, binary: &Path, arguments: &[&str]) -> Result<()> {
    let port = free_port()?;
    let mut gateway = Command::new(machine::example("fake_gateway"));
    let _gateway = processes.start(gateway.args([&port.to_string(), GATEWAY_TOKEN]))?;
    // The tests themselves are what the servers ask outside: a mirror of skill packs and souls, and an identity provider.
    let archives = format!("http://127.0.0.1:{}", free_port()?);
    let provider = format!("http://127.0.0.1:{}", free_port()?);
    let settings = [
        ("CORS_ORIGINS", ORIGIN),
        ("MC_SKILL_PACK_ARCHIVE_URL", &archives),
        ("MC_SOULS_DIRECTORY_URL", &archives),
    ];
    let server = Server::start_logged(processes, binary, &settings, "browser")?;
    let people = Server::start_with_provider(processes, binary, &provider, "browser-people")?;
    let mut command = npm();
    command.args(["run", "e2e", "--"]).args(arguments);
    command.env("MC_E2E_URL", server.url()).env("MC_E2E_TOKEN", &server.token);
    command.env("MC_E2E_ARCHIVES", &archives).env("MC_E2E_PROVIDER", &provider);
    command.env("MC_E2E_PEOPLE_URL", people.url());
    command.env("MC_E2E_ORIGIN", ORIGIN).env("MC_E2E_GATEWAY", format!("ws://127.0.0.1:{port}"));
    command.env("MC_E2E_GATEWAY_TOKEN", GATEWAY_TOKEN);
    // Otherwise a failure opens a report and waits for somebody to look at it.
    command.env("PLAYWRIGHT_HTML_OPEN", "never").env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    processes.run(&mut command, LONG)
}

fn built() -> Result<PathBuf> {
    let binary = machine::release_binary();
    if binary.is_file() {
        Ok(binary)
    } else {
        bail!("{} does not exist: run the stage `build` too", binary.display())
    }
}
