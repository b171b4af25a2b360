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
                let done = SQLITE.run(write).await.map_err(failed);
                lock.unlock()?;
                done
            }
            // The migrator itself holds an advisory lock here.
            Pools::Postgres(pool) => POSTGRES.run(pool).await.map_err(failed),
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
}
