//! Statements with their values, and where they can be read from.

use std::{borrow::Cow, cell::Cell, future::Future};

use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, Value, Values};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::AssertSqlSafe;

use crate::{Engine, Result, Row, Rows, StoreError};

tokio::task_local! {
    /// How many statements the present task has run, where a test counts them.
    pub(crate) static STATEMENTS: Cell<u64>;
}

/// One statement with its values. `$1`, `$2`, … number the parameters on both engines.
#[derive(Debug)]
pub struct Sql {
    text: Cow<'static, str>,
    values: Values,
}

/// A static statement. A test of the workspace prepares every one of them on both engines.
#[must_use]
pub fn sql(text: &'static str) -> Sql {
    Sql { text: text.into(), values: Values(Vec::new()) }
}

impl Sql {
    /// Adds the value of the next parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.0.push(value.into());
        self
    }

    /// What the driver takes. Called once for each statement that is run, so this is where they are counted.
    pub(crate) fn into_parts(self) -> (AssertSqlSafe<Cow<'static, str>>, SqlxValues) {
        let _ = STATEMENTS.try_with(|count| count.set(count.get() + 1));
        // Texts are literals of this workspace or rendered by sea-query; values are always bound.
        (AssertSqlSafe(self.text), SqlxValues(self.values))
    }
}

/// Where rows can be read: the store, or an open transaction with its locks.
pub trait Read: Sync {
    /// The engine underneath, for the few statements that differ.
    fn engine(&self) -> Engine;

    /// All rows of a query, not decoded.
    ///
    /// # Errors
    /// When the database refuses the statement or cannot be reached.
    fn fetch(&self, sql: Sql) -> impl Future<Output = Result<Rows>> + Send;

    /// All rows of a query.
    ///
    /// # Errors
    /// As [`Read::fetch`], and when the rows are not of this type.
    fn all<T: Row>(&self, sql: Sql) -> impl Future<Output = Result<Vec<T>>> + Send {
        async move { self.fetch(sql).await?.decode() }
    }

    /// The row of a query, if there is one.
    ///
    /// # Errors
    /// As [`Read::all`].
    fn optional<T: Row>(&self, sql: Sql) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { Ok(self.all(sql).await?.into_iter().next()) }
    }

    /// The row of a query that always gives one.
    ///
    /// # Errors
    /// As [`Read::all`], and when there was no row.
    fn one<T: Row>(&self, sql: Sql) -> impl Future<Output = Result<T>> + Send {
        async move {
            self.all(sql).await?.into_iter().next().ok_or(StoreError::Database(sqlx::Error::RowNotFound))
        }
    }

    /// A built query in the dialect of this engine.
    fn render(&self, query: &impl SqlxBinder) -> Sql {
        let (text, SqlxValues(values)) = match self.engine() {
            Engine::Sqlite => query.build_sqlx(SqliteQueryBuilder),
            Engine::Postgres => query.build_sqlx(PostgresQueryBuilder),
        };
        Sql { text: text.into(), values }
    }
}
