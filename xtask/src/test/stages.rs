//! What each stage runs. Each child has a time limit: a test that hangs must fail, not stop.

use std::{process::Command, time::Duration};

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

const SHORT: Duration = Duration::from_secs(300);
const LONG: Duration = Duration::from_secs(2700);
/// Where the browser tests serve a console that is not the server's own.
const ORIGIN: &str = "http://127.0.0.1:41799";
/// What the gateway in memory that the browser tests use asks for.
const GATEWAY_TOKEN: &str = "token-of-the-fake-gateway";
/// Tests with gateways that run at the same time: two at work beside the one that watches idle ones for ten minutes. A
/// gateway takes up to a gigabyte of memory and, while it starts, a processor.
const GATEWAY_TESTS: usize = 3;

/// Runs one stage. `settings` tell the tests where their servers are.
pub(super) fn run(processes: &Processes, stage: Stage, settings: &[(&str, String)]) -> Result<()> {
    let tests = || {
        let mut command = cargo();
        command.arg("test").envs(settings.iter().map(|(name, value)| (name, value)));
        command
    };
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
        // The black box has its own stage, against the release executable.
        Stage::Rust => {
            processes.run(tests().args(["--workspace", "--exclude", "black-box", "--no-fail-fast"]), LONG)
        }
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
            let mut command = tests();
            command.args(["--package", "black-box", "--lib", "--test", "black-box", "--no-fail-fast"]);
            processes.run(command.env("MC_TEST_BINARY", built()?), LONG)
        }
        Stage::Generated => generated::check(processes, &built()?),
        Stage::OpenClaw => {
            let mut command = tests();
            command.args(["--package", "black-box", "--test", "openclaw", "--no-fail-fast", "--"]);
            command.arg(format!("--test-threads={GATEWAY_TESTS}"));
            command.envs(openclaw::provide(processes)?).env("MC_TEST_BINARY", built()?);
            processes.run(&mut command, LONG)
        }
        Stage::Browser => {
            let binary = built()?;
            machine::install_console(processes)?;
            let mut build = cargo();
            build.args([
                "build",
                "--package",
                "mc-openclaw",
                "--features",
                "fake",
                "--example",
                "fake_gateway",
            ]);
            processes.run(&mut build, LONG)?;
            let port = free_port()?;
            let mut gateway = Command::new(machine::example("fake_gateway"));
            let _gateway = processes.start(gateway.args([&port.to_string(), GATEWAY_TOKEN]))?;
            // The tests themselves are what the servers ask outside: a mirror of skill packs, and an identity provider.
            let archives = format!("http://127.0.0.1:{}", free_port()?);
            let provider = format!("http://127.0.0.1:{}", free_port()?);
            let settings = [("CORS_ORIGINS", ORIGIN), ("MC_SKILL_PACK_ARCHIVE_URL", &archives)];
            let server = Server::start_logged(processes, &binary, &settings, "browser")?;
            let people = Server::start_with_provider(processes, &binary, &provider, "browser-people")?;
            let mut command = npm();
            command.env("MC_E2E_ARCHIVES", &archives).env("MC_E2E_PROVIDER", &provider);
            command.env("MC_E2E_PEOPLE_URL", people.url());
            command.args(["run", "e2e"]).env("MC_E2E_URL", server.url()).env("MC_E2E_TOKEN", &server.token);
            command.env("MC_E2E_ORIGIN", ORIGIN).env("MC_E2E_GATEWAY", format!("ws://127.0.0.1:{port}"));
            command.env("MC_E2E_GATEWAY_TOKEN", GATEWAY_TOKEN);
            // Otherwise a failure opens a report and waits for somebody to look at it.
            command.env("PLAYWRIGHT_HTML_OPEN", "never").env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
            processes.run(&mut command, LONG)
        }
    }
}

fn built() -> Result<std::path::PathBuf> {
    let binary = machine::release_binary();
    if binary.is_file() {
        Ok(binary)
    } else {
        bail!("{} does not exist: run the stage `build` too", binary.display())
    }
}
