use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Organization {
    /// The id.
    pub id: Uuid,
    /// The name; not unique.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a member is in an organization, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Works on boards as granted.
    Member,
    /// Manages boards, members and gateways.
    Admin,
    /// May also delete the organization and appoint owners.
    Owner,
}

impl Role {
    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Member, Self::Admin, Self::Owner].into_iter().find(|role| role.as_str() == name)
    }
}

impl TryFrom<String> for Role {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or_else(|| format!("unknown role {name}"))
    }
}

/// One person in one organization.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// The id of the membership.
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// What the person is there.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// May read every board.
    pub all_boards_read: bool,
    /// May read and write every board.
    pub all_boards_write: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Member {
    /// Whether the member manages the organization.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role >= Role::Admin
    }

    /// Whether the member may read every board of the organization, without a grant for each.
    #[must_use]
    pub fn reads_all_boards(&self) -> bool {
        self.all_boards_read || self.all_boards_write
    }
}

/// A right on one board.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BoardGrant {
    /// The id.
    pub id: Uuid,
    /// The board.
    pub board_id: Uuid,
    /// May read it.
    pub can_read: bool,
    /// May write and read it.
    pub can_write: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A membership as a person sees it in the list of the own organizations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub organization: Organization,
    /// The role there.
    pub role: Role,
    /// Whether requests act there unless they name another.
    pub is_active: bool,
}

/// A membership with its grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDetail {
    /// The membership.
    pub member: Member,
    /// The rights on single boards, oldest first.
    pub grants: Vec<BoardGrant>,
}
