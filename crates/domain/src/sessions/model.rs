use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A sign-in of the console on one browser.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// The id.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What the browser called itself, cut to a bound.
    pub user_agent: Option<String>,
    /// From where it signed in.
    pub client_address: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to within a few minutes.
    pub last_used_at: DateTime<Utc>,
    /// When it ends without further use.
    pub expires_at: DateTime<Utc>,
}
