use mc_base::Timestamp;
use mc_domain::{
    PageRequest,
    organizations::{BoardGrant, MemberDetail, Membership, Organization},
    users::User,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fields::{Int, Text};

crate::query! {
    /// Which part of a list is wanted.
    pub(crate) struct PageQuery {
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl PageQuery {
    /// The part as the use cases know it.
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0 }
    }
}

crate::body! {
    /// An organization to make.
    pub(crate) struct OrganizationCreate {
        /// Its name; blanks around it are removed.
        name: Text<255>,
    }
}

crate::body! {
    /// Which organization becomes the active one.
    pub(crate) struct OrganizationActiveUpdate {
        /// One that the caller belongs to.
        organization_id: Uuid,
    }
}

/// A tenant.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationRead {
    id: Uuid,
    name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Organization> for OrganizationRead {
    fn from(organization: Organization) -> Self {
        Self {
            id: organization.id,
            name: organization.name,
            created_at: organization.created_at.into(),
            updated_at: organization.updated_at.into(),
        }
    }
}

/// An organization that the caller belongs to.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationListItem {
    id: Uuid,
    name: String,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    /// Whether requests act there.
    is_active: bool,
}

impl From<Membership> for OrganizationListItem {
    fn from(membership: Membership) -> Self {
        Self {
            id: membership.organization.id,
            name: membership.organization.name,
            role: membership.role.as_str(),
            is_active: membership.is_active,
        }
    }
}

/// The person of a membership.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationUserRead {
    id: Uuid,
    email: Option<String>,
    name: Option<String>,
    preferred_name: Option<String>,
}

/// A right on one board.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationBoardAccessRead {
    id: Uuid,
    board_id: Uuid,
    can_read: bool,
    can_write: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<BoardGrant> for OrganizationBoardAccessRead {
    fn from(grant: BoardGrant) -> Self {
        Self {
            id: grant.id,
            board_id: grant.board_id,
            can_read: grant.can_read,
            can_write: grant.can_write,
            created_at: grant.created_at.into(),
            updated_at: grant.updated_at.into(),
        }
    }
}

/// One person in one organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationMemberRead {
    id: Uuid,
    organization_id: Uuid,
    user_id: Uuid,
    /// `owner`, `admin` or `member`.
    role: &'static str,
    /// May read every board.
    all_boards_read: bool,
    /// May read and write every board.
    all_boards_write: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    user: Option<OrganizationUserRead>,
    /// The rights on single boards.
    board_access: Vec<OrganizationBoardAccessRead>,
}

impl OrganizationMemberRead {
    pub(crate) fn new(detail: MemberDetail, user: Option<&User>) -> Self {
        let MemberDetail { member, grants } = detail;
        Self {
            id: member.id,
            organization_id: member.organization_id,
            user_id: member.user_id,
            role: member.role.as_str(),
            all_boards_read: member.all_boards_read,
            all_boards_write: member.all_boards_write,
            created_at: member.created_at.into(),
            updated_at: member.updated_at.into(),
            user: user.map(|user| OrganizationUserRead {
                id: user.id,
                email: user.email.clone(),
                name: user.name.clone(),
                preferred_name: user.preferred_name.clone(),
            }),
            board_access: grants.into_iter().map(OrganizationBoardAccessRead::from).collect(),
        }
    }
}
