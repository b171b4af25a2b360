//! Use cases on organizations.

mod acceptance;
pub mod invites;
pub mod members;

use mc_store::{Read, Txn, events::NewEvent, sql};
use uuid::Uuid;

use super::{Member, Membership, Organization, Role, queries};
use crate::{
    Context, Error, Kind, Result,
    access::{OrgAdmin, OrgMember, UserActor},
    gateways, skills,
    users::{self, User},
};

/// The name of the organization that a person gets who belongs to none.
const FIRST_ORGANIZATION: &str = "Personal";

/// Gives a person an active organization: the present one, else the oldest membership, else the one into which the
/// person's e-mail address was invited first, else a new one.
///
/// # Errors
/// `Unauthorized` when the person is gone.
pub(crate) async fn choose_active(context: &Context, user: &User) -> Result<User> {
    let txn = context.store().begin().await?;
    // Two first requests of one person wait for one another here. In this order everywhere: the person, then the
    // organization, then their rows; whoever changed a row first could wait for ever.
    txn.lock("user", user.id).await?;
    let user = users::service::by_id(&txn, user.id).await?.ok_or_else(Error::unauthorized)?;
    let active = loop {
        let memberships: Vec<Member> = txn
            .all(
                sql("SELECT * FROM organization_members WHERE user_id = $1 ORDER BY created_at, id")
                    .bind(user.id),
            )
            .await?;
        let found = memberships
            .iter()
            .find(|member| Some(member.organization_id) == user.active_organization_id)
            .or_else(|| memberships.first())
            .map(|member| member.organization_id);
        let Some(id) = found else { break first_organization(context, &txn, &user).await? };
        if user.active_organization_id == Some(id) {
            return Ok(user);
        }
        txn.lock("organization", id).await?;
        // It may have been deleted, or the person put out of it, before the lock was free.
        if queries::membership(&txn, id, user.id).await?.is_some() {
            break id;
        }
    };
    set_active_row(&txn, user.id, active).await?;
    txn.commit().await?;
    Ok(User { active_organization_id: Some(active), ..user })
}

/// The organization of a person who belongs to none: one that invited the address, else a new one.
async fn first_organization(context: &Context, txn: &Txn, user: &User) -> Result<Uuid> {
    if let Some(member) = acceptance::accept_by_email(txn, user).await? {
        return Ok(member.organization_id);
    }
    let first = insert(txn, user.id, FIRST_ORGANIZATION).await?;
    skills::packs::add_defaults(txn, first.id, &context.settings().skills).await?;
    Ok(first.id)
}

/// Makes an organization that the person owns and that becomes the active one.
///
/// # Errors
/// `Invalid` for a blank name; `Conflict` when the person belongs to one of that name, in any case.
pub async fn create(context: &Context, actor: &UserActor, name: &str) -> Result<Organization> {
    let txn = context.store().begin().await?;
    let name = check_name(&txn, actor.user().id, name, None).await?;
    let organization = insert(&txn, actor.user().id, name).await?;
    set_active_row(&txn, actor.user().id, organization.id).await?;
    txn.commit().await?;
    Ok(organization)
}

/// The organizations of a person, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(context: &Context, actor: &UserActor) -> Result<Vec<Membership>> {
    let mut memberships = of_user(context.store(), actor.user().id).await?;
    // Who has none is in the oldest with the next request; see [`choose_active`].
    if !memberships.iter().any(|item| item.is_active)
        && let Some(oldest) = memberships.first_mut()
    {
        oldest.is_active = true;
    }
    memberships.sort_by_cached_key(|item| (item.organization.name.to_lowercase(), item.organization.id));
    Ok(memberships)
}

/// Makes another of the own organizations the active one.
///
/// # Errors
/// `Forbidden` when the person does not belong to it.
pub async fn set_active(context: &Context, actor: &UserActor, id: Uuid) -> Result<Organization> {
    let txn = context.store().begin().await?;
    // Its deletion lets go of the people whose active one it is: the one waits for the other here.
    txn.lock("organization", id).await?;
    let organization: Option<Organization> = txn
        .optional(
            sql("SELECT o.* FROM organizations o JOIN organization_members m ON m.organization_id = o.id
                 WHERE o.id = $1 AND m.user_id = $2")
            .bind(id)
            .bind(actor.user().id),
        )
        .await?;
    let organization = organization.ok_or_else(|| Error::text(Kind::Forbidden, "No org access"))?;
    set_active_row(&txn, actor.user().id, id).await?;
    txn.append(NewEvent::new("organization.activated", id).user(Some(actor.user().id))).await?;
    txn.commit().await?;
    Ok(organization)
}

/// Gives the organization another name; without one it stays as it is.
///
/// # Errors
/// `Invalid` for a blank name; `Conflict` when the person belongs to another organization of that name, in any case.
pub async fn rename(context: &Context, scope: &OrgAdmin, name: Option<&str>) -> Result<Organization> {
    let Some(name) = name else { return Ok(scope.organization().clone()) };
    let (id, by) = (scope.organization().id, scope.actor().user().id);
    let txn = context.store().begin().await?;
    let name = check_name(&txn, by, name, Some(id)).await?;
    lock_as_admin(&txn, scope).await?;
    let present: Option<Organization> =
        txn.optional(sql("SELECT * FROM organizations WHERE id = $1").bind(id)).await?;
    scope.precondition().check(present.ok_or_else(Error::not_found)?.updated_at)?;
    let organization: Option<Organization> = txn
        .optional(
            sql("UPDATE organizations SET name = $2, updated_at = $3 WHERE id = $1 RETURNING *")
                .bind(id)
                .bind(name)
                .bind(txn.now()),
        )
        .await?;
    let organization = organization.ok_or_else(Error::not_found)?;
    let message = format!("Renamed the organization from {} to {name}", scope.organization().name);
    txn.append(NewEvent::new("organization.updated", id).user(Some(by)).message(message).activity()).await?;
    txn.commit().await?;
    Ok(organization)
}

/// Deletes the organization with everything in it.
///
/// # Errors
/// `Forbidden` for an administrator who does not own it.
pub async fn delete(context: &Context, scope: &OrgAdmin) -> Result<()> {
    let txn = context.store().begin().await?;
    if lock_as_admin(&txn, scope).await?.role != Role::Owner {
        return Err(Error::text(Kind::Forbidden, "Only an owner can delete the organization"));
    }
    erase(&txn, scope.organization().id, Some(scope.actor().user().id)).await?;
    txn.commit().await?;
    Ok(())
}

/// Deletes an organization and its history. Open streams on it end.
pub(crate) async fn erase(txn: &Txn, id: Uuid, by: Option<Uuid>) -> Result<()> {
    gateways::queue_cleanup(txn, id).await?;
    // Everything but the log hangs on this row. It goes first: that waits for whoever is at work in the organization, so
    // that their events are there to be deleted.
    if txn.run(sql("DELETE FROM organizations WHERE id = $1").bind(id)).await? == 0 {
        return Err(Error::not_found());
    }
    txn.run(sql("DELETE FROM events WHERE organization_id = $1").bind(id)).await?;
    txn.append(NewEvent::new("organization.deleted", id).user(by)).await?;
    Ok(())
}

/// Keeps others from changing who belongs to the organization until the transaction ends, and gives the caller's
/// membership as it is now.
///
/// # Errors
/// `Forbidden` when the caller does not belong to it any more.
async fn lock(txn: &Txn, scope: &OrgMember) -> Result<Member> {
    let id = scope.organization().id;
    txn.lock("organization", id).await?;
    queries::membership(txn, id, scope.actor().user().id).await?.ok_or_else(Error::forbidden)
}

/// As [`lock`], for what only administrators may do.
async fn lock_as_admin(txn: &Txn, scope: &OrgAdmin) -> Result<Member> {
    let member = lock(txn, scope).await?;
    if member.is_admin() { Ok(member) } else { Err(Error::forbidden()) }
}

/// The name to keep, unless it is blank or another organization of the person has it.
async fn check_name<'n>(txn: &Txn, user_id: Uuid, name: &'n str, own: Option<Uuid>) -> Result<&'n str> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::new(Kind::Invalid));
    }
    txn.lock("user", user_id).await?;
    let wanted = name.to_lowercase();
    let is_taken = of_user(txn, user_id)
        .await?
        .iter()
        .any(|item| Some(item.organization.id) != own && item.organization.name.to_lowercase() == wanted);
    if is_taken { Err(Error::new(Kind::Conflict)) } else { Ok(name) }
}

// Which one is active is read with the memberships: one that ends at the same moment leaves nobody without.
async fn of_user(on: &impl Read, user_id: Uuid) -> Result<Vec<Membership>> {
    #[derive(sqlx::FromRow)]
    struct Item {
        #[sqlx(flatten)]
        organization: Organization,
        #[sqlx(try_from = "String")]
        role: Role,
        is_active: bool,
    }
    let items: Vec<Item> = on
        .all(
            sql("SELECT o.*, m.role, COALESCE(u.active_organization_id = o.id, FALSE) AS is_active
                 FROM organization_members m
                 JOIN organizations o ON o.id = m.organization_id
                 JOIN users u ON u.id = m.user_id
                 WHERE m.user_id = $1 ORDER BY m.created_at, m.id")
            .bind(user_id),
        )
        .await?;
    let membership = |item: Item| Membership {
        organization: item.organization,
        role: item.role,
        is_active: item.is_active,
    };
    Ok(items.into_iter().map(membership).collect())
}

async fn insert(txn: &Txn, owner: Uuid, name: &str) -> Result<Organization> {
    let organization: Organization = txn
        .one(
            sql("INSERT INTO organizations (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3) RETURNING *")
                .bind(txn.new_id())
                .bind(name)
                .bind(txn.now()),
        )
        .await?;
    txn.run_one(
        sql("INSERT INTO organization_members
                 (id, organization_id, user_id, role, all_boards_read, all_boards_write, created_at, updated_at)
             VALUES ($1, $2, $3, $4, TRUE, TRUE, $5, $5)")
        .bind(txn.new_id())
        .bind(organization.id)
        .bind(owner)
        .bind(Role::Owner.as_str())
        .bind(txn.now()),
    )
    .await?;
    txn.append(NewEvent::new("organization.created", organization.id).user(Some(owner))).await?;
    Ok(organization)
}

async fn set_active_row(txn: &Txn, user_id: Uuid, organization_id: Uuid) -> Result<()> {
    let set = sql("UPDATE users SET active_organization_id = $2 WHERE id = $1");
    match txn.run(set.bind(user_id).bind(organization_id)).await? {
        // The account ended meanwhile.
        0 => Err(Error::unauthorized()),
        _ => Ok(()),
    }
}
