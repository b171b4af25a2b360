use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Boards that belong together.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BoardGroup {
    /// The id.
    pub id: Uuid,
    /// The tenant.
    pub organization_id: Uuid,
    /// The name; not unique.
    pub name: String,
    /// A short name for addresses; not unique.
    pub slug: String,
    /// What the boards have in common.
    pub description: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A board group to make.
#[derive(Clone, Debug)]
pub struct NewBoardGroup {
    /// See [`BoardGroup::name`].
    pub name: String,
    /// See [`BoardGroup::slug`]; made from the name when blank.
    pub slug: String,
    /// See [`BoardGroup::description`].
    pub description: Option<String>,
}

/// A change of a board group: `None` leaves a field; `Some(None)` empties the description.
#[derive(Clone, Debug, Default)]
pub struct BoardGroupChange {
    /// See [`BoardGroup::name`].
    pub name: Option<String>,
    /// See [`BoardGroup::slug`]; made from the name when blank.
    pub slug: Option<String>,
    /// See [`BoardGroup::description`].
    pub description: Option<Option<String>>,
}
