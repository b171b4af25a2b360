//! Requests to a server on this machine.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::{Agent, Body, http::Response};

const LIMIT: Duration = Duration::from_secs(5);

/// A port of the loopback interface that nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on the loopback interface")?;
    Ok(listener.local_addr()?.port())
}

/// Connects to a port of the loopback interface, with limits on every step.
pub(crate) fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    Ok(stream)
}

/// A client for which every status is an answer.
pub(crate) fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(LIMIT)).build().into()
}

/// GET with header fields.
pub(crate) fn get(agent: &Agent, url: &str, headers: &[(&str, &str)]) -> Result<Response<Body>> {
    let mut request = agent.get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.call().with_context(|| format!("GET {url}"))
}

/// POST of JSON with header fields; anything but a success is an error.
pub(crate) fn post(agent: &Agent, url: &str, headers: &[(&str, &str)], body: &Value) -> Result<Value> {
    let mut request = agent.post(url).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = request.send(body.to_string()).with_context(|| format!("POST {url}"))?;
    let text = response.body_mut().read_to_string()?;
    if !response.status().is_success() {
        bail!("POST {url} was answered with {}: {text}", response.status());
    }
    serde_json::from_str(&text).with_context(|| format!("POST {url} was not answered with JSON"))
}

/// The status with which a path answers; none when there is no answer.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    let response = get(&agent(), &format!("http://127.0.0.1:{port}{path}"), &[]).ok()?;
    Some(response.status().as_u16())
}
