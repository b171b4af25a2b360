//! The commands of the manual: what `sh` blocks of the Markdown pages say is run as it stands.
//!
//! The blocks of a page run in one shell, in their order, in a temporary folder with a server of its own that only this
//! page has. A block that cannot run here says why in its first line (`sh not-run="needs Docker"`); its syntax is checked
//! then, and its `mission-control` and `cargo xtask` commands are read by those programs. What readers know without being
//! told stands in comments that are not shown: `<!-- run: FILE=$(ls) -->`. A variable of such a comment in capitals
//! stands for the same word in the blocks after it.

mod pages;
mod shell;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{machine, process::Processes};
use pages::{Piece, Reason};

/// Checks the blocks of every page. An error when one fails, or says nothing of what it is.
pub(crate) fn check(processes: &Processes, binary: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    let (mut run, mut only_read) = (0, 0);
    for path in files()? {
        let shown = path.strip_prefix(machine::root()).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).with_context(|| shown.clone())?;
        let pieces = match pages::pieces(&text) {
            Ok(pieces) => pieces,
            Err(errors) => {
                wrong.extend(errors.iter().map(|error| format!("{shown}:{error}")));
                continue;
            }
        };
        for piece in &pieces {
            if let Piece::Block { line, text, reason: Some(Reason(reason)) } = piece {
                only_read += 1;
                println!("{shown}:{line}: not run: {reason}");
                if let Err(error) = shell::read(processes, binary, text) {
                    wrong.push(format!("{shown}:{line}: {error:#}"));
                }
            }
        }
        let blocks = pieces.iter().filter(|piece| matches!(piece, Piece::Block { reason: None, .. })).count();
        if blocks > 0 {
            run += blocks;
            if let Err(error) = shell::run(processes, binary, &shown, &pieces) {
                wrong.push(format!("{shown}: {error:#}"));
            }
        }
    }
    println!("{run} blocks of commands were run, {only_read} were only read");
    if run == 0 {
        bail!("no block was run");
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{}", wrong.join("\n")) }
}

/// The pages that people read: those at the root and the manual.
fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in [machine::root().to_owned(), machine::root().join("docs")] {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
