//! Migrated, empty databases that tests copy: migrating one for each test takes most of the time of a run.
//!
//! A template has the name of its schema, is made once and then only read, so that all test programs, and the next run,
//! share it. A new schema gets a template of its own.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
};

use mc_base::{Clock, Random};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

use super::{execute, with_database};
use crate::{Options, Store, migrate};

/// The advisory lock under which the template on PostgreSQL is made: "mc_tests" as a number.
const LOCK: i64 = 0x6d63_5f74_6573_7473;

/// The file to copy.
pub(super) async fn sqlite() -> PathBuf {
    static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
    TEMPLATE.get_or_init(make_sqlite).await.clone()
}

/// The name of the database to copy on a server.
pub(super) async fn postgres(server: &str) -> String {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE.get_or_init(async || make_postgres(server).await).await.clone()
}

/// What two databases have in common exactly when the same migrations have made them.
fn schema() -> String {
    let mut hasher = DefaultHasher::new();
    migrate::checksums().for_each(|checksum| checksum.hash(&mut hasher));
    format!("{:016x}", hasher.finish())
}

async fn make_sqlite() -> PathBuf {
    let template = std::env::temp_dir().join(format!("mc-test-template-{}.db", schema()));
    if !template.exists() {
        let folder = std::env::temp_dir().join(format!("mc-test-{:016x}", Random::system().below(u64::MAX)));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let path = folder.join("template.db");
        migrated(&Options::Sqlite { path: path.clone() }).await;
        // The last connection has moved the log into the file. Other programs see the whole of it or nothing.
        std::fs::rename(&path, &template).expect("a file of the temporary folder can be renamed");
        let _ = std::fs::remove_dir_all(&folder);
    }
    template
}

async fn make_postgres(server: &str) -> String {
    let name = format!("mc_test_template_{}", schema());
    let mut lock = PgConnection::connect(server).await.expect("the test server answers");
    let held = sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut lock).await;
    held.expect("an advisory lock can be taken");
    let found = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(&name);
    if found.fetch_optional(&mut lock).await.expect("the databases can be listed").is_none() {
        // A name of its own until it is complete: a program may be killed in the middle.
        let unfinished = format!("{name}_unfinished");
        execute(server, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
        execute(server, &format!("CREATE DATABASE {unfinished}")).await;
        migrated(&Options::Postgres { url: with_database(server, &unfinished), connections: 1 }).await;
        let rename = format!("ALTER DATABASE {unfinished} RENAME TO {name}");
        sqlx::query(AssertSqlSafe(rename)).execute(&mut lock).await.expect("the template can be renamed");
    }
    lock.close().await.expect("the connection closes");
    name
}

/// Makes a database with the schema, and closes it.
async fn migrated(options: &Options) {
    let store =
        Store::connect(options, Clock::system(), Random::system()).await.expect("a new database opens");
    store.migrate().await.expect("the migrations apply to an empty database");
    store.close().await;
}
