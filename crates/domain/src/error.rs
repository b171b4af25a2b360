//! Why a use case did not happen, in terms of the caller, not of HTTP.

use mc_store::StoreError;
use serde_json::Value;

/// What kind of refusal it is. The HTTP layer gives each its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The caller has not proven who it is.
    Unauthorized,
    /// The caller may not do this.
    Forbidden,
    /// The thing does not exist, or not for this caller.
    NotFound,
    /// It contradicts the present state.
    Conflict,
    /// It existed, or is switched off.
    Gone,
    /// The content is larger than allowed.
    TooLarge,
    /// A value is not acceptable.
    Invalid,
    /// The request names something that cannot be used here at all.
    BadRequest,
    /// Too many attempts; see [`Error::retry_after`].
    TooMany,
    /// The state is not the one that the caller named as its condition.
    PreconditionFailed,
    /// A system that we asked on the caller's behalf failed.
    BadGateway,
    /// A service that is needed does not answer now.
    Unavailable,
    /// Our own fault.
    Internal,
}

/// What the caller is told beyond the kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Detail {
    /// Nothing: the kind says it all.
    #[default]
    None,
    /// A sentence.
    Text(String),
    /// A sentence under `message`, with ids or names that programs read.
    Object(Value),
}

/// A refusal, or a failure of ours.
#[derive(Debug, thiserror::Error)]
#[error("{kind:?}: {detail:?}")]
pub struct Error {
    /// What kind of refusal it is.
    pub kind: Kind,
    /// What the caller is told.
    pub detail: Detail,
    /// A stable name for programs, beside the detail.
    pub code: Option<&'static str>,
    /// In how many seconds trying again makes sense.
    pub retry_after: Option<u64>,
    /// The cause, for the log only.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal without a text.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, detail: Detail::None, code: None, retry_after: None, source: None }
    }

    /// A refusal with a sentence for the caller.
    #[must_use]
    pub fn text(kind: Kind, text: impl Into<String>) -> Self {
        Self { detail: Detail::Text(text.into()), ..Self::new(kind) }
    }

    /// A refusal with a JSON object for the caller; by custom it has a `message`.
    #[must_use]
    pub fn object(kind: Kind, object: Value) -> Self {
        Self { detail: Detail::Object(object), ..Self::new(kind) }
    }

    /// Adds a stable name for programs.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The thing does not exist.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// The caller may not do this.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(Kind::Forbidden)
    }

    /// The caller is not known.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(Kind::Unauthorized)
    }

    /// A value is not acceptable, with a sentence that names it.
    #[must_use]
    pub fn invalid(text: impl Into<String>) -> Self {
        Self::text(Kind::Invalid, text)
    }

    /// It contradicts the present state, with a sentence that says how.
    #[must_use]
    pub fn conflict(text: impl Into<String>) -> Self {
        Self::text(Kind::Conflict, text)
    }

    /// A failure of ours, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: Some(cause.into()), ..Self::new(Kind::Internal) }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = if error.is_unavailable() {
            Kind::Unavailable
        } else if error.is_unique_violation() || error.is_foreign_key_violation() {
            // Services map the conflicts they expect; this is the race that was lost.
            Kind::Conflict
        } else {
            Kind::Internal
        };
        let retry_after = (kind == Kind::Unavailable).then_some(1);
        Self { source: Some(Box::new(error)), retry_after, ..Self::new(kind) }
    }
}
