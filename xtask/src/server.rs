//! The release executable, running on a free port with temporary data.

use std::{fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{
    http::{free_port, status},
    process::{Processes, Running},
};

const START_LIMIT: Duration = Duration::from_secs(60);

/// A server with its own empty data folder. Dropped, it is gone.
pub(crate) struct Server {
    /// Where it listens on the loopback interface.
    pub(crate) port: u16,
    /// The token with which one signs in.
    pub(crate) token: String,
    running: Running,
    _folder: TempDir,
}

impl Server {
    /// Starts the executable with only the given settings, and waits until it is ready.
    pub(crate) fn start(processes: &Processes, binary: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("mc-data-").tempdir()?;
        let data = folder.path().join("data");
        let port = free_port()?;
        let mut command = Command::new(binary);
        // The settings of whoever runs this, in the environment or in a `.env` file here, are not part of it.
        command.arg("serve").env_clear().current_dir(folder.path());
        command.env("HOST", "127.0.0.1").env("PORT", port.to_string()).env("MC_DATA_DIR", &data);
        command.env("LOG_LEVEL", "WARNING").envs(settings.iter().copied());
        let mut running = processes.start(&mut command)?;
        let ready = || (status(port, "/readyz")? == 200).then_some(());
        processes.wait_for(&mut running, START_LIMIT, ready)?;
        let file = data.join("local-token");
        let token = fs::read_to_string(&file).with_context(|| file.display().to_string())?.trim().to_owned();
        Ok(Self { port, token, running, _folder: folder })
    }

    /// Where a browser finds it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.running.id()
    }
}
