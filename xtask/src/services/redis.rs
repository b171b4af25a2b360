//! A Redis server that lives as long as the tests.

use std::{
    fs::File,
    io::{Read, Write},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::tail;
use crate::{
    http::{connect, free_port},
    process::{Processes, Running},
};

const START_LIMIT: Duration = Duration::from_secs(30);

/// A server on a free port of the loopback interface that writes nothing to disk. Dropped, it is gone.
pub(crate) struct Redis {
    url: String,
    // Ended first: fields drop in order.
    _server: Running,
    _folder: TempDir,
}

impl Redis {
    /// Starts a server.
    pub(crate) fn start(processes: &Processes) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("mc-redis-").tempdir()?;
        let (port, log) = (free_port()?, folder.path().join("log"));
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
        ]);
        let file = File::create(&log)?;
        command.arg(folder.path()).stdout(file.try_clone()?).stderr(file);
        let mut server = processes.start(&mut command)?;
        processes.wait_for(&mut server, START_LIMIT, || answers(port)).with_context(|| tail(&log))?;
        Ok(Self { url: format!("redis://127.0.0.1:{port}/0"), _server: server, _folder: folder })
    }

    /// Where the server listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

fn answers(port: u16) -> Option<()> {
    let mut stream = connect(port).ok()?;
    stream.write_all(b"PING\r\n").ok()?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer).ok()?;
    (&answer == b"+PONG").then_some(())
}
