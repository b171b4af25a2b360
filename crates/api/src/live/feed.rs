//! One reader's way along the log.

use std::{collections::VecDeque, sync::Arc};

use http::HeaderMap;
use mc_base::Timestamp;
use mc_domain::activity;
use mc_store::events;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use super::{LiveEvent, last_event_id};
use crate::{ApiState, error::ApiError};

/// How many events are read from the database at once.
const BATCH: i64 = 200;
/// A reader that missed more than this starts over.
const BACKLOG_MAX: usize = 2_000;

/// How long a new reader waits for the follower to come to the end of the log.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// Which part of the log a reader follows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    /// A whole tenant.
    Organization(Uuid),
    /// One board.
    Board(Uuid),
}

impl Scope {
    fn holds(self, event: &events::Event) -> bool {
        match self {
            Self::Organization(id) => event.organization_id == id,
            Self::Board(id) => event.board_id == Some(id),
        }
    }
}

/// What comes next.
pub(crate) enum Step {
    /// An event.
    Event(Arc<LiveEvent>),
    /// Too much was missed: read everything anew and go on from this position.
    Resync(i64),
}

/// One reader of the log.
pub(crate) struct Feed {
    state: ApiState,
    scope: Scope,
    /// Everything at or before it was handed out or does not matter.
    position: i64,
    receiver: Receiver<Arc<LiveEvent>>,
    backlog: VecDeque<Arc<LiveEvent>>,
    resync: bool,
}

impl Feed {
    /// A reader that goes on after a position; without one it starts now.
    pub(crate) async fn after(state: &ApiState, scope: Scope, after: Option<i64>) -> Result<Self, ApiError> {
        let mut feed = Self::now(state, scope).await?;
        if let Some(after) = after {
            feed.catch_up(after).await?;
        }
        Ok(feed)
    }

    /// A reader that starts where a client of a subject's stream wants: after its `Last-Event-ID`, else
    /// with its `since`, an ISO time; now when that is blank or no time.
    pub(crate) async fn wanted(
        state: &ApiState,
        scope: Scope,
        headers: &HeaderMap,
        since: Option<&str>,
    ) -> Result<Self, ApiError> {
        if let Some(after) = last_event_id(headers) {
            return Self::after(state, scope, Some(after)).await;
        }
        match since.and_then(|since| Timestamp::parse(since.trim()).ok()) {
            Some(since) => Self::since(state, scope, since.0).await,
            None => Self::after(state, scope, None).await,
        }
    }

    /// A reader that starts with what happened since a time.
    async fn since(
        state: &ApiState,
        scope: Scope,
        since: chrono::DateTime<chrono::Utc>,
    ) -> Result<Self, ApiError> {
        let mut feed = Self::now(state, scope).await?;
        let first = match scope {
            Scope::Board(id) => {
                activity::queries::board_position_since(state.context.store(), id, since).await?
            }
            Scope::Organization(id) => {
                activity::queries::organization_position_since(state.context.store(), id, since).await?
            }
        };
        // What the follower has not come to yet arrives by itself.
        if let Some(first) = first.filter(|first| *first <= feed.position) {
            feed.catch_up(first - 1).await?;
        }
        Ok(feed)
    }

    async fn now(state: &ApiState, scope: Scope) -> Result<Self, ApiError> {
        // What was committed before the stream was opened is not news to it.
        if let Some(newest) = events::newest_position(state.context.store()).await? {
            let _ = tokio::time::timeout(PATIENCE, state.live.reached(newest)).await;
        }
        // Listen first, then look where the log stands: nothing falls between.
        let receiver = state.live.subscribe();
        Ok(Self {
            state: state.clone(),
            scope,
            position: state.live.position(),
            receiver,
            backlog: VecDeque::new(),
            resync: false,
        })
    }

    /// The place up to which this reader has been served.
    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    /// Reads what lies between a position and the present one.
    async fn catch_up(&mut self, after: i64) -> Result<(), ApiError> {
        let store = self.state.context.store();
        let up_to = self.state.live.position();
        let oldest = events::oldest_position(store).await?;
        // Retention has taken what is missing, or the database is an older copy of itself.
        if after > up_to || oldest.is_some_and(|oldest| after + 1 < oldest && after > 0) {
            self.resync = true;
            self.position = up_to;
            return Ok(());
        }
        let mut from = after;
        self.backlog.clear();
        loop {
            let batch = match self.scope {
                Scope::Organization(id) => events::of_organization(store, id, from, up_to, BATCH).await?,
                Scope::Board(id) => events::of_board(store, id, from, up_to, BATCH).await?,
            };
            let Some(last) = batch.last().map(|event| event.position) else { break };
            let is_full = i64::try_from(batch.len()).is_ok_and(|len| len == BATCH);
            self.backlog.extend(batch.into_iter().map(|event| Arc::new(LiveEvent::new(event))));
            if self.backlog.len() > BACKLOG_MAX {
                self.backlog.clear();
                self.resync = true;
                break;
            }
            from = last;
            if !is_full {
                break;
            }
        }
        self.position = up_to;
        Ok(())
    }

    /// Waits for what comes next; `None` when the server stops.
    pub(crate) async fn next(&mut self) -> Option<Step> {
        loop {
            if std::mem::take(&mut self.resync) {
                return Some(Step::Resync(self.position));
            }
            if let Some(event) = self.backlog.pop_front() {
                return Some(Step::Event(event));
            }
            match self.receiver.recv().await {
                Ok(live) => {
                    if live.event.position > self.position {
                        self.position = live.event.position;
                        if self.scope.holds(&live.event) {
                            return Some(Step::Event(live));
                        }
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    let after = self.position;
                    if let Err(error) = self.catch_up(after).await {
                        tracing::warn!(status = error.status().as_u16(), "live.feed.catch_up_failed");
                        self.resync = true;
                    }
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
