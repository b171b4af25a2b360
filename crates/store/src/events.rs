//! The append-only event log: what happened, in one order that no reader can miss a part of.
//!
//! On PostgreSQL transactions commit in another order than they took their positions. A reader that
//! simply remembered the highest position would skip a row that commits late. [`Tail`] therefore
//! stops at a gap until the gap is filled or proven dead: the transaction that holds the missing
//! position had its id before a later position was seen, so once every transaction of that time has
//! ended, the position can never appear. SQLite has one writer and no gaps.

mod append;
mod reads;

use std::{borrow::Cow, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{Engine, Json, Read, Result, Store, sql};

pub use reads::{
    newest_position, of_board, of_board_group, of_organization, oldest_position, organization_has_more_than,
    purge, purge_live, time_at,
};

/// How many events are read at once.
const BATCH: i64 = 500;
/// How often a tail looks without having been woken.
const POLL: Duration = Duration::from_secs(2);
/// The least time between two reads that find something, so that many small commits share one.
const PACE: Duration = Duration::from_millis(5);
/// The pause before looking again at a gap; doubled up to [`GAP_PAUSE_MAX`].
const GAP_PAUSE: Duration = Duration::from_millis(2);
const GAP_PAUSE_MAX: Duration = Duration::from_millis(100);

/// One row of the log.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// The place in the log; grows, with holes.
    pub position: i64,
    /// The id under which the event is known outside.
    pub id: Uuid,
    /// What happened, such as `task.created`.
    pub kind: String,
    /// The tenant it belongs to.
    pub organization_id: Uuid,
    /// The board it happened on.
    pub board_id: Option<Uuid>,
    /// The board group it happened in.
    pub board_group_id: Option<Uuid>,
    /// The task it is about.
    pub task_id: Option<Uuid>,
    /// The agent that did it, or that it is about.
    pub agent_id: Option<Uuid>,
    /// The person who did it.
    pub user_id: Option<Uuid>,
    /// A sentence for people.
    pub message: Option<String>,
    /// Further ids and values, by kind.
    pub data: Option<Json<Value>>,
    /// Whether it is part of the activity feed.
    pub activity: bool,
    /// When it happened (the time of its transaction).
    pub created_at: DateTime<Utc>,
}

/// An event to append. Ids that are not set are unknown or do not apply.
#[derive(Clone, Debug)]
pub struct NewEvent {
    id: Option<Uuid>,
    kind: Cow<'static, str>,
    pub(crate) organization_id: Uuid,
    pub(crate) board_id: Option<Uuid>,
    board_group_id: Option<Uuid>,
    task_id: Option<Uuid>,
    pub(crate) agent_id: Option<Uuid>,
    user_id: Option<Uuid>,
    pub(crate) message: Option<String>,
    pub(crate) data: Option<Value>,
    activity: bool,
}

impl NewEvent {
    /// An event of a kind in a tenant. It feeds live views only, until [`NewEvent::activity`].
    #[must_use]
    pub fn new(kind: impl Into<Cow<'static, str>>, organization_id: Uuid) -> Self {
        Self {
            id: None,
            kind: kind.into(),
            organization_id,
            board_id: None,
            board_group_id: None,
            task_id: None,
            agent_id: None,
            user_id: None,
            message: None,
            data: None,
            activity: false,
        }
    }

    /// Gives the event the id of the row that it stands for, such as a comment.
    #[must_use]
    pub fn id(mut self, id: Uuid) -> Self {
        self.id = Some(id);
        self
    }

    /// What happened.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    /// Names the board.
    #[must_use]
    pub fn board(mut self, id: Uuid) -> Self {
        self.board_id = Some(id);
        self
    }

    /// Names the board group, for what belongs to a group and to no single board of it.
    #[must_use]
    pub fn board_group(mut self, id: Uuid) -> Self {
        self.board_group_id = Some(id);
        self
    }

    /// Names the task.
    #[must_use]
    pub fn task(mut self, id: Uuid) -> Self {
        self.task_id = Some(id);
        self
    }

    /// Names the agent that acted or was acted on.
    #[must_use]
    pub fn agent(mut self, id: Option<Uuid>) -> Self {
        self.agent_id = id;
        self
    }

    /// Names the person who acted.
    #[must_use]
    pub fn user(mut self, id: Option<Uuid>) -> Self {
        self.user_id = id;
        self
    }

    /// Adds a sentence for people.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds further values.
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// Makes the event part of the activity feed.
    #[must_use]
    pub fn activity(mut self) -> Self {
        self.activity = true;
        self
    }
}

#[derive(sqlx::FromRow)]
struct Seen {
    #[sqlx(flatten)]
    event: Event,
    /// Transactions below this number have ended.
    oldest_running: i64,
    /// Transactions from this number on had not begun.
    next_transaction: i64,
}

/// What is known of a hole in the positions.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// The last position before the hole.
    after: i64,
    /// Every transaction that can still fill it has a number below this one.
    before_transaction: i64,
    pause: Duration,
}

/// A reader that follows the log in order. One a process: its readers share what it reads.
#[derive(Debug)]
pub struct Tail {
    store: Store,
    position: i64,
    gap: Option<Gap>,
    /// Not to be read again before; none at first.
    rests_until: Option<Instant>,
}

impl Tail {
    /// Starts after everything that is in the log now. Waits for the transactions that are running,
    /// so that nothing at or before [`Tail::position`] can appear any more.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn start(store: &Store) -> Result<Self> {
        if store.engine() == Engine::Postgres {
            let (barrier,): (i64,) = store
                .one(sql("SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)"))
                .await?;
            let mut pause = GAP_PAUSE;
            loop {
                let (oldest,): (i64,) = store
                    .one(sql("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"))
                    .await?;
                if oldest >= barrier {
                    break;
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(GAP_PAUSE_MAX);
            }
        }
        let (position,): (i64,) = store.one(sql("SELECT coalesce(max(position), 0) FROM events")).await?;
        Ok(Self { store: store.clone(), position, gap: None, rests_until: None })
    }

    /// The place up to which the log is complete.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Waits for the next events, in their order.
    ///
    /// # Errors
    /// When the database cannot be reached; calling again goes on where it stopped.
    pub async fn next(&mut self) -> Result<Vec<Event>> {
        if let Some(time) = self.rests_until.take() {
            tokio::time::sleep_until(time).await;
        }
        loop {
            let ready = self.poll().await?;
            if !ready.is_empty() {
                self.rests_until = Some(Instant::now() + PACE);
                return Ok(ready);
            }
            match &mut self.gap {
                Some(gap) => {
                    tokio::time::sleep(gap.pause).await;
                    gap.pause = (gap.pause * 2).min(GAP_PAUSE_MAX);
                }
                None => {
                    tokio::select! {
                        () = self.store.signals().events() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
            }
        }
    }

    /// Reads what is ready now, without waiting.
    async fn poll(&mut self) -> Result<Vec<Event>> {
        let query = match self.store.engine() {
            Engine::Sqlite => sql(
                "SELECT *, 0 AS oldest_running, 0 AS next_transaction FROM events WHERE position > $1 ORDER BY position LIMIT $2",
            ),
            Engine::Postgres => sql(
                "SELECT *, CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS oldest_running,
                        CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS next_transaction
                 FROM events WHERE position > $1 ORDER BY position LIMIT $2",
            ),
        };
        let seen: Vec<Seen> = self.store.all(query.bind(self.position).bind(BATCH)).await?;
        let mut ready = Vec::with_capacity(seen.len());
        for row in seen {
            if self.store.engine() == Engine::Postgres && row.event.position != self.position + 1 {
                match self.gap {
                    Some(gap) if gap.after == self.position => {
                        if row.oldest_running < gap.before_transaction {
                            break;
                        }
                    }
                    _ => {
                        self.gap = Some(Gap {
                            after: self.position,
                            before_transaction: row.next_transaction,
                            pause: GAP_PAUSE,
                        });
                        break;
                    }
                }
            }
            self.gap = None;
            self.position = row.event.position;
            ready.push(row.event);
        }
        Ok(ready)
    }
}

#[cfg(test)]
mod tests;
