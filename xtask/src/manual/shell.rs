//! Running the blocks of a page, or having them read only.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::pages::Piece;
use crate::{logs, machine, process::Processes, server::Server};

const PAGE_LIMIT: Duration = Duration::from_secs(180);
const READ_LIMIT: Duration = Duration::from_secs(20);
/// Where the pages say that the server is.
const ADDRESS: &str = "http://localhost:8000";
/// How much of the output of a page that failed is shown, in lines.
const TAIL: usize = 40;

/// What hidden commands may use: the end of the page's server, for commands that need it to be stopped.
const PRELUDE: &str = "set -euo pipefail
stop_server() { kill \"$SERVER\"; while curl --silent --output /dev/null \"$ADDRESS/healthz\"; do sleep 0.1; done; }
";

/// Runs the pieces of a page in one shell, with a server and a home of their own.
pub(super) fn run(processes: &Processes, binary: &Path, page: &str, pieces: &[Piece]) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("mc-manual-").tempdir()?;
    let (home, programs) = (folder.path().join("home"), folder.path().join("bin"));
    let share = home.join(".local/share");
    fs::create_dir_all(&share)?;
    fs::create_dir_all(&programs)?;
    symlink(binary, programs.join("mission-control"))?;
    let server = Server::start_logged(processes, binary, &[], "manual")?;
    symlink(server.data(), share.join("mission-control"))?;

    let file = folder.path().join("page.sh");
    fs::write(&file, script(page, pieces).replace(ADDRESS, &server.url()))?;
    let work = folder.path().join("work");
    fs::create_dir(&work)?;
    let output = folder.path().join("output");
    let log = File::create(&output)?;
    let path = format!("{}:{}", programs.display(), machine::variable("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    bash.arg(&file).current_dir(&work).env_clear().env("PATH", path).env("HOME", &home);
    bash.env("SERVER", server.id().to_string()).env("ADDRESS", server.url());
    bash.stdout(log.try_clone()?).stderr(log);
    processes.run(&mut bash, PAGE_LIMIT).with_context(|| {
        let text = fs::read_to_string(&output).unwrap_or_default().replace(&server.token, "***");
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    })?;
    logs::remember(&server.token)
}

/// The script of a page. Each piece says first where it stands, so that the last such line names the one that failed.
fn script(page: &str, pieces: &[Piece]) -> String {
    let mut script = PRELUDE.to_owned();
    let mut names: Vec<&str> = Vec::new();
    for piece in pieces {
        let (line, text) = match piece {
            Piece::Block { reason: Some(_), .. } => continue,
            Piece::Block { line, text, reason: None } => (line, with_values(text, &names)),
            Piece::Hidden { line, text } => {
                names.extend(text.lines().filter_map(placeholder));
                (line, text.clone())
            }
        };
        script.push_str(&format!("echo '== {page}:{line}'\n{text}\n"));
    }
    script
}

/// The name that a hidden line gives a value: `FILE` of `FILE=$(ls)`.
fn placeholder(line: &str) -> Option<&str> {
    let (name, _) = line.trim().split_once('=')?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')).then_some(name)
}

/// The text with its placeholders as variables of the shell.
fn with_values(text: &str, names: &[&str]) -> String {
    let word = |word: &str| {
        if names.contains(&word.trim_end()) {
            word.replace(word.trim_end(), &format!("\"${}\"", word.trim_end()))
        } else {
            word.to_owned()
        }
    };
    text.split_inclusive([' ', '\n']).map(word).collect()
}

/// Has a block read by those who would run it: the shell its syntax, and our programs their arguments.
pub(super) fn read(processes: &Processes, binary: &Path, text: &str) -> Result<()> {
    let mut file = tempfile::NamedTempFile::new()?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    processes.run(Command::new("bash").arg("-n").arg(file.path()), READ_LIMIT)?;
    let xtask = std::env::current_exe()?;
    for line in text.replace("\\\n", " ").lines() {
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let (program, arguments) = match &words[..] {
            ["mission-control", arguments @ ..] => (binary, arguments),
            ["cargo", "xtask", arguments @ ..] => (xtask.as_path(), arguments),
            _ => continue,
        };
        // Help is given only when what stands before it is understood.
        let mut command = Command::new(program);
        command.args(arguments).arg("--help").stdout(Stdio::null());
        if processes.run(&mut command, READ_LIMIT).is_err() {
            bail!("`{}` is not understood", line.trim());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_values_and_nothing_else_does() {
        assert_eq!(
            with_values("restore FILE # FILES FILE\n", &["FILE"]),
            "restore \"$FILE\" # FILES \"$FILE\"\n"
        );
        for (line, name) in
            [("FILE=$(ls)", Some("FILE")), ("board=1", None), ("stop_server", None), ("=", None)]
        {
            assert_eq!(placeholder(line), name, "{line}");
        }
    }
}
