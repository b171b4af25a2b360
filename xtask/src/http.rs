//! Requests to a server on this machine.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result};
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

/// The status with which a path answers; none when there is no answer.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    let response = get(&agent(), &format!("http://127.0.0.1:{port}{path}"), &[]).ok()?;
    Some(response.status().as_u16())
}
