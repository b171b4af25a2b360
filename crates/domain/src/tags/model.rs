use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A label of an organization.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tag {
    /// The id.
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The name; may repeat.
    pub name: String,
    /// The name for addresses, of `a-z0-9-`; unique in the organization.
    pub slug: String,
    /// Six hexadecimal digits in lower case.
    pub color: String,
    /// What the tag means.
    pub description: Option<String>,
    /// How many tasks carry it, on all boards of the organization.
    pub task_count: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A tag to make.
#[derive(Clone, Debug)]
pub struct NewTag {
    /// See [`Tag::name`].
    pub name: String,
    /// What [`Tag::slug`] is made from; the name when there is none, or a blank one.
    pub slug: Option<String>,
    /// See [`Tag::color`].
    pub color: String,
    /// See [`Tag::description`].
    pub description: Option<String>,
}

/// A change of a tag: `None` leaves a field; in the doubled ones `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct TagChange {
    /// See [`Tag::name`].
    pub name: Option<String>,
    /// See [`NewTag::slug`]; a new name alone leaves the slug.
    pub slug: Option<Option<String>>,
    /// See [`Tag::color`].
    pub color: Option<String>,
    /// See [`Tag::description`].
    pub description: Option<Option<String>>,
}
