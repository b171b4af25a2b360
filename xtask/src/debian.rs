//! Programs out of Debian packages that are only unpacked: nothing is installed, and no service starts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{machine, process::Processes};

const DOWNLOAD_LIMIT: Duration = Duration::from_secs(300);

/// A program of this machine, or else of a Debian package; `inside` is its path in there.
pub(crate) fn program(processes: &Processes, package: &str, inside: &str) -> Result<PathBuf> {
    let name = Path::new(inside).file_name().and_then(|name| name.to_str()).unwrap_or(inside);
    if let Some(found) = machine::on_path(name) {
        return Ok(found);
    }
    let folder = machine::target().join("debian").join(package);
    let program = folder.join("root").join(inside);
    if !program.is_file() {
        unpack(processes, package, &folder)
            .with_context(|| format!("{name} is missing: install it, or run this on Debian"))?;
    }
    if program.is_file() { Ok(program) } else { bail!("the package {package} has no {inside}") }
}

fn unpack(processes: &Processes, package: &str, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let download = || {
        let mut apt = Command::new("apt-get");
        apt.args(["download", "-qq", package]).current_dir(folder).stderr(Stdio::null());
        processes.run(&mut apt, DOWNLOAD_LIMIT)
    };
    // A fresh machine has no lists of packages yet.
    if download().is_err() {
        machine::refresh_packages(processes)?;
        download()?;
    }
    let file = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .with_context(|| format!("apt-get downloaded no {package}"))?;
    processes.run(Command::new("dpkg").arg("-x").arg(file).arg(folder.join("root")), DOWNLOAD_LIMIT)
}
