use mc_base::{Timestamp, text::EMAIL_MAX};
use mc_domain::{
    PageRequest,
    organizations::{
        Access, BoardGrant, BoardRight, EmailAddress, MemberDetail, Membership, Organization, Role,
    },
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Int, Reader, Request, Sent, Text, names_schema, read_name};

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
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
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
    /// A change of an organization. What is left out stays.
    pub(crate) struct OrganizationUpdate {
        /// Its name; blanks around it are removed.
        name: Sent<Text<255>>,
    }
}

crate::body! {
    /// To whom the organization is handed over.
    pub(crate) struct OrganizationTransfer {
        /// The member that becomes an owner.
        member_id: Uuid,
    }
}

impl Field for Role {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let typed = value.as_str().and_then(Self::normalised);
        typed.or_else(|| read_name(value, &Self::NAMES, reader))
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

impl Field for EmailAddress {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let text = Text::<EMAIL_MAX>::read(value, reader)?;
        match Self::parse(&text) {
            Ok(address) => Some(address),
            Err(reason) => {
                reader.value_error(reason, Some(value));
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        <Text<EMAIL_MAX> as Field>::schema()
    }
}

crate::body! {
    /// A right on one board. One that allows nothing is left out; repeated ones are added up.
    pub(crate) struct OrganizationBoardAccessSpec {
        /// A board of the organization.
        board_id: Uuid,
        /// To read it.
        can_read: bool = true,
        /// To write and read it.
        can_write: bool = false,
    }
}

impl Field for OrganizationBoardAccessSpec {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match value.as_object() {
            Some(object) => <Self as Request>::read(object, reader),
            None => {
                let msg = "Input should be a valid dictionary or object to extract fields from";
                reader.fault("model_attributes_type", msg, Some(value), None);
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        <Self as PartialSchema>::schema()
    }
}

/// No right on a single board.
pub(crate) const NO_BOARDS: [OrganizationBoardAccessSpec; 0] = [];

/// Rights on boards as they stand in a request.
pub(crate) fn access(read: bool, write: bool, boards: Vec<OrganizationBoardAccessSpec>) -> Access {
    let right = |spec: OrganizationBoardAccessSpec| BoardRight {
        board_id: spec.board_id,
        can_read: spec.can_read,
        can_write: spec.can_write,
    };
    Access { all_boards_read: read, all_boards_write: write, boards: boards.into_iter().map(right).collect() }
}

crate::body! {
    /// A change of a member.
    pub(crate) struct OrganizationMemberUpdate {
        /// `member`, `admin` or `owner`, in any case; blank means `member`. Null or nothing: the role stays.
        role: Option<Role>,
    }
}

crate::body! {
    /// All rights of a member on boards, in place of those before.
    pub(crate) struct OrganizationMemberAccessUpdate {
        /// May read every board.
        all_boards_read: bool = false,
        /// May read and write every board.
        all_boards_write: bool = false,
        /// Rights on single boards; they count only when both flags are off.
        board_access: Vec<OrganizationBoardAccessSpec> = NO_BOARDS,
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
    /// The rights on single boards; filled in where one membership is read, empty elsewhere.
    board_access: Vec<OrganizationBoardAccessRead>,
}

impl From<MemberDetail> for OrganizationMemberRead {
    fn from(detail: MemberDetail) -> Self {
        let MemberDetail { member, person, grants } = detail;
        Self {
            id: member.id,
            organization_id: member.organization_id,
            user_id: member.user_id,
            role: member.role.as_str(),
            all_boards_read: member.all_boards_read,
            all_boards_write: member.all_boards_write,
            created_at: member.created_at.into(),
            updated_at: member.updated_at.into(),
            user: Some(OrganizationUserRead {
                id: member.user_id,
                email: person.email,
                name: person.name,
                preferred_name: person.preferred_name,
            }),
            board_access: grants.into_iter().map(OrganizationBoardAccessRead::from).collect(),
        }
    }
}
