//! Child processes that cannot outlive us: each leads a process group, has a time limit, and is ended by its id.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, getpriority_process, kill_process_group, setpriority_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// How often a running child is looked at.
const POLL: Duration = Duration::from_millis(50);
/// How long a child may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(15);
/// The niceness of what steps back for others.
const BACK: i32 = 10;

/// Starts children, and knows whether we were asked to end.
#[derive(Clone)]
pub(crate) struct Processes {
    interrupted: Arc<AtomicBool>,
    steps_back: bool,
}

impl Processes {
    /// SIGINT, SIGTERM and SIGHUP end the running child and then us; a second one ends us at once.
    pub(crate) fn watching_signals() -> Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&interrupted))?;
            signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
        }
        Ok(Self { interrupted, steps_back: false })
    }

    /// The same for children that get a processor when nobody else wants it.
    pub(crate) fn stepping_back(&self) -> Self {
        Self { steps_back: true, ..self.clone() }
    }

    /// An error when we were asked to end.
    pub(crate) fn check(&self) -> Result<()> {
        if self.interrupted.load(Ordering::Relaxed) { bail!("interrupted") } else { Ok(()) }
    }

    /// Starts a child that goes on until it is dropped.
    pub(crate) fn start(&self, command: &mut Command) -> Result<Running> {
        self.check()?;
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", shown(command)))?;
        let running = Running { name, child, ended: false, swept: false };
        if self.steps_back {
            let niceness = getpriority_process(None)?.max(BACK);
            setpriority_process(Some(Pid::from_child(&running.child)), niceness)
                .with_context(|| format!("{} cannot step back", running.name))?;
        }
        Ok(running)
    }

    /// Runs a child to its end. An exit status other than 0, or no end within `limit`, is an error.
    pub(crate) fn run(&self, command: &mut Command, limit: Duration) -> Result<()> {
        let status = self.finish(command, limit)?;
        if status.success() { Ok(()) } else { bail!("{} failed ({status})", shown(command)) }
    }

    /// Runs a child to its end and gives what it wrote to standard output.
    pub(crate) fn output(&self, command: &mut Command, limit: Duration) -> Result<String> {
        // A file, because a pipe that nobody reads while we wait would fill up and stop the child.
        let file = tempfile::NamedTempFile::new()?;
        self.run(command.stdout(File::create(file.path())?), limit)?;
        std::fs::read_to_string(file.path()).with_context(|| format!("{} wrote no text", shown(command)))
    }

    fn finish(&self, command: &mut Command, limit: Duration) -> Result<ExitStatus> {
        let mut running = self.start(command)?;
        let started = Instant::now();
        loop {
            if let Some(status) = running.status()? {
                return Ok(status);
            }
            self.check()?;
            if started.elapsed() > limit {
                bail!("{} took more than {} s", shown(command), limit.as_secs());
            }
            thread::sleep(POLL);
        }
    }

    /// Asks again and again until `probe` gives something; an error after `limit`, or when `running` ends.
    pub(crate) fn wait_for<T>(
        &self,
        running: &mut Running,
        limit: Duration,
        mut probe: impl FnMut() -> Option<T>,
    ) -> Result<T> {
        let started = Instant::now();
        loop {
            if let Some(value) = probe() {
                return Ok(value);
            }
            if let Some(status) = running.status()? {
                bail!("{} ended before it was ready ({status})", running.name);
            }
            self.check()?;
            if started.elapsed() > limit {
                bail!("{} was not ready after {} s", running.name, limit.as_secs());
            }
            thread::sleep(POLL);
        }
    }
}

/// A child that runs. Dropped, it is asked to end with its whole group, and killed when it does not.
pub(crate) struct Running {
    name: String,
    child: Child,
    ended: bool,
    /// Whether its group is gone too; the id may be another's then.
    swept: bool,
}

impl Running {
    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The exit status, once there is one.
    pub(crate) fn status(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child.try_wait().with_context(|| format!("cannot wait for {}", self.name))?;
        self.ended |= status.is_some();
        Ok(status)
    }

    /// Asks the whole group to end, waits, and kills what does not. Does nothing the second time.
    pub(crate) fn end(&mut self) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let Some(group) = group.filter(|_| !self.swept) else { return };
        self.swept = true;
        if !self.ended {
            // SIGINT is the polite end for all that we start; PostgreSQL would wait for its clients on SIGTERM.
            let asked = kill_process_group(group, Signal::INT);
            if asked.is_err() || !self.ends_within(GRACE) {
                eprintln!("{} (process {group}) does not end and is killed", self.name);
            }
        }
        // What is left of the group: children that ignore SIGINT or that nobody waited for. Mostly nothing.
        let left = kill_process_group(group, Signal::KILL).is_ok();
        if left && !self.ended {
            self.ends_within(GRACE);
        }
    }

    fn ends_within(&mut self, limit: Duration) -> bool {
        let started = Instant::now();
        while started.elapsed() < limit {
            if !matches!(self.status(), Ok(None)) {
                return true;
            }
            thread::sleep(POLL);
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_else(|| command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_the_status() {
        let processes = Processes::watching_signals().unwrap();
        let error = processes.run(Command::new("sh").args(["-c", "exit 7"]), GRACE).unwrap_err().to_string();
        assert!(error.contains("`sh -c exit 7`") && error.contains('7'), "{error}");
        let error = processes.run(&mut Command::new("/no/such/program"), GRACE).unwrap_err().to_string();
        assert!(error.contains("cannot start `program`"), "{error}");
    }

    #[test]
    fn a_child_that_takes_too_long_is_ended_with_its_own_children() {
        let processes = Processes::watching_signals().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("sleep 300 & echo $! > {} ; wait", file.display());
        let error =
            processes.run(Command::new("sh").args(["-c", &script]), Duration::from_secs(1)).unwrap_err();
        assert!(error.to_string().contains("took more than 1 s"), "{error}");
        let pid: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let started = Instant::now();
        // The orphan is gone as soon as init has reaped it; until then it is a zombie.
        while std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(started.elapsed() < GRACE, "process {pid} still runs");
            thread::yield_now();
        }
    }

    #[test]
    fn what_steps_back_is_nicer_than_we_are() {
        let processes = Processes::watching_signals().unwrap();
        let niceness = |processes: &Processes| {
            let mut child = processes.start(Command::new("sleep").arg("300")).unwrap();
            let pid = Pid::from_child(&child.child);
            let niceness = getpriority_process(Some(pid)).unwrap();
            child.end();
            niceness
        };
        assert_eq!(niceness(&processes.stepping_back()), niceness(&processes).max(BACK));
    }

    #[test]
    fn output_is_read_whole() {
        let processes = Processes::watching_signals().unwrap();
        let text = processes.output(Command::new("sh").args(["-c", "yes | head -c 300000"]), GRACE).unwrap();
        assert_eq!(text.len(), 300_000);
    }
}
