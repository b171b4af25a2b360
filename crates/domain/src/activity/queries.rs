//! Reads of the event log.

use chrono::{DateTime, Utc};
use mc_store::{Read, sql};
use uuid::Uuid;

use crate::Result;

/// The position of the first event of a board since a time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn board_position_since(
    on: &impl Read,
    board_id: Uuid,
    since: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on
        .one(
            sql("SELECT min(position) FROM events WHERE board_id = $1 AND created_at >= $2")
                .bind(board_id)
                .bind(since),
        )
        .await?;
    Ok(position)
}

/// The position of the first event of an organization since a time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn organization_position_since(
    on: &impl Read,
    organization_id: Uuid,
    since: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on
        .one(
            sql("SELECT min(position) FROM events WHERE organization_id = $1 AND created_at >= $2")
                .bind(organization_id)
                .bind(since),
        )
        .await?;
    Ok(position)
}
