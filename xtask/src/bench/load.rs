//! Load from wrk.

use std::{io::Write as _, process::Command, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::process::Processes;

/// Requests that wrk sends, the same again and again.
pub(super) struct Load<'a> {
    processes: &'a Processes,
    seconds: u64,
    connections: u32,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

/// How a load went.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    /// Requests a second.
    pub(super) rate: f64,
    /// How long all but the slowest hundredth took at most, as wrk writes it.
    pub(super) p99: String,
}

impl<'a> Load<'a> {
    /// GET of an address, for so many seconds, over so many connections.
    pub(super) fn new(processes: &'a Processes, seconds: u64, connections: u32, url: &str) -> Self {
        Self { processes, seconds, connections, url: url.to_owned(), headers: Vec::new(), body: None }
    }

    /// Adds a header field.
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes it a POST of JSON.
    pub(super) fn post(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string());
        self.header("Content-Type", "application/json")
    }

    /// Sends it. An answer other than 2xx or 3xx is an error.
    pub(super) fn run(self) -> Result<Outcome> {
        let mut script = tempfile::Builder::new().suffix(".lua").tempfile()?;
        for (name, value) in &self.headers {
            // JSON strings are Lua strings for the plain texts that are used here.
            writeln!(script, "wrk.headers[{}] = {}", json!(name), json!(value))?;
        }
        if let Some(body) = &self.body {
            writeln!(script, "wrk.method = \"POST\"\nwrk.body = {}", json!(body))?;
        }
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "2", "--latency", "--connections", &self.connections.to_string()]);
        wrk.arg("--duration").arg(format!("{}s", self.seconds));
        wrk.arg("--script").arg(script.path()).arg(&self.url);
        let text = self.processes.output(&mut wrk, Duration::from_secs(self.seconds + 60))?;
        outcome(&text).with_context(|| format!("wrk said about {}:\n{text}", self.url))
    }
}

fn outcome(text: &str) -> Result<Outcome> {
    let value = |label: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim).map(str::to_owned)
    };
    if let Some(bad) = value("Non-2xx or 3xx responses:") {
        bail!("{bad} answers were errors");
    }
    if let Some(bad) = value("Socket errors:") {
        bail!("connections failed: {bad}");
    }
    let rate = value("Requests/sec:").context("no rate")?.parse().context("the rate is no number")?;
    Ok(Outcome { rate, p99: value("99%").context("no latency")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Running 10s test @ http://127.0.0.1:1/\n  2 threads and 32 connections\n  Latency Distribution\n     \
                        50%    1.20ms\n     99%    4.56ms\n  100 requests in 10.00s, 1MB read\nRequests/sec:   9876.54\n";

    #[test]
    fn the_figures_of_wrk_are_read() {
        assert_eq!(outcome(GOOD).unwrap(), Outcome { rate: 9876.54, p99: "4.56ms".into() });
    }

    #[test]
    fn a_load_with_errors_has_no_figure() {
        for bad in
            ["  Non-2xx or 3xx responses: 7\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"]
        {
            assert!(outcome(&format!("{GOOD}{bad}")).is_err(), "{bad}");
        }
        assert!(outcome("").is_err());
    }
}
