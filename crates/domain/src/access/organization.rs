use std::ops::Deref;

use mc_store::{Read, sql};
use uuid::Uuid;

use super::UserActor;
use crate::{
    Context, Error, Kind, Result,
    organizations::{Member, Organization, Role},
};

/// A person acting as a member of an organization.
#[derive(Clone, Debug)]
pub struct OrgMember {
    actor: UserActor,
    organization: Organization,
    member: Member,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    organization: Organization,
    member_id: Uuid,
    #[sqlx(try_from = "String")]
    role: Role,
    all_boards_read: bool,
    all_boards_write: bool,
    member_created_at: chrono::DateTime<chrono::Utc>,
    member_updated_at: chrono::DateTime<chrono::Utc>,
}

impl OrgMember {
    /// Checks that the person belongs to the wanted organization, or to the active one.
    ///
    /// # Errors
    /// `Forbidden` when there is none, or the person does not belong to it.
    pub async fn check(context: &Context, actor: UserActor, wanted: Option<Uuid>) -> Result<Self> {
        let Some(id) = wanted.or(actor.user().active_organization_id) else {
            return Err(Error::forbidden());
        };
        let row: Option<Row> = context
            .store()
            .optional(
                sql("SELECT o.*, m.id AS member_id, m.role, m.all_boards_read, m.all_boards_write,
                            m.created_at AS member_created_at, m.updated_at AS member_updated_at
                     FROM organization_members m JOIN organizations o ON o.id = m.organization_id
                     WHERE m.organization_id = $1 AND m.user_id = $2")
                .bind(id)
                .bind(actor.user().id),
            )
            .await?;
        let refused = || match wanted {
            Some(_) => Error::text(Kind::Forbidden, "No org access"),
            None => Error::forbidden(),
        };
        let row = row.ok_or_else(refused)?;
        let member = Member {
            id: row.member_id,
            organization_id: row.organization.id,
            user_id: actor.user().id,
            role: row.role,
            all_boards_read: row.all_boards_read,
            all_boards_write: row.all_boards_write,
            created_at: row.member_created_at,
            updated_at: row.member_updated_at,
        };
        Ok(Self { actor, organization: row.organization, member })
    }

    /// The person.
    #[must_use]
    pub fn actor(&self) -> &UserActor {
        &self.actor
    }

    /// The organization.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.organization
    }

    /// The membership.
    #[must_use]
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// Which boards the member may read, for queries over several boards.
    #[must_use]
    pub fn readable_boards(&self) -> super::BoardRights {
        super::BoardRights::of(&self.member)
    }
}

/// A person acting as an administrator or owner of an organization.
#[derive(Clone, Debug)]
pub struct OrgAdmin(OrgMember);

impl OrgAdmin {
    /// Checks the role of a member.
    ///
    /// # Errors
    /// `Forbidden` for a plain member.
    pub fn check(member: OrgMember) -> Result<Self> {
        if member.member.is_admin() { Ok(Self(member)) } else { Err(Error::forbidden()) }
    }
}

impl Deref for OrgAdmin {
    type Target = OrgMember;
    fn deref(&self) -> &OrgMember {
        &self.0
    }
}
