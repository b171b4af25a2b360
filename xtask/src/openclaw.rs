//! Real OpenClaw gateways for the tests: Node.js and two versions of OpenClaw from the npm registry, in a cache of the
//! user, so that they are downloaded once. None of their install scripts is run.

use std::{
    env::consts::{ARCH, OS},
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{machine, process::Processes};

const NODE_VERSION: &str = "24.21.0";
const INSTALL_LIMIT: Duration = Duration::from_secs(600);

/// The variable that tells the tests which Node.js runs the gateways.
const NODE_SETTING: &str = "MC_TEST_NODE";

/// A version of OpenClaw that is tried.
struct Release {
    version: &'static str,
    /// The variable that tells the tests where its `openclaw.mjs` is.
    setting: &'static str,
    /// Versions of its own dependencies that npm would choose newer, and that are broken there.
    overrides: &'static [(&'static str, &'static str)],
}

/// The newest version, and the last one that was widespread with protocol 3.
const RELEASES: [Release; 2] = [
    Release { version: "2026.9.6", setting: "MC_TEST_OPENCLAW_2026_9_6", overrides: &[] },
    Release {
        version: "2026.4.2",
        setting: "MC_TEST_OPENCLAW_2026_4_2",
        // Newer ones depend on a package that is not in the registry.
        overrides: &[("linkedom", "0.18.12")],
    },
];

/// Where the gateways are, as variables for the tests. What the environment names is taken as it is; the rest is
/// installed.
pub(crate) fn provide(processes: &Processes) -> Result<Vec<(&'static str, PathBuf)>> {
    let node = match machine::variable(NODE_SETTING) {
        Some(given) => PathBuf::from(given),
        None => node(processes)?,
    };
    let mut settings = Vec::new();
    for release in &RELEASES {
        let program = match machine::variable(release.setting) {
            Some(given) => PathBuf::from(given),
            None => openclaw(processes, release, &node)?,
        };
        settings.push((release.setting, program));
    }
    settings.push((NODE_SETTING, node));
    Ok(settings)
}

/// Node.js as a package that holds nothing but the program: OpenClaw wants a newer one than the console's.
fn node(processes: &Processes) -> Result<PathBuf> {
    let package = format!("node-{OS}-{}", if ARCH == "x86_64" { "x64" } else { "arm64" });
    let manifest = json!({"private": true, "dependencies": {package.as_str(): NODE_VERSION}});
    let folder = install(processes, &format!("node-{NODE_VERSION}"), &manifest, None).with_context(|| {
        format!("Node.js {NODE_VERSION} cannot be installed; set {NODE_SETTING} to one that you have")
    })?;
    Ok(folder.join(format!("node_modules/{package}/bin/node")))
}

fn openclaw(processes: &Processes, release: &Release, node: &Path) -> Result<PathBuf> {
    let overrides: serde_json::Map<String, Value> =
        release.overrides.iter().map(|(name, version)| ((*name).to_owned(), json!(version))).collect();
    let manifest =
        json!({"private": true, "dependencies": {"openclaw": release.version}, "overrides": overrides});
    let folder = install(processes, &format!("openclaw-{}", release.version), &manifest, node.parent())?;
    Ok(folder.join("node_modules/openclaw/openclaw.mjs"))
}

/// Installs what the manifest names, with npm, unless it was installed before; gives the folder. npm runs on the
/// Node.js in `bin`, which decides what the packages are checked against.
fn install(processes: &Processes, name: &str, manifest: &Value, bin: Option<&Path>) -> Result<PathBuf> {
    let folder = machine::cache()?.join(name);
    // Written last, so that a broken install is not taken for a whole one.
    let done = folder.join("installed");
    if done.is_file() {
        return Ok(folder);
    }
    println!("Installing {name} into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(folder.join("package.json"), manifest.to_string())?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    if let Some(bin) = bin {
        npm.env("PATH", format!("{}:{}", bin.display(), machine::variable("PATH").unwrap_or_default()));
    }
    processes.run(npm.current_dir(&folder), INSTALL_LIMIT)?;
    fs::write(&done, name)?;
    Ok(folder)
}
