//! `cargo xtask bench`: what the release executable costs and how fast it answers, as a Markdown table.
//!
//! Load comes from wrk on the same machine, so that the figures compare releases and not machines.

mod agents;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    http::{agent, get},
    machine::{self, Tool},
    process::Processes,
    server::Server,
    services::{Durability, Postgres},
};

const BUILD_LIMIT: Duration = Duration::from_secs(2700);
/// How often the start is measured; the median counts.
const STARTS: usize = 7;
/// How long the server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds for which each load lasts
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Connections that are kept open at the same time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(2..=1024))]
    connections: u32,
    /// Executable to measure instead of building one; the fake gateway is then built without optimisation
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Measure only agents on a gateway
    #[arg(long)]
    only_agents: bool,
}

/// Builds, measures on both databases, and prints the table.
pub(crate) fn run(processes: &Processes, options: &Options) -> Result<()> {
    machine::provide(processes, &[Tool::Node, Tool::Postgres, Tool::Wrk])?;
    let binary = match &options.binary {
        Some(binary) => binary.clone(),
        None => {
            let mut build = machine::cargo();
            build.args(["build", "--release", "--package", "mission-control"]).env("MC_UI", "build");
            processes.run(&mut build, BUILD_LIMIT)?;
            machine::release_binary()
        }
    };
    let mut build = machine::cargo();
    build.args(["build", "--package", "mc-openclaw", "--features", "fake", "--example", "fake_gateway"]);
    processes.run(&mut build, BUILD_LIMIT)?;
    let fake = machine::example("fake_gateway");

    // Here the disk counts, so the cluster is as durable as in production.
    let cluster = Postgres::start(processes, Durability::Full)?;
    let [mut sqlite, mut postgres] = [Vec::new(), Vec::new()];
    if !options.only_agents {
        sqlite = measure(processes, options, &binary, &[])?;
        postgres = measure(processes, options, &binary, &[("DATABASE_URL", cluster.url())])?;
    }
    sqlite.extend(agents::measure(processes, &binary, &fake, &[])?);
    let other = Postgres::start(processes, Durability::Full)?;
    postgres.extend(agents::measure(processes, &binary, &fake, &[("DATABASE_URL", other.url())])?);

    println!("\n`cargo xtask bench --seconds {} --connections {}`", options.seconds, options.connections);
    println!("on {}:\n", computer());
    println!("| Measure | SQLite | PostgreSQL |\n|---|---|---|");
    for ((name, sqlite), (_, postgres)) in sqlite.iter().zip(&postgres) {
        println!("| {name} | {sqlite} | {postgres} |");
    }
    if options.only_agents {
        return Ok(());
    }
    println!("\n| Measure | Size |\n|---|---|");
    println!("| Executable with the console | {} |", megabytes(fs::metadata(&binary)?.len()));
    for (coding, (bytes, requests)) in first_load(processes, &binary)? {
        println!(
            "| First page and all that it names, {coding} | {} kB in {requests} requests |",
            bytes.div_ceil(1000)
        );
    }
    Ok(())
}

type Figures = Vec<(&'static str, String)>;

fn measure(
    processes: &Processes,
    options: &Options,
    binary: &Path,
    settings: &[(&str, &str)],
) -> Result<Figures> {
    // The first start also creates the schema; what an operator waits for at a restart is the later ones.
    let mut starts = Vec::new();
    let mut server = Server::start(processes, binary, settings)?;
    for _ in 0..STARTS {
        starts.push(server.restart(processes, binary, settings)?);
    }
    starts.sort();
    std::thread::sleep(IDLE);
    let memory = resident(server.id())?;

    let client = agent();
    let authorization = format!("Bearer {}", server.token);
    let boards = format!("{}/api/v1/boards", server.url());
    let body = json!({"name": "Load", "slug": "load", "description": "A board under load."});
    let request =
        client.post(&boards).header("authorization", &authorization).content_type("application/json");
    let mut answer = request.send(body.to_string()).context("cannot create a board")?;
    let board: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
    let board = board["id"].as_str().with_context(|| format!("no board was created: {board}"))?;

    let read = load(processes, options, &boards, &authorization, None)?;
    let task = json!({"title": "A task under load"}).to_string();
    let write = load(processes, options, &format!("{boards}/{board}/tasks"), &authorization, Some(&task))?;
    let busy = resident(server.id())?;
    Ok(vec![
        ("Start to first 200, median", format!("{} ms", starts[STARTS / 2].as_millis())),
        ("Memory, idle", megabytes(memory)),
        ("Memory, after the load", megabytes(busy)),
        ("`GET /api/v1/boards`", read),
        ("`POST …/tasks`", write),
    ])
}

/// Requests a second and the slowest of a hundred, from wrk. An answer other than 2xx or 3xx is an error.
fn load(
    processes: &Processes,
    options: &Options,
    url: &str,
    authorization: &str,
    body: Option<&str>,
) -> Result<String> {
    let mut script = tempfile::Builder::new().suffix(".lua").tempfile()?;
    // JSON strings are Lua strings for the plain texts that are used here.
    writeln!(script, "wrk.headers[\"Authorization\"] = {}", json!(authorization))?;
    if let Some(body) = body {
        writeln!(script, "wrk.method = \"POST\"\nwrk.body = {}", json!(body))?;
        writeln!(script, "wrk.headers[\"Content-Type\"] = \"application/json\"")?;
    }
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "2", "--latency", "--connections", &options.connections.to_string()]);
    wrk.arg("--duration").arg(format!("{}s", options.seconds)).arg("--script").arg(script.path()).arg(url);
    let text = processes.output(&mut wrk, Duration::from_secs(options.seconds + 60))?;
    figures(&text).with_context(|| format!("wrk said:\n{text}"))
}

fn figures(text: &str) -> Result<String> {
    let value = |label: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim).map(str::to_owned)
    };
    if let Some(bad) = value("Non-2xx or 3xx responses:") {
        bail!("{bad} answers were errors");
    }
    if let Some(bad) = value("Socket errors:") {
        bail!("connections failed: {bad}");
    }
    let rate: f64 = value("Requests/sec:").context("no rate")?.parse().context("the rate is no number")?;
    let slow = value("99%").context("no latency")?;
    Ok(format!("{rate:.0} req/s, p99 {slow}"))
}

/// Bytes and number of the requests for the first page and for the files that it names, by coding.
fn first_load(processes: &Processes, binary: &Path) -> Result<Vec<(&'static str, (u64, usize))>> {
    let server = Server::start(processes, binary, &[])?;
    let (client, url) = (agent(), server.url());
    let page = get(&client, &url, &[])?.body_mut().read_to_string()?;
    let attributes = page.split('"').skip(1).step_by(2);
    let paths: Vec<&str> = attributes.filter(|text| text.starts_with('/')).chain(["/"]).collect();
    let size = |coding: &'static str| -> Result<(u64, usize)> {
        let mut bytes = 0;
        for path in &paths {
            // The client knows no coding, so it gives the bytes as they were sent.
            let mut response = get(&client, &format!("{url}{path}"), &[("accept-encoding", coding)])?;
            bytes += response.body_mut().read_to_vec()?.len() as u64;
        }
        Ok((bytes, paths.len()))
    };
    Ok(vec![("Brotli", size("br")?), ("gzip", size("gzip")?), ("plain", size("identity")?)])
}

/// Resident memory of a process in bytes.
fn resident(id: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// Processor and number of cores.
fn computer() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores of {}", model.map_or("an unknown processor", |(_, model)| model.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Running 10s test @ http://127.0.0.1:1/\n  2 threads and 32 connections\n  Latency Distribution\n     \
                        50%    1.20ms\n     99%    4.56ms\n  100 requests in 10.00s, 1MB read\nRequests/sec:   9876.54\n";

    #[test]
    fn the_figures_of_wrk_are_read() {
        assert_eq!(figures(GOOD).unwrap(), "9877 req/s, p99 4.56ms");
    }

    #[test]
    fn a_load_with_errors_has_no_figure() {
        for bad in
            ["  Non-2xx or 3xx responses: 7\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"]
        {
            assert!(figures(&format!("{GOOD}{bad}")).is_err(), "{bad}");
        }
        assert!(figures("").is_err());
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(
            (megabytes(0), megabytes(1), megabytes(41_200_000)),
            ("0.0 MB".into(), "0.1 MB".into(), "41.2 MB".into())
        );
    }
}
