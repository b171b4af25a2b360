//! Reads of tags.

use std::collections::HashSet;

use mc_store::{Read, sql};
use uuid::Uuid;

use super::{Tag, TagRef};
use crate::{Page, PageRequest, Result};

/// The tags of an organization, by name.
pub(super) async fn page(on: &impl Read, organization_id: Uuid, request: PageRequest) -> Result<Page<Tag>> {
    let items: Vec<Tag> = on
        .all(
            sql("SELECT t.*, (SELECT count(*) FROM tag_assignments a WHERE a.tag_id = t.id) AS task_count
                 FROM tags t WHERE t.organization_id = $1
                 ORDER BY lower(t.name), t.created_at, t.id LIMIT $2 OFFSET $3")
            .bind(organization_id)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let total = match request.whole(&items) {
        Some(total) => total,
        None => count(on, organization_id).await?,
    };
    Ok(Page { items, total, request })
}

/// How many tags an organization has.
pub(super) async fn count(on: &impl Read, organization_id: Uuid) -> Result<i64> {
    let (count,): (i64,) =
        on.one(sql("SELECT count(*) FROM tags WHERE organization_id = $1").bind(organization_id)).await?;
    Ok(count)
}

/// One tag of an organization.
pub(super) async fn find(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<Tag>> {
    Ok(on
        .optional(
            sql("SELECT t.*, (SELECT count(*) FROM tag_assignments a WHERE a.tag_id = t.id) AS task_count
                 FROM tags t WHERE t.id = $1 AND t.organization_id = $2")
            .bind(id)
            .bind(organization_id),
        )
        .await?)
}

/// The tags of an organization as tasks show them, by name, at most `limit`.
pub(super) async fn refs(on: &impl Read, organization_id: Uuid, limit: i64) -> Result<Vec<TagRef>> {
    Ok(on
        .all(
            sql("SELECT id, name, slug, color FROM tags WHERE organization_id = $1
                 ORDER BY lower(name), created_at, id LIMIT $2")
            .bind(organization_id)
            .bind(limit),
        )
        .await?)
}

/// The slugs that begin like `stem` and belong to tags other than `except`.
pub(super) async fn slugs_like(
    on: &impl Read,
    organization_id: Uuid,
    stem: &str,
    except: Option<Uuid>,
) -> Result<HashSet<String>> {
    // A slug has no character that means something in a pattern.
    let rows: Vec<(Uuid, String)> = on
        .all(
            sql("SELECT id, slug FROM tags WHERE organization_id = $1 AND (slug = $2 OR slug LIKE $3)")
                .bind(organization_id)
                .bind(stem)
                .bind(format!("{stem}-%")),
        )
        .await?;
    Ok(rows.into_iter().filter(|(id, _)| Some(*id) != except).map(|(_, slug)| slug).collect())
}
