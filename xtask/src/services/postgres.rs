//! A PostgreSQL cluster that lives as long as the tests.

use std::{
    fs::{self, File, Permissions},
    io::Read,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::tail;
use crate::{
    http::free_port,
    machine,
    process::{Processes, Running},
};

/// The account that runs the cluster when we are root, for which PostgreSQL refuses to start.
const ACCOUNT: &str = "postgres";
const INITDB_LIMIT: Duration = Duration::from_secs(120);
const START_LIMIT: Duration = Duration::from_secs(60);

/// Whether the cluster waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Never: for tests, whose data nobody wants.
    None,
    /// As in production: for figures.
    Full,
}

/// A cluster in a temporary folder, on a free port of the loopback interface. Dropped, it is gone.
pub(crate) struct Postgres {
    url: String,
    // Ended first: fields drop in order.
    _server: Running,
    _folder: TempDir,
}

impl Postgres {
    /// Creates and starts a cluster.
    pub(crate) fn start(processes: &Processes, durability: Durability) -> Result<Self> {
        let programs =
            machine::postgres_programs().context("no PostgreSQL server programs on this machine")?;
        let folder = tempfile::Builder::new().prefix("mc-postgres-").tempdir()?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700))?;
        let (data, password_file) = (folder.path().join("data"), folder.path().join("password"));
        let password = password()?;
        fs::write(&password_file, &password)?;
        if machine::is_root() {
            let (user, group) = (account_id(processes, "-u")?, account_id(processes, "-g")?);
            for path in [folder.path(), &password_file] {
                chown(path, Some(user), Some(group))?;
            }
        }

        let mut initdb = as_account(&programs.join("initdb"));
        initdb.args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        initdb.arg("--pwfile").arg(&password_file).arg("--pgdata").arg(&data);
        processes.run(initdb.current_dir(folder.path()).stdout(Stdio::null()), INITDB_LIMIT)?;

        let port = free_port()?;
        let log = folder.path().join("log");
        let mut postgres = as_account(&programs.join("postgres"));
        postgres.arg("-D").arg(&data).arg("-k").arg(folder.path());
        postgres.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400"]);
        postgres.arg("-c").arg(format!("port={port}"));
        if durability == Durability::None {
            postgres.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        let file = File::create(&log)?;
        postgres.current_dir(folder.path()).stdout(file.try_clone()?).stderr(file);
        let mut server = processes.start(&mut postgres)?;
        let ready = || {
            let mut command = Command::new(programs.join("pg_isready"));
            command.args(["--host=127.0.0.1", "--quiet", "--port"]).arg(port.to_string());
            command.status().ok().filter(std::process::ExitStatus::success)
        };
        processes.wait_for(&mut server, START_LIMIT, ready).with_context(|| tail(&log))?;
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        Ok(Self { url, _server: server, _folder: folder })
    }

    /// The URL of a superuser: tests create their own databases.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// A program as we run it ourselves, or as the account when we are root.
fn as_account(program: &Path) -> Command {
    if !machine::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups"]).arg(program);
    command
}

fn account_id(processes: &Processes, which: &str) -> Result<u32> {
    let text = processes.output(Command::new("id").args([which, ACCOUNT]), Duration::from_secs(10))?;
    text.trim().parse().with_context(|| format!("`id {which} {ACCOUNT}` gave no number"))
}

/// Other accounts of this machine reach the port too, and a superuser of PostgreSQL may run programs.
fn password() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
