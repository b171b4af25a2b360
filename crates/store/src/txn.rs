//! One transaction: one intent of one caller.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{Engine, Read, Result, Rows, Sql, Store, StoreError, connect::Pools, lend::Open, row::Fetched};

/// Rows for statements of many rows each, in their order. Few sizes occur, so that few statements are prepared.
pub fn chunks<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let size = CHUNK_SIZES.into_iter().find(|size| *size <= rows.len())?;
        Some(rows.by_ref().take(size).collect())
    })
}

/// How many rows one statement writes: the largest that is not more than there are.
const CHUNK_SIZES: [usize; 6] = [32, 16, 8, 4, 2, 1];

enum Connection {
    Sqlite(Mutex<Open<Sqlite>>),
    Postgres(Mutex<Open<Postgres>>),
}

/// An open transaction. Dropped without [`Txn::commit`] it leaves nothing behind, no row, no event, no job.
pub struct Txn {
    connection: Connection,
    store: Store,
    now: DateTime<Utc>,
    pub(crate) has_events: AtomicBool,
    pub(crate) has_jobs: AtomicBool,
}

impl Txn {
    pub(crate) async fn begin(store: &Store) -> Result<Self> {
        let connection = match store.pools() {
            Pools::Sqlite { write, .. } => {
                Connection::Sqlite(Mutex::new(Open::begin(write, "BEGIN IMMEDIATE").await?))
            }
            Pools::Postgres { lender, .. } => {
                Connection::Postgres(Mutex::new(Open::begin(lender, "BEGIN").await?))
            }
        };
        Ok(Self {
            connection,
            store: store.clone(),
            now: store.clock().now(),
            has_events: AtomicBool::new(false),
            has_jobs: AtomicBool::new(false),
        })
    }

    /// The time of this transaction: every row that it writes carries the same one.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new, time-ordered id (UUID version 7).
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.store.ids().next()
    }

    /// A new id that nobody can guess (UUID version 4), for what is reached by knowing it.
    #[must_use]
    pub fn new_unguessable_id(&self) -> Uuid {
        self.store.ids().unguessable()
    }

    /// Runs a statement and tells how many rows it touched.
    ///
    /// # Errors
    /// When the database refuses the statement or cannot be reached.
    pub async fn run(&self, sql: Sql) -> Result<u64> {
        let (text, values) = sql.into_parts();
        Ok(match &self.connection {
            Connection::Sqlite(txn) => sqlx::query_with::<Sqlite, _>(text, values)
                .execute(txn.lock().await.connection())
                .await?
                .rows_affected(),
            Connection::Postgres(txn) => sqlx::query_with::<Postgres, _>(text, values)
                .execute(txn.lock().await.connection())
                .await?
                .rows_affected(),
        })
    }

    /// Runs a statement that must touch exactly one row.
    ///
    /// # Errors
    /// As [`Txn::run`], and [`StoreError::Affected`] when it touched none or several.
    pub async fn run_one(&self, sql: Sql) -> Result<()> {
        match self.run(sql).await? {
            1 => Ok(()),
            actual => Err(StoreError::Affected { expected: 1, actual }),
        }
    }

    /// Serialises all transactions that name the same lock, until they end.
    ///
    /// SQLite has one writer at a time anyway; PostgreSQL takes an advisory lock.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn lock(&self, name: &str, id: Uuid) -> Result<()> {
        if self.engine() == Engine::Postgres {
            let key = format!("{name}:{id}");
            self.run(crate::sql("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(key)).await?;
        }
        Ok(())
    }

    /// Makes everything durable, then wakes the readers of what was written.
    ///
    /// # Errors
    /// When the database could not commit; then nothing of it stands.
    pub async fn commit(self) -> Result<()> {
        match self.connection {
            Connection::Sqlite(txn) => txn.into_inner().commit().await?,
            Connection::Postgres(txn) => txn.into_inner().commit().await?,
        }
        let signals = self.store.signals();
        let (events, jobs) = (self.has_events.into_inner(), self.has_jobs.into_inner());
        if events {
            signals.events_arrived();
        }
        if jobs {
            signals.jobs_arrived();
        }
        if events || jobs {
            signals.tell_replicas();
        }
        Ok(())
    }

    pub(crate) fn note_events(&self) {
        self.has_events.store(true, Ordering::Relaxed);
    }

    pub(crate) fn note_jobs(&self) {
        self.has_jobs.store(true, Ordering::Relaxed);
    }
}

impl Read for Txn {
    fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    async fn fetch(&self, sql: Sql) -> Result<Rows> {
        let (text, values) = sql.into_parts();
        Ok(Rows(match &self.connection {
            Connection::Sqlite(txn) => {
                let query = sqlx::query_with::<Sqlite, _>(text, values);
                Fetched::Sqlite(query.fetch_all(txn.lock().await.connection()).await?)
            }
            Connection::Postgres(txn) => {
                let query = sqlx::query_with::<Postgres, _>(text, values);
                Fetched::Postgres(query.fetch_all(txn.lock().await.connection()).await?)
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_in_few_sizes_and_in_their_order() {
        for (count, expected) in [(0, vec![]), (1, vec![1]), (7, vec![4, 2, 1]), (70, vec![32, 32, 4, 2])] {
            let parts: Vec<Vec<usize>> = chunks((0..count).collect()).collect();
            assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), expected);
            assert_eq!(parts.concat(), (0..count).collect::<Vec<_>>());
        }
    }
}
