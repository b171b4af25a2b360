//! Use cases on the custom fields of an organization.

use mc_store::{Store, StoreError, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    super::values::ValueCheck, FieldChange, FieldDefinition, NewField, StoredValues, queries, rules,
};
use crate::{
    Context, Error, Kind, Result,
    access::{OrgAdmin, OrgMember},
    tasks::queries::distinct,
};

/// The most custom fields of an organization: they are listed all at once.
pub const FIELDS_MAX: i64 = 500;

/// The custom fields of the organization with all their boards, by label.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgMember) -> Result<Vec<FieldDefinition>> {
    queries::all(context.store(), scope.organization().id).await
}

/// Makes a custom field on boards.
///
/// # Errors
/// `Invalid` when type, pattern and default do not go together, or boards are not the organization's;
/// `Conflict` when the key is taken, or the organization has [`FIELDS_MAX`] fields.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewField) -> Result<FieldDefinition> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    txn.lock("custom_fields", organization_id).await?;
    let field = FieldDefinition {
        id: txn.new_id(),
        organization_id,
        label: new.label.unwrap_or_else(|| new.field_key.clone()),
        field_key: new.field_key,
        field_type: new.field_type,
        ui_visibility: new.ui_visibility,
        validation_regex: new.validation_regex,
        description: new.description,
        required: new.required,
        default_value: rules::default(new.default_value),
        created_at: txn.now(),
        updated_at: txn.now(),
        board_ids: distinct(&new.board_ids),
    };
    rules::check(&field)?;
    check_boards(&txn, organization_id, &field.board_ids).await?;
    if queries::count(&txn, organization_id).await? >= FIELDS_MAX {
        return Err(Error::conflict(format!("An organization has at most {FIELDS_MAX} custom fields")));
    }
    insert(&txn, &field).await.map_err(|error| is_taken(error, &field.field_key))?;
    queries::bind(&txn, field.id, &field.board_ids).await?;
    append(&txn, scope, "custom_field.created", field.id).await?;
    txn.commit().await?;
    Ok(field)
}

/// Changes a custom field. Values that tasks have stay, also those that boards do not show or the
/// field would not accept any more: the answer counts them, `purge` deletes them.
///
/// # Errors
/// `NotFound` when the organization has no such field; `Invalid` as for [`create`].
pub async fn change(
    context: &Context,
    scope: &OrgAdmin,
    id: Uuid,
    change: FieldChange,
    purge: bool,
) -> Result<(FieldDefinition, StoredValues)> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    let old = queries::lock(&txn, organization_id, id).await?.ok_or_else(Error::not_found)?;
    scope.precondition().check(old.updated_at)?;
    let boards = change.board_ids.as_deref().map(distinct);
    let mut new = rules::changed(&old, change);
    rules::check(&new)?;
    if let Some(boards) = &boards {
        check_boards(&txn, organization_id, boards).await?;
        let removed: Vec<Uuid> = old.board_ids.iter().copied().filter(|id| !boards.contains(id)).collect();
        queries::unbind(&txn, id, &removed).await?;
        queries::bind(&txn, id, boards).await?;
        new.board_ids.clone_from(boards);
    }
    new.updated_at = txn.now();
    update(&txn, &new).await?;
    let is_other = (old.field_type, &old.validation_regex) != (new.field_type, &new.validation_regex);
    let check = ValueCheck::new(new.field_type, new.validation_regex.as_deref()).map_err(Error::invalid)?;
    if purge {
        queries::purge_hidden_values(&txn, id).await?;
        purge_unfit(&txn, id, &check).await?;
    }
    append(&txn, scope, "custom_field.updated", id).await?;
    txn.commit().await?;
    // Counted after the commit: nobody has to wait for it.
    let store = context.store();
    let stored = StoredValues {
        hidden: if boards.is_some() { Some(queries::hidden_values(store, id).await?) } else { None },
        unfit: if is_other { Some(count_unfit(store, id, &check).await?) } else { None },
    };
    Ok((new, stored))
}

/// Deletes a custom field. Values of tasks that only repeat the default go with it; others only when
/// `purge` says so.
///
/// # Errors
/// `NotFound` when the organization has no such field; `Conflict` when tasks have values of their own.
pub async fn delete(context: &Context, scope: &OrgAdmin, id: Uuid, purge: bool) -> Result<()> {
    let txn = context.store().begin().await?;
    if !queries::lock_to_delete(&txn, scope.organization().id, id).await? {
        return Err(Error::not_found());
    }
    if !purge && queries::has_own_values(&txn, id).await? {
        let hidden = queries::hidden_values(&txn, id).await?;
        return Err(Error::conflict(format!(
            "Tasks have values of this custom field that are not its default ({hidden} values are on boards that do \
             not show the field); to delete them with the field, repeat with purge=true"
        )));
    }
    // Boards and values of the field go with it.
    txn.run_one(sql("DELETE FROM task_custom_field_definitions WHERE id = $1").bind(id)).await?;
    append(&txn, scope, "custom_field.deleted", id).await?;
    txn.commit().await?;
    Ok(())
}

async fn check_boards(txn: &Txn, organization_id: Uuid, boards: &[Uuid]) -> Result<()> {
    let foreign = queries::foreign_boards(txn, organization_id, boards).await?;
    if foreign.is_empty() {
        return Ok(());
    }
    Err(Error::object(
        Kind::Invalid,
        json!({
            "message": "board_ids names boards that are not of this organization",
            "invalid_board_ids": foreign,
        }),
    ))
}

fn is_taken(error: StoreError, key: &str) -> Error {
    if error.is_unique_violation() {
        return Error::conflict(format!(
            "field_key is taken: this organization has a custom field with the key \"{key}\""
        ));
    }
    error.into()
}

async fn insert(txn: &Txn, field: &FieldDefinition) -> Result<(), StoreError> {
    txn.run_one(
        sql("INSERT INTO task_custom_field_definitions (id, organization_id, field_key, label, field_type,
                 ui_visibility, validation_regex, description, required, default_value, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)")
        .bind(field.id)
        .bind(field.organization_id)
        .bind(field.field_key.as_str())
        .bind(field.label.as_str())
        .bind(field.field_type.as_str())
        .bind(field.ui_visibility.as_str())
        .bind(field.validation_regex.as_deref())
        .bind(field.description.as_deref())
        .bind(field.required)
        .bind(field.default_value.clone())
        .bind(field.created_at),
    )
    .await
}

async fn update(txn: &Txn, field: &FieldDefinition) -> Result<()> {
    txn.run_one(
        sql("UPDATE task_custom_field_definitions SET label = $2, field_type = $3, ui_visibility = $4,
                 validation_regex = $5, description = $6, required = $7, default_value = $8, updated_at = $9
             WHERE id = $1")
        .bind(field.id)
        .bind(field.label.as_str())
        .bind(field.field_type.as_str())
        .bind(field.ui_visibility.as_str())
        .bind(field.validation_regex.as_deref())
        .bind(field.description.as_deref())
        .bind(field.required)
        .bind(field.default_value.clone())
        .bind(field.updated_at),
    )
    .await?;
    Ok(())
}

async fn purge_unfit(txn: &Txn, id: Uuid, check: &ValueCheck) -> Result<()> {
    let mut after = Some(Uuid::nil());
    while let Some(place) = after {
        let part = queries::unfit_values(txn, id, check, place).await?;
        queries::delete_values(txn, part.ids).await?;
        after = part.next;
    }
    Ok(())
}

async fn count_unfit(store: &Store, id: Uuid, check: &ValueCheck) -> Result<i64> {
    let (mut count, mut after) = (0, Some(Uuid::nil()));
    while let Some(place) = after {
        let part = queries::unfit_values(store, id, check, place).await?;
        count += i64::try_from(part.ids.len()).unwrap_or(i64::MAX);
        after = part.next;
    }
    Ok(count)
}

async fn append(txn: &Txn, scope: &OrgAdmin, kind: &'static str, id: Uuid) -> Result<()> {
    let event = NewEvent::new(kind, scope.organization().id).user(Some(scope.actor().user().id));
    txn.append(event.data(json!({ "custom_field_id": id }))).await?;
    Ok(())
}
