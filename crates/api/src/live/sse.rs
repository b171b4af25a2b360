//! Server-sent events (the HTML standard's `text/event-stream`), as our clients know them.

use std::{collections::VecDeque, convert::Infallible, fmt::Write, future::Future, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderValue, header};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{Feed, LiveEvent, Rights, Step, rights::RECHECK, slots::Slot};
use crate::{ApiState, error::ApiError};

/// The most bytes that a stream keeps for itself while it waits.
const WAITING_MAX: usize = 3 * 1024;
/// How often a quiet stream shows that it is alive.
const PING: Duration = Duration::from_secs(15);

/// One frame of a stream.
pub(crate) struct Frame {
    pub(crate) event: &'static str,
    pub(crate) id: Option<i64>,
    pub(crate) data: Value,
}

impl Frame {
    fn to_bytes(&self) -> Bytes {
        let mut text = String::new();
        if let Some(id) = self.id {
            let _ = write!(text, "id: {id}\r\n");
        }
        // JSON has no line breaks of its own, so the data is one line.
        let _ = write!(text, "event: {}\r\ndata: {}\r\n\r\n", self.event, self.data);
        text.into()
    }
}

/// What a stream shows.
pub(crate) trait Source: Send + 'static {
    /// The first frame, if the stream begins with one.
    fn hello(&self, _position: i64) -> Option<Frame> {
        None
    }

    /// The frame of an event that the caller may see; none when it is not of this stream.
    fn frame(&mut self, state: &ApiState, live: &LiveEvent) -> impl Future<Output = Option<Frame>> + Send;

    /// The frame that tells a client to start over; without one the stream ends, and the client
    /// comes back with its own idea of where it was.
    fn resync(&self, _position: i64) -> Option<Frame> {
        None
    }
}

struct Open<S> {
    state: ApiState,
    feed: Feed,
    rights: Rights,
    source: S,
    _slot: Slot,
    ping: tokio::time::Interval,
    recheck: tokio::time::Interval,
    ready: VecDeque<Bytes>,
    opened: Instant,
    span: tracing::Span,
}

impl<S> Drop for Open<S> {
    fn drop(&mut self) {
        let duration_ms = self.opened.elapsed().as_millis();
        self.span.in_scope(|| tracing::debug!(duration_ms, "http.stream.closed"));
    }
}

/// Opens a stream. From here on errors can only end it.
pub(crate) fn stream<S: Source>(
    state: ApiState,
    feed: Feed,
    rights: Rights,
    source: S,
) -> Result<Response, ApiError> {
    let slot = state.streams.take(rights.actor_id())?;
    let every = |period| {
        let mut interval = interval_at(Instant::now() + period, period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    };
    let ready = source.hello(feed.position()).map(|frame| frame.to_bytes()).into_iter().collect();
    let open = Open {
        state,
        feed,
        rights,
        source,
        _slot: slot,
        ping: every(PING),
        recheck: every(RECHECK),
        ready,
        opened: Instant::now(),
        span: tracing::Span::current(),
    };
    let frames = stream::unfold(open, |mut open| async move {
        let bytes = open.next().await?;
        Some((Ok::<_, Infallible>(bytes), open))
    });
    debug_assert!(size_of_val(&frames) <= WAITING_MAX, "a stream keeps {} bytes", size_of_val(&frames));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(frames)).into_response())
}

impl<S: Source> Open<S> {
    /// The next bytes to send; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Some(bytes);
            }
            tokio::select! {
                () = self.state.stop.cancelled() => return None,
                step = self.feed.next() => self.take(step?).await?,
                _ = self.ping.tick() => {
                    let now = self.state.context.store().clock().now();
                    self.ready.push_back(format!(": ping - {}\r\n\r\n", now.format("%Y-%m-%d %H:%M:%S%.6f+00:00")).into());
                }
                _ = self.recheck.tick() => self.refresh().await?,
            }
        }
    }

    async fn take(&mut self, step: Step) -> Option<()> {
        let frame = match step {
            Step::Resync(position) => Some(self.source.resync(position)?),
            Step::Missed => {
                self.refresh().await?;
                None
            }
            Step::Event(live) => {
                if self.rights.are_touched_by(&live.event) {
                    self.refresh().await?;
                }
                if self.rights.allow(&live.event) {
                    self.source.frame(&self.state, &live).await
                } else {
                    None
                }
            }
        };
        self.ready.extend(frame.map(|frame| frame.to_bytes()));
        Some(())
    }

    /// Loads the rights again; `None` ends the stream. When the database is away the stream stays
    /// open with the rights it has, since no event can come either.
    async fn refresh(&mut self) -> Option<()> {
        match Box::pin(self.rights.refresh(&self.state)).await {
            Ok(true) => Some(()),
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "live.rights.refresh_failed");
                Some(())
            }
        }
    }
}
