//! The server and the console's development server beside each other.

use std::time::Duration;

use anyhow::Result;

use crate::{
    http::status,
    machine::{cargo, install_console, npm},
    process::Processes,
};

/// A debug build from nothing takes minutes.
const START_LIMIT: Duration = Duration::from_secs(1800);
/// Both go on until we are interrupted.
const FOREVER: Duration = Duration::MAX;

/// Arguments of `cargo xtask dev`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Port of the server; the console's own port is shown by Vite
    #[arg(long, default_value_t = 8000)]
    port: u16,
}

/// Runs both until one ends or we are interrupted. The server's settings come from the environment and from `.env`.
pub(crate) fn run(processes: &Processes, options: &Options) -> Result<()> {
    install_console(processes)?;
    let mut serve = cargo();
    serve.args(["run", "--package", "mission-control", "--", "serve"]).env("PORT", options.port.to_string());
    let mut server = processes.start(&mut serve)?;
    let ready = || (status(options.port, "/readyz")? == 200).then_some(());
    processes.wait_for(&mut server, START_LIMIT, ready)?;
    let address = format!("http://127.0.0.1:{}", options.port);
    processes.run(npm().args(["run", "dev"]).env("MC_DEV_SERVER", address), FOREVER)
}
