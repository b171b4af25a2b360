//! Reads and row changes of custom fields and of the boards that have them.

use std::collections::{HashMap, HashSet};

use mc_store::{Engine, Json, Read, Txn, sql};
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use serde_json::Value;
use uuid::Uuid;

use super::{super::values::ValueCheck, FieldDefinition};
use crate::Result;

/// How many ids or rows one statement names.
const CHUNK: usize = 500;
/// How many values are read at once; each may be long.
const VALUES_CHUNK: i64 = 200;

/// The custom fields of an organization with their boards, by label.
pub(super) async fn all(on: &impl Read, organization_id: Uuid) -> Result<Vec<FieldDefinition>> {
    let mut fields: Vec<FieldDefinition> = on
        .all(
            sql("SELECT * FROM task_custom_field_definitions WHERE organization_id = $1
                 ORDER BY lower(label), created_at, id")
            .bind(organization_id),
        )
        .await?;
    let bindings: Vec<(Uuid, Uuid)> = on
        .all(
            sql("SELECT b.task_custom_field_definition_id, b.board_id FROM board_task_custom_fields b
                 JOIN task_custom_field_definitions d ON d.id = b.task_custom_field_definition_id
                 WHERE d.organization_id = $1")
            .bind(organization_id),
        )
        .await?;
    let mut boards: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (field, board) in bindings {
        boards.entry(field).or_default().push(board);
    }
    for field in &mut fields {
        field.board_ids = boards.remove(&field.id).unwrap_or_default();
        field.board_ids.sort_unstable();
    }
    Ok(fields)
}

/// How many custom fields an organization has.
pub(super) async fn count(on: &impl Read, organization_id: Uuid) -> Result<i64> {
    let (count,): (i64,) = on
        .one(
            sql("SELECT count(*) FROM task_custom_field_definitions WHERE organization_id = $1")
                .bind(organization_id),
        )
        .await?;
    Ok(count)
}

/// A custom field of an organization, kept from being changed by others until the transaction ends.
pub(super) async fn lock(txn: &Txn, organization_id: Uuid, id: Uuid) -> Result<Option<FieldDefinition>> {
    let query = match txn.engine() {
        Engine::Sqlite => {
            sql("SELECT * FROM task_custom_field_definitions WHERE id = $1 AND organization_id = $2")
        }
        Engine::Postgres => sql(
            "SELECT * FROM task_custom_field_definitions WHERE id = $1 AND organization_id = $2 FOR NO KEY UPDATE",
        ),
    };
    let Some(mut field): Option<FieldDefinition> = txn.optional(query.bind(id).bind(organization_id)).await?
    else {
        return Ok(None);
    };
    let boards: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT board_id FROM board_task_custom_fields WHERE task_custom_field_definition_id = $1")
                .bind(id),
        )
        .await?;
    field.board_ids = boards.into_iter().map(|(board,)| board).collect();
    field.board_ids.sort_unstable();
    Ok(Some(field))
}

/// Whether an organization has a custom field, which also gets no new values until the transaction ends.
pub(super) async fn lock_to_delete(txn: &Txn, organization_id: Uuid, id: Uuid) -> Result<bool> {
    let query = match txn.engine() {
        Engine::Sqlite => {
            sql("SELECT id FROM task_custom_field_definitions WHERE id = $1 AND organization_id = $2")
        }
        // Writing a value takes a share of this row's key, so it waits for this lock and this for it.
        Engine::Postgres => sql(
            "SELECT id FROM task_custom_field_definitions WHERE id = $1 AND organization_id = $2 FOR UPDATE",
        ),
    };
    let row: Option<(Uuid,)> = txn.optional(query.bind(id).bind(organization_id)).await?;
    Ok(row.is_some())
}

/// Those of these boards that belong to another organization, or to none, in the order of their ids.
pub(super) async fn foreign_boards(on: &impl Read, organization_id: Uuid, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut own = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let query = Query::select()
            .column(Alias::new("id"))
            .from(Alias::new("boards"))
            .and_where(Expr::col(Alias::new("organization_id")).eq(organization_id))
            .and_where(Expr::col(Alias::new("id")).is_in(chunk.iter().copied()))
            .take();
        let rows: Vec<(Uuid,)> = on.all(on.render(&query)).await?;
        own.extend(rows.into_iter().map(|(id,)| id));
    }
    let mut foreign: Vec<Uuid> = ids.iter().copied().filter(|id| !own.contains(id)).collect();
    foreign.sort_unstable();
    Ok(foreign)
}

/// Gives a field to these boards; those that have it keep it.
pub(super) async fn bind(txn: &Txn, field_id: Uuid, boards: &[Uuid]) -> Result<()> {
    let columns = || ["board_id", "task_custom_field_definition_id"].map(Alias::new);
    for chunk in boards.chunks(CHUNK) {
        let mut insert = Query::insert()
            .into_table(Alias::new("board_task_custom_fields"))
            .columns(["id", "board_id", "task_custom_field_definition_id", "created_at"].map(Alias::new))
            .on_conflict(OnConflict::columns(columns()).do_nothing().to_owned())
            .take();
        for board in chunk {
            insert.values_panic([txn.new_id().into(), (*board).into(), field_id.into(), txn.now().into()]);
        }
        txn.run(txn.render(&insert)).await?;
    }
    Ok(())
}

/// Takes a field from these boards; the values of their tasks stay.
pub(super) async fn unbind(txn: &Txn, field_id: Uuid, boards: &[Uuid]) -> Result<()> {
    for chunk in boards.chunks(CHUNK) {
        let delete = Query::delete()
            .from_table(Alias::new("board_task_custom_fields"))
            .and_where(Expr::col(Alias::new("task_custom_field_definition_id")).eq(field_id))
            .and_where(Expr::col(Alias::new("board_id")).is_in(chunk.iter().copied()))
            .take();
        txn.run(txn.render(&delete)).await?;
    }
    Ok(())
}

/// Whether a task has a value of the field that says more than its default does.
pub(super) async fn has_own_values(on: &impl Read, field_id: Uuid) -> Result<bool> {
    let row: Option<(i32,)> = on
        .optional(
            sql("SELECT 1 FROM task_custom_field_values v
                 JOIN task_custom_field_definitions d ON d.id = v.task_custom_field_definition_id
                 WHERE v.task_custom_field_definition_id = $1 AND v.value <> 'null'
                   AND v.value <> coalesce(d.default_value, 'null') LIMIT 1")
            .bind(field_id),
        )
        .await?;
    Ok(row.is_some())
}

/// How many tasks on boards without the field still have a value of it.
pub(super) async fn hidden_values(on: &impl Read, field_id: Uuid) -> Result<i64> {
    let (count,): (i64,) = on
        .one(
            sql("SELECT count(*) FROM task_custom_field_values v JOIN tasks t ON t.id = v.task_id
                 WHERE v.task_custom_field_definition_id = $1 AND v.value <> 'null' AND NOT EXISTS (
                     SELECT 1 FROM board_task_custom_fields b
                     WHERE b.board_id = t.board_id AND b.task_custom_field_definition_id = $1)")
            .bind(field_id),
        )
        .await?;
    Ok(count)
}

/// Deletes the values of tasks on boards without the field.
pub(super) async fn purge_hidden_values(txn: &Txn, field_id: Uuid) -> Result<()> {
    txn.run(
        sql(
            "DELETE FROM task_custom_field_values WHERE task_custom_field_definition_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM tasks t JOIN board_task_custom_fields b ON b.board_id = t.board_id
                 WHERE t.id = task_custom_field_values.task_id AND b.task_custom_field_definition_id = $1)",
        )
        .bind(field_id),
    )
    .await?;
    Ok(())
}

/// A part of the values of a field that it would not accept now.
pub(super) struct UnfitValues {
    /// The ids of their rows.
    pub(super) ids: Vec<Uuid>,
    /// Where the next part begins; none after the last.
    pub(super) next: Option<Uuid>,
}

/// The unfit ones among the next values of a field after a row, of which not too many are read.
pub(super) async fn unfit_values(
    on: &impl Read,
    field_id: Uuid,
    check: &ValueCheck,
    after: Uuid,
) -> Result<UnfitValues> {
    let rows: Vec<(Uuid, Json<Value>)> = on
        .all(
            sql("SELECT id, value FROM task_custom_field_values
                 WHERE task_custom_field_definition_id = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(field_id)
            .bind(after)
            .bind(VALUES_CHUNK),
        )
        .await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == VALUES_CHUNK);
    let next = rows.last().map(|(id, _)| *id).filter(|_| is_full);
    let unfit = rows.into_iter().filter(|(_, Json(value))| check.check(value).is_err());
    Ok(UnfitValues { ids: unfit.map(|(id, _)| id).collect(), next })
}

/// Deletes values by the ids of their rows, at most [`VALUES_CHUNK`].
pub(super) async fn delete_values(txn: &Txn, ids: Vec<Uuid>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let delete = Query::delete()
        .from_table(Alias::new("task_custom_field_values"))
        .and_where(Expr::col(Alias::new("id")).is_in(ids))
        .take();
    txn.run(txn.render(&delete)).await?;
    Ok(())
}
