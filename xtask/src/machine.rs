//! What the machine has: the workspace, the tools, and how to get those that are missing.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::process::Processes;

const INSTALL_LIMIT: Duration = Duration::from_secs(900);

/// The variable that tells tests the URL of a PostgreSQL superuser.
pub(crate) const TEST_POSTGRES: &str = "MC_TEST_POSTGRES";
/// The variable that makes a test fail, and not leave out PostgreSQL, when there is none.
pub(crate) const TEST_REQUIRE_POSTGRES: &str = "MC_TEST_REQUIRE_POSTGRES";
/// The variable that tells tests the URL of a Redis server.
pub(crate) const TEST_REDIS: &str = "MC_TEST_REDIS";

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in a folder of the workspace")
}

/// A variable of the environment, when it is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is where xtask reads its environment")]
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Cargo, in the workspace. Cargo tells its subcommands where it is itself.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.current_dir(root());
    command
}

/// npm, in the folder of the console.
pub(crate) fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root().join("web"));
    command
}

/// The folder into which cargo builds.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target))
}

/// The folder of the user for what was downloaded once and stays: outside of the workspace, so that all its copies share it.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")));
    Ok(base.context("neither XDG_CACHE_HOME nor HOME is set")?.join("mission-control"))
}

/// The release build of the executable.
pub(crate) fn release_binary() -> PathBuf {
    target().join("release/mission-control")
}

/// An example, as it is built for development.
pub(crate) fn example(name: &str) -> PathBuf {
    target().join("debug/examples").join(name)
}

/// A program that the tests need, and the Debian package that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// The server programs of PostgreSQL.
    Postgres,
    /// The server program of Redis.
    Redis,
    /// The browser for the console's tests.
    Chromium,
    /// Node.js with npm, for the console.
    Node,
    /// Python with virtual environments, for the requests made from the API document.
    Python,
    /// The load generator of the benchmark.
    Wrk,
    /// The checker of systemd's units.
    Systemd,
    /// The maker of keys and certificates.
    OpenSsl,
    /// The HTTP client of the manual's commands.
    Curl,
    /// The JSON processor of the manual's commands.
    Jq,
}

impl Tool {
    /// The program, if the machine has it.
    pub(crate) fn find(self) -> Option<PathBuf> {
        match self {
            Self::Postgres => postgres_programs().map(|folder| folder.join("initdb")),
            Self::Redis => on_path("redis-server"),
            Self::Chromium => on_path("chromium"),
            Self::Python => on_path("python3").filter(|python| has_environments(python)),
            Self::Wrk => on_path("wrk"),
            Self::Systemd => on_path("systemd-analyze"),
            Self::OpenSsl => on_path("openssl"),
            Self::Curl => on_path("curl"),
            Self::Jq => on_path("jq"),
            Self::Node => on_path("npm").and_then(|_| on_path("node")).filter(|node| is_new_enough(node)),
        }
    }

    /// The variable with which somebody gives the tests a server of their own instead.
    pub(crate) fn setting(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some(TEST_POSTGRES),
            Self::Redis => Some(TEST_REDIS),
            _ => None,
        }
    }

    /// The package to install, unless Debian's is too old for us.
    fn package(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("postgresql"),
            Self::Redis => Some("redis-server"),
            Self::Chromium => Some("chromium"),
            Self::Python => Some("python3-venv"),
            Self::Wrk => Some("wrk"),
            Self::Systemd => Some("systemd"),
            Self::OpenSsl => Some("openssl"),
            Self::Curl => Some("curl"),
            Self::Jq => Some("jq"),
            Self::Node => None,
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Postgres => {
                "install PostgreSQL 14 or newer (Debian: postgresql), or set MC_TEST_POSTGRES to the URL of a superuser"
            }
            Self::Redis => {
                "install Redis (Debian: redis-server), or set MC_TEST_REDIS to the URL of a server"
            }
            Self::Chromium => "install Chromium (Debian: chromium)",
            Self::Python => "install Python 3.10 or newer with venv (Debian: python3-venv)",
            Self::Wrk => "install wrk (Debian: wrk)",
            Self::Systemd => "install systemd-analyze (Debian: systemd)",
            Self::OpenSsl => "install OpenSSL (Debian: openssl)",
            Self::Curl => "install curl (Debian: curl)",
            Self::Jq => "install jq (Debian: jq)",
            Self::Node => {
                "install Node.js 20.19 or newer with npm (https://nodejs.org); Debian's package is too old"
            }
        }
    }
}

/// Makes sure that all tools are there: installs with apt-get what is missing, or says what to do.
pub(crate) fn provide(processes: &Processes, tools: &[Tool]) -> Result<()> {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| tool.find().is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().filter_map(|tool| tool.package()).collect();
    if !packages.is_empty() && on_path("apt-get").is_some() {
        println!("Installing {} with apt-get", packages.join(", "));
        // What could not be installed is reported below with its remedy, whatever apt-get said.
        if let Err(error) = install(processes, &packages) {
            eprintln!("{error:#}");
        }
    }
    let still: Vec<&str> =
        missing.iter().filter(|tool| tool.find().is_none()).map(|tool| tool.remedy()).collect();
    if still.is_empty() {
        Ok(())
    } else {
        bail!("this machine lacks what the tests need: {}", still.join("; "))
    }
}

/// Brings Debian's lists of packages up to date.
pub(crate) fn refresh_packages(processes: &Processes) -> Result<()> {
    processes.run(apt()?.args(["update", "-qq"]), INSTALL_LIMIT)
}

/// apt-get with the rights to install.
fn apt() -> Result<Command> {
    let mut command = if is_root() {
        Command::new("apt-get")
    } else if on_path("sudo").is_some() {
        let mut command = Command::new("sudo");
        // Never ask for a password: nobody may be there to type it.
        command.args(["--non-interactive", "apt-get"]);
        command
    } else {
        bail!("apt-get needs root, and there is no sudo");
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn install(processes: &Processes, packages: &[&str]) -> Result<()> {
    refresh_packages(processes)?;
    let install = ["install", "-qq", "--yes", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"];
    processes.run(apt()?.args(install).args(packages), INSTALL_LIMIT)
}

/// Whether we run as root, for which PostgreSQL refuses to start.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A program on the search path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The folder with `initdb` and `postgres`: Debian keeps them off the search path, one folder a version; newest first.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let debian = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder);
    debian.or_else(|| {
        on_path("initdb").and_then(|initdb| Some(fs::canonicalize(initdb).ok()?.parent()?.to_owned()))
    })
}

/// Installs the console's packages when the lock file is newer than the last install.
pub(crate) fn install_console(processes: &Processes) -> Result<()> {
    let web = root().join("web");
    if !web.join("package.json").is_file() {
        bail!("web/ has no package.json, so there is no console to work on");
    }
    let changed = |path: &str| fs::metadata(web.join(path)).and_then(|data| data.modified());
    // npm writes this file at the end of an install.
    let fresh = matches!(
        (changed("package-lock.json"), changed("node_modules/.package-lock.json")),
        (Ok(locked), Ok(installed)) if installed >= locked
    );
    if fresh { Ok(()) } else { processes.run(npm().args(["ci", "--no-audit", "--no-fund"]), INSTALL_LIMIT) }
}

/// The console's build tool needs Node.js 20.19.
fn is_new_enough(node: &Path) -> bool {
    let output = Command::new(node).arg("--version").output();
    output.is_ok_and(|output| version(&String::from_utf8_lossy(&output.stdout)) >= Some((20, 19)))
}

/// Schemathesis needs Python 3.10; Debian packs virtual environments apart.
fn has_environments(python: &Path) -> bool {
    let test = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";
    let status = Command::new(python).args(["-c", test]).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Major and minor of a version like `v20.19.2`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// Runs cargo-deny, which is not part of a Rust installation.
pub(crate) fn deny(processes: &Processes) -> Result<()> {
    let present = cargo().args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !present.context("cannot start cargo")?.success() {
        bail!("cargo-deny is not installed: cargo install --locked cargo-deny");
    }
    processes.run(cargo().args(["deny", "--all-features", "check"]), INSTALL_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.19.2\n"), Some((20, 19)));
        assert!(version("v20.9.0") < Some((20, 19)));
        assert!(version("v22.1.0") > Some((20, 19)));
        for text in ["", "20.19.0", "v20", "vx.y"] {
            assert_eq!(version(text), None, "{text}");
        }
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
