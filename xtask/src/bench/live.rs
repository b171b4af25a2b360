//! Open views: how soon they see a change, and what many of them cost.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use super::{figure::Figure, resident};
use crate::{
    http::{agent, connect, post},
    server::Server,
};

/// How many views are open at the same time in the end.
const VIEWS: usize = 5_000;
/// How many changes are watched; all but the slowest hundredth count.
const CHANGES: usize = 300;
/// Files that the bench and the server have open beside the views.
const OTHER_FILES: u64 = 500;

/// Lets this process, and the servers that it starts, keep all views open.
///
/// # Errors
/// When the system does not allow it.
pub(super) fn allow_connections() -> Result<()> {
    let needed = VIEWS as u64 + OTHER_FILES;
    let limit = getrlimit(Resource::Nofile);
    if limit.maximum.is_some_and(|maximum| maximum < needed) {
        bail!(
            "{VIEWS} open views take {needed} open files, and the system allows {:?}: raise `ulimit -n`",
            limit.maximum
        );
    }
    let current = limit.maximum.or(limit.current).max(Some(needed));
    setrlimit(Resource::Nofile, Rlimit { current, maximum: limit.maximum })?;
    Ok(())
}

/// Opens views on a server that nobody else uses.
pub(super) fn measure(server: &Server) -> Result<Vec<Figure>> {
    let mut times = Vec::with_capacity(CHANGES);
    let client = agent();
    let authorization = format!("Bearer {}", server.token);
    let person = [("authorization", authorization.as_str())];
    let boards = format!("{}/api/v1/boards", server.url());
    let board = json!({"name": "Watched", "slug": "", "description": "A board that is looked at."});
    let board = post(&client, &boards, &person, &board)?;
    let board = board["id"].as_str().with_context(|| format!("no board was created: {board}"))?;
    let mut view = BufReader::new(open(server)?);
    for number in 0..CHANGES {
        let task = json!({"title": format!("Task {number}")});
        let began = Instant::now();
        let task = post(&client, &format!("{boards}/{board}/tasks"), &person, &task)?;
        let id = task["id"].as_str().with_context(|| format!("no task was created: {task}"))?;
        wait_for(&mut view, id)?;
        times.push(began.elapsed());
    }
    drop(view);
    times.sort();
    let slow = times[CHANGES * 99 / 100];

    let views = (0..VIEWS).map(|_| open(server)).collect::<Result<Vec<_>>>()?;
    let memory = resident(server.id())?;
    let mut last = views.into_iter().next_back().map(BufReader::new).context("no view is open")?;
    let task = post(&client, &format!("{boards}/{board}/tasks"), &person, &json!({"title": "For all"}))?;
    wait_for(&mut last, task["id"].as_str().unwrap_or_default())?;
    Ok(vec![
        Figure::time("Change seen by an open view, p99", slow).beside(0.99, "990 ms median").goal("< 50 ms"),
        Figure::memory("Memory with 5,000 open views", memory).goal("< 200 MB"),
    ])
}

/// Opens an event stream; it is live when this returns.
fn open(server: &Server) -> Result<TcpStream> {
    let mut stream = connect(server.port())?;
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\n\r\n",
        server.token
    );
    stream.write_all(request.as_bytes())?;
    // The first chunk of the body comes when the view is live.
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer).context("an event stream does not begin")?;
        if count == 0 {
            bail!("an event stream ended: {}", String::from_utf8_lossy(&seen));
        }
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        if !head.starts_with("HTTP/1.1 200") {
            bail!("an event stream was refused: {text}");
        }
        if !body.is_empty() {
            return Ok(stream);
        }
    }
}

/// Reads a stream until it names an id.
fn wait_for(view: &mut BufReader<TcpStream>, id: &str) -> Result<()> {
    let began = Instant::now();
    let mut line = Vec::new();
    while began.elapsed() < Duration::from_secs(10) {
        line.clear();
        if view.read_until(b'\n', &mut line).context("an event did not come")? == 0 {
            bail!("an event stream ended");
        }
        if line.windows(id.len()).any(|part| part == id.as_bytes()) {
            return Ok(());
        }
    }
    bail!("an event did not come within ten seconds")
}
