//! Connections that are lent for one statement or one transaction.
//!
//! The driver's pool asks the database after every use whether the connection still lives, which is one more round trip
//! for each statement. Here a connection that has just answered is lent again as it is. Any other goes back to the
//! driver's pool, which asks or closes it; so does one that was kept for long, so that the pool can retire it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mc_base::Clock;
use sqlx::{Database, Executor, Pool, Postgres, Sqlite, pool::PoolConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::Connections;

/// How long a connection is lent again and again before the driver's pool has a look at it.
const KEPT_MAX: Duration = Duration::from_secs(600);

/// An engine whose connections are lent.
pub(crate) trait Driver: Database {
    /// Runs a statement that has no values and gives no rows.
    fn tell(
        connection: &mut Self::Connection,
        statement: &'static str,
    ) -> impl Future<Output = sqlx::Result<()>> + Send;
}

impl Driver for Sqlite {
    async fn tell(connection: &mut Self::Connection, statement: &'static str) -> sqlx::Result<()> {
        connection.execute(statement).await.map(drop)
    }
}

impl Driver for Postgres {
    async fn tell(connection: &mut Self::Connection, statement: &'static str) -> sqlx::Result<()> {
        connection.execute(statement).await.map(drop)
    }
}

/// Lends the connections of one pool, each to one borrower at a time, in the order in which they ask.
pub(crate) struct Lender<D: Database>(Arc<Inner<D>>);

struct Inner<D: Database> {
    pool: Pool<D>,
    clock: Clock,
    wait_max: Duration,
    /// As many as the pool may open: who has one never waits for the pool.
    permits: Arc<Semaphore>,
    /// Connections that have answered and wait for the next borrower; the one that was used last is at the end.
    idle: Mutex<Vec<Kept<D>>>,
}

struct Kept<D: Database> {
    connection: PoolConnection<D>,
    /// When it was taken from the pool.
    since: Duration,
}

impl<D: Database> Inner<D> {
    fn idle(&self) -> MutexGuard<'_, Vec<Kept<D>>> {
        // Nothing in here can be half done.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection for the next borrower, or gives the one that has waited longest back to the pool.
    fn give_back(&self, kept: Kept<D>) {
        let now = self.clock.monotonic();
        let is_old = |kept: &Kept<D>| now.saturating_sub(kept.since) > KEPT_MAX;
        let mut idle = self.idle();
        // Asked under the lock, because `close` empties the list under it: nothing is added afterwards.
        if self.permits.is_closed() || is_old(&kept) {
            return;
        }
        let retired = idle.first().is_some_and(is_old).then(|| idle.remove(0));
        idle.push(kept);
        drop(idle);
        drop(retired);
    }
}

impl<D: Database> Lender<D> {
    /// A lender of all connections of a pool. Borrowers wait at most `wait_max`.
    pub(crate) fn new(pool: Pool<D>, clock: Clock, wait_max: Duration) -> Self {
        let permits = usize::try_from(pool.options().get_max_connections()).unwrap_or(1);
        Self(Arc::new(Inner {
            pool,
            clock,
            wait_max,
            permits: Arc::new(Semaphore::new(permits)),
            idle: Mutex::new(Vec::new()),
        }))
    }

    /// Lends a connection.
    ///
    /// # Errors
    /// `PoolTimedOut` when none becomes free in time, `PoolClosed` after [`Lender::close`], and when the database cannot
    /// be reached.
    pub(crate) async fn lend(&self) -> sqlx::Result<Lent<D>> {
        let permits = || Arc::clone(&self.0.permits);
        let permit = match permits().try_acquire_owned() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => return Err(sqlx::Error::PoolClosed),
            Err(TryAcquireError::NoPermits) => {
                tokio::time::timeout(self.0.wait_max, permits().acquire_owned())
                    .await
                    .map_err(|_| sqlx::Error::PoolTimedOut)?
                    .map_err(|_| sqlx::Error::PoolClosed)?
            }
        };
        let waiting = self.0.idle().pop();
        let kept = match waiting {
            Some(kept) => kept,
            None => Kept { connection: self.0.pool.acquire().await?, since: self.0.clock.monotonic() },
        };
        Ok(Lent { kept: Some(kept), is_sound: true, lender: Arc::clone(&self.0), _permit: permit })
    }

    /// How the connections are used now.
    pub(crate) fn connections(&self) -> Connections {
        let idle = self.0.pool.num_idle() + self.0.idle().len();
        Connections {
            open: self.0.pool.size(),
            idle: u32::try_from(idle).unwrap_or(u32::MAX),
            max: self.0.pool.options().get_max_connections(),
        }
    }

    /// Lends no more, and closes all connections, after the ones in use are given back.
    pub(crate) async fn close(&self) {
        self.0.permits.close();
        let idle = std::mem::take(&mut *self.0.idle());
        drop(idle);
        self.0.pool.close().await;
    }
}

/// A connection for one borrower.
pub(crate) struct Lent<D: Database> {
    /// There until it is dropped.
    kept: Option<Kept<D>>,
    /// Whether it has answered all that it was asked.
    is_sound: bool,
    lender: Arc<Inner<D>>,
    // Given back after the connection, because fields drop after `drop`.
    _permit: OwnedSemaphorePermit,
}

impl<D: Database> Lent<D> {
    /// The connection, for one statement. Until [`Lent::settle`] says how that went, it counts as broken.
    pub(crate) fn connection(&mut self) -> &mut D::Connection {
        self.is_sound = false;
        &mut self.kept.as_mut().expect("it is there until it is dropped").connection
    }

    /// Takes note of how a statement went.
    pub(crate) fn settle<R>(&mut self, outcome: sqlx::Result<R>) -> sqlx::Result<R> {
        self.is_sound = outcome.is_ok();
        if outcome.as_ref().is_err_and(has_ended) {
            // So have the others, most likely: the pool looks at each before anybody else fails with it.
            let others = std::mem::take(&mut *self.lender.idle());
            drop(others);
        }
        outcome
    }
}

/// Whether an error says that the database has ended the connection, as it does when it stops.
fn has_ended(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        // PostgreSQL's class of interventions by an operator.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

impl<D: Database> Drop for Lent<D> {
    fn drop(&mut self) {
        if let Some(kept) = self.kept.take().filter(|_| self.is_sound) {
            self.lender.give_back(kept);
        }
    }
}

/// An open transaction. Dropped without [`Open::commit`] it is rolled back.
pub(crate) struct Open<D: Driver> {
    /// There until it has ended.
    lent: Option<Lent<D>>,
}

impl<D: Driver> Open<D> {
    /// Begins it by a statement.
    ///
    /// # Errors
    /// As [`Lender::lend`], and when the database refuses the statement.
    pub(crate) async fn begin(lender: &Lender<D>, statement: &'static str) -> sqlx::Result<Self> {
        // It is open from now on, so that it is rolled back when the caller goes away in the middle.
        let mut open = Self { lent: Some(lender.lend().await?) };
        open.tell(statement).await?;
        Ok(open)
    }

    /// The connection, for one statement of it.
    pub(crate) fn connection(&mut self) -> &mut D::Connection {
        self.lent().connection()
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// When the database could not commit.
    pub(crate) async fn commit(mut self) -> sqlx::Result<()> {
        self.tell("COMMIT").await?;
        self.lent = None;
        Ok(())
    }

    fn lent(&mut self) -> &mut Lent<D> {
        self.lent.as_mut().expect("it is there until the transaction has ended")
    }

    async fn tell(&mut self, statement: &'static str) -> sqlx::Result<()> {
        let outcome = D::tell(self.connection(), statement).await;
        self.lent().settle(outcome)
    }
}

impl<D: Driver> Drop for Open<D> {
    fn drop(&mut self) {
        if let Some(mut lent) = self.lent.take() {
            tokio::spawn(async move {
                let outcome = D::tell(lent.connection(), "ROLLBACK").await;
                // When it fails the connection goes back to the pool, which looks what is wrong with it.
                let _ = lent.settle(outcome);
            });
        }
    }
}

#[cfg(test)]
mod tests;
