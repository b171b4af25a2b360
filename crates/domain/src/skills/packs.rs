//! Use cases on packs.

use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{NewPack, Pack, PackChange, PackRow, PackUrl, Sources, address, queries};
use crate::{Context, Error, Kind, Result, access::OrgAdmin};

/// The most packs of a list.
const LIST_MAX: i64 = 1_000;

/// What the packs that a first organization gets are good for, by their keys.
const DESCRIPTIONS: [(&str, &str); 2] = [
    (
        "https://github.com/sickn33/antigravity-awesome-skills",
        "A large collection of skills for coding agents, by the community.",
    ),
    (
        "https://github.com/brianrwagner/ai-marketing-skills",
        "Marketing frameworks that agents can carry out.",
    ),
];

/// The packs of the organization, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgAdmin) -> Result<Vec<Pack>> {
    Ok(context
        .store()
        .all(
            sql("SELECT p.*, (SELECT count(*) FROM marketplace_skills s
                     WHERE s.organization_id = p.organization_id AND s.repository_key = p.source_key) AS skill_count
                 FROM skill_packs p WHERE p.organization_id = $1 ORDER BY p.created_at DESC, p.id DESC LIMIT $2")
            .bind(scope.organization().id)
            .bind(LIST_MAX),
        )
        .await?)
}

/// One pack.
///
/// # Errors
/// `NotFound` when there is no such pack.
pub async fn get(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<Pack> {
    with_count(context.store(), scope.organization().id, id).await
}

async fn with_count(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Pack> {
    let pack: Option<Pack> = on
        .optional(
            sql("SELECT p.*, (SELECT count(*) FROM marketplace_skills s
                     WHERE s.organization_id = p.organization_id AND s.repository_key = p.source_key) AS skill_count
                 FROM skill_packs p WHERE p.id = $1 AND p.organization_id = $2")
            .bind(id)
            .bind(organization_id),
        )
        .await?;
    pack.ok_or_else(not_found)
}

/// A pack without its figures.
pub(super) async fn row(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<PackRow> {
    let row: Option<PackRow> = on
        .optional(
            sql("SELECT * FROM skill_packs WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    row.ok_or_else(not_found)
}

fn not_found() -> Error {
    Error::text(Kind::NotFound, "Skill pack not found")
}

/// What the skills of a pack are found by.
pub(super) fn key_of(pack: &PackRow) -> String {
    PackUrl::parse(&pack.source_url).map_or_else(|_| pack.source_url.to_lowercase(), |url| url.key())
}

async fn id_by_key(txn: &Txn, organization_id: Uuid, key: &str) -> Result<Option<Uuid>> {
    let row: Option<(Uuid,)> = txn
        .optional(
            sql("SELECT id FROM skill_packs WHERE organization_id = $1 AND source_key = $2")
                .bind(organization_id)
                .bind(key),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// The name of a pack that was given none.
fn name_of(url: &PackUrl) -> String {
    address::named(&url.repository).unwrap_or_else(|| url.repository.clone())
}

/// Adds a pack. One of the same repository takes the branch and the values that are given, and the name and the
/// description where they are given.
///
/// # Errors
/// `BadRequest` for an address that is not that of a repository on GitHub.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewPack) -> Result<Pack> {
    let url = PackUrl::parse(&new.source_url)?;
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    queries::lock(&txn, organization_id).await?;
    let id = match id_by_key(&txn, organization_id, &url.key()).await? {
        Some(id) => {
            let old = row(&txn, organization_id, id).await?;
            let changed = PackRow {
                name: new.name.unwrap_or_else(|| old.name.clone()),
                description: new.description.or_else(|| old.description.clone()),
                branch: address::branch(&new.branch),
                metadata: Json(new.metadata),
                ..old.clone()
            };
            if changed != old {
                save(&txn, &changed, &url).await?;
                append(&txn, "skill_pack.updated", scope, id).await?;
            }
            id
        }
        None => {
            let id = txn.new_id();
            let name = new.name.unwrap_or_else(|| name_of(&url));
            insert(
                &txn,
                organization_id,
                id,
                (&url, &name, new.description),
                &address::branch(&new.branch),
                Json(new.metadata),
            )
            .await?;
            append(&txn, "skill_pack.created", scope, id).await?;
            id
        }
    };
    let pack = with_count(&txn, organization_id, id).await?;
    txn.commit().await?;
    Ok(pack)
}

/// Changes a pack. What is absent stays.
///
/// # Errors
/// `NotFound` when there is no such pack, `BadRequest` for an address that is not that of a repository on GitHub,
/// `Conflict` when another pack has it.
pub async fn change(context: &Context, scope: &OrgAdmin, id: Uuid, change: PackChange) -> Result<Pack> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    queries::lock(&txn, organization_id).await?;
    let old = row(&txn, organization_id, id).await?;
    let url = PackUrl::parse(change.source_url.as_deref().unwrap_or(&old.source_url))?;
    if id_by_key(&txn, organization_id, &url.key()).await?.is_some_and(|other| other != id) {
        return Err(Error::conflict("Another skill pack of this organization has this source_url"));
    }
    let changed = PackRow {
        source_url: url.to_string(),
        name: match change.name {
            None => old.name.clone(),
            Some(name) => name.unwrap_or_else(|| name_of(&url)),
        },
        description: change.description.unwrap_or_else(|| old.description.clone()),
        branch: change.branch.map_or_else(|| old.branch.clone(), |branch| address::branch(&branch)),
        metadata: change.metadata.map_or_else(|| old.metadata.clone(), Json),
        ..old
    };
    save(&txn, &changed, &url).await?;
    append(&txn, "skill_pack.updated", scope, id).await?;
    let pack = with_count(&txn, organization_id, id).await?;
    txn.commit().await?;
    Ok(pack)
}

/// Removes a pack. Its skills stay.
///
/// # Errors
/// `NotFound` when there is no such pack.
pub async fn delete(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    let removed = txn
        .run(
            sql("DELETE FROM skill_packs WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(scope.organization().id),
        )
        .await?;
    if removed == 0 {
        return Err(not_found());
    }
    append(&txn, "skill_pack.deleted", scope, id).await?;
    txn.commit().await?;
    Ok(())
}

/// Gives a new organization the packs that the operator has chosen. One that is there already is left alone.
///
/// # Errors
/// When the database fails.
pub(crate) async fn add_defaults(txn: &Txn, organization_id: Uuid, sources: &Sources) -> Result<()> {
    for url in &sources.default_packs {
        let key = url.key();
        let description =
            DESCRIPTIONS.iter().find(|(known, _)| *known == key).map(|(_, text)| (*text).to_owned());
        let about = (url, url.repository.as_str(), description);
        insert(txn, organization_id, txn.new_id(), about, address::DEFAULT_BRANCH, Json::default()).await?;
    }
    Ok(())
}

async fn insert(
    txn: &Txn,
    organization_id: Uuid,
    id: Uuid,
    (url, name, description): (&PackUrl, &str, Option<String>),
    branch: &str,
    metadata: Json<serde_json::Map<String, serde_json::Value>>,
) -> Result<()> {
    txn.run(
        sql("INSERT INTO skill_packs (id, organization_id, name, description, source_url, source_key, branch, metadata, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (organization_id, source_key) DO NOTHING")
        .bind(id)
        .bind(organization_id)
        .bind(name)
        .bind(description)
        .bind(url.to_string())
        .bind(url.key())
        .bind(branch)
        .bind(metadata)
        .bind(txn.now()),
    )
    .await?;
    Ok(())
}

async fn save(txn: &Txn, pack: &PackRow, url: &PackUrl) -> Result<()> {
    txn.run_one(
        sql("UPDATE skill_packs SET name = $2, description = $3, source_url = $4, source_key = $5, branch = $6,
                 metadata = $7, updated_at = $8 WHERE id = $1")
        .bind(pack.id)
        .bind(pack.name.as_str())
        .bind(pack.description.clone())
        .bind(pack.source_url.as_str())
        .bind(url.key())
        .bind(pack.branch.as_str())
        .bind(pack.metadata.clone())
        .bind(txn.now()),
    )
    .await?;
    Ok(())
}

async fn append(txn: &Txn, kind: &'static str, scope: &OrgAdmin, id: Uuid) -> Result<()> {
    txn.append(
        NewEvent::new(kind, scope.organization().id)
            .user(Some(scope.actor().user().id))
            .data(serde_json::json!({ "pack_id": id })),
    )
    .await?;
    Ok(())
}
