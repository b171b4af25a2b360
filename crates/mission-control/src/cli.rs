//! The command line.

use std::{fmt::Write as _, io::Write as _, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::{
    backup, check,
    config::{Settings, Warning},
    demo, gateways, import, init, jobs, log, migrate, serve,
    traces::Traces,
};

/// Run fleets of AI agents: a server with a web console, in one file.
///
/// Configuration comes from the environment and from `.env` in the working directory; without any,
/// the server starts on an SQLite file of its own. See docs/configuration.md.
#[derive(Debug, Parser)]
#[command(name = "mission-control", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console and the API, and run background jobs (the default).
    Serve,
    /// Run background jobs only, beside a server on the same database.
    Worker,
    /// Write an `.env` with new secrets, for installations that are configured by one.
    Init(init::Options),
    /// Find what is wrong with this installation, and say what to do.
    Check(check::Options),
    /// Bring the database to the schema of this version, or tell how far it is.
    Migrate(migrate::MigrateArgs),
    /// Put the database back to the copy from before the last migration.
    ///
    /// What was written since then is kept in a safety copy. Start the version of before afterwards: this one would
    /// migrate again.
    Rollback {
        #[command(flatten)]
        passphrase: backup::Passphrase,
    },
    /// Back up the database into one file; look at, check and try backups.
    Backup(backup::BackupArgs),
    /// Put the database of a backup in the place of the present one.
    ///
    /// Stop the server first. What was there before is kept beside it.
    Restore(backup::RestoreArgs),
    /// Take over the database of a reference server. Can be run again: what is here already is left alone.
    Import(import::ImportArgs),
    /// Fill an organization with a fleet at work, to look around in; nothing else is touched.
    Demo(demo::DemoArgs),
    /// Look at failed background jobs, or try one again.
    Jobs {
        #[command(subcommand)]
        command: jobs::Command,
    },
    /// Work on gateways and the agents that live there.
    Gateways {
        #[command(subcommand)]
        command: gateways::Command,
    },
    /// Print the API document.
    Openapi,
    /// Print the version.
    Version,
}

/// Runs the executable; every error is one line on standard error.
#[must_use]
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = String::new();
            for line in format!("{error:#}").lines() {
                let _ = writeln!(text, "mission-control: {line}");
            }
            // Standard error that is gone leaves nobody to tell.
            let _ = std::io::stderr().write_all(text.as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Openapi => print(&format!("{:#}\n", mc_api::document())),
        Command::Version => print(&format!("mission-control {}\n", env!("CARGO_PKG_VERSION"))),
        Command::Serve => within(log::Role::Service, |settings| serve::run(settings, serve::Role::Server)),
        Command::Worker => within(log::Role::Service, |settings| serve::run(settings, serve::Role::Worker)),
        Command::Init(options) => init::run(&load()?.0, &options, &mc_base::Random::system()),
        Command::Check(options) => check(options),
        Command::Migrate(arguments) => {
            within(log::Role::Command, move |settings| migrate::run(settings, arguments))
        }
        Command::Rollback { passphrase } => {
            within(log::Role::Command, move |settings| backup::rollback(settings, passphrase))
        }
        Command::Backup(arguments) => {
            within(log::Role::Command, move |settings| backup::run(settings, arguments))
        }
        Command::Restore(arguments) => {
            within(log::Role::Command, move |settings| backup::restore(settings, arguments))
        }
        Command::Import(arguments) => {
            within(log::Role::Command, move |settings| import::run(settings, arguments))
        }
        Command::Demo(arguments) => {
            within(log::Role::Command, move |settings| demo::run(settings, arguments))
        }
        Command::Jobs { command } => within(log::Role::Command, move |settings| jobs::run(settings, command)),
        Command::Gateways { command } => {
            within(log::Role::Command, move |settings| gateways::run(settings, command))
        }
    }
}

/// Writes to standard output; a reader that has gone away is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}

/// Reads the configuration, starts the log and the runtime, and runs a command in it.
fn within<F>(role: log::Role, command: impl FnOnce(Settings) -> F) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<()>>,
{
    let (settings, warnings) = load()?;
    let runtime = runtime()?;
    let traces = match (&settings.traces, role) {
        (Some(traces), log::Role::Service) => {
            Some(Traces::start(traces, &settings.environment, runtime.handle())?)
        }
        _ => None,
    };
    log::start(&settings.log, role, traces.as_ref());
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let result = runtime.block_on(command(settings));
    if let Some(traces) = traces {
        traces.stop();
    }
    result
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("the asynchronous runtime cannot start")
}

/// The one place where the environment is read.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The text of `.env` in the working directory, if there is one.
fn dotenv() -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(".env") {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(".env cannot be read; make it readable or remove it"),
    }
}

fn load() -> anyhow::Result<(Settings, Vec<Warning>)> {
    Settings::load(environment(), dotenv()?.as_deref()).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(lines.join("\n"))
    })
}

/// The doctor also wants what cannot be used, and what a console is built with.
fn check(options: check::Options) -> anyhow::Result<()> {
    let (environment, dotenv) = (environment(), dotenv()?);
    let build = check::ConsoleBuild::of(&environment);
    runtime()?.block_on(check::run(Settings::load(environment, dotenv.as_deref()), build, options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
