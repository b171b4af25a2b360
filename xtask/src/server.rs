//! The release executable, running on a free port with temporary data.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{
    http::{free_port, status},
    logs,
    process::{Processes, Running},
};

const START_LIMIT: Duration = Duration::from_secs(60);

/// A server with its own data folder. Dropped, it is gone.
pub(crate) struct Server {
    port: u16,
    /// The token with which one signs in; blank where people sign in at a provider.
    pub(crate) token: String,
    running: Running,
    folder: TempDir,
}

impl Server {
    /// Starts the executable with only the given settings, and waits until it is ready. What goes wrong is shown here.
    pub(crate) fn start(processes: &Processes, binary: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let (folder, port) = (folder()?, free_port()?);
        let command = serve(binary, folder.path(), port, settings);
        Self::begin(processes, command, folder, port)
    }

    /// The same for tests of a stage: the server writes a detailed log into the folder that is searched for secrets.
    pub(crate) fn start_logged(
        processes: &Processes,
        binary: &Path,
        settings: &[(&str, &str)],
        stage: &str,
    ) -> Result<Self> {
        let (folder, port) = (folder()?, free_port()?);
        let command = serve(binary, folder.path(), port, settings);
        let server = Self::begin_logged(processes, command, folder, port, stage)?;
        logs::remember(&server.token)?;
        Ok(server)
    }

    /// The same, where people sign in at a provider of OpenID Connect: as many as a test needs. It is asked for when
    /// somebody signs in, so it need not be there yet.
    pub(crate) fn start_with_provider(
        processes: &Processes,
        binary: &Path,
        issuer: &str,
        stage: &str,
    ) -> Result<Self> {
        let (folder, port) = (folder()?, free_port()?);
        let base = format!("http://127.0.0.1:{port}");
        let settings = [
            ("AUTH_MODE", "oidc"),
            ("MC_OIDC_ISSUER", issuer),
            ("MC_OIDC_CLIENT_ID", "mission-control"),
            // The provider sends people back to it.
            ("BASE_URL", &base),
        ];
        Self::begin_logged(processes, serve(binary, folder.path(), port, &settings), folder, port, stage)
    }

    fn begin_logged(
        processes: &Processes,
        mut command: Command,
        folder: TempDir,
        port: u16,
        stage: &str,
    ) -> Result<Self> {
        fs::create_dir_all(logs::folder())?;
        let path = logs::folder().join(format!("{stage}-{port}.log"));
        let log = File::options().create(true).append(true).open(&path)?;
        command.env("LOG_LEVEL", "DEBUG").stdout(log.try_clone()?).stderr(log);
        Self::begin(processes, command, folder, port).with_context(|| path.display().to_string())
    }

    fn begin(processes: &Processes, mut command: Command, folder: TempDir, port: u16) -> Result<Self> {
        let mut running = processes.start(&mut command)?;
        let ready = || (status(port, "/readyz")? == 200).then_some(());
        processes.wait_for(&mut running, START_LIMIT, ready)?;
        let file = folder.path().join("data/local-token");
        let token = match fs::read_to_string(&file) {
            Ok(token) => token.trim().to_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(file.display().to_string()),
        };
        Ok(Self { port, token, running, folder })
    }

    /// Its data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where a browser finds it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether it answers that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        status(self.port, "/readyz") == Some(200)
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.running.id()
    }

    /// Ends the process, starts the executable again on the same data, and gives the time to its first good answer.
    pub(crate) fn restart(
        &mut self,
        processes: &Processes,
        binary: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Duration> {
        self.running.end();
        let mut command = serve(binary, self.folder.path(), self.port, settings);
        let started = Instant::now();
        self.running = processes.start(&mut command)?;
        while status(self.port, "/readyz") != Some(200) {
            if started.elapsed() > START_LIMIT {
                bail!("no answer after {} s", START_LIMIT.as_secs());
            }
            // Finer than the figure that is shown.
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(started.elapsed())
    }
}

fn folder() -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("mc-data-").tempdir()?)
}

/// The command, with its data under `folder`.
fn serve(binary: &Path, folder: &Path, port: u16, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary);
    // The settings of whoever runs this, in the environment or in a `.env` file here, are not part of it.
    command.arg("serve").env_clear().current_dir(folder);
    command.env("HOST", "127.0.0.1").env("PORT", port.to_string()).env("MC_DATA_DIR", folder.join("data"));
    command.env("LOG_LEVEL", "WARNING").envs(settings.iter().copied());
    command
}
