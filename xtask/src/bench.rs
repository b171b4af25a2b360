//! `cargo xtask bench`: what the release executable costs and how fast it answers, as a Markdown table.
//!
//! Load comes from wrk on the same machine, so that the figures compare releases and not machines.

mod agents;
mod figure;
mod live;
mod load;
mod webhook;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    http::{agent, get, post},
    machine::{self, Tool},
    process::Processes,
    server::Server,
    services::{Durability, Postgres},
};
use figure::Figure;
use load::Load;

const BUILD_LIMIT: Duration = Duration::from_secs(2700);
/// How often the start is measured; the median counts.
const STARTS: usize = 7;
/// How long the server is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);
/// How many tasks the board of the snapshot has.
const TASKS: usize = 200;
/// Settings of every server here: the limits that protect it from one sender, or one person, are not what is measured.
/// On PostgreSQL several servers in turn have one database, and therefore one key.
const SETTINGS: [(&str, &str); 3] = [
    ("MC_WEBHOOK_LIMIT", "100000"),
    ("MC_STREAMS_PER_USER", "10000"),
    ("MC_SECRET_KEY", "4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d4b1d"),
];

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
        Some(binary) => fs::canonicalize(binary)?,
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
    live::allow_connections()?;

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
    println!("{}", figure::table(&sqlite, &postgres));
    if options.only_agents {
        return Ok(());
    }
    println!("| Measure | Reference | Goal | Size |\n|---|---|---|---|");
    println!(
        "| Executable with the console | – | < 40 MB | {} |",
        figure::megabytes(fs::metadata(&binary)?.len())
    );
    for (coding, (bytes, requests)) in first_load(processes, &binary)? {
        let (reference, goal) = match coding {
            "gzip" => ("651 kB in about 110 requests", "< 200 kB in < 15 requests"),
            _ => ("–", "–"),
        };
        println!(
            "| First page and all that it names, {coding} | {reference} | {goal} | {} kB in {requests} requests |",
            bytes.div_ceil(1000)
        );
    }
    Ok(())
}

fn measure(
    processes: &Processes,
    options: &Options,
    binary: &Path,
    settings: &[(&str, &str)],
) -> Result<Vec<Figure>> {
    let settings = [&SETTINGS, settings].concat();
    // The first start also creates the schema; what an operator waits for at a restart is the later ones.
    let mut starts = Vec::new();
    let mut server = Server::start(processes, binary, &settings)?;
    for _ in 0..STARTS {
        starts.push(server.restart(processes, binary, &settings)?);
    }
    starts.sort();
    std::thread::sleep(IDLE);
    let memory = resident(server.id())?;

    let client = agent();
    let authorization = format!("Bearer {}", server.token);
    let person = [("authorization", authorization.as_str())];
    let boards = format!("{}/api/v1/boards", server.url());
    let new_board = |name: &str| {
        let body = json!({"name": name, "slug": "", "description": "A board under load."});
        let board = post(&client, &boards, &person, &body)?;
        let id = board["id"].as_str().with_context(|| format!("no board was created: {board}"))?;
        anyhow::Ok(format!("{boards}/{id}"))
    };
    let full = new_board("Full")?;
    for number in 0..TASKS {
        let task =
            json!({"title": format!("Task {number}"), "description": "What is to be done, in some words."});
        post(&client, &format!("{full}/tasks"), &person, &task)?;
    }
    let busy = new_board("Busy")?;
    let load = |url: &str| Load::new(processes, options.seconds, options.connections, url);
    let by_person = |url: &str| load(url).header("Authorization", &authorization);
    let task = json!({"title": "A task under load"});

    let list = by_person(&boards).run()?;
    let tasks = by_person(&format!("{full}/tasks?limit=50")).run()?;
    let snapshot = by_person(&format!("{full}/snapshot")).run()?;
    let create = by_person(&format!("{busy}/tasks")).post(&task).run()?;
    let (hook, secret) = webhook::make(&client, &busy, &person)?;
    let delivery = webhook::delivery();
    let signed = webhook::signature(&secret, &delivery.to_string());
    let ingest = load(&hook).header("X-Hub-Signature-256", &signed).post(&delivery).run()?;
    let after = resident(server.id())?;

    // What was wanted meanwhile is done first.
    let quiet = Server::start(processes, binary, &settings)?;
    let mut figures = vec![
        Figure::time("Start to first 200, median", starts[STARTS / 2])
            .beside(Duration::from_secs(5).as_secs_f64(), "5 s")
            .goal("< 300 ms"),
        Figure::memory("Memory, idle", memory).beside(410e6, "410 MB").goal("< 60 MB"),
        Figure::memory("Memory, after the load", after),
        Figure::rate("`GET /boards`", &list).beside(68.0, "68 req/s").goal("≥ 50×"),
        Figure::rate("Tasks of a board, 50 of 200", &tasks).beside(37.0, "37 req/s").goal("≥ 50×"),
        Figure::rate("Snapshot of a board with 200 tasks", &snapshot).beside(15.0, "15 req/s").goal("≥ 50×"),
        Figure::rate("Create a task", &create).beside(56.0, "56 req/s").goal("≥ 40×"),
        Figure::rate("Take in a signed webhook", &ingest).beside(109.0, "109 req/s").goal("≥ 40×"),
    ];
    figures.extend(live::measure(&quiet)?);
    Ok(figures)
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

/// Processor and number of cores.
fn computer() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores of {}", model.map_or("an unknown processor", |(_, model)| model.trim()))
}
