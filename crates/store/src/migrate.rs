//! The schema: which version a database has, and how it gets the next one.

use std::fs::File;

use sqlx::migrate::Migrator;

use crate::{Engine, Options, Read, Result, Store, StoreError, connect::Pools, sql};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The schema version that this executable was written for.
pub const SCHEMA_VERSION: i64 = 3;

/// The migrations that this executable has, in their order: number and what it is about.
pub fn migrations() -> impl Iterator<Item = (i64, &'static str)> {
    SQLITE.iter().map(|migration| (migration.version, migration.description.as_ref()))
}

/// The checksums of all migrations of both engines, which tell schemas apart.
pub(crate) fn checksums() -> impl Iterator<Item = &'static [u8]> {
    SQLITE.iter().chain(POSTGRES.iter()).map(|migration| migration.checksum.as_ref())
}

/// How a database stands to this executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// It has exactly our schema.
    Current,
    /// It is older (0 = empty) and can be migrated.
    Behind {
        /// Its version.
        version: i64,
    },
    /// It was migrated by a later version of Mission Control.
    Ahead {
        /// Its version.
        version: i64,
    },
}

impl Store {
    /// The version of the schema that the database has; 0 when it is empty.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn schema_version(&self) -> Result<i64> {
        let (tables,): (i64,) = self
            .one(match self.engine() {
                Engine::Sqlite => {
                    sql("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
                }
                Engine::Postgres => {
                    sql("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'")
                }
            })
            .await?;
        if tables == 0 {
            return Ok(0);
        }
        // The migrator makes this table, so the statement cannot be among the prepared ones.
        let (version,): (i64,) =
            self.one(sql("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success")).await?;
        Ok(version)
    }

    /// Reads which schema the database has.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn schema(&self) -> Result<SchemaState> {
        let version = self.schema_version().await?;
        Ok(match version.cmp(&SCHEMA_VERSION) {
            std::cmp::Ordering::Less => SchemaState::Behind { version },
            std::cmp::Ordering::Equal => SchemaState::Current,
            std::cmp::Ordering::Greater => SchemaState::Ahead { version },
        })
    }

    /// Brings the schema to our version, under a lock, so that replicas that start together wait for one another.
    ///
    /// # Errors
    /// When a migration fails, was changed after it ran, or the database is ahead of us.
    pub async fn migrate(&self) -> Result<()> {
        let failed = |error: sqlx::migrate::MigrateError| StoreError::Schema(format!("migration: {error}"));
        match self.pools() {
            Pools::Sqlite { write, .. } => {
                let lock = match self.options() {
                    Options::Sqlite { path } => File::create(path.with_extension("migrate.lock"))?,
                    Options::Postgres { .. } => unreachable!("pools and options are made together"),
                };
                let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
                    .await
                    .map_err(std::io::Error::other)??;
                let done =
                    SQLITE.run_direct(None, write.lend().await?.connection(), false).await.map_err(failed);
                lock.unlock()?;
                done
            }
            // The migrator itself holds an advisory lock here.
            Pools::Postgres { lender, .. } => {
                POSTGRES.run_direct(None, lender.lend().await?.connection(), false).await.map_err(failed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestDatabase, columns};

    #[test]
    fn the_version_is_that_of_the_newest_migration_of_both_engines() {
        for migrator in [&SQLITE, &POSTGRES] {
            assert_eq!(migrator.iter().map(|migration| migration.version).max(), Some(SCHEMA_VERSION));
        }
    }

    #[test]
    fn both_engines_have_the_same_migrations() {
        let names = |migrator: &'static Migrator| -> Vec<(i64, &str)> {
            migrator.iter().map(|migration| (migration.version, migration.description.as_ref())).collect()
        };
        assert_eq!(names(&SQLITE), names(&POSTGRES));
    }

    #[tokio::test]
    async fn both_engines_end_with_the_same_columns() {
        let Some(postgres) = TestDatabase::postgres().await else { return };
        let sqlite = TestDatabase::sqlite().await;
        let own = |columns: Vec<(String, String, bool)>| -> Vec<_> {
            columns.into_iter().filter(|(table, _, _)| table != "_sqlx_migrations").collect()
        };
        let (left, right) = (columns(&sqlite.store).await.unwrap(), columns(&postgres.store).await.unwrap());
        assert_eq!(own(left), own(right));
        sqlite.drop().await;
        postgres.drop().await;
    }

    /// The same migrations without the newest one.
    fn before_the_newest(migrator: &Migrator) -> Migrator {
        let older = migrator.iter().filter(|migration| migration.version < SCHEMA_VERSION).cloned();
        Migrator { migrations: older.collect::<Vec<_>>().into(), ..Migrator::DEFAULT }
    }

    /// The columns that a row must give: not null, and without a default. A key that the database itself counts is none.
    async fn needed_columns(store: &Store) -> Vec<(String, String)> {
        let columns: Vec<(String, String)> = match store.pools() {
            Pools::Sqlite { read, .. } => sqlx::query_as(
                "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND (c.\"notnull\" OR c.pk)
                   AND c.dflt_value IS NULL AND NOT (c.pk AND c.type = 'INTEGER')",
            )
            .fetch_all(read.lend().await.unwrap().connection())
            .await
            .unwrap(),
            Pools::Postgres { lender, .. } => sqlx::query_as(
                "SELECT CAST(table_name AS text), CAST(column_name AS text) FROM information_schema.columns
                 WHERE table_schema = current_schema() AND is_nullable = 'NO' AND column_default IS NULL
                   AND is_identity = 'NO'",
            )
            .fetch_all(lender.lend().await.unwrap().connection())
            .await
            .unwrap(),
        };
        columns
    }

    /// The unique rules, by table and name.
    async fn unique_rules(store: &Store) -> Vec<(String, String)> {
        match store.pools() {
            Pools::Sqlite { read, .. } => sqlx::query_as(
                "SELECT m.name, i.name FROM sqlite_master m, pragma_index_list(m.name) i
                 WHERE m.type = 'table' AND i.\"unique\"",
            )
            .fetch_all(read.lend().await.unwrap().connection())
            .await
            .unwrap(),
            Pools::Postgres { lender, .. } => sqlx::query_as(
                "SELECT CAST(tablename AS text), CAST(indexname AS text) FROM pg_indexes
                 WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE UNIQUE%'",
            )
            .fetch_all(lender.lend().await.unwrap().connection())
            .await
            .unwrap(),
        }
    }

    /// Processes of the version before go on while this one has migrated: what they write must still be taken.
    async fn only_adds(store: Store) {
        let (old_columns, old_needs, old_rules) =
            (columns(&store).await.unwrap(), needed_columns(&store).await, unique_rules(&store).await);
        store.migrate().await.unwrap();
        let is_old = |table: &String| old_columns.iter().any(|(known, _, _)| known == table);
        let new_columns = columns(&store).await.unwrap();
        for (table, column, is_nullable) in &old_columns {
            let is_kept =
                new_columns.iter().any(|new| (&new.0, &new.1) == (table, column) && (new.2 || !is_nullable));
            assert!(is_kept, "{table}.{column} is gone, or must not be null any more");
        }
        for (table, column) in needed_columns(&store).await {
            let is_new = !old_needs.contains(&(table.clone(), column.clone()));
            assert!(
                !is_new || !is_old(&table),
                "{table}.{column} is new, and the version before does not give it"
            );
        }
        for (table, rule) in unique_rules(&store).await {
            let is_new = !old_rules.contains(&(table.clone(), rule.clone()));
            assert!(
                !is_new || !is_old(&table),
                "{rule} is a new rule on {table}, which the version before may break"
            );
        }
    }

    #[tokio::test]
    async fn the_newest_migration_only_adds() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::Sqlite { path: folder.path().join("test.db") };
        let (clock, random) = (mc_base::Clock::system(), mc_base::Random::system());
        let store = Store::connect(&options, clock, random).await.unwrap();
        let Pools::Sqlite { write, .. } = store.pools() else { unreachable!("it is SQLite") };
        before_the_newest(&SQLITE).run(write.lend().await.unwrap().connection()).await.unwrap();
        only_adds(store).await;
        if let Some(database) = TestDatabase::empty_postgres(mc_base::Clock::system()).await {
            let Pools::Postgres { lender, .. } = database.store.pools() else {
                unreachable!("it is PostgreSQL")
            };
            before_the_newest(&POSTGRES).run(lender.lend().await.unwrap().connection()).await.unwrap();
            only_adds(database.store.clone()).await;
            database.drop().await;
        }
    }
}
