//! What copies of a whole database need: making one while others write, looking at one, and making
//! sure that nobody else works on the database that one is to replace.

use std::{collections::BTreeMap, path::Path, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, Postgres, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteLockingMode},
};

use crate::{Engine, Read, Result, Store, StoreError, connect::Pools, lend::Open, sql};

/// The most faults of a damaged database that are named.
const FAULTS: usize = 20;

/// One moment of a PostgreSQL database, which another program can copy while it is held.
pub struct Snapshot {
    txn: Open<Postgres>,
    id: String,
}

impl Snapshot {
    /// The name under which `pg_dump --snapshot` finds it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many rows each table has at that moment.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn counts(&mut self) -> Result<BTreeMap<String, i64>> {
        let tables: Vec<(String,)> = sqlx::query_as(POSTGRES_TABLES).fetch_all(self.txn.connection()).await?;
        let mut counts = BTreeMap::new();
        for (table,) in tables {
            let text = AssertSqlSafe(count_of(&table));
            let (rows,): (i64,) = sqlx::query_as(text).fetch_one(self.txn.connection()).await?;
            counts.insert(table, rows);
        }
        Ok(counts)
    }
}

const SQLITE_TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
const POSTGRES_TABLES: &str =
    "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";

/// The names come from the catalogue of the database itself; they are quoted all the same.
fn count_of(table: &str) -> String {
    format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\""))
}

impl Store {
    /// Copies an SQLite database as it is at one moment into a file that does not exist or is empty. Readers and
    /// writers go on meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written, or on PostgreSQL, where [`Store::snapshot`] is what there is.
    pub async fn copy_into(&self, path: &Path) -> Result<()> {
        let Pools::Sqlite { read, .. } = self.pools() else {
            return Err(StoreError::Schema("only SQLite copies itself into a file".into()));
        };
        let path = path.to_str().ok_or_else(|| {
            StoreError::Schema(format!("{}: SQLite needs a path in Unicode", path.display()))
        })?;
        sqlx::query::<Sqlite>("VACUUM INTO $1")
            .bind(path.to_owned())
            .execute(read.lend().await?.connection())
            .await?;
        Ok(())
    }

    /// Holds one moment of a PostgreSQL database.
    ///
    /// # Errors
    /// When the database cannot be reached, or on SQLite, where [`Store::copy_into`] is what there is.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let Pools::Postgres { lender, .. } = self.pools() else {
            return Err(StoreError::Schema("only PostgreSQL has snapshots for other programs".into()));
        };
        let mut txn = Open::begin(lender, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        // Counting the rows of a large table may take longer than any request.
        txn.connection().execute("SET LOCAL statement_timeout = 0").await?;
        txn.connection().execute("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        let (id,): (String,) =
            sqlx::query_as("SELECT pg_export_snapshot()").fetch_one(txn.connection()).await?;
        Ok(Snapshot { txn, id })
    }

    /// How many rows each table has.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn counts(&self) -> Result<BTreeMap<String, i64>> {
        let tables: Vec<(String,)> = match self.pools() {
            Pools::Sqlite { read, .. } => {
                sqlx::query_as(SQLITE_TABLES).fetch_all(read.lend().await?.connection()).await?
            }
            Pools::Postgres { lender, .. } => {
                sqlx::query_as(POSTGRES_TABLES).fetch_all(lender.lend().await?.connection()).await?
            }
        };
        let mut counts = BTreeMap::new();
        for (table,) in tables {
            let text = AssertSqlSafe(count_of(&table));
            let (rows,): (i64,) = match self.pools() {
                Pools::Sqlite { read, .. } => {
                    sqlx::query_as(text).fetch_one(read.lend().await?.connection()).await?
                }
                Pools::Postgres { lender, .. } => {
                    sqlx::query_as(text).fetch_one(lender.lend().await?.connection()).await?
                }
            };
            counts.insert(table, rows);
        }
        Ok(counts)
    }

    /// What is wrong with the file of the database and the references in it; nothing when it is sound. PostgreSQL
    /// checks both by itself, so nothing is asked there.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub async fn faults(&self) -> Result<Vec<String>> {
        let Pools::Sqlite { read, .. } = self.pools() else { return Ok(Vec::new()) };
        let found: Vec<(String,)> =
            sqlx::query_as("PRAGMA integrity_check(20)").fetch_all(read.lend().await?.connection()).await?;
        let mut faults: Vec<String> =
            found.into_iter().map(|(text,)| text).filter(|text| text != "ok").collect();
        let dangling: Vec<(String, i64)> = sqlx::query_as(
            "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY \"table\" ORDER BY \"table\"",
        )
        .fetch_all(read.lend().await?.connection())
        .await?;
        faults.extend(
            dangling.into_iter().map(|(table, rows)| format!("{rows} rows of {table} refer to nothing")),
        );
        faults.truncate(FAULTS);
        Ok(faults)
    }

    /// How many bytes the database takes on its disk.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn size_bytes(&self) -> Result<u64> {
        let (bytes,): (i64,) = match self.pools() {
            Pools::Sqlite { read, .. } => {
                sqlx::query_as("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
                    .fetch_one(read.lend().await?.connection())
                    .await?
            }
            Pools::Postgres { lender, .. } => {
                sqlx::query_as("SELECT pg_database_size(current_database())")
                    .fetch_one(lender.lend().await?.connection())
                    .await?
            }
        };
        Ok(u64::try_from(bytes).unwrap_or_default())
    }

    /// Makes an empty database on the server of a PostgreSQL database.
    ///
    /// # Errors
    /// When the role may not, or on SQLite, which has no server.
    pub async fn create_database(&self, name: &str) -> Result<()> {
        self.on_server(format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""))).await
    }

    /// Removes a database that [`Store::create_database`] made.
    ///
    /// # Errors
    /// When it is in use, or as [`Store::create_database`].
    pub async fn drop_database(&self, name: &str) -> Result<()> {
        self.on_server(format!("DROP DATABASE IF EXISTS \"{}\"", name.replace('"', "\"\""))).await
    }

    async fn on_server(&self, statement: String) -> Result<()> {
        let Pools::Postgres { lender, .. } = self.pools() else {
            return Err(StoreError::Schema("SQLite has no server that could have another database".into()));
        };
        lender.lend().await?.connection().execute(AssertSqlSafe(statement)).await?;
        Ok(())
    }

    /// How many connections Mission Control has to a PostgreSQL database besides the one that asks: with a pool of one,
    /// those of other processes. SQLite tells by its locks instead: see [`alone_on`].
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn other_connections(&self) -> Result<i64> {
        if self.engine() == Engine::Sqlite {
            return Ok(0);
        }
        let (others,): (i64,) = self
            .one(sql(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'mission-control' AND pid <> pg_backend_pid()",
            ))
            .await?;
        Ok(others)
    }
}

/// Whether no other process has a file of SQLite open. When so, all of it is in the one file afterwards: what stood in
/// the journal beside it is written back.
///
/// # Errors
/// When the file is damaged or cannot be read.
pub async fn alone_on(path: &Path) -> Result<bool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .locking_mode(SqliteLockingMode::Exclusive)
        .busy_timeout(Duration::ZERO)
        .disable_statement_logging();
    let folded = async {
        let mut connection: SqliteConnection = options.connect().await?;
        let folded = connection.execute("PRAGMA journal_mode = DELETE").await.map(drop);
        connection.close().await?;
        folded
    };
    match folded.await.map_err(StoreError::from) {
        Ok(()) => Ok(true),
        Err(error) if error.is_unavailable() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestDatabase, on_both, only_postgres};

    #[tokio::test]
    async fn a_copy_is_sound_and_has_the_same_rows() {
        let database = TestDatabase::sqlite().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        database.store.copy_into(&path).await.unwrap();
        let options = crate::Options::Sqlite { path };
        let (clock, random) = (database.store.clock().clone(), database.store.random().clone());
        let copy = Store::connect(&options, clock, random).await.unwrap();
        assert_eq!(copy.counts().await.unwrap(), database.store.counts().await.unwrap());
        assert_eq!(copy.faults().await.unwrap(), Vec::<String>::new());
        assert_eq!(copy.schema_version().await.unwrap(), crate::SCHEMA_VERSION);
        copy.close().await;
        database.drop().await;
    }

    #[tokio::test]
    async fn a_file_is_ours_alone_only_when_nobody_has_it_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let options = crate::Options::Sqlite { path: path.clone() };
        let store =
            Store::connect(&options, mc_base::Clock::system(), mc_base::Random::system()).await.unwrap();
        store.migrate().await.unwrap();
        assert!(!alone_on(&path).await.unwrap(), "the store has it open");
        store.close().await;
        assert!(alone_on(&path).await.unwrap());
        assert!(!path.with_extension("db-wal").exists(), "everything is in the one file");
        std::fs::write(&path, "no database at all, but long enough to be looked at".repeat(100)).unwrap();
        assert!(alone_on(&path).await.is_err(), "a damaged file is no answer");
    }

    #[tokio::test]
    async fn tables_are_counted_and_measured() {
        on_both(|store| async move {
            let counts = store.counts().await.unwrap();
            assert_eq!(counts.get("tasks"), Some(&0), "{counts:?}");
            assert!(counts.get("_sqlx_migrations").is_some_and(|rows| *rows == crate::SCHEMA_VERSION));
            assert!(store.size_bytes().await.unwrap() > 10_000);
        })
        .await;
    }

    #[tokio::test]
    async fn connections_of_others_are_seen() {
        only_postgres(|store| async move {
            let one = |connections| match store.options() {
                crate::Options::Postgres { url, .. } => {
                    crate::Options::Postgres { url: url.clone(), connections }
                }
                other => other.clone(),
            };
            let connect = async |options| {
                Store::connect(&options, store.clock().clone(), store.random().clone()).await.unwrap()
            };
            let asking = connect(one(1)).await;
            let before = asking.other_connections().await.unwrap();
            let other = connect(one(1)).await;
            assert_eq!(asking.other_connections().await.unwrap(), before + 1);
            other.close().await;
            asking.close().await;
        })
        .await;
    }

    #[tokio::test]
    async fn a_snapshot_counts_what_was_there_when_it_was_made() {
        only_postgres(|store| async move {
            let mut snapshot = store.snapshot().await.unwrap();
            assert!(!snapshot.id().is_empty());
            let txn = store.begin().await.unwrap();
            txn.enqueue(crate::jobs::NewJob::new("test", serde_json::json!({}))).await.unwrap();
            txn.commit().await.unwrap();
            assert_eq!(snapshot.counts().await.unwrap().get("jobs"), Some(&0));
            assert_eq!(store.counts().await.unwrap().get("jobs"), Some(&1));
        })
        .await;
    }
}
