//! What can go wrong between us and a database.

/// A failure of the storage layer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused a statement or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema cannot be used by this version.
    #[error("{0}")]
    Schema(String),
    /// A file beside the database could not be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A statement that must touch one row touched another number of them.
    #[error("expected {expected} affected rows, got {actual}")]
    Affected {
        /// How many rows the caller relies on.
        expected: u64,
        /// How many the database reported.
        actual: u64,
    },
}

impl StoreError {
    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// Whether a unique rule was broken: somebody else has this value already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        self.database().is_some_and(|error| error.is_unique_violation())
    }

    /// Whether a referenced row does not exist (any more).
    #[must_use]
    pub fn is_foreign_key_violation(&self) -> bool {
        self.database().is_some_and(|error| error.is_foreign_key_violation())
    }

    /// Whether the database was too busy or away, so that the same call may succeed later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Database(
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::Tls(_),
            ) => true,
            // Codes of SQLite (5 busy, 6 locked) and PostgreSQL (40001, 40P01, 57P0x, 53300).
            _ => self.database().and_then(|error| error.code()).is_some_and(|code| {
                matches!(
                    code.as_ref(),
                    "5" | "6" | "261" | "517" | "40001" | "40P01" | "57P01" | "57P02" | "57P03" | "53300"
                )
            }),
        }
    }
}
