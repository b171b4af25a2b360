//! Reading a database of another server, table by table, as it was at one moment. Rows come as JSON: what other
//! versions of that server call their columns is then a matter of the one who reads.

use std::{collections::BTreeMap, str::FromStr};

use serde_json::value::RawValue;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};

use crate::{Result, StoreError};

/// How many rows are read at once.
const BATCH: usize = 500;

/// A row: the JSON text of each column, by name. Columns of JSON types stand as they were written.
pub type ForeignRow = BTreeMap<String, Box<RawValue>>;

/// A PostgreSQL database of another server, of which one moment is read. Nothing is ever written to it.
pub struct Foreign(PgConnection);

impl Foreign {
    /// Connects, and holds the moment.
    ///
    /// # Errors
    /// When the URL is malformed or the database cannot be reached.
    pub async fn open(url: &str) -> Result<Self> {
        let mut connection = PgConnectOptions::from_str(url)?
            .application_name("mission-control-import")
            .options([("timezone", "UTC")])
            .disable_statement_logging()
            .connect()
            .await?;
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        Ok(Self(connection))
    }

    /// The tables that there are.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn tables(&mut self) -> Result<Vec<String>> {
        let text =
            "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";
        let tables: Vec<(String,)> = sqlx::query_as(text).fetch_all(&mut self.0).await?;
        Ok(tables.into_iter().map(|(table,)| table).collect())
    }

    /// Begins to read a table in the order of some columns. What was read of another one ends.
    ///
    /// # Errors
    /// When there is no such table or column.
    pub async fn begin(&mut self, table: &'static str, order: &'static str) -> Result<()> {
        self.0.execute("CLOSE ALL").await?;
        let text = format!(
            "DECLARE foreign_rows NO SCROLL CURSOR FOR SELECT CAST(row_to_json(t) AS text) FROM {table} t ORDER BY {order}"
        );
        self.0.execute(AssertSqlSafe(text)).await?;
        Ok(())
    }

    /// The next rows; none at the end.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn next(&mut self) -> Result<Vec<ForeignRow>> {
        let text = format!("FETCH {BATCH} FROM foreign_rows");
        let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(text)).fetch_all(&mut self.0).await?;
        let parse = |(text,): (String,)| {
            serde_json::from_str(&text).map_err(|error| {
                StoreError::Schema(format!("a row of the other database cannot be read: {error}"))
            })
        };
        rows.into_iter().map(parse).collect()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn close(self) -> Result<()> {
        self.0.close().await?;
        Ok(())
    }
}
