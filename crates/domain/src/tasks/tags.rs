//! Tags on tasks.

use std::collections::HashMap;

use mc_store::{Read, Txn, sql};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde_json::json;
use uuid::Uuid;

use super::{model::TagRef, queries::Of};
use crate::{Error, Kind, Result};

#[derive(sqlx::FromRow)]
struct Row {
    task_id: Uuid,
    #[sqlx(flatten)]
    tag: TagRef,
}

/// The tags of tasks, by task, in the order in which they were given.
pub(crate) async fn of_tasks(on: &impl Read, of: Of<'_>) -> Result<HashMap<Uuid, Vec<TagRef>>> {
    let (assignments, tags) = (|| Alias::new("tag_assignments"), || Alias::new("tags"));
    let query = Query::select()
        .column((assignments(), Alias::new("task_id")))
        .columns(["id", "name", "slug", "color"].map(|name| (tags(), Alias::new(name))))
        .from(assignments())
        .inner_join(
            tags(),
            Expr::col((tags(), Alias::new("id"))).equals((assignments(), Alias::new("tag_id"))),
        )
        .and_where(of.condition("tag_assignments", "task_id"))
        .order_by((assignments(), Alias::new("created_at")), Order::Asc)
        .order_by((assignments(), Alias::new("id")), Order::Asc)
        .take();
    let rows: Vec<Row> = on.all(on.render(&query)).await?;
    let mut found: HashMap<Uuid, Vec<TagRef>> = HashMap::new();
    for row in rows {
        found.entry(row.task_id).or_default().push(row.tag);
    }
    Ok(found)
}

/// The tags of these ids without repetitions, in the order of the ids.
///
/// # Errors
/// `NotFound` with the ids that are no tags of the organization.
pub(super) async fn check(on: &impl Read, organization_id: Uuid, ids: &[Uuid]) -> Result<Vec<TagRef>> {
    let ids = super::queries::distinct(ids);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .columns(["id", "name", "slug", "color"].map(Alias::new))
        .from(Alias::new("tags"))
        .and_where(Expr::col(Alias::new("organization_id")).eq(organization_id))
        .and_where(Expr::col(Alias::new("id")).is_in(ids.iter().copied()))
        .take();
    let rows: Vec<TagRef> = on.all(on.render(&query)).await?;
    let mut known: HashMap<Uuid, TagRef> = rows.into_iter().map(|tag| (tag.id, tag)).collect();
    let missing: Vec<Uuid> = ids.iter().copied().filter(|id| !known.contains_key(id)).collect();
    if !missing.is_empty() {
        return Err(Error::object(
            Kind::NotFound,
            json!({ "message": "tag_ids names tags that do not exist", "missing_tag_ids": missing }),
        ));
    }
    Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
}

/// Gives a task these tags.
pub(super) async fn insert(txn: &Txn, task_id: Uuid, tags: &[TagRef]) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(Alias::new("tag_assignments"))
        .columns(["id", "task_id", "tag_id", "created_at"].map(Alias::new))
        .take();
    for tag in tags {
        insert.values_panic([txn.new_id().into(), task_id.into(), tag.id.into(), txn.now().into()]);
    }
    txn.run(txn.render(&insert)).await?;
    Ok(())
}

/// Gives a task these tags in place of those it has.
pub(super) async fn replace(txn: &Txn, task_id: Uuid, tags: &[TagRef]) -> Result<()> {
    txn.run(sql("DELETE FROM tag_assignments WHERE task_id = $1").bind(task_id)).await?;
    insert(txn, task_id, tags).await
}
