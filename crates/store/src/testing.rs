//! Databases for tests: each test gets an empty, migrated one of its own, on both engines.
//!
//! SQLite always; PostgreSQL when `MC_TEST_POSTGRES` names a server where databases may be created
//! (`cargo xtask test` starts one and sets it). `MC_TEST_REQUIRE_POSTGRES` makes its absence a failure.

mod template;

use std::{cell::Cell, future::Future, path::PathBuf};

use mc_base::{Clock, ManualClock, Random};

use crate::{Options, Read, Store, connect::Pools, sql, sql::STATEMENTS};

/// Runs a piece of work and tells how many statements it ran in its own task.
pub async fn counting<F: Future>(work: F) -> (F::Output, u64) {
    STATEMENTS
        .scope(Cell::new(0), async {
            let output = work.await;
            (output, STATEMENTS.with(Cell::get))
        })
        .await
}

/// A database that is removed when the test ends.
pub struct TestDatabase {
    /// The store on it.
    pub store: Store,
    cleanup: Cleanup,
}

enum Cleanup {
    Directory(PathBuf),
    Database { server: String, name: String },
}

impl TestDatabase {
    /// A new SQLite file in the system's temporary folder.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn sqlite() -> Self {
        Self::sqlite_at(Clock::system()).await
    }

    async fn sqlite_at(clock: Clock) -> Self {
        let random = Random::system();
        let directory = std::env::temp_dir().join(format!("mc-test-{:016x}", random.below(u64::MAX)));
        std::fs::create_dir_all(&directory).expect("the temporary folder is writable");
        let path = directory.join("test.db");
        std::fs::copy(template::sqlite().await, &path).expect("the temporary folder has room");
        let store = Store::connect(&Options::Sqlite { path }, clock, random).await;
        let store = store.expect("a copy of a SQLite file opens");
        Self { store, cleanup: Cleanup::Directory(directory) }
    }

    /// A new database on the PostgreSQL server of this test run, if there is one.
    ///
    /// # Panics
    /// When the server is required or named, and cannot be used.
    pub async fn postgres() -> Option<Self> {
        Self::postgres_at(Clock::system()).await
    }

    async fn postgres_at(clock: Clock) -> Option<Self> {
        let server = Self::server()?;
        let template = template::postgres(&server).await;
        Some(Self::create(server, &format!("TEMPLATE {template}"), clock).await)
    }

    /// The same without any schema.
    #[cfg(test)]
    pub(crate) async fn empty_postgres(clock: Clock) -> Option<Self> {
        Some(Self::create(Self::server()?, "", clock).await)
    }

    fn server() -> Option<String> {
        let server = test_variable("MC_TEST_POSTGRES");
        assert!(
            server.is_some() || test_variable("MC_TEST_REQUIRE_POSTGRES").is_none(),
            "MC_TEST_POSTGRES is not set: start PostgreSQL, or run `cargo xtask test`"
        );
        server
    }

    async fn create(server: String, from: &str, clock: Clock) -> Self {
        let random = Random::system();
        let name = format!("mc_test_{:016x}", random.below(u64::MAX));
        execute(&server, &format!("CREATE DATABASE {name} {from}")).await;
        let options = Options::Postgres { url: with_database(&server, &name), connections: 10 };
        let store = Store::connect(&options, clock, random).await.expect("the new database opens");
        Self { store, cleanup: Cleanup::Database { server, name } }
    }

    /// Closes and removes the database.
    pub async fn drop(self) {
        self.store.close().await;
        match self.cleanup {
            Cleanup::Directory(directory) => {
                let _ = std::fs::remove_dir_all(directory);
            }
            Cleanup::Database { server, name } => {
                execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }
}

/// Another handle to a test database, with a clock that the test moves.
///
/// # Panics
/// When the database cannot be opened once more.
pub async fn with_hand(store: &Store) -> (Store, ManualClock) {
    let (clock, hand) = Clock::manual(store.clock().now());
    let store = Store::connect(store.options(), clock, store.random().clone()).await;
    (store.expect("the database opens once more"), hand)
}

/// Runs a test on SQLite and, when there is a server, on PostgreSQL. Tests are boxed, because a long one has a future that
/// is too large for the stack.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    let database = TestDatabase::sqlite().await;
    Box::pin(test(database.store.clone())).await;
    database.drop().await;
    only_postgres(test).await;
}

/// As [`on_both`], on a store whose time stands still until the test moves it.
///
/// # Panics
/// Never in practice: the time is a constant.
pub async fn on_both_by_hand<F, Fut>(test: F)
where
    F: Fn(Store, ManualClock) -> Fut,
    Fut: Future<Output = ()>,
{
    let clock = || Clock::manual("2026-11-20T12:00:00Z".parse().expect("a constant time"));
    let (time, hand) = clock();
    let database = TestDatabase::sqlite_at(time).await;
    Box::pin(test(database.store.clone(), hand)).await;
    database.drop().await;
    let (time, hand) = clock();
    if let Some(database) = TestDatabase::postgres_at(time).await {
        Box::pin(test(database.store.clone(), hand)).await;
        database.drop().await;
    }
}

/// Runs a test on PostgreSQL, when there is a server.
pub async fn only_postgres<F, Fut>(test: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    if let Some(database) = TestDatabase::postgres().await {
        Box::pin(test(database.store.clone())).await;
        database.drop().await;
    }
}

/// Lets the engine check a statement without running it.
///
/// # Errors
/// What the engine finds wrong with it.
pub async fn prepare(store: &Store, text: &str) -> crate::Result<()> {
    use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};
    let text = AssertSqlSafe(text.to_owned()).into_sql_str();
    match store.pools() {
        Pools::Sqlite { write, .. } => drop(write.lend().await?.connection().prepare(text).await?),
        Pools::Postgres { lender, .. } => drop(lender.lend().await?.connection().prepare(text).await?),
    }
    Ok(())
}

/// The tables of a database with their columns and whether each may be null, in order.
///
/// # Errors
/// When the database cannot be reached.
pub async fn columns(store: &Store) -> crate::Result<Vec<(String, String, bool)>> {
    match store.pools() {
        Pools::Sqlite { .. } => {
            store
                .all(sql(
                    "SELECT m.name, c.name, c.\"notnull\" = 0 AND c.pk = 0 FROM sqlite_master m, pragma_table_info(m.name) c
                     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.name",
                ))
                .await
        }
        Pools::Postgres { .. } => {
            store
                .all(sql(
                    "SELECT CAST(table_name AS text), CAST(column_name AS text), is_nullable = 'YES' FROM information_schema.columns
                     WHERE table_schema = current_schema() AND table_name NOT LIKE 'pg_%'
                     ORDER BY CAST(table_name AS text) COLLATE \"C\", CAST(column_name AS text) COLLATE \"C\"",
                ))
                .await
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where their databases are")]
fn test_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, None), |(base, query)| (base, Some(query)));
    let root = base.rsplit_once('/').map_or(base, |(root, _)| root);
    query.map_or_else(|| format!("{root}/{name}"), |query| format!("{root}/{name}?{query}"))
}

async fn execute(server: &str, statement: &str) {
    use sqlx::{Connection, Executor, PgConnection};
    let mut connection = PgConnection::connect(server).await.expect("the test server answers");
    connection.execute(sqlx::AssertSqlSafe(statement.to_owned())).await.expect("databases may be created");
    connection.close().await.expect("the connection closes");
}
