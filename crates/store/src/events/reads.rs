//! Reads of the log, and its retention.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Event;
use crate::{Read, Result, Txn, sql};

/// The oldest position that is still kept, or `None` when the log is empty.
///
/// # Errors
/// When the database cannot be reached.
pub async fn oldest_position(on: &impl Read) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on.one(sql("SELECT min(position) FROM events")).await?;
    Ok(position)
}

/// The newest position, or `None` when the log is empty.
///
/// # Errors
/// When the database cannot be reached.
pub async fn newest_position(on: &impl Read) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on.one(sql("SELECT max(position) FROM events")).await?;
    Ok(position)
}

/// The events of a tenant after a position and up to another, oldest first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_organization(
    on: &impl Read,
    organization_id: Uuid,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Event>> {
    on.all(
        sql("SELECT * FROM events WHERE organization_id = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4")
            .bind(organization_id)
            .bind(after)
            .bind(up_to)
            .bind(limit),
    )
    .await
}

/// The events of a board after a position and up to another, oldest first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(
    on: &impl Read,
    board_id: Uuid,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Event>> {
    on.all(
        sql("SELECT * FROM events WHERE board_id = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4")
            .bind(board_id)
            .bind(after)
            .bind(up_to)
            .bind(limit),
    )
    .await
}

/// The events of a board group after a position and up to another, oldest first, at most `limit`.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board_group(
    on: &impl Read,
    board_group_id: Uuid,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Event>> {
    on.all(
        sql("SELECT * FROM events WHERE board_group_id = $1 AND position > $2 AND position <= $3 ORDER BY position LIMIT $4")
            .bind(board_group_id)
            .bind(after)
            .bind(up_to)
            .bind(limit),
    )
    .await
}

/// Whether a tenant has more than `limit` events after a position and up to another.
///
/// # Errors
/// When the database cannot be reached.
pub async fn organization_has_more_than(
    on: &impl Read,
    organization_id: Uuid,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<bool> {
    let next: Option<(i64,)> = on
        .optional(
            sql("SELECT position FROM events WHERE organization_id = $1 AND position > $2 AND position <= $3
                 ORDER BY position LIMIT 1 OFFSET $4")
            .bind(organization_id)
            .bind(after)
            .bind(up_to)
            .bind(limit),
        )
        .await?;
    Ok(next.is_some())
}

/// When the last kept event at or before a position happened.
///
/// # Errors
/// When the database cannot be reached.
pub async fn time_at(on: &impl Read, position: i64) -> Result<Option<DateTime<Utc>>> {
    let row: Option<(DateTime<Utc>,)> = on
        .optional(
            sql("SELECT created_at FROM events WHERE position <= $1 ORDER BY position DESC LIMIT 1")
                .bind(position),
        )
        .await?;
    Ok(row.map(|(time,)| time))
}

/// Deletes events that only live views read from before a time, a bounded number at once.
///
/// # Errors
/// When the database refuses it.
pub async fn purge_live(txn: &Txn, before: DateTime<Utc>, limit: i64) -> Result<u64> {
    txn.run(
        sql("DELETE FROM events WHERE position IN (
                 SELECT position FROM events WHERE NOT activity AND created_at < $1 ORDER BY created_at LIMIT $2)")
            .bind(before)
            .bind(limit),
    )
    .await
}

/// Deletes events from before a time, a bounded number at once.
///
/// # Errors
/// When the database refuses it.
pub async fn purge(txn: &Txn, before: DateTime<Utc>, limit: i64) -> Result<u64> {
    txn.run(
        sql("DELETE FROM events WHERE position IN (SELECT position FROM events WHERE created_at < $1 ORDER BY created_at LIMIT $2)")
            .bind(before)
            .bind(limit),
    )
    .await
}
