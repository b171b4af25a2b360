use mc_base::text::NAME_MAX;
use mc_domain::souls::{Soul, SoulRef};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::fields::{Int, Text};

crate::query! {
    /// Which souls are wanted.
    pub(crate) struct SoulsSearchQuery {
        /// A part of `handle/slug`, in any case; blank finds all.
        q: Text<NAME_MAX> = "",
        /// The most items.
        limit: Int<1, 100> = 20,
    }
}

/// A soul that the directory lists.
#[derive(Serialize, ToSchema)]
pub(crate) struct SoulsDirectorySoulRef {
    /// Who published it.
    handle: String,
    /// Its short name.
    slug: String,
    /// Its page for people.
    page_url: String,
    /// Its text.
    raw_md_url: String,
}

/// The souls that a search found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SoulsDirectorySearchResponse {
    /// In the order of the directory.
    items: Vec<SoulsDirectorySoulRef>,
}

impl From<Vec<SoulRef>> for SoulsDirectorySearchResponse {
    fn from(souls: Vec<SoulRef>) -> Self {
        let item = |soul: SoulRef| SoulsDirectorySoulRef {
            handle: soul.handle,
            slug: soul.slug,
            page_url: soul.page_url,
            raw_md_url: soul.raw_md_url,
        };
        Self { items: souls.into_iter().map(item).collect() }
    }
}

/// A soul with its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct SoulsDirectoryMarkdownResponse {
    /// Who published it.
    handle: String,
    /// Its short name, without `.md`.
    slug: String,
    /// Markdown.
    content: String,
    /// The SHA-256 of the text: by it an administrator accepts the text for a worker.
    sha256: String,
}

impl From<Soul> for SoulsDirectoryMarkdownResponse {
    fn from(soul: Soul) -> Self {
        let sha256 = hex::encode(Sha256::digest(soul.content.as_bytes()));
        Self { handle: soul.handle, slug: soul.slug, content: soul.content.as_ref().to_owned(), sha256 }
    }
}
