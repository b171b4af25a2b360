//! Live views: one reader of the event log a process, any number of bounded readers of it.
//!
//! [`Live`] follows the log and hands each event to every open [`Feed`]. A feed first catches up from
//! the database, then listens; one that falls behind catches up again, and one that is too far behind
//! is told to start over (`resync`). What a stream shows of an event beyond its row, such as the
//! present task, is loaded once and shared by all streams.
//!
//! Streams are many, and nearly all of them wait nearly all the time. So what they do now and then is boxed where it is
//! done: otherwise each would keep the room for it as long as it is open.

mod detail;
mod events;
mod feed;
mod rights;
mod slots;
mod sse;

use std::{collections::HashSet, sync::Arc};

use mc_domain::board_groups;
use mc_store::{
    Store,
    events::{Event, Tail},
};
use serde_json::Value;
use tokio::sync::{OnceCell, broadcast, watch};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::ApiState;
use events::last_event_id;
pub(crate) use feed::{Feed, Scope, Step};
#[cfg(test)]
pub(crate) use rights::RECHECK;
pub(crate) use rights::Rights;
pub(crate) use slots::StreamSlots;
pub(crate) use sse::{Frame, Source, stream};

/// How many events a slow stream may be behind before it reads from the database again.
const BUFFER: usize = 1024;
/// The pause after the database failed.
const ERROR_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// An event and what streams show of it.
pub(crate) struct LiveEvent {
    pub(crate) event: Event,
    detail: OnceCell<Option<Value>>,
    comment_item: OnceCell<Option<Value>>,
    group_boards: OnceCell<HashSet<Uuid>>,
}

impl LiveEvent {
    pub(crate) fn new(event: Event) -> Self {
        Self { event, detail: OnceCell::new(), comment_item: OnceCell::new(), group_boards: OnceCell::new() }
    }

    /// What belongs to the event now: the task, the comment, the memory entry. Loaded by the first
    /// stream that asks.
    pub(crate) async fn detail(&self, state: &ApiState) -> Option<&Value> {
        self.detail.get_or_init(|| Box::pin(detail::load(state, &self.event))).await.as_ref()
    }

    /// The comment that the event stands for, as the feed of comments shows it. Loaded by the first
    /// stream that asks.
    pub(crate) async fn comment_item(&self, state: &ApiState) -> Option<&Value> {
        self.comment_item
            .get_or_init(|| Box::pin(crate::activity::live_comment_item(state, &self.event)))
            .await
            .as_ref()
    }

    /// Whether a board belongs to the group of the event. Loaded by the first stream that asks.
    pub(crate) async fn concerns_group_of(&self, state: &ApiState, board: Uuid) -> bool {
        let Some(group) = self.event.board_group_id else { return false };
        let load = || Box::pin(board_groups::queries::board_ids(state.context.store(), group));
        match self.group_boards.get_or_try_init(load).await {
            Ok(boards) => boards.contains(&board),
            Err(error) => {
                tracing::warn!(%error, "live.group_boards.load_failed");
                false
            }
        }
    }
}

/// The live views of this process.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<Arc<LiveEvent>>,
    /// Up to here the log is complete; everything at or before it can be read from the database.
    position: watch::Sender<i64>,
}

impl Live {
    /// Starts following the log, until `stop`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn start(store: &Store, stop: CancellationToken) -> mc_store::Result<Self> {
        let tail = Tail::start(store).await?;
        let (sender, _) = broadcast::channel(BUFFER);
        let live = Self { sender, position: watch::Sender::new(tail.position()) };
        let follower = live.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = follower.follow(tail) => {}
            }
        });
        Ok(live)
    }

    async fn follow(self, mut tail: Tail) {
        loop {
            match tail.next().await {
                Ok(events) => {
                    for event in events {
                        self.position.send_replace(event.position);
                        // Nobody listening is no error.
                        let _ = self.sender.send(Arc::new(LiveEvent::new(event)));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "live.tail.failed");
                    tokio::time::sleep(ERROR_PAUSE).await;
                }
            }
        }
    }

    /// The place up to which the log is complete.
    pub(crate) fn position(&self) -> i64 {
        *self.position.borrow()
    }

    /// Waits until the follower has come to a place.
    pub(crate) async fn reached(&self, position: i64) {
        // The sender lives as long as we do.
        let _ = self.position.subscribe().wait_for(|present| *present >= position).await;
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.sender.subscribe()
    }
}

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    events::routes()
}

#[cfg(test)]
mod tests;
