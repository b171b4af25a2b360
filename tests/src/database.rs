//! Where an installation keeps its data.

use std::{
    borrow::Cow,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection, migrate::Migrator};

use crate::variable;

/// The kinds of database that the product runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one, a file in the data folder.
    Sqlite,
    /// A database of its own in the cluster that `MC_TEST_POSTGRES` names.
    Postgres,
}

static CREATED: AtomicU32 = AtomicU32::new(0);

/// A database on PostgreSQL that is removed with this value.
pub(crate) struct Database {
    cluster: String,
    name: String,
}

impl Database {
    pub(crate) fn create() -> Self {
        let cluster = variable("MC_TEST_POSTGRES").expect(
            "MC_TEST_POSTGRES is the URL of a PostgreSQL superuser; `cargo xtask test --only build,black-box` starts a \
             server and sets it",
        );
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        let name = format!("mc_black_box_{}_{number}", std::process::id());
        execute(&cluster, format!("CREATE DATABASE {name}"));
        Self { cluster, name }
    }

    /// The URL of this database.
    pub(crate) fn url(&self) -> String {
        let (server, _) = self.cluster.rsplit_once('/').expect("a PostgreSQL URL has a path");
        format!("{server}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A failed test must show its own reason; what is left here goes with the throw-away cluster.
        if !std::thread::panicking() {
            execute(&self.cluster, format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

/// A database of another server, to read from.
pub struct Source(Database);

impl Source {
    /// Fills a new database on PostgreSQL with a script.
    #[must_use]
    pub fn load(script: &str) -> Self {
        let database = Database::create();
        runtime().block_on(async {
            let mut connection =
                PgConnection::connect(&database.url()).await.expect("the new database answers");
            sqlx::raw_sql(AssertSqlSafe(script.to_owned()))
                .execute(&mut connection)
                .await
                .expect("the script fits an empty database");
            connection.close().await.expect("the connection closes");
        });
        Self(database)
    }

    /// The URL of the database.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url()
    }
}

/// Migrates an empty database to the schema before the present one, as the version of then did it.
pub(crate) fn older_schema(url: &str, engine: &str) -> i64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/store/migrations").join(engine);
    runtime().block_on(async {
        let all = Migrator::new(folder).await.expect("the migrations can be read");
        let newest = all.iter().map(|migration| migration.version).max().expect("there are migrations");
        let older = all.iter().filter(|migration| migration.version < newest).cloned().collect();
        let older = Migrator { migrations: Cow::Owned(older), ..Migrator::DEFAULT };
        match engine {
            "sqlite" => {
                let mut connection = SqliteConnection::connect(url).await.expect("a new file opens");
                older.run(&mut connection).await.expect("the migrations apply to an empty database");
                connection.close().await.expect("the connection closes");
            }
            _ => {
                let mut connection = PgConnection::connect(url).await.expect("the database answers");
                older.run(&mut connection).await.expect("the migrations apply to an empty database");
                connection.close().await.expect("the connection closes");
            }
        }
        newest - 1
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}

/// Runs one statement, made of names from this file only.
fn execute(url: &str, statement: String) {
    runtime().block_on(async {
        let mut connection =
            PgConnection::connect(url).await.expect("the cluster of MC_TEST_POSTGRES answers");
        connection
            .execute(AssertSqlSafe(statement))
            .await
            .expect("a superuser may create and drop databases");
        connection.close().await.expect("the connection closes");
    });
}
