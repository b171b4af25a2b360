//! Reads of members and invites.

use mc_store::{Read, sql};
use uuid::Uuid;

use super::{Invite, Member, MemberDetail};
use crate::{Page, PageRequest, Result};

macro_rules! member_detail_columns {
    () => {
        "m.*, u.email AS user_email, u.name AS user_name, u.preferred_name AS user_preferred_name"
    };
}

macro_rules! invite_columns {
    () => {
        "id, organization_id, invited_email, role, all_boards_read, all_boards_write, created_by_user_id, accepted_by_user_id, accepted_at, expires_at, created_at, updated_at"
    };
}
pub(super) use invite_columns;

/// The members of an organization by e-mail address, those without one last.
pub(super) async fn members(
    on: &impl Read,
    organization_id: Uuid,
    request: PageRequest,
) -> Result<Page<MemberDetail>> {
    let (total,): (i64,) = on
        .one(
            sql("SELECT count(*) FROM organization_members WHERE organization_id = $1").bind(organization_id),
        )
        .await?;
    let items = on
        .all(
            sql(concat!(
                "SELECT ",
                member_detail_columns!(),
                " FROM organization_members m JOIN users u ON u.id = m.user_id
                  WHERE m.organization_id = $1
                  ORDER BY CASE WHEN u.email IS NULL THEN 1 ELSE 0 END, lower(u.email), coalesce(u.name, ''), m.id
                  LIMIT $2 OFFSET $3"
            ))
            .bind(organization_id)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    Ok(Page { items, total, request })
}

/// A member of an organization with the person, without the rights on single boards.
pub(super) async fn member(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<MemberDetail>> {
    Ok(on
        .optional(
            sql(concat!(
                "SELECT ",
                member_detail_columns!(),
                " FROM organization_members m JOIN users u ON u.id = m.user_id WHERE m.id = $1 AND m.organization_id = $2"
            ))
            .bind(id)
            .bind(organization_id),
        )
        .await?)
}

/// The membership of a person who has used up the invite of a token, as far as there is one still.
pub(super) async fn member_by_invite(
    on: &impl Read,
    token_digest: Vec<u8>,
    user_id: Uuid,
) -> Result<Option<MemberDetail>> {
    Ok(on
        .optional(
            sql(concat!(
                "SELECT ",
                member_detail_columns!(),
                " FROM organization_invites i
                  JOIN organization_members m ON m.organization_id = i.organization_id AND m.user_id = i.accepted_by_user_id
                  JOIN users u ON u.id = m.user_id WHERE i.token_digest = $1 AND i.accepted_by_user_id = $2"
            ))
            .bind(token_digest)
            .bind(user_id),
        )
        .await?)
}

/// The membership of a person in an organization.
pub(super) async fn membership(
    on: &impl Read,
    organization_id: Uuid,
    user_id: Uuid,
) -> Result<Option<Member>> {
    Ok(on
        .optional(
            sql("SELECT * FROM organization_members WHERE organization_id = $1 AND user_id = $2")
                .bind(organization_id)
                .bind(user_id),
        )
        .await?)
}

/// How many owners an organization has.
pub(super) async fn owners(on: &impl Read, organization_id: Uuid) -> Result<i64> {
    let (owners,): (i64,) = on
        .one(
            sql("SELECT count(*) FROM organization_members WHERE organization_id = $1 AND role = 'owner'")
                .bind(organization_id),
        )
        .await?;
    Ok(owners)
}

/// An invite of an organization.
pub(super) async fn invite(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<Invite>> {
    Ok(on
        .optional(
            sql(concat!(
                "SELECT ",
                invite_columns!(),
                " FROM organization_invites WHERE id = $1 AND organization_id = $2"
            ))
            .bind(id)
            .bind(organization_id),
        )
        .await?)
}
