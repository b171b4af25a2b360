//! A reader of the server's event stream.

use std::{
    io::{BufRead, BufReader},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Instant,
};

use serde_json::Value;
use ureq::Agent;

use crate::LIMIT;

/// One frame of the stream; comments are left out.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// The kind of the frame: `ready`, `change`, `resync`.
    pub name: String,
    /// The place in the log, when the frame has one.
    pub id: Option<String>,
    /// The content.
    pub data: Value,
}

/// An open stream.
pub struct Live {
    events: Receiver<Event>,
}

impl Live {
    pub(crate) fn open(url: &str, token: &str, after: Option<&str>) -> Self {
        // No limit on the body: a stream goes on. The one who waits for an event has a limit.
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_recv_response(Some(LIMIT))
            .build()
            .into();
        let mut request = agent.get(url).header("accept", "text/event-stream");
        if let Some(id) = after {
            request = request.header("last-event-id", id);
        }
        let response = request.header("authorization", format!("Bearer {token}")).call();
        let response = response.unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(response.status(), 200, "{url}");
        let (sender, events) = channel();
        thread::spawn(move || {
            let mut event = Event::default();
            // A broken connection is the end of the stream, like a closed one.
            for line in BufReader::new(response.into_body().into_reader()).lines().map_while(Result::ok) {
                if line.is_empty() {
                    let complete = std::mem::take(&mut event);
                    if !complete.name.is_empty() && sender.send(complete).is_err() {
                        return;
                    }
                } else if let Some((field, value)) = line.split_once(':') {
                    let value = value.strip_prefix(' ').unwrap_or(value);
                    match field {
                        "event" => value.clone_into(&mut event.name),
                        "id" => event.id = Some(value.to_owned()),
                        "data" => event.data = serde_json::from_str(value).unwrap_or(Value::Null),
                        _ => {}
                    }
                }
            }
        });
        let live = Self { events };
        live.wait_for(|event| event.name == "ready");
        live
    }

    /// The first event that fits, within [`LIMIT`].
    pub fn wait_for(&self, fits: impl Fn(&Event) -> bool) -> Event {
        let started = Instant::now();
        let mut seen = Vec::new();
        loop {
            match self.events.recv_timeout(LIMIT.saturating_sub(started.elapsed())) {
                Ok(event) if fits(&event) => return event,
                Ok(event) => seen.push(event),
                Err(error) => panic!("no such event ({error}); there were {seen:#?}"),
            }
        }
    }

    /// Waits until the server closes the stream.
    pub fn wait_for_end(&self) {
        let started = Instant::now();
        loop {
            match self.events.recv_timeout(LIMIT.saturating_sub(started.elapsed())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => panic!("the stream is still open after {LIMIT:?}"),
            }
        }
    }
}
