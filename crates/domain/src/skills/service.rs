//! Use cases on single skills.

use mc_store::{Json, events::NewEvent, sql};
use uuid::Uuid;

use super::{Facets, Filter, NewSkill, Skill, SkillCard, address, packs, queries};
use crate::{Context, Error, Kind, Page, PageRequest, Result, access::OrgAdmin};

/// The most skills of a list for which no limit was named.
pub const LIST_MAX: i64 = 1_000;

/// The skills of the organization, and whether a gateway has them.
///
/// # Errors
/// `NotFound` for a gateway or a pack of another organization.
pub async fn list(
    context: &Context,
    scope: &OrgAdmin,
    gateway_id: Uuid,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<SkillCard>> {
    let (store, organization_id) = (context.store(), scope.organization().id);
    let gateway = queries::gateway(store, organization_id, gateway_id).await?;
    let repository = repository(context, scope, filter).await?;
    queries::cards(store, organization_id, gateway.id, filter, repository, page).await
}

/// The categories and risks that the organization's skills have, and how many have each.
///
/// # Errors
/// `NotFound` for a pack of another organization.
pub async fn facets(context: &Context, scope: &OrgAdmin, filter: &Filter) -> Result<Facets> {
    let repository = repository(context, scope, filter).await?;
    queries::facets(context.store(), scope.organization().id, filter, repository).await
}

/// The place of the pack that a filter names.
async fn repository(context: &Context, scope: &OrgAdmin, filter: &Filter) -> Result<Option<String>> {
    match filter.pack_id {
        Some(id) => {
            let pack = packs::row(context.store(), scope.organization().id, id).await?;
            Ok(Some(packs::key_of(&pack)))
        }
        None => Ok(None),
    }
}

/// Adds a skill. One at the same address takes the name and the description that are given.
///
/// # Errors
/// `Invalid` for an address on a host that is not trusted.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewSkill) -> Result<Skill> {
    address::check_host(&new.source_url, &context.settings().skills.hosts)?;
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    queries::lock(&txn, organization_id).await?;
    let url = String::from(new.source_url.clone());
    let present = queries::at(&txn, organization_id, std::slice::from_ref(&url)).await?.pop();
    let (kind, skill) = match present {
        Some(old) => {
            let changed = Skill {
                name: new.name.unwrap_or_else(|| old.name.clone()),
                description: new.description.or_else(|| old.description.clone()),
                ..old.clone()
            };
            if changed == old {
                return Ok(old);
            }
            ("skill.updated", Skill { is_edited: true, updated_at: txn.now(), ..changed })
        }
        None => {
            let skill = Skill {
                id: txn.new_id(),
                organization_id,
                pack_id: None,
                name: new.name.unwrap_or_else(|| address::name_of(&new.source_url)),
                description: new.description,
                category: None,
                risk: None,
                source: None,
                source_url: url,
                metadata: Json::default(),
                is_edited: true,
                vanished_at: None,
                created_at: txn.now(),
                updated_at: txn.now(),
            };
            ("skill.created", skill)
        }
    };
    queries::save(&txn, vec![skill.clone()]).await?;
    txn.append(
        NewEvent::new(kind, organization_id)
            .user(Some(scope.actor().user().id))
            .data(serde_json::json!({ "skill_id": skill.id })),
    )
    .await?;
    txn.commit().await?;
    Ok(skill)
}

/// Removes a skill from the organization's list. Gateways that have it keep it.
///
/// # Errors
/// `NotFound` when there is no such skill.
pub async fn delete(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<()> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    let removed = txn
        .run(
            sql("DELETE FROM marketplace_skills WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    if removed == 0 {
        return Err(Error::text(Kind::NotFound, "Marketplace skill not found"));
    }
    txn.append(
        NewEvent::new("skill.deleted", organization_id)
            .user(Some(scope.actor().user().id))
            .data(serde_json::json!({ "skill_id": id })),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}
