//! Programs from the Python package index, each set of them in a virtual environment below the build folder.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::Result;

use crate::{machine, process::Processes};

const INSTALL_LIMIT: Duration = Duration::from_secs(600);

/// Installs packages (`name==version`) once, and gives the folder with their programs.
pub(crate) fn environment(processes: &Processes, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = machine::target().join(name);
    // Written last, so that a broken install is not taken for a whole one.
    let (done, wanted) = (folder.join("installed"), packages.join("\n"));
    if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(folder.join("bin"));
    }
    processes.run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder), INSTALL_LIMIT)?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages);
    processes.run(&mut pip, INSTALL_LIMIT)?;
    fs::write(&done, wanted)?;
    Ok(folder.join("bin"))
}
