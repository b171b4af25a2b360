use std::ops::Deref;

use mc_store::{Read, sql};
use uuid::Uuid;

use super::{Precondition, UserActor};
use crate::{
    Context, Error, Kind, Result,
    organizations::{self, Member, Organization, Role},
};

/// A person acting as a member of an organization.
#[derive(Clone, Debug)]
pub struct OrgMember {
    actor: UserActor,
    organization: Organization,
    member: Member,
    precondition: Precondition,
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
    /// Checks that the person belongs to the wanted organization. Without one it is the active one, and
    /// when that is gone the oldest of the person's, or a new one of the person's own.
    ///
    /// # Errors
    /// `Forbidden` when the person does not belong to the wanted one.
    pub async fn check(context: &Context, actor: UserActor, wanted: Option<Uuid>) -> Result<Self> {
        if let Some(id) = wanted {
            let refused = || Error::text(Kind::Forbidden, "No org access");
            return Self::load(context, &actor, id).await?.ok_or_else(refused);
        }
        if let Some(id) = actor.user().active_organization_id
            && let Some(scope) = Self::load(context, &actor, id).await?
        {
            return Ok(scope);
        }
        // The active organization is gone, or the person does not belong to it any more.
        let user = organizations::service::choose_active(context, actor.user()).await?;
        let id = user.active_organization_id.ok_or_else(Error::forbidden)?;
        let actor = UserActor::new(user, actor.session_id());
        Self::load(context, &actor, id).await?.ok_or_else(Error::forbidden)
    }

    async fn load(context: &Context, actor: &UserActor, id: Uuid) -> Result<Option<Self>> {
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
        let Some(row) = row else { return Ok(None) };
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
        let precondition = Precondition::default();
        Ok(Some(Self { actor: actor.clone(), organization: row.organization, member, precondition }))
    }

    /// The person.
    #[must_use]
    pub fn actor(&self) -> &UserActor {
        &self.actor
    }

    /// The same, for a change under a condition.
    #[must_use]
    pub fn under(self, precondition: Precondition) -> Self {
        Self { precondition, ..self }
    }

    /// The condition under which the caller wants the change.
    #[must_use]
    pub fn precondition(&self) -> &Precondition {
        &self.precondition
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
