use chrono::{DateTime, Utc};
use mc_base::{SecretString, text::EMAIL_MAX};
use serde::Serialize;
use uuid::Uuid;

use crate::users::shown_name;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Works on boards as granted.
    Member,
    /// Manages boards, members and gateways.
    Admin,
    /// May also delete the organization and appoint owners.
    Owner,
}

impl Role {
    /// Every role under its name, from least to most.
    pub const NAMES: [(&'static str, Self); 3] =
        [("member", Self::Member), ("admin", Self::Admin), ("owner", Self::Owner)];

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
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, role)| role)
    }

    /// The role that a person typed: in any case, with blanks around it; nothing means `member`.
    #[must_use]
    pub fn normalised(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "" => Some(Self::Member),
            name => Self::parse(name),
        }
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

/// Who a member is, as the other members see it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MemberPerson {
    /// The e-mail address.
    #[sqlx(rename = "user_email")]
    pub email: Option<String>,
    /// The full name.
    #[sqlx(rename = "user_name")]
    pub name: Option<String>,
    /// How the person wants to be called.
    #[sqlx(rename = "user_preferred_name")]
    pub preferred_name: Option<String>,
}

impl MemberPerson {
    /// How to name the person in a sentence.
    #[must_use]
    pub fn label(&self) -> &str {
        shown_name(self.preferred_name.as_deref(), self.name.as_deref())
            .or(self.email.as_deref())
            .unwrap_or("a person without a name")
    }
}

/// A membership with the person behind it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MemberDetail {
    /// The membership.
    #[sqlx(flatten)]
    pub member: Member,
    /// The person.
    #[sqlx(flatten)]
    pub person: MemberPerson,
    /// The rights on single boards, oldest first; empty where nobody asked for them.
    #[sqlx(skip)]
    pub grants: Vec<BoardGrant>,
}

/// A right on one board that is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BoardRight {
    /// The board.
    pub board_id: Uuid,
    /// To read it.
    pub can_read: bool,
    /// To write and read it.
    pub can_write: bool,
}

/// What a member is to be allowed on boards: on all of them, or on single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// To read every board.
    pub all_boards_read: bool,
    /// To read and write every board.
    pub all_boards_write: bool,
    /// Rights on single boards; they count only when both flags are off.
    pub boards: Vec<BoardRight>,
}

impl Access {
    /// Whether the flags decide, so that rights on single boards say nothing.
    #[must_use]
    pub fn is_general(&self) -> bool {
        self.all_boards_read || self.all_boards_write
    }
}

/// An e-mail address in lower case. It is checked loosely: only sending a message shows whether one exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address of at most 320 characters; blanks around it are removed.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let address = text.trim().to_lowercase();
        let Some((local, domain)) = address.split_once('@') else {
            return Err("an e-mail address has an @");
        };
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err("an e-mail address has one @ with text on both sides");
        }
        if address.contains(|character: char| character.is_whitespace() || character.is_control()) {
            return Err("an e-mail address has no blanks");
        }
        if address.chars().count() > EMAIL_MAX {
            return Err("an e-mail address has at most 320 characters");
        }
        Ok(Self(address))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An invitation into an organization.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Invite {
    /// The id.
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// Whom it is for, lower case.
    pub invited_email: String,
    /// What the person becomes.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// May read every board.
    pub all_boards_read: bool,
    /// May read and write every board.
    pub all_boards_write: bool,
    /// Who invited, unless that person is gone.
    pub created_by_user_id: Option<Uuid>,
    /// Who accepted, unless nobody did or that person is gone.
    pub accepted_by_user_id: Option<Uuid>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// From when on it cannot be accepted.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Invite {
    /// Whether it can be accepted at a time.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.accepted_at.is_none() && now < self.expires_at
    }
}

/// An invitation as an administrator sees it.
#[derive(Clone, Debug)]
pub struct InviteDetail {
    /// The invitation.
    pub invite: Invite,
    /// The token to hand on, while the invitation is open and the reader may grant its role.
    pub token: Option<SecretString>,
}

/// An invitation to make.
#[derive(Clone, Debug)]
pub struct NewInvite {
    /// Whom it is for.
    pub email: EmailAddress,
    /// What the person becomes.
    pub role: Role,
    /// What the person may do on boards.
    pub access: Access,
}
