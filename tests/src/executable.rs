//! The executable and what it leaves on disk.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::OnceLock,
    thread,
    time::Instant,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{
    Client, LIMIT, POLL,
    database::{Database, Kind, older_schema},
    secrets, variable,
};

/// The executable under test: `MC_TEST_BINARY`, or else the debug build, which is brought up to date first.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        variable("MC_TEST_BINARY").map_or_else(build, |path| {
            let path = PathBuf::from(path);
            assert!(path.is_file(), "MC_TEST_BINARY={} is not a file", path.display());
            path
        })
    })
}

fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace");
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    let status = cargo.args(["build", "--package", "mission-control"]).current_dir(root).status();
    assert!(status.is_ok_and(|status| status.success()), "`cargo build --package mission-control` failed");
    let target = variable("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
    target.join("debug/mission-control")
}

/// What a command answered on standard output; it must have succeeded.
#[must_use]
#[track_caller]
pub fn answered(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A data folder, a database, and settings, with which the executable can be started again and again.
pub struct Installation {
    settings: BTreeMap<&'static str, String>,
    database: Option<Database>,
    folder: Folder,
}

/// The folder of an installation. Its logs and secrets are handed over to the search for secrets before it goes away.
struct Folder(TempDir);

impl Folder {
    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        secrets::hand_over(self.path());
    }
}

impl Installation {
    /// Nothing has ever run here.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let folder = tempfile::Builder::new().prefix("mc-black-box-").tempdir().expect("a temporary folder");
        let folder = Folder(folder);
        let database = (kind == Kind::Postgres).then(Database::create);
        let mut settings = BTreeMap::from([
            ("HOST", "127.0.0.1".to_owned()),
            ("MC_DATA_DIR", folder.path().join("data").display().to_string()),
        ]);
        settings.extend(database.as_ref().map(|database| ("DATABASE_URL", database.url())));
        Self { settings, database, folder }
    }

    /// Another machine with the same database and settings, but a data folder of its own.
    #[must_use]
    pub fn replica(&self) -> Replica<'_> {
        assert!(self.database.is_some(), "only PostgreSQL can be shared");
        let mut replica = Self { settings: self.settings.clone(), ..Self::new(Kind::Sqlite) };
        replica.settings.insert("MC_DATA_DIR", replica.data().display().to_string());
        Replica { installation: replica, _original: self }
    }

    /// Adds or changes a setting for the next start.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        secrets::remember_setting(name, value);
        self.settings.insert(name, value.to_owned());
        self
    }

    /// Keeps one port for all starts, and tells the server that agents reach it there.
    #[must_use]
    pub fn at_one_address(self) -> Self {
        let port = free_port().to_string();
        let url = format!("http://127.0.0.1:{port}");
        self.with("PORT", &port).with("BASE_URL", &url)
    }

    /// The data folder, which the first start creates.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The token with which one signs in, after the first start.
    #[must_use]
    pub fn token(&self) -> String {
        if let Some(token) = self.settings.get("LOCAL_AUTH_TOKEN") {
            return token.clone();
        }
        let file = self.data().join("local-token");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        text.trim().to_owned()
    }

    /// Makes the database, and the schema in it, as the version before left them. Gives the version of that schema.
    #[must_use]
    pub fn make_older_schema(&self) -> i64 {
        match &self.database {
            Some(database) => older_schema(&database.url(), "postgres"),
            None => {
                fs::create_dir_all(self.data()).expect("a data folder in a temporary folder");
                let path = self.data().join("mission-control.db");
                older_schema(&format!("sqlite://{}?mode=rwc", path.display()), "sqlite")
            }
        }
    }

    /// Runs a subcommand to its end. One that does not end within [`LIMIT`] is killed, and the test fails.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.finish(self.command(arguments, free_port()), arguments)
    }

    /// The same where no file can grow beyond some kilobytes. `before` are words of the shell that runs it.
    #[must_use]
    pub fn run_limited(&self, before: &str, kilobytes: u32, arguments: &[&str]) -> Output {
        let plain = self.command(arguments, free_port());
        let mut command = Command::new("/bin/sh");
        // POSIX counts in blocks of 512 bytes.
        let script = format!("{before} ulimit -f {}; exec \"$0\" \"$@\"", kilobytes * 2);
        command.arg("-c").arg(script).arg(plain.get_program()).args(plain.get_args());
        command.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        self.finish(command, arguments)
    }

    fn finish(&self, mut command: Command, arguments: &[&str]) -> Output {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the executable can be started");
        // What is read here is a few lines, which fit into the pipes.
        if wait(&mut child).is_none() {
            child.kill().expect("our own child can be killed");
            let output = child.wait_with_output().expect("a killed child ends");
            panic!("`mission-control {}` did not end: {output:?}", arguments.join(" "));
        }
        let output = child.wait_with_output().expect("a child that ended can be waited for");
        secrets::keep_log(&output.stderr);
        output
    }

    /// Starts the server and waits until it is ready.
    #[must_use]
    pub fn start(&self) -> Server<'_> {
        let port =
            self.settings.get("PORT").map_or_else(free_port, |port| port.parse().expect("PORT is a port"));
        let log = self.folder.path().join(format!("log-{port}"));
        let file =
            File::options().create(true).append(true).open(&log).expect("a log file in a temporary folder");
        let stderr = file.try_clone().expect("a second handle of the log file");
        let child = self.command(&["serve"], port).stdout(file).stderr(stderr).spawn();
        let child = child.unwrap_or_else(|error| panic!("{}: {error}", binary().display()));
        let url = format!("http://127.0.0.1:{port}");
        let mut server = Server { child, log, client: Client::new(&url), _installation: self };
        let started = Instant::now();
        while server.client.try_get("/readyz").is_none_or(|answer| answer.status != 200) {
            let status = server.child.try_wait().expect("our own child can be asked");
            assert!(status.is_none(), "the server ended ({status:?}) before it was ready:\n{}", server.log());
            assert!(started.elapsed() < LIMIT, "the server is not ready after {LIMIT:?}:\n{}", server.log());
            thread::sleep(POLL);
        }
        server.client = Client::new(&url).signed_in(&self.token());
        server
    }

    fn command(&self, arguments: &[&str], port: u16) -> Command {
        let mut command = Command::new(binary());
        // Neither the environment of the tests nor a `.env` file of the workspace is part of an installation.
        command.args(arguments).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("PORT", port.to_string()).envs(&self.settings);
        // The programs of PostgreSQL are found there.
        command.envs(variable("PATH").map(|path| ("PATH", path)));
        command
    }
}

/// An installation that shares the database of another one, which therefore cannot go away before it.
pub struct Replica<'a> {
    installation: Installation,
    _original: &'a Installation,
}

impl Replica<'_> {
    /// Starts the server and waits until it is ready.
    #[must_use]
    pub fn start(&self) -> Server<'_> {
        self.installation.start()
    }
}

/// A running server. Dropped, it is killed.
pub struct Server<'a> {
    child: Child,
    log: PathBuf,
    /// Speaks to this server with the local token.
    pub client: Client,
    // Its folder and its database stay as long as it runs.
    _installation: &'a Installation,
}

impl Server<'_> {
    /// What the server wrote so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends the process as a power cut would: it cannot write another byte.
    pub fn crash(mut self) {
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Asks the process to end, and does not wait.
    pub fn ask_to_end(&self) {
        let id =
            i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process has an id above 0");
        kill_process(id, Signal::TERM).expect("our own child can be signalled");
    }

    /// The exit status, for which this waits.
    #[must_use]
    pub fn status(mut self) -> ExitStatus {
        wait(&mut self.child).unwrap_or_else(|| panic!("the server does not end:\n{}", self.log()))
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // It may have ended already; there is nothing left to do then.
        if self.child.kill().is_ok() {
            self.child.wait().expect("a killed child ends");
        }
    }
}

fn wait(child: &mut Child) -> Option<ExitStatus> {
    let started = Instant::now();
    while started.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().expect("our own child can be asked") {
            return Some(status);
        }
        thread::sleep(POLL);
    }
    None
}

/// A port of the loopback interface that nobody listens on at this moment.
///
/// # Panics
/// When the machine has none.
#[must_use]
pub fn free_port() -> u16 {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on the loopback interface");
    listener.local_addr().expect("a bound socket has an address").port()
}
