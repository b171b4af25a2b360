//! Stages that run beside those after them.

use std::{
    fs::{self, File},
    thread::{Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use tempfile::NamedTempFile;

use super::{Done, Outcome, stages};
use crate::process::Processes;

/// A stage at work on a thread of its own.
pub(super) struct Stage<'scope> {
    stage: super::Stage,
    /// What it has said, which nobody could read between the words of another.
    said: NamedTempFile,
    thread: ScopedJoinHandle<'scope, (Duration, Result<()>)>,
}

impl<'scope> Stage<'scope> {
    /// Prepares a stage here, because that takes the whole machine, and lets it run.
    pub(super) fn start(
        scope: &'scope Scope<'scope, '_>,
        processes: &Processes,
        stage: super::Stage,
        settings: &[(&str, String)],
    ) -> Result<Self> {
        let started = Instant::now();
        let mut command = stages::prepare(processes, stage, settings)?;
        let said = NamedTempFile::new()?;
        let file = File::create(said.path())?;
        command.stdout(file.try_clone()?).stderr(file);
        let processes = processes.clone();
        let thread = scope.spawn(move || {
            let result = processes.run(&mut command, stages::LONG);
            (started.elapsed(), result)
        });
        println!("{} goes on beside the stages that follow", stage.name());
        Ok(Self { stage, said, thread })
    }

    /// Waits for its end, and shows what it has said.
    pub(super) fn join(self) -> Done {
        println!("\n=== {}, which ran beside ===", self.stage.name());
        let (took, result) =
            self.thread.join().unwrap_or_else(|_| (Duration::ZERO, Err(anyhow!("its thread panicked"))));
        match fs::read(self.said.path()) {
            Ok(said) => println!("{}", String::from_utf8_lossy(&said)),
            Err(error) => eprintln!("what it said cannot be read: {error}"),
        }
        (self.stage, took, Outcome::of(self.stage, result))
    }
}
