//! One row of the source, read column by column.

use chrono::{DateTime, NaiveDateTime, Utc};
use mc_store::ForeignRow;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::ImportError;
use crate::Result;

type Read<T> = Result<T, ImportError>;

/// A row with the name of its table, for errors. Values never stand in errors: they may be secrets.
pub(super) struct Row {
    table: &'static str,
    columns: ForeignRow,
}

impl Row {
    pub(super) fn new(table: &'static str, columns: ForeignRow) -> Self {
        Self { table, columns }
    }

    fn error(&self, column: &str, what: &str) -> ImportError {
        ImportError::Row(format!("{}.{column} {what}", self.table))
    }

    /// The JSON text of a column; none when it is null, of JSON too, or when the version of the source has no such column.
    pub(super) fn raw(&self, column: &str) -> Option<&str> {
        self.columns.get(column).map(|value| value.get()).filter(|text| *text != "null")
    }

    fn find<T: DeserializeOwned>(&self, column: &str) -> Read<Option<T>> {
        let Some(text) = self.raw(column) else { return Ok(None) };
        serde_json::from_str(text).map(Some).map_err(|_| self.error(column, "has a value of another type"))
    }

    fn need<T: DeserializeOwned>(&self, column: &str) -> Read<T> {
        self.find(column)?.ok_or_else(|| self.error(column, "is missing or null"))
    }

    /// The id of the row.
    pub(super) fn own_id(&self) -> Read<Uuid> {
        self.need("id")
    }

    /// An id that every row has.
    pub(super) fn id(&self, column: &str) -> Read<Uuid> {
        self.need(column)
    }

    /// An id that may be null.
    pub(super) fn maybe_id(&self, column: &str) -> Read<Option<Uuid>> {
        self.find(column)
    }

    /// A text that every row has.
    pub(super) fn text(&self, column: &str) -> Read<String> {
        self.need(column)
    }

    /// A text that may be null.
    pub(super) fn maybe_text(&self, column: &str) -> Read<Option<String>> {
        self.find(column)
    }

    /// A truth value; false when it is null or there is no such column.
    pub(super) fn flag(&self, column: &str) -> Read<bool> {
        Ok(self.find(column)?.unwrap_or(false))
    }

    /// A whole number; 0 when it is null or there is no such column.
    pub(super) fn whole(&self, column: &str) -> Read<i64> {
        Ok(self.find(column)?.unwrap_or(0))
    }

    /// A number that every row has.
    pub(super) fn number(&self, column: &str) -> Read<f64> {
        self.need(column)
    }

    /// A time that may be null. The source keeps UTC without a zone.
    pub(super) fn maybe_time(&self, column: &str) -> Read<Option<DateTime<Utc>>> {
        let Some(text) = self.maybe_text(column)? else { return Ok(None) };
        time(&text).map(Some).ok_or_else(|| self.error(column, "is no time that can be kept"))
    }

    /// A time that every row has.
    pub(super) fn time(&self, column: &str) -> Read<DateTime<Utc>> {
        self.maybe_time(column)?.ok_or_else(|| self.error(column, "is missing or null"))
    }

    /// The text of a JSON column that holds an object; none for anything else.
    pub(super) fn object(&self, column: &str) -> Option<String> {
        self.typed::<Map<String, Value>>(column)
    }

    /// The text of a JSON column that reads as a type of ours; none for anything else, which could not be read later.
    pub(super) fn typed<T: DeserializeOwned>(&self, column: &str) -> Option<String> {
        self.raw(column).filter(|text| serde_json::from_str::<T>(text).is_ok()).map(str::to_owned)
    }
}

/// A time as PostgreSQL writes it in JSON, with a zone or without. What lies outside the years that both databases and
/// every client know is none.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
    let time = zoned
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()))
        .ok()?;
    (1..=9_999).contains(&chrono::Datelike::year(&time)).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Row {
        Row::new("things", serde_json::from_str(text).unwrap())
    }

    #[test]
    fn columns_are_read_by_type_and_errors_show_no_value() {
        let row = row(r#"{"at": "2026-11-21T01:22:38.138997", "n": 3, "token": "s3cret", "none": null,
                          "object": {"b": 1, "a": 2}, "list": [1]}"#);
        assert_eq!(row.time("at").unwrap().to_rfc3339(), "2026-11-21T01:22:38.138997+00:00");
        assert_eq!(
            (row.whole("n").unwrap(), row.whole("none").unwrap(), row.whole("gone").unwrap()),
            (3, 0, 0)
        );
        assert_eq!(row.object("object").unwrap(), r#"{"b": 1, "a": 2}"#);
        assert_eq!(row.object("list"), None);
        let error = row.id("token").unwrap_err().to_string();
        assert!(error.contains("things.token") && !error.contains("s3cret"), "{error}");
        assert!(row.text("gone").unwrap_err().to_string().contains("missing"));
    }

    #[test]
    fn times_beyond_the_calendar_are_none() {
        for text in ["infinity", "294276-12-31T23:59:59", "2026-13-01T00:00:00", "yesterday"] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
