//! Use cases on members: who belongs to an organization, as what, and with which rights on boards.

use mc_store::{Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{lock, lock_as_admin};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{OrgAdmin, OrgMember},
    agents,
    organizations::{Access, Member, MemberDetail, Role, grants, queries, rules},
};

/// What happened to a membership, as the event log names it. The member that it is about stands in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberChange {
    Joined,
    RoleChanged,
    AccessChanged,
    Removed,
    Left,
}

impl MemberChange {
    fn kind(self) -> &'static str {
        match self {
            Self::Joined => "organization.member.joined",
            Self::RoleChanged => "organization.member.role_changed",
            Self::AccessChanged => "organization.member.access_changed",
            Self::Removed => "organization.member.removed",
            Self::Left => "organization.member.left",
        }
    }
}

/// Records what a person did to a membership.
pub(crate) async fn record(
    txn: &Txn,
    change: MemberChange,
    by: Uuid,
    member: &Member,
    message: String,
) -> Result<()> {
    let data = json!({
        "member_id": member.id,
        "user_id": member.user_id,
        "role": member.role,
        "all_boards_read": member.all_boards_read,
        "all_boards_write": member.all_boards_write,
    });
    let event =
        NewEvent::new(change.kind(), member.organization_id).user(Some(by)).message(message).data(data);
    // Kept as long as the feed: this is the trail of who gave whom which rights.
    txn.append(event.activity()).await?;
    Ok(())
}

/// The members by e-mail address, without their rights on single boards.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgMember, request: PageRequest) -> Result<Page<MemberDetail>> {
    queries::members(context.store(), scope.organization().id, request).await
}

/// The own membership with its rights on single boards.
///
/// # Errors
/// When the database cannot be reached, and `NotFound` when the membership has just ended.
pub async fn own(context: &Context, scope: &OrgMember) -> Result<MemberDetail> {
    detail(context, scope.organization().id, scope.member().id).await
}

/// A membership with its rights on single boards.
///
/// # Errors
/// `NotFound` when it is not one of this organization; `Forbidden` for a plain member who asks for another's.
pub async fn get(context: &Context, scope: &OrgMember, id: Uuid) -> Result<MemberDetail> {
    let detail = detail(context, scope.organization().id, id).await?;
    if !scope.member().is_admin() && detail.member.id != scope.member().id {
        return Err(Error::forbidden());
    }
    Ok(detail)
}

async fn detail(context: &Context, organization_id: Uuid, id: Uuid) -> Result<MemberDetail> {
    let detail = find(context.store(), organization_id, id).await?;
    Ok(MemberDetail { grants: grants::of_member(context.store(), id).await?, ..detail })
}

async fn find(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<MemberDetail> {
    queries::member(on, organization_id, id).await?.ok_or_else(Error::not_found)
}

/// Makes a member something else. Without a role only the time of the last change moves.
///
/// # Errors
/// `NotFound` when the member is not one of this organization; `Forbidden` when the caller may not grant or take the
/// role; `Invalid` when no owner would be left.
pub async fn change_role(
    context: &Context,
    scope: &OrgAdmin,
    id: Uuid,
    role: Option<Role>,
) -> Result<MemberDetail> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    let actor = lock_as_admin(&txn, scope).await?;
    let old = find(&txn, organization_id, id).await?;
    let role = role.unwrap_or(old.member.role);
    rules::may_change_role(&actor, &old.member, role, queries::owners(&txn, organization_id).await?)?;
    set_role(&txn, id, role).await?;
    let new = find(&txn, organization_id, id).await?;
    if role != old.member.role {
        record_role(&txn, scope.actor().user().id, &old, &new).await?;
        if [role, old.member.role].contains(&Role::Owner) {
            agents::refresh::organization(&txn, organization_id).await?;
        }
    }
    txn.commit().await?;
    Ok(new)
}

async fn set_role(txn: &Txn, id: Uuid, role: Role) -> Result<()> {
    txn.run_one(
        sql("UPDATE organization_members SET role = $2, updated_at = $3 WHERE id = $1")
            .bind(id)
            .bind(role.as_str())
            .bind(txn.now()),
    )
    .await?;
    Ok(())
}

async fn record_role(txn: &Txn, by: Uuid, old: &MemberDetail, new: &MemberDetail) -> Result<()> {
    let (from, to) = (old.member.role.as_str(), new.member.role.as_str());
    let message = format!("Changed the role of {} from {from} to {to}", new.person.label());
    record(txn, MemberChange::RoleChanged, by, &new.member, message).await
}

/// Sets all rights on boards of a member in place of those before.
///
/// # Errors
/// `NotFound` when the member is not one of this organization; `Invalid` when a board is not one of it.
pub async fn set_access(
    context: &Context,
    scope: &OrgAdmin,
    id: Uuid,
    access: Access,
) -> Result<MemberDetail> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    lock_as_admin(&txn, scope).await?;
    find(&txn, organization_id, id).await?;
    grants::check_boards(&txn, organization_id, &access.boards).await?;
    txn.run_one(
        sql("UPDATE organization_members SET all_boards_read = $2, all_boards_write = $3, updated_at = $4 WHERE id = $1")
            .bind(id)
            .bind(access.all_boards_read)
            .bind(access.all_boards_write)
            .bind(txn.now()),
    )
    .await?;
    let rights = if access.is_general() { Vec::new() } else { rules::merged(access.boards) };
    grants::replace(&txn, id, &rights).await?;
    let new = find(&txn, organization_id, id).await?;
    let who = new.person.label();
    let message = match (access.all_boards_write, access.all_boards_read) {
        (true, _) => format!("Let {who} read and write every board"),
        (false, true) => format!("Let {who} read every board"),
        (false, false) => format!("Gave {who} rights on {} single boards", rights.len()),
    };
    record(&txn, MemberChange::AccessChanged, scope.actor().user().id, &new.member, message).await?;
    txn.commit().await?;
    Ok(new)
}

/// Puts a member out of the organization.
///
/// # Errors
/// `NotFound` when the member is not one of this organization; `Forbidden` for oneself, and for an owner when the
/// caller is none; `Invalid` when no owner would be left.
pub async fn remove(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<()> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    let actor = lock_as_admin(&txn, scope).await?;
    let target = find(&txn, organization_id, id).await?;
    rules::may_remove(&actor, &target.member, queries::owners(&txn, organization_id).await?)?;
    end(&txn, &target.member).await?;
    let message = format!("Removed {} from the organization", target.person.label());
    record(&txn, MemberChange::Removed, scope.actor().user().id, &target.member, message).await?;
    txn.commit().await?;
    Ok(())
}

/// Leaves the organization.
///
/// # Errors
/// `Invalid` for its last owner.
pub async fn leave(context: &Context, scope: &OrgMember) -> Result<()> {
    let txn = context.store().begin().await?;
    let member = lock(&txn, scope).await?;
    rules::may_go(&member, queries::owners(&txn, member.organization_id).await?)?;
    end(&txn, &member).await?;
    let message = format!("{} left the organization", scope.actor().user().display_name());
    record(&txn, MemberChange::Left, member.user_id, &member, message).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends a membership. If the person acted in this organization, it is the person's oldest other one from now on.
async fn end(txn: &Txn, member: &Member) -> Result<()> {
    txn.run_one(sql("DELETE FROM organization_members WHERE id = $1").bind(member.id)).await?;
    if member.role == Role::Owner {
        agents::refresh::organization(txn, member.organization_id).await?;
    }
    txn.run(
        sql("UPDATE users SET active_organization_id = (
                 SELECT m.organization_id FROM organization_members m WHERE m.user_id = users.id
                 ORDER BY m.created_at, m.id LIMIT 1)
             WHERE id = $1 AND active_organization_id = $2")
        .bind(member.user_id)
        .bind(member.organization_id),
    )
    .await?;
    Ok(())
}

/// Hands the organization over: the other member becomes an owner, the caller an administrator.
///
/// # Errors
/// `Forbidden` when the caller is no owner; `NotFound` when the other one is not a member; `Invalid` for oneself.
pub async fn transfer(context: &Context, scope: &OrgAdmin, to: Uuid) -> Result<MemberDetail> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    let actor = lock_as_admin(&txn, scope).await?;
    let own = find(&txn, organization_id, actor.id).await?;
    let target = find(&txn, organization_id, to).await?;
    rules::may_transfer(&actor, &target.member)?;
    for (old, role) in [(&target, Role::Owner), (&own, Role::Admin)] {
        if old.member.role != role {
            set_role(&txn, old.member.id, role).await?;
            let new = find(&txn, organization_id, old.member.id).await?;
            record_role(&txn, actor.user_id, old, &new).await?;
        }
    }
    let new = find(&txn, organization_id, to).await?;
    agents::refresh::organization(&txn, organization_id).await?;
    txn.commit().await?;
    Ok(new)
}
