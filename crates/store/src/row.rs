//! Rows that both engines can give.

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};

use crate::Result;

/// A row struct that decodes from SQLite and from PostgreSQL; any `#[derive(sqlx::FromRow)]` is one.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// Rows of a query as the driver gave them. Fetching them is one piece of code for all types; only decoding is not.
pub struct Rows(pub(crate) Fetched);

pub(crate) enum Fetched {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl Rows {
    /// The rows as values of one type.
    ///
    /// # Errors
    /// When a column is missing or holds something else than the type expects.
    pub fn decode<T: Row>(&self) -> Result<Vec<T>> {
        let decoded: sqlx::Result<Vec<T>> = match &self.0 {
            Fetched::Sqlite(rows) => rows.iter().map(T::from_row).collect(),
            Fetched::Postgres(rows) => rows.iter().map(T::from_row).collect(),
        };
        Ok(decoded?)
    }
}
