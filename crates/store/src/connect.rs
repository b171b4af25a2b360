//! Opening a database, and the handle that everybody holds.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use mc_base::{Clock, Ids, Random};
use sqlx::{
    ConnectOptions, PgPool, Postgres, Sqlite,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Read, Result, Rows, Signals, Sql, Txn, lend::Lender, row::Fetched, sql};

/// How long a caller waits for a free connection before it is told that the database is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers of SQLite. They never wait for the writer.
const SQLITE_READERS: u32 = 4;
/// Rows of SQLite that are read ahead of their reader: more than a page has, so that its thread need not wait.
const SQLITE_ROWS_AHEAD: usize = 1_024;
/// Prepared statements kept for each connection.
const STATEMENTS: usize = 500;

/// The database underneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in this process.
    Sqlite,
    /// PostgreSQL 14 or later.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// Where the database is.
#[derive(Clone)]
pub enum Options {
    /// A file of SQLite; made when it is not there.
    Sqlite {
        /// The path of the file.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres {
        /// A `postgres://` URL. It may carry a password, hence no `Debug`.
        url: String,
        /// The most connections that this process opens.
        connections: u32,
    },
}

/// What runs the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// The version of PostgreSQL as `server_version_num` counts, such as 150004; none for SQLite.
    pub postgres_version: Option<i64>,
    /// The time on its machine.
    pub now: DateTime<Utc>,
}

/// How many connections to the database a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open ones.
    pub open: u32,
    /// Open ones that nobody uses.
    pub idle: u32,
    /// The most that are opened.
    pub max: u32,
}

pub(crate) enum Pools {
    /// One writer: SQLite has one anyway, and waiting in our own line is fair and fast.
    Sqlite { read: Lender<Sqlite>, write: Lender<Sqlite> },
    Postgres {
        lender: Lender<Postgres>,
        /// The one connection that listens for the other replicas.
        listen: PgPool,
    },
}

struct Inner {
    pools: Pools,
    signals: Signals,
    clock: Clock,
    ids: Ids,
    random: Random,
    options: Options,
}

/// The handle to the database. Cheap to clone; reads run on it directly, writes in a [`Txn`].
#[derive(Clone)]
pub struct Store(Arc<Inner>);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the pools. Does not look at the schema: see [`Store::schema`] and [`Store::migrate`].
    ///
    /// # Errors
    /// When the URL is malformed or the database cannot be reached.
    pub async fn connect(options: &Options, clock: Clock, random: Random) -> Result<Self> {
        let pools = match options {
            Options::Sqlite { path } => {
                let base = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    // What was answered with success is on the disk.
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(Duration::from_secs(10))
                    .statement_cache_capacity(STATEMENTS)
                    .row_buffer_size(SQLITE_ROWS_AHEAD)
                    // In KiB and for each connection. The file is not mapped into memory: each connection would map it
                    // anew, so that the process seems to hold several times the size of its database.
                    .pragma("cache_size", "-4096")
                    .disable_statement_logging();
                let write = SqlitePoolOptions::new()
                    .min_connections(1)
                    .max_connections(1)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_with(base.clone())
                    .await?;
                let read = SqlitePoolOptions::new()
                    .max_connections(SQLITE_READERS)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_with(base.create_if_missing(false).read_only(true))
                    .await?;
                let lender = |pool| Lender::new(pool, clock.clone(), ACQUIRE_TIMEOUT);
                Pools::Sqlite { read: lender(read), write: lender(write) }
            }
            Options::Postgres { url, connections } => {
                let options = PgConnectOptions::from_str(url)?
                    .application_name("mission-control")
                    .options([
                        ("timezone", "UTC"),
                        ("statement_timeout", "30s"),
                        // Planning anew for each set of values costs more than running most statements here does.
                        ("plan_cache_mode", "force_generic_plan"),
                        // A plan that was made while a table was empty must be one by its indexes: it stays until the
                        // database has looked at the table again.
                        ("random_page_cost", "1.1"),
                    ])
                    .statement_cache_capacity(STATEMENTS)
                    .disable_statement_logging();
                let pool = PgPoolOptions::new()
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    // A dead connection shows itself at its first statement; asking before every
                    // checkout would cost a round trip each time.
                    .test_before_acquire(false);
                let listen = pool.clone().max_connections(1).connect_lazy_with(options.clone());
                let pool = pool.max_connections(*connections).connect_with(options).await?;
                Pools::Postgres { lender: Lender::new(pool, clock.clone(), ACQUIRE_TIMEOUT), listen }
            }
        };
        Ok(Self(Arc::new(Inner {
            pools,
            signals: Signals::default(),
            ids: Ids::new(clock.clone(), random.clone()),
            clock,
            random,
            options: options.clone(),
        })))
    }

    /// Opens a transaction. On SQLite it holds the one writer until it ends, so nothing slow belongs in it.
    ///
    /// # Errors
    /// When the database cannot be reached or is too busy.
    pub async fn begin(&self) -> Result<Txn> {
        Txn::begin(self).await
    }

    /// The wake-up calls of this process.
    #[must_use]
    pub fn signals(&self) -> &Signals {
        &self.0.signals
    }

    /// The clock that gives transactions their time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The source of new ids.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// The source of randomness.
    #[must_use]
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.0.pools
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// Whether the database answers. The caller sets the time limit.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        let _: (i32,) = self.one(sql("SELECT 1")).await?;
        Ok(())
    }

    /// What runs the database, and what time it has there.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn server(&self) -> Result<Server> {
        match self.pools() {
            Pools::Sqlite { .. } => Ok(Server { postgres_version: None, now: self.clock().now() }),
            Pools::Postgres { lender, .. } => {
                let (version, now) = sqlx::query_as(
                    "SELECT CAST(current_setting('server_version_num') AS BIGINT), clock_timestamp()",
                )
                .fetch_one(lender.lend().await?.connection())
                .await?;
                Ok(Server { postgres_version: Some(version), now })
            }
        }
    }

    /// How many processes of Mission Control serve or work on this database now, as far as this role may see: each listens
    /// for the others. None for SQLite, which one process has to itself.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn processes(&self) -> Result<Option<i64>> {
        match self.pools() {
            Pools::Sqlite { .. } => Ok(None),
            Pools::Postgres { lender, .. } => Ok(Some(
                sqlx::query_scalar(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                     AND application_name = 'mission-control' AND query LIKE 'LISTEN %'",
                )
                .fetch_one(lender.lend().await?.connection())
                .await?,
            )),
        }
    }

    /// How many bytes the database takes on its disk.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn size(&self) -> Result<i64> {
        let (bytes,) = match self.pools() {
            Pools::Sqlite { read, .. } => {
                let pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
                sqlx::query_as::<_, (i64,)>(pages).fetch_one(read.lend().await?.connection()).await?
            }
            Pools::Postgres { lender, .. } => {
                sqlx::query_as("SELECT pg_database_size(current_database())")
                    .fetch_one(lender.lend().await?.connection())
                    .await?
            }
        };
        Ok(bytes)
    }

    /// How the connections of this process are used now. SQLite's writer counts among them.
    #[must_use]
    pub fn connections(&self) -> Connections {
        match self.pools() {
            Pools::Sqlite { read, write } => {
                let (read, write) = (read.connections(), write.connections());
                Connections {
                    open: read.open + write.open,
                    idle: read.idle + write.idle,
                    max: read.max + write.max,
                }
            }
            Pools::Postgres { lender, .. } => lender.connections(),
        }
    }

    /// Closes all connections, after the ones in use are given back.
    pub async fn close(&self) {
        match self.pools() {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { lender, listen } => {
                listen.close().await;
                lender.close().await;
            }
        }
    }
}

impl Read for Store {
    fn engine(&self) -> Engine {
        match self.pools() {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres { .. } => Engine::Postgres,
        }
    }

    async fn fetch(&self, sql: Sql) -> Result<Rows> {
        let (text, values) = sql.into_parts();
        Ok(Rows(match self.pools() {
            Pools::Sqlite { read, .. } => {
                let mut lent = read.lend().await?;
                let query = sqlx::query_with::<Sqlite, _>(text, values);
                let outcome = query.fetch_all(lent.connection()).await;
                Fetched::Sqlite(lent.settle(outcome)?)
            }
            Pools::Postgres { lender, .. } => {
                let mut lent = lender.lend().await?;
                let query = sqlx::query_with::<Postgres, _>(text, values);
                let outcome = query.fetch_all(lent.connection()).await;
                Fetched::Postgres(lent.settle(outcome)?)
            }
        }))
    }
}
