//! Pages of lists.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use mc_store::{Read, Row};
use sea_query::{
    Alias, Asterisk, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement, SimpleExpr,
};
use uuid::Uuid;

use crate::Result;

/// A place in a list that is ordered by time, newest first: behind one of its items. New items do not move it, so a
/// reader that goes from cursor to cursor sees every item once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the item was made.
    created_at: DateTime<Utc>,
    /// What orders items of the same time: an id, or a position in the log.
    tail: u128,
}

/// The times of cursors, in microseconds since 1970: to the end of the year 9999, as far as both engines reach.
const TIMES: std::ops::Range<i64> = 0..253_402_300_800_000_000;

impl Cursor {
    /// The place behind an item with an id.
    #[must_use]
    pub fn behind(created_at: DateTime<Utc>, id: Uuid) -> Self {
        Self { created_at, tail: id.as_u128() }
    }

    /// The place behind an event of the log.
    #[must_use]
    pub fn behind_event(created_at: DateTime<Utc>, position: i64) -> Self {
        Self { created_at, tail: u128::try_from(position).unwrap_or(0) }
    }

    /// Reads what [`Cursor`] shows as text; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (time, tail) = bytes.split_at(8);
        let micros = i64::from_be_bytes(time.try_into().ok()?);
        let created_at = DateTime::from_timestamp_micros(micros).filter(|_| TIMES.contains(&micros))?;
        Some(Self { created_at, tail: u128::from_be_bytes(tail.try_into().ok()?) })
    }

    /// The condition for the items behind it, in a list that is ordered by these columns, the second an id.
    pub(crate) fn condition(&self, created_at: Expr, id: Expr) -> SimpleExpr {
        let here = [Expr::val(self.created_at), Expr::val(Uuid::from_u128(self.tail))];
        Expr::tuple([created_at, id]).lt(Expr::tuple(here))
    }

    /// The same for the log, where the second column is the position.
    pub(crate) fn event_condition(&self, created_at: Expr, position: Expr) -> SimpleExpr {
        let here = [Expr::val(self.created_at), Expr::val(i64::try_from(self.tail).unwrap_or(i64::MAX))];
        Expr::tuple([created_at, position]).lt(Expr::tuple(here))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.created_at.timestamp_micros().to_be_bytes().to_vec();
        bytes.extend(self.tail.to_be_bytes());
        formatter.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The most items, 1..=200.
    pub limit: i64,
    /// How many items to leave out, from 0.
    pub offset: i64,
    /// Where to go on, in lists that are ordered by time.
    pub after: Option<Cursor>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: 200, offset: 0, after: None }
    }
}

impl PageRequest {
    /// The query with only the rows of this part. A cursor is a condition of the query.
    pub(crate) fn cut(&self, query: &mut SelectStatement) -> SelectStatement {
        query
            .limit(u64::try_from(self.limit).unwrap_or(0))
            .offset(u64::try_from(self.offset).unwrap_or(0))
            .take()
    }

    /// How long the whole list is, when this part tells it: a first part that is not full is the whole list.
    pub(crate) fn whole<T>(&self, items: &[T]) -> Option<i64> {
        let count = i64::try_from(items.len()).ok()?;
        (self.offset == 0 && self.after.is_none() && count < self.limit).then_some(count)
    }
}

/// A page of the rows of a table with the columns `created_at` and `id`, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn newest_first<T: Row>(
    on: &impl Read,
    table: &'static str,
    condition: Condition,
    request: PageRequest,
) -> Result<Page<T>> {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let behind = request.after.map(|cursor| cursor.condition(column("created_at"), column("id")));
    let mut query = Query::select()
        .column(Asterisk)
        .from(Alias::new(table))
        .cond_where(condition.clone().add_option(behind))
        .order_by(Alias::new("created_at"), Order::Desc)
        .order_by(Alias::new("id"), Order::Desc)
        .take();
    let items: Vec<T> = on.all(on.render(&request.cut(&mut query))).await?;
    let total = match request.whole(&items) {
        Some(total) => total,
        None => count(on, table, condition).await?,
    };
    Ok(Page { items, total, request })
}

/// How many rows of a table a condition holds for.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn count(on: &impl Read, table: &'static str, condition: Condition) -> Result<i64> {
    let query = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(Alias::new(table))
        .cond_where(condition)
        .take();
    let (total,): (i64,) = on.one(on.render(&query)).await?;
    Ok(total)
}

/// A part of a list, and how long the whole is.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items of this part, in the order of the list.
    pub items: Vec<T>,
    /// How many items the whole list has.
    pub total: i64,
    /// The part that was asked for.
    pub request: PageRequest,
}

impl<T> Page<T> {
    /// A page of a list that has no items.
    #[must_use]
    pub fn empty(request: PageRequest) -> Self {
        Self { items: Vec::new(), total: 0, request }
    }

    /// The same page with each item changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), total: self.total, request: self.request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_as_it_was_written(micros in 0_i64..4_000_000_000_000_000, id: u128) {
            let cursor = Cursor::behind(DateTime::from_timestamp_micros(micros).unwrap(), Uuid::from_u128(id));
            prop_assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }

        #[test]
        fn a_time_that_no_database_knows_is_no_cursor(micros: i64) {
            let cursor = Cursor { created_at: DateTime::UNIX_EPOCH, tail: 0 }.to_string();
            let mut bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap();
            bytes[..8].copy_from_slice(&micros.to_be_bytes());
            prop_assert_eq!(Cursor::parse(&URL_SAFE_NO_PAD.encode(bytes)).is_some(), TIMES.contains(&micros));
        }

        #[test]
        fn no_text_breaks_it(text: String) {
            let _ = Cursor::parse(&text);
        }
    }
}
