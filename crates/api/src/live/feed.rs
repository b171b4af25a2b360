//! One reader's way along the log.

use std::{collections::VecDeque, sync::Arc};

use http::HeaderMap;
use mc_base::Timestamp;
use mc_domain::{activity, board_groups};
use mc_store::events;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use super::{LiveEvent, last_event_id, rights::may_change_rights};
use crate::{ApiState, error::ApiError};

/// How many events are read from the database at once.
const BATCH: i64 = 200;
/// A reader of a whole tenant that missed more than this starts over.
const BACKLOG_MAX: i64 = 2_000;

/// How long a new reader waits for the follower to come to the end of the log.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// Which part of the log a reader follows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    /// A whole tenant.
    Organization(Uuid),
    /// One board.
    Board(Uuid),
    /// One board group.
    BoardGroup(Uuid),
    /// The group to which a board belongs at the time, whichever that is.
    GroupOfBoard {
        /// The tenant of the board.
        organization: Uuid,
        /// The board.
        board: Uuid,
    },
}

impl Scope {
    fn holds(self, event: &events::Event) -> bool {
        match self {
            Self::Organization(id) => event.organization_id == id,
            Self::Board(id) => event.board_id == Some(id),
            Self::BoardGroup(id) => event.board_group_id == Some(id),
            // Of any group of the tenant: the stream finds out whether it is the board's group now.
            Self::GroupOfBoard { organization, .. } => {
                event.organization_id == organization && event.board_group_id.is_some()
            }
        }
    }
}

/// What comes next.
pub(crate) enum Step {
    /// An event of the scope, or one that may change what its reader may see.
    Event(Arc<LiveEvent>),
    /// Too much was missed: read everything anew and go on from this position.
    Resync(i64),
    /// Events were missed that are read again, but maybe not those outside the scope that change rights.
    Missed,
}

/// One reader of the log.
pub(crate) struct Feed {
    state: ApiState,
    scope: Scope,
    /// Everything at or before it was handed out, is unread, or does not matter.
    position: i64,
    receiver: Receiver<Arc<LiveEvent>>,
    backlog: VecDeque<Arc<LiveEvent>>,
    /// What is still to be read from the database: after the first position, up to the second.
    unread: Option<(i64, i64)>,
    /// The place after which live events were missed.
    behind: Option<i64>,
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
            // These clients know no way to start over: they get what is kept.
            let mut feed = Self::now(state, scope).await?;
            if feed.is_in_log(after, feed.position).await? {
                feed.go_on(after);
            }
            return Ok(feed);
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
            Scope::BoardGroup(id) => {
                activity::queries::board_group_position_since(state.context.store(), id, since).await?
            }
            Scope::GroupOfBoard { board, .. } => {
                let store = state.context.store();
                match board_groups::queries::of_board(store, board).await? {
                    Some(id) => activity::queries::board_group_position_since(store, id, since).await?,
                    None => None,
                }
            }
        };
        // What the follower has not come to yet arrives by itself.
        if let Some(first) = first.filter(|first| *first <= feed.position) {
            feed.unread = Some((first - 1, feed.position));
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
            unread: None,
            behind: None,
            resync: false,
        })
    }

    /// The place up to which this reader has been served.
    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    /// Goes on after a position, or starts over when too much is missing. Changes nothing before the
    /// last wait, so that a caller that gives up meanwhile loses nothing.
    async fn catch_up(&mut self, after: i64) -> Result<(), ApiError> {
        let up_to = self.state.live.position();
        let can_go_on = self.can_go_on(after, up_to).await?;
        (self.position, self.unread, self.behind) = (up_to, None, None);
        self.backlog.clear();
        self.resync = !can_go_on;
        if can_go_on {
            self.go_on(after);
        }
        Ok(())
    }

    fn go_on(&mut self, after: i64) {
        self.unread = (after < self.position).then_some((after, self.position));
        self.position = self.position.max(after);
    }

    /// Whether the database has come as far as a position. This process may be behind another one that
    /// handed the position out.
    async fn is_in_log(&self, position: i64, up_to: i64) -> Result<bool, ApiError> {
        if position <= up_to {
            return Ok(true);
        }
        let newest = events::newest_position(self.state.context.store()).await?;
        Ok(newest.is_some_and(|newest| position <= newest))
    }

    /// Whether all events since a position are kept, and few enough to be read one by one.
    async fn can_go_on(&self, after: i64, up_to: i64) -> Result<bool, ApiError> {
        if after >= up_to {
            return self.is_in_log(after, up_to).await;
        }
        let context = &self.state.context;
        // From the very beginning means: whatever is kept.
        if after > 0 && !activity::queries::is_complete_after(context, after).await? {
            return Ok(false);
        }
        match self.scope {
            Scope::Organization(id) => {
                let store = context.store();
                Ok(!events::organization_has_more_than(store, id, after, up_to, BACKLOG_MAX).await?)
            }
            Scope::Board(_) | Scope::BoardGroup(_) | Scope::GroupOfBoard { .. } => Ok(true),
        }
    }

    /// Reads the next events that are still unread.
    async fn read(&mut self, after: i64, up_to: i64) -> Result<(), ApiError> {
        let store = self.state.context.store();
        let batch = match self.scope {
            Scope::Organization(id) => events::of_organization(store, id, after, up_to, BATCH).await?,
            Scope::Board(id) => events::of_board(store, id, after, up_to, BATCH).await?,
            Scope::BoardGroup(id) => events::of_board_group(store, id, after, up_to, BATCH).await?,
            Scope::GroupOfBoard { board, .. } => match board_groups::queries::of_board(store, board).await? {
                Some(id) => events::of_board_group(store, id, after, up_to, BATCH).await?,
                None => Vec::new(),
            },
        };
        let is_full = i64::try_from(batch.len()).is_ok_and(|len| len == BATCH);
        self.unread = batch.last().filter(|_| is_full).map(|last| (last.position, up_to));
        self.backlog.extend(batch.into_iter().map(|event| Arc::new(LiveEvent::new(event))));
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
            if let Some((after, up_to)) = self.unread {
                if let Err(error) = Box::pin(self.read(after, up_to)).await {
                    tracing::warn!(status = error.status().as_u16(), "live.feed.read_failed");
                    (self.unread, self.resync) = (None, true);
                }
                continue;
            }
            if let Some(after) = self.behind {
                if let Err(error) = Box::pin(self.catch_up(after)).await {
                    tracing::warn!(status = error.status().as_u16(), "live.feed.catch_up_failed");
                    (self.behind, self.resync) = (None, true);
                }
                continue;
            }
            match self.receiver.recv().await {
                Ok(live) => {
                    if live.event.position > self.position {
                        self.position = live.event.position;
                        if self.scope.holds(&live.event) || may_change_rights(&live.event.kind) {
                            return Some(Step::Event(live));
                        }
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    self.behind = Some(self.position);
                    return Some(Step::Missed);
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
