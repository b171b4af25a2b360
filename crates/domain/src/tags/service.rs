//! Use cases on tags.

use mc_store::{StoreError, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    NewTag, Tag, TagChange, TagRef, queries,
    rules::{self, Slug},
};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{BoardReader, OrgAdmin, OrgMember},
};

/// The most tags of an organization: agents read them all at once.
pub const TAGS_MAX: i64 = 5_000;

/// The tags of the organization, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgMember, page: PageRequest) -> Result<Page<Tag>> {
    queries::page(context.store(), scope.organization().id, page).await
}

/// The tags that tasks of a board can carry, by name.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(context: &Context, scope: &BoardReader) -> Result<Vec<TagRef>> {
    queries::refs(context.store(), scope.board().organization_id, TAGS_MAX).await
}

/// One tag of the organization.
///
/// # Errors
/// `NotFound` when it has no such tag, also when another has.
pub async fn get(context: &Context, scope: &OrgMember, id: Uuid) -> Result<Tag> {
    queries::find(context.store(), scope.organization().id, id).await?.ok_or_else(Error::not_found)
}

/// Makes a tag. A slug that is made from the name gets a number when it is taken.
///
/// # Errors
/// `Conflict` when the given slug is taken, or the organization has [`TAGS_MAX`] tags.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewTag) -> Result<Tag> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    txn.lock("tags", organization_id).await?;
    if queries::count(&txn, organization_id).await? >= TAGS_MAX {
        return Err(Error::conflict(format!("An organization has at most {TAGS_MAX} tags")));
    }
    let slug = free(&txn, organization_id, Slug::of(new.slug.as_deref(), &new.name), None).await?;
    let tag = Tag {
        id: txn.new_id(),
        organization_id,
        name: new.name,
        slug,
        color: new.color,
        description: new.description,
        task_count: 0,
        created_at: txn.now(),
        updated_at: txn.now(),
    };
    let insert = txn
        .run_one(
            sql("INSERT INTO tags (id, organization_id, name, slug, color, description, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7)")
            .bind(tag.id)
            .bind(organization_id)
            .bind(tag.name.as_str())
            .bind(tag.slug.as_str())
            .bind(tag.color.as_str())
            .bind(tag.description.as_deref())
            .bind(tag.created_at),
        )
        .await;
    insert.map_err(|error| lost_race(error, &tag.slug))?;
    append(&txn, scope, "tag.created", tag.id).await?;
    txn.commit().await?;
    Ok(tag)
}

/// Changes a tag.
///
/// # Errors
/// `NotFound` when the organization has no such tag; `Conflict` when the given slug is taken.
pub async fn change(context: &Context, scope: &OrgAdmin, id: Uuid, change: TagChange) -> Result<Tag> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    txn.lock("tags", organization_id).await?;
    let mut tag = queries::find(&txn, organization_id, id).await?.ok_or_else(Error::not_found)?;
    scope.precondition().check(tag.updated_at)?;
    if let Some(name) = change.name {
        tag.name = name;
    }
    if let Some(slug) = change.slug {
        tag.slug = free(&txn, organization_id, Slug::of(slug.as_deref(), &tag.name), Some(id)).await?;
    }
    if let Some(color) = change.color {
        tag.color = color;
    }
    if let Some(description) = change.description {
        tag.description = description;
    }
    tag.updated_at = txn.now();
    let update = txn
        .run_one(
            sql("UPDATE tags SET name = $2, slug = $3, color = $4, description = $5, updated_at = $6 WHERE id = $1")
                .bind(id)
                .bind(tag.name.as_str())
                .bind(tag.slug.as_str())
                .bind(tag.color.as_str())
                .bind(tag.description.as_deref())
                .bind(tag.updated_at),
        )
        .await;
    update.map_err(|error| lost_race(error, &tag.slug))?;
    append(&txn, scope, "tag.updated", id).await?;
    txn.commit().await?;
    Ok(tag)
}

/// Deletes a tag; tasks lose it and are not changed otherwise.
///
/// # Errors
/// `NotFound` when the organization has no such tag.
pub async fn delete(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    let deleted = txn
        .run(
            sql("DELETE FROM tags WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(scope.organization().id),
        )
        .await?;
    if deleted == 0 {
        return Err(Error::not_found());
    }
    append(&txn, scope, "tag.deleted", id).await?;
    txn.commit().await?;
    Ok(())
}

/// A slug that no other tag of the organization has. The caller holds the lock of its tags.
async fn free(txn: &Txn, organization_id: Uuid, slug: Slug, own: Option<Uuid>) -> Result<String> {
    let taken = queries::slugs_like(txn, organization_id, slug.stem(), own).await?;
    slug.free_of(&taken)
}

/// Whoever writes tags without the lock, such as an import, may be first.
fn lost_race(error: StoreError, slug: &str) -> Error {
    if error.is_unique_violation() { rules::is_taken(slug) } else { error.into() }
}

async fn append(txn: &Txn, scope: &OrgAdmin, kind: &'static str, id: Uuid) -> Result<()> {
    let event = NewEvent::new(kind, scope.organization().id).user(Some(scope.actor().user().id));
    txn.append(event.data(json!({ "tag_id": id }))).await?;
    Ok(())
}
