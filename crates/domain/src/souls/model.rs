use std::sync::Arc;

/// A soul that the directory lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoulRef {
    /// Who published it.
    pub handle: String,
    /// Its short name, without `.md`.
    pub slug: String,
    /// Its page for people.
    pub page_url: String,
    /// Its text.
    pub raw_md_url: String,
}

/// A soul with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Soul {
    /// Who published it.
    pub handle: String,
    /// Its short name, without `.md`.
    pub slug: String,
    /// Markdown, as its author wrote it.
    pub content: Arc<str>,
}

/// A text of the directory that a person has chosen for the role of an agent, as it was when they chose it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RoleSoul {
    /// Who published it.
    pub handle: String,
    /// Its short name, without `.md`.
    pub slug: String,
    /// Its page for people.
    pub page_url: String,
    /// The SHA-256 of the text as the directory gave it, as 64 hexadecimal digits.
    pub sha256: String,
    /// The stored copy.
    pub content: String,
}
