//! Rows that both engines can give.

use sqlx::{FromRow, postgres::PgRow, sqlite::SqliteRow};

/// A row struct that decodes from SQLite and from PostgreSQL; any `#[derive(sqlx::FromRow)]` is one.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
