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
