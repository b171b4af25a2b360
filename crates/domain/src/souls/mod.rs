//! The public directory of souls for agents: texts that say who an agent is. It belongs to nobody here, so there is no
//! tenant in it; what it says is data from outside.

mod cache;
mod model;
mod rules;
pub mod service;

#[cfg(test)]
mod tests;

pub(crate) use cache::Cache;
pub use model::{RoleSoul, Soul, SoulRef};

use crate::{Context, Result};

/// A handle and a slug without what stands around them.
///
/// # Errors
/// `Invalid` with the name of the part that no soul can have.
pub(crate) fn names(handle: &str, slug: &str) -> Result<(String, String)> {
    let slug = slug.trim();
    let slug = rules::word("slug", slug.strip_suffix(".md").unwrap_or(slug))?;
    Ok((rules::word("handle", handle)?.to_owned(), slug.to_owned()))
}

/// The page of a soul for people.
pub(crate) fn page_url(context: &Context, handle: &str, slug: &str) -> String {
    rules::page_url(&context.settings().souls_directory, handle, slug)
}

/// The directory that is asked unless the operator names another.
pub const DIRECTORY: &str = "https://souls.directory";
