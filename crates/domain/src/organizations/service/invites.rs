//! Use cases on invites. The token of one is kept twice: as a keyed digest by which it is found, and sealed, so that
//! administrators can hand it on again while the invite is open.

use chrono::TimeDelta;
use mc_base::{SecretString, token};
use mc_store::{Read, Txn, events::NewEvent, sql};
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;

pub use super::acceptance::accept;
use super::lock_as_admin;
use crate::{
    Context, Error, Kind, Page, PageRequest, Result,
    access::OrgAdmin,
    organizations::{
        EmailAddress, Invite, InviteDetail, Member, NewInvite,
        grants::{self, Holder},
        queries::{self, invite_columns},
        rules,
    },
};

/// How long an invite can be accepted.
pub const LIFETIME: TimeDelta = TimeDelta::days(14);
/// How long an invite that is over can still be looked at.
const KEPT: TimeDelta = TimeDelta::days(90);
/// The label under which tokens of invites are digested.
const DIGEST_PURPOSE: &str = "invite";

/// The digest under which an invite is found by its token.
pub(crate) fn digest(context: &Context, token: &str) -> Vec<u8> {
    context.key().digest(DIGEST_PURPOSE, token).to_vec()
}

/// A sealed token opens on its own invite only.
pub(crate) fn seal_purpose(id: Uuid) -> String {
    format!("invite-token:{id}")
}

/// Records what a person did with an invite.
pub(super) async fn record(
    txn: &Txn,
    kind: &'static str,
    by: Uuid,
    invite: &Invite,
    message: String,
) -> Result<()> {
    let data = json!({ "invite_id": invite.id, "invited_email": invite.invited_email, "role": invite.role });
    let event = NewEvent::new(kind, invite.organization_id).user(Some(by)).message(message).data(data);
    txn.append(event.activity()).await?;
    Ok(())
}

/// The invites that nobody has accepted, newest first. Expired ones are among them, without a token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgAdmin, request: PageRequest) -> Result<Page<InviteDetail>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        invite: Invite,
        token_sealed: Option<String>,
    }
    let (store, organization_id) = (context.store(), scope.organization().id);
    let (total,): (i64,) = store
        .one(
            sql("SELECT count(*) FROM organization_invites WHERE organization_id = $1 AND accepted_at IS NULL")
                .bind(organization_id),
        )
        .await?;
    let rows: Vec<Row> = store
        .all(
            sql(concat!(
                "SELECT token_sealed, ",
                invite_columns!(),
                " FROM organization_invites WHERE organization_id = $1 AND accepted_at IS NULL
                  ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3"
            ))
            .bind(organization_id)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let now = store.clock().now();
    let items = rows
        .into_iter()
        .map(|Row { invite, token_sealed }| {
            // Whoever holds the token may become what the invite says, so nobody sees one that is beyond the own role.
            let shown = token_sealed.filter(|_| invite.is_open(now) && invite.role <= scope.member().role);
            let token = shown.and_then(|sealed| open(context, invite.id, &sealed));
            InviteDetail { invite, token }
        })
        .collect();
    Ok(Page { items, total, request })
}

fn open(context: &Context, id: Uuid, sealed: &str) -> Option<SecretString> {
    let opened = context.key().open(&seal_purpose(id), sealed);
    opened.inspect_err(|error| tracing::warn!(%error, invite.id = %id, "organization.invite.unreadable")).ok()
}

/// Invites an address. Earlier invites of the same address that nobody has accepted end with this.
///
/// # Errors
/// `Forbidden` for a role above the caller's own; `Conflict` when a member has the address; `Invalid` when a board is
/// not one of the organization.
pub async fn create(context: &Context, scope: &OrgAdmin, new: NewInvite) -> Result<InviteDetail> {
    let (organization_id, by) = (scope.organization().id, scope.actor().user().id);
    let txn = context.store().begin().await?;
    let actor = lock_as_admin(&txn, scope).await?;
    rules::may_invite(&actor, new.role)?;
    check_address(&txn, organization_id, &new.email).await?;
    grants::check_boards(&txn, organization_id, &new.access.boards).await?;
    supersede(&txn, organization_id, &new.email, by).await?;
    let token = token::opaque_token(context.store().random());
    let invite = insert(context, &txn, &actor, &new, &token).await?;
    if !new.access.is_general() {
        grants::add(&txn, Holder::Invite(invite.id), &rules::merged(new.access.boards)).await?;
    }
    let message = format!("Invited {} as {}", invite.invited_email, invite.role.as_str());
    record(&txn, "organization.invite.created", by, &invite, message).await?;
    txn.commit().await?;
    Ok(InviteDetail { invite, token: Some(token) })
}

async fn check_address(txn: &Txn, organization_id: Uuid, email: &EmailAddress) -> Result<()> {
    let member: Option<(Uuid,)> = txn
        .optional(
            sql("SELECT m.id FROM organization_members m JOIN users u ON u.id = m.user_id
                 WHERE m.organization_id = $1 AND (u.email = $2 OR lower(u.email) = $2) LIMIT 1")
            .bind(organization_id)
            .bind(email.as_str()),
        )
        .await?;
    if member.is_some() { Err(Error::new(Kind::Conflict)) } else { Ok(()) }
}

async fn supersede(txn: &Txn, organization_id: Uuid, email: &EmailAddress, by: Uuid) -> Result<()> {
    let old: Vec<Invite> = txn
        .all(
            sql(concat!(
                "DELETE FROM organization_invites
                 WHERE organization_id = $1 AND invited_email = $2 AND accepted_at IS NULL RETURNING ",
                invite_columns!()
            ))
            .bind(organization_id)
            .bind(email.as_str()),
        )
        .await?;
    for invite in old {
        let message = format!("Replaced the invite of {}", invite.invited_email);
        record(txn, "organization.invite.superseded", by, &invite, message).await?;
    }
    Ok(())
}

async fn insert(
    context: &Context,
    txn: &Txn,
    actor: &Member,
    new: &NewInvite,
    token: &SecretString,
) -> Result<Invite> {
    let id = txn.new_id();
    let sealed = context.key().seal(context.store().random(), &seal_purpose(id), token.expose_secret());
    Ok(txn
        .one(
            sql(concat!(
                "INSERT INTO organization_invites
                     (id, organization_id, invited_email, role, all_boards_read, all_boards_write, token_digest,
                      token_sealed, created_by_user_id, expires_at, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) RETURNING ",
                invite_columns!()
            ))
            .bind(id)
            .bind(actor.organization_id)
            .bind(new.email.as_str())
            .bind(new.role.as_str())
            .bind(new.access.all_boards_read)
            .bind(new.access.all_boards_write)
            .bind(digest(context, token.expose_secret()))
            .bind(sealed)
            .bind(actor.user_id)
            .bind(txn.now() + LIFETIME)
            .bind(txn.now()),
        )
        .await?)
}

/// Takes an invite back. One that was accepted is only forgotten: its member stays.
///
/// # Errors
/// `NotFound` when it is not one of this organization.
pub async fn revoke(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<Invite> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    lock_as_admin(&txn, scope).await?;
    let invite = queries::invite(&txn, organization_id, id).await?.ok_or_else(Error::not_found)?;
    txn.run_one(sql("DELETE FROM organization_invites WHERE id = $1").bind(id)).await?;
    let message = format!("Revoked the invite of {}", invite.invited_email);
    record(&txn, "organization.invite.revoked", scope.actor().user().id, &invite, message).await?;
    txn.commit().await?;
    Ok(invite)
}

/// Forgets invites that have been over for long.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn purge(txn: &Txn) -> Result<()> {
    txn.run(sql("DELETE FROM organization_invites WHERE expires_at <= $1").bind(txn.now() - KEPT)).await?;
    Ok(())
}
