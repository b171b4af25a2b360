use uuid::Uuid;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// The id.
    pub id: Uuid,
    /// The id at the identity provider; `local-auth-user` for the person of local sign-in.
    pub clerk_user_id: String,
    /// The e-mail address, lower case.
    pub email: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// How the person wants to be called.
    pub preferred_name: Option<String>,
    /// The pronouns.
    pub pronouns: Option<String>,
    /// An IANA time zone, as typed.
    pub timezone: Option<String>,
    /// Free notes for agents.
    pub notes: Option<String>,
    /// Free context for agents.
    pub context: Option<String>,
    /// Whether the person looks after the installation as a whole (see [`Operator`](crate::access::Operator)). Only the
    /// database says so.
    pub is_super_admin: bool,
    /// The organization that requests without an explicit one act in.
    pub active_organization_id: Option<Uuid>,
}

impl User {
    /// The name to show: the preferred one, else the full one, else `User`.
    #[must_use]
    pub fn display_name(&self) -> &str {
        shown_name(self.preferred_name.as_deref(), self.name.as_deref()).unwrap_or("User")
    }
}

/// Which of a person's names is shown: the preferred one, else the full one, unless it is blank.
pub(crate) fn shown_name<'n>(preferred: Option<&'n str>, full: Option<&'n str>) -> Option<&'n str> {
    [preferred, full].into_iter().flatten().map(str::trim).find(|name| !name.is_empty())
}

/// A change of one's own profile; `None` leaves a field, `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// The full name.
    pub name: Option<Option<String>>,
    /// How the person wants to be called.
    pub preferred_name: Option<Option<String>>,
    /// The pronouns.
    pub pronouns: Option<Option<String>>,
    /// An IANA time zone.
    pub timezone: Option<Option<String>>,
    /// Free notes for agents.
    pub notes: Option<Option<String>>,
    /// Free context for agents.
    pub context: Option<Option<String>>,
}
