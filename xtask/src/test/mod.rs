//! `cargo xtask test`: everything, in stages, on a machine that may lack the tools.

mod beside;
mod stages;

use std::{
    fmt::Write as _,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::{
    logs,
    machine::{self, Tool},
    process::Processes,
    services::{Durability, Postgres, Redis},
};

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these stages, separated by commas
    #[arg(long, value_delimiter = ',')]
    only: Vec<Stage>,
}

/// The parts of the test, in the order in which they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// The crates depend on each other downwards only
    Arrows,
    /// Links between the Markdown pages lead somewhere
    Links,
    /// The files for operators are what their programs read: Compose, Kubernetes, systemd, proxies, Prometheus
    Deploy,
    /// Rust sources are formatted
    Fmt,
    /// No warning from clippy
    Clippy,
    /// No warning from rustdoc
    Doc,
    /// The release executable with the console inside
    Build,
    /// The executable with real OpenClaw gateways, the newest version and an old one, and a scripted model
    #[value(name = "openclaw")]
    OpenClaw,
    /// Unit and integration tests of all crates, on SQLite and PostgreSQL
    Rust,
    /// The console: types, lints, unit tests
    Ui,
    /// The API document and the console's types are what the executable says
    Openapi,
    /// The commands of the manual do what it says
    Manual,
    /// The executable from outside: files, signals, crashes, two replicas
    BlackBox,
    /// Thousands of requests made from the API document, good and bad, on both databases
    Generated,
    /// The console in a browser against the executable
    Browser,
    /// No secret stands in what the servers of the stages before have logged
    Logs,
}

impl Stage {
    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What must be on the machine for this stage.
    fn tools(self) -> &'static [Tool] {
        match self {
            Self::Arrows | Self::Links | Self::Fmt | Self::Clippy | Self::Doc | Self::Logs => &[],
            Self::Deploy => &[Tool::Python, Tool::Systemd, Tool::OpenSsl],
            Self::Manual => &[Tool::Curl, Tool::Jq, Tool::OpenSsl],
            Self::Rust | Self::BlackBox => &[Tool::Postgres, Tool::Redis],
            Self::Ui | Self::Build | Self::Openapi | Self::OpenClaw => &[Tool::Node],
            Self::Generated => &[Tool::Python, Tool::Postgres],
            Self::Browser => &[Tool::Node, Tool::Chromium],
        }
    }

    /// Whether it waits more than it computes, so that the stages after it run at the same time.
    fn mostly_waits(self) -> bool {
        self == Self::OpenClaw
    }

    /// Whether all before it must have ended: it measures what people feel, or looks at what the others have left.
    fn comes_after_all(self) -> bool {
        matches!(self, Self::Browser | Self::Logs)
    }

    /// Whether this stage runs the release executable.
    fn needs_build(self) -> bool {
        matches!(
            self,
            Self::Openapi | Self::Manual | Self::BlackBox | Self::Generated | Self::OpenClaw | Self::Browser
        )
    }
}

enum Outcome {
    Passed,
    Failed(String),
    NotRun(&'static str),
}

impl Outcome {
    fn of(stage: Stage, result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(error) => {
                eprintln!("{} failed: {error:#}", stage.name());
                Self::Failed(format!("{error:#}"))
            }
        }
    }
}

/// A stage that is over, and how long it took.
type Done = (Stage, Duration, Outcome);

/// Runs the stages, all of them even when one fails, and ends with a table. An error when one did not pass.
pub(crate) fn run(processes: &Processes, options: &Options) -> Result<()> {
    let chosen: Vec<Stage> = Stage::value_variants()
        .iter()
        .copied()
        .filter(|stage| options.only.is_empty() || options.only.contains(stage))
        .collect();
    let mut tools: Vec<Tool> = Vec::new();
    for tool in chosen.iter().flat_map(|stage| stage.tools()) {
        let given = tool.setting().is_some_and(|setting| machine::variable(setting).is_some());
        if !given && !tools.contains(tool) {
            tools.push(*tool);
        }
    }
    machine::provide(processes, &tools)?;
    // Somebody who runs one stage after another wants all of their logs searched.
    if !chosen.iter().all(|stage| *stage == Stage::Logs) {
        logs::clear()?;
    }
    let servers = Servers::start(processes, &tools)?;
    let started = Instant::now();
    let results = run_all(processes, &chosen, &servers.settings)?;
    processes.check()?;
    println!("\n{}", table(&results, started.elapsed()));
    let bad: Vec<String> = results
        .iter()
        .filter(|(_, _, o)| !matches!(o, Outcome::Passed))
        .map(|(stage, _, _)| stage.name())
        .collect();
    if bad.is_empty() { Ok(()) } else { bail!("not passed: {}", bad.join(", ")) }
}

/// Runs one stage after the other, and those that mostly wait beside them. In the order in which they ended.
fn run_all(processes: &Processes, chosen: &[Stage], settings: &[(&str, String)]) -> Result<Vec<Done>> {
    let mut results: Vec<Done> = Vec::new();
    thread::scope(|scope| {
        let mut beside = Vec::new();
        for &stage in chosen {
            processes.check()?;
            if stage.comes_after_all() {
                results.extend(beside.drain(..).map(beside::Stage::join));
            }
            println!("\n=== {} ===", stage.name());
            let started = Instant::now();
            let broken =
                |(done, _, outcome): &Done| *done == Stage::Build && !matches!(outcome, Outcome::Passed);
            let result = if stage.needs_build() && results.iter().any(broken) {
                results.push((stage, started.elapsed(), Outcome::NotRun("the build failed")));
                continue;
            } else if stage.mostly_waits() {
                match beside::Stage::start(scope, processes, stage, settings) {
                    Ok(running) => {
                        beside.push(running);
                        continue;
                    }
                    Err(error) => Err(error),
                }
            } else if beside.is_empty() {
                stages::run(processes, stage, settings)
            } else {
                // Those beside have deadlines, and these only take longer.
                stages::run(&processes.stepping_back(), stage, settings)
            };
            results.push((stage, started.elapsed(), Outcome::of(stage, result)));
        }
        results.extend(beside.into_iter().map(beside::Stage::join));
        Ok(results)
    })
}

/// The servers that the chosen stages need, and how the tests are told of them.
struct Servers {
    settings: Vec<(&'static str, String)>,
    _postgres: Option<Postgres>,
    _redis: Option<Redis>,
}

impl Servers {
    fn start(processes: &Processes, tools: &[Tool]) -> Result<Self> {
        // Without PostgreSQL a test would pass on SQLite alone.
        let logs = logs::folder().display().to_string();
        let mut settings = vec![(machine::TEST_REQUIRE_POSTGRES, "1".to_owned()), (logs::TEST_LOGS, logs)];
        let postgres = tools
            .contains(&Tool::Postgres)
            .then(|| Postgres::start(processes, Durability::None))
            .transpose()?;
        settings.extend(postgres.as_ref().map(|server| (machine::TEST_POSTGRES, server.url().to_owned())));
        let redis = tools.contains(&Tool::Redis).then(|| Redis::start(processes)).transpose()?;
        settings.extend(redis.as_ref().map(|server| (machine::TEST_REDIS, server.url().to_owned())));
        Ok(Self { settings, _postgres: postgres, _redis: redis })
    }
}

/// What became of the stages. `total` is less than the sum of the rows when some ran beside others.
fn table(results: &[Done], total: Duration) -> String {
    let mut text = format!("{:<10} {:>8}  outcome\n", "stage", "seconds");
    for (stage, took, outcome) in results {
        let outcome = match outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed(error) => format!("FAILED: {}", error.lines().next().unwrap_or_default()),
            Outcome::NotRun(why) => format!("NOT RUN: {why}"),
        };
        writeln!(text, "{:<10} {:>8.1}  {outcome}", stage.name(), took.as_secs_f64())
            .expect("a String takes any text");
    }
    writeln!(text, "{:<10} {:>8.1}", "total", total.as_secs_f64()).expect("a String takes any text");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_every_outcome_in_one_line() {
        let done = [
            (Stage::Fmt, Duration::from_millis(1250), Outcome::Passed),
            (Stage::Build, Duration::from_secs(61), Outcome::Failed("no npm\nmore".to_owned())),
            (Stage::BlackBox, Duration::ZERO, Outcome::NotRun("the build failed")),
        ];
        let text = table(&done, Duration::from_millis(62_200));
        let expected = "stage       seconds  outcome\nfmt             1.2  passed\nbuild          61.0  FAILED: no npm\n\
                        black-box       0.0  NOT RUN: the build failed\ntotal          62.2\n";
        assert_eq!(text, expected);
    }
}
