//! The rows of custom fields.

use std::collections::HashMap;

use mc_store::{Json, Read, Txn, sql};
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use serde_json::Value;
use uuid::Uuid;

use super::{Definition, Stored, Write};
use crate::{Result, tasks::queries::Of};

/// The fields of a board, by key.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn definitions_of_board(on: &impl Read, board_id: Uuid) -> Result<Vec<Definition>> {
    Ok(on
        .all(
            sql("SELECT d.id, d.field_key, d.field_type, d.validation_regex, d.required, d.default_value
                 FROM board_task_custom_fields b
                 JOIN task_custom_field_definitions d ON d.id = b.task_custom_field_definition_id
                 WHERE b.board_id = $1 ORDER BY d.field_key, d.id")
            .bind(board_id),
        )
        .await?)
}

/// The stored values of tasks, by task.
pub(in super::super) async fn stored_values(on: &impl Read, of: Of<'_>) -> Result<HashMap<Uuid, Stored>> {
    let query = Query::select()
        .columns(["task_id", "task_custom_field_definition_id", "value"].map(Alias::new))
        .from(Alias::new("task_custom_field_values"))
        .and_where(of.condition("task_custom_field_values", "task_id"))
        .take();
    let rows: Vec<(Uuid, Uuid, Json<Value>)> = on.all(on.render(&query)).await?;
    let mut stored: HashMap<Uuid, Stored> = HashMap::new();
    for (task, definition, Json(value)) in rows {
        stored.entry(task).or_default().insert(definition, value);
    }
    Ok(stored)
}

/// Stores what was decided for a task, in at most two statements.
pub(in super::super) async fn write(txn: &Txn, task_id: Uuid, writes: Vec<Write>) -> Result<()> {
    let table = || Alias::new("task_custom_field_values");
    let definition = || Alias::new("task_custom_field_definition_id");
    let mut insert = Query::insert()
        .into_table(table())
        .columns(
            ["id", "task_id", "task_custom_field_definition_id", "value", "created_at", "updated_at"]
                .map(Alias::new),
        )
        .on_conflict(
            OnConflict::columns([Alias::new("task_id"), definition()])
                .update_columns([Alias::new("value"), Alias::new("updated_at")])
                .to_owned(),
        )
        .take();
    let mut cleared = Vec::new();
    let mut has_values = false;
    for write in writes {
        match write {
            Write::Clear(id) => cleared.push(id),
            Write::Set(id, value) => {
                has_values = true;
                insert.values_panic([
                    txn.new_id().into(),
                    task_id.into(),
                    id.into(),
                    sea_query::Value::from(Json(value)).into(),
                    txn.now().into(),
                    txn.now().into(),
                ]);
            }
        }
    }
    if has_values {
        txn.run(txn.render(&insert)).await?;
    }
    if !cleared.is_empty() {
        let delete = Query::delete()
            .from_table(table())
            .and_where(Expr::col(Alias::new("task_id")).eq(task_id))
            .and_where(Expr::col(definition()).is_in(cleared))
            .take();
        txn.run(txn.render(&delete)).await?;
    }
    Ok(())
}
