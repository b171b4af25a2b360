//! Notes and chat, and the interviews about boards.

use chrono::TimeDelta;
use serde_json::Value;

use super::{
    ImportError,
    row::{self, Row},
    writer::{Columns, Put, Writer},
};
use crate::onboarding::Completion;

pub(super) async fn of_board(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    of(writer, row, "board_memory", "board_id", "boards").await
}

pub(super) async fn of_group(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    of(writer, row, "board_group_memory", "board_group_id", "board_groups").await
}

async fn of(
    writer: &mut Writer<'_>,
    row: &Row,
    table: &'static str,
    column: &'static str,
    owners: &'static str,
) -> Result<(), ImportError> {
    let owner = row.id(column)?;
    if !writer.has(owners, owner) {
        writer.left_out("its board or group is missing");
        return Ok(());
    }
    let columns = vec![
        (column, owner.into()),
        ("content", row.text("content")?.into()),
        ("tags", row.typed::<Vec<String>>("tags").into()),
        ("source", row.maybe_text("source")?.into()),
        ("is_chat", row.flag("is_chat")?.into()),
        ("created_at", row.time("created_at")?.into()),
    ];
    writer.put(table, row.own_id()?, columns).await?;
    Ok(())
}

/// An interview with what was said in it, which the source keeps in one column.
pub(super) async fn onboarding(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, board) = (row.own_id()?, row.id("board_id")?);
    if !writer.has("boards", board) {
        writer.left_out("its board is missing");
        return Ok(());
    }
    let draft = row.typed::<Completion>("draft_goal");
    let known = ["active", "completed", "confirmed"];
    let status = row.text("status")?;
    let status = known.into_iter().find(|known| *known == status).unwrap_or("completed");
    let created_at = row.time("created_at")?;
    let columns = |status: &'static str| -> Result<Columns, ImportError> {
        Ok(vec![
            ("board_id", board.into()),
            ("session_key", row.text("session_key")?.into()),
            ("status", status.into()),
            ("draft_goal", draft.clone().into()),
            ("created_at", created_at.into()),
            ("updated_at", row.time("updated_at")?.into()),
        ])
    };
    let mut put = writer.put("board_onboarding_sessions", id, columns(status)?).await?;
    if put == Put::Taken {
        writer.adjusted("the board has another open interview: this one is over");
        put = writer.put("board_onboarding_sessions", id, columns("completed")?).await?;
    }
    if put != Put::Written {
        return Ok(());
    }
    let messages: Vec<Value> =
        row.raw("messages").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    for (number, message) in (0..).zip(messages) {
        let role = if message["role"] == "user" { "user" } else { "assistant" };
        let content = match &message["content"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let said_at = message["timestamp"].as_str().and_then(row::time);
        let columns = vec![
            ("session_id", id.into()),
            ("role", role.into()),
            ("content", content.into()),
            ("delivery_status", (role == "user").then_some("delivered").into()),
            ("created_at", said_at.unwrap_or_else(|| created_at + TimeDelta::microseconds(number)).into()),
        ];
        writer.try_put("board_onboarding_messages", writer.txn.new_id(), columns).await?;
    }
    Ok(())
}
