//! How an invite makes a member.

use mc_store::{Read, Txn, sql};

use super::{
    invites::{self, digest},
    members::{self, MemberChange},
};
use crate::{
    Context, Error, Result,
    access::UserActor,
    organizations::{
        BoardRight, Invite, Member, MemberDetail,
        grants::{self, Holder},
        queries::{self, invite_columns},
        rules,
    },
    users::User,
};

/// Accepts the invite of a token. Who belongs to the organization already gets what the invite gives beyond it, and who
/// has become a member by this very invite is one still: signing in for the first time accepts it too.
///
/// # Errors
/// `NotFound` when the token is unknown, or its invite was accepted by somebody else or has expired; `Forbidden` when it is
/// for another address than the person's.
pub async fn accept(context: &Context, actor: &UserActor, token: &str) -> Result<MemberDetail> {
    let txn = context.store().begin().await?;
    // In this order everywhere: the person, then the organization.
    txn.lock("user", actor.user().id).await?;
    let digest = digest(context, token.trim());
    let invite: Option<Invite> = txn
        .optional(
            sql(concat!(
                "SELECT ",
                invite_columns!(),
                " FROM organization_invites WHERE token_digest = $1 AND accepted_at IS NULL AND expires_at > $2"
            ))
            .bind(digest.clone())
            .bind(txn.now()),
        )
        .await?;
    let Some(invite) = invite else {
        return queries::member_by_invite(&txn, digest, actor.user().id).await?.ok_or_else(Error::not_found);
    };
    if !rules::is_for(&invite.invited_email, actor.user().email.as_deref()) {
        return Err(Error::forbidden());
    }
    let member = join(&txn, actor.user(), &invite).await?.ok_or_else(Error::not_found)?;
    txn.run(
        sql("UPDATE users SET active_organization_id = $2 WHERE id = $1 AND active_organization_id IS NULL")
            .bind(actor.user().id)
            .bind(member.organization_id),
    )
    .await?;
    let detail = queries::member(&txn, member.organization_id, member.id).await?;
    txn.commit().await?;
    detail.ok_or_else(Error::not_found)
}

/// Accepts the oldest open invite of the person's own address, for a person who belongs to no organization. The address
/// must be one that the person has proven to have. The caller holds the lock on the person.
///
/// # Errors
/// When the database fails.
pub(super) async fn accept_by_email(txn: &Txn, user: &User) -> Result<Option<Member>> {
    let Some(email) = user.email.as_deref().map(|email| email.trim().to_lowercase()) else {
        return Ok(None);
    };
    let invite: Option<Invite> = txn
        .optional(
            sql(concat!(
                "SELECT ",
                invite_columns!(),
                " FROM organization_invites WHERE invited_email = $1 AND accepted_at IS NULL AND expires_at > $2
                  ORDER BY created_at, id LIMIT 1"
            ))
            .bind(email)
            .bind(txn.now()),
        )
        .await?;
    match invite {
        Some(invite) => join(txn, user, &invite).await,
        None => Ok(None),
    }
}

/// Uses an invite up and makes its member; `None` when somebody else was faster.
async fn join(txn: &Txn, user: &User, invite: &Invite) -> Result<Option<Member>> {
    txn.lock("organization", invite.organization_id).await?;
    let taken = txn
        .run(
            sql("UPDATE organization_invites
                 SET accepted_by_user_id = $2, accepted_at = $3, updated_at = $3, token_sealed = NULL
                 WHERE id = $1 AND accepted_at IS NULL AND expires_at > $3")
            .bind(invite.id)
            .bind(user.id)
            .bind(txn.now()),
        )
        .await?;
    if taken == 0 {
        return Ok(None);
    }
    let message = format!("{} accepted the invite of {}", user.display_name(), invite.invited_email);
    invites::record(txn, "organization.invite.accepted", user.id, invite, message).await?;
    let member = match queries::membership(txn, invite.organization_id, user.id).await? {
        Some(member) => raise(txn, user, invite, &member).await?,
        None => enter(txn, user, invite).await?,
    };
    Ok(Some(member))
}

async fn enter(txn: &Txn, user: &User, invite: &Invite) -> Result<Member> {
    let member: Member = txn
        .one(
            sql("INSERT INTO organization_members
                     (id, organization_id, user_id, role, all_boards_read, all_boards_write, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING *")
            .bind(txn.new_id())
            .bind(invite.organization_id)
            .bind(user.id)
            .bind(invite.role.as_str())
            .bind(invite.all_boards_read)
            .bind(invite.all_boards_write)
            .bind(txn.now()),
        )
        .await?;
    grants::add(txn, Holder::Member(member.id), &single_rights(txn, invite).await?).await?;
    let message = format!("{} joined as {}", user.display_name(), member.role.as_str());
    members::record(txn, MemberChange::Joined, user.id, &member, message).await?;
    Ok(member)
}

async fn raise(txn: &Txn, user: &User, invite: &Invite, member: &Member) -> Result<Member> {
    let raised = rules::raised(member, invite);
    if raised != *member {
        txn.run_one(
            sql("UPDATE organization_members
                 SET role = $2, all_boards_read = $3, all_boards_write = $4, updated_at = $5 WHERE id = $1")
            .bind(member.id)
            .bind(raised.role.as_str())
            .bind(raised.all_boards_read)
            .bind(raised.all_boards_write)
            .bind(txn.now()),
        )
        .await?;
    }
    // Who may write a board may read it.
    let rights = single_rights(txn, invite).await?;
    let rights: Vec<BoardRight> =
        rights.into_iter().map(|right| BoardRight { can_read: true, ..right }).collect();
    grants::add(txn, Holder::Member(member.id), &rights).await?;
    if raised.role != member.role {
        let (from, to) = (member.role.as_str(), raised.role.as_str());
        let message = format!("{} went from {from} to {to} by an invite", user.display_name());
        members::record(txn, MemberChange::RoleChanged, user.id, &raised, message).await?;
    }
    if !rights.is_empty() || (Member { role: member.role, ..raised.clone() }) != *member {
        let message = format!("{} got further rights on boards by an invite", user.display_name());
        members::record(txn, MemberChange::AccessChanged, user.id, &raised, message).await?;
    }
    Ok(raised)
}

/// The rights on single boards that an invite gives; none when its flags decide.
async fn single_rights(txn: &Txn, invite: &Invite) -> Result<Vec<BoardRight>> {
    if invite.all_boards_read || invite.all_boards_write {
        return Ok(Vec::new());
    }
    grants::of_invite(txn, invite.id).await
}
