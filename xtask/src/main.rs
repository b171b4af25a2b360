//! Developer commands of Mission Control: `cargo xtask <command>`.

mod arrows;
mod bench;
mod debian;
mod deploy;
mod dev;
mod generated;
mod http;
mod links;
mod logs;
mod machine;
mod manual;
mod openapi;
mod openclaw;
mod process;
mod python;
mod server;
mod services;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::process::Processes;

/// Developer commands of Mission Control.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything that must hold before a change lands: formats, lints, tests, the console, the executable
    Test(test::Options),
    /// Write docs/openapi.json, web/openapi.json and the console's types from the server's own document
    Openapi,
    /// Run the server and the console's development server beside each other
    Dev(dev::Options),
    /// Measure the release executable and print a Markdown table
    Bench(bench::Options),
    /// Check that the crates depend on each other downwards only
    Arrows,
    /// Check licences, advisories and banned crates with cargo-deny
    Deny,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Processes::watching_signals().and_then(|processes| match arguments.command {
        Command::Test(options) => test::run(&processes, &options),
        Command::Openapi => openapi::write(&processes),
        Command::Dev(options) => dev::run(&processes, &options),
        Command::Bench(options) => bench::run(&processes, &options),
        Command::Arrows => arrows::check(machine::root()),
        Command::Deny => machine::deny(&processes),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
