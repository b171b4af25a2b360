//! Decisions on tags, without I/O.

use std::collections::HashSet;

use mc_base::text::{SLUG_MAX, slugify, truncate_bytes};

use crate::{Error, Result};

/// The slug of a text that has neither a letter of `a-z` nor a digit.
const FALLBACK: &str = "tag";
/// Room for the number that makes a slug of ours unique.
const NUMBER_MAX: usize = 8;

/// A slug that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slug {
    /// Somebody asked for this one.
    Given(String),
    /// It was made from a name: when it is taken, one with a number will do.
    Made(String),
}

impl Slug {
    /// The slug of a text that was given for it, or else of the name.
    pub(super) fn of(given: Option<&str>, name: &str) -> Self {
        let given = given.filter(|text| !text.trim().is_empty());
        let slug = slugify(given.unwrap_or(name));
        // Slugs are ASCII: bytes are characters.
        let slug = truncate_bytes(&slug, SLUG_MAX - NUMBER_MAX).trim_end_matches('-');
        match (slug, given) {
            ("", _) => Self::Made(FALLBACK.to_owned()),
            (slug, Some(_)) => Self::Given(slug.to_owned()),
            (slug, None) => Self::Made(slug.to_owned()),
        }
    }

    /// The slug as it is without a number.
    pub(super) fn stem(&self) -> &str {
        match self {
            Self::Given(slug) | Self::Made(slug) => slug,
        }
    }

    /// The slug to keep beside those that other tags have.
    ///
    /// # Errors
    /// `Conflict` when the given one is taken.
    pub(super) fn free_of(self, taken: &HashSet<String>) -> Result<String> {
        match self {
            Self::Given(slug) if taken.contains(&slug) => Err(is_taken(&slug)),
            Self::Given(slug) => Ok(slug),
            Self::Made(slug) if !taken.contains(&slug) => Ok(slug),
            Self::Made(stem) => {
                // Of one number more than are taken, one is free.
                let free = (2..=taken.len() + 2).map(|n| format!("{stem}-{n}")).find(|s| !taken.contains(s));
                free.ok_or_else(|| is_taken(&stem))
            }
        }
    }
}

/// The refusal of a slug that another tag has.
pub(super) fn is_taken(slug: &str) -> Error {
    Error::conflict(format!("slug is taken: another tag of this organization has the slug \"{slug}\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn given(slug: &str) -> Slug {
        Slug::Given(slug.into())
    }

    fn made(slug: &str) -> Slug {
        Slug::Made(slug.into())
    }

    #[test]
    fn a_slug_comes_from_what_was_given_or_from_the_name() {
        for (sent, name, expected) in [
            (None, "  Needs Review! ", made("needs-review")),
            (Some(""), "Bug", made("bug")),
            (Some("  "), "Bug", made("bug")),
            (Some(" P1 / Urgent "), "Bug", given("p1-urgent")),
            (None, "日本", made("tag")),
            (Some("日本"), "Bug", made("tag")),
            (Some("tag"), "Bug", given("tag")),
            (None, "Über-Größe", made("ber-gr-e")),
        ] {
            assert_eq!(Slug::of(sent, name), expected, "{sent:?} {name}");
        }
    }

    #[test]
    fn a_made_slug_evades_and_a_given_one_does_not() {
        let taken = |slugs: &[&str]| slugs.iter().map(|slug| (*slug).to_owned()).collect::<HashSet<_>>();
        for (slug, others, expected) in [
            (made("bug"), vec![], Some("bug")),
            (made("bug"), vec!["bug"], Some("bug-2")),
            (made("bug"), vec!["bug", "bug-2", "bug-4"], Some("bug-3")),
            (made("bug"), vec!["bug-2"], Some("bug")),
            (given("bug"), vec!["bug-2"], Some("bug")),
            (given("bug"), vec!["bug"], None),
        ] {
            assert_eq!(
                slug.clone().free_of(&taken(&others)).ok().as_deref(),
                expected,
                "{slug:?} {others:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_slug_is_short_plain_and_free(
            sent in proptest::option::of(any::<String>()),
            name in any::<String>(),
            numbers in proptest::collection::hash_set(1_usize..9, 0..8),
        ) {
            let slug = Slug::of(sent.as_deref(), &name);
            let stem = slug.stem().to_owned();
            let mut taken: HashSet<String> = numbers.iter().map(|n| format!("{stem}-{n}")).collect();
            taken.insert(stem);
            if let Ok(free) = slug.free_of(&taken) {
                prop_assert!(!taken.contains(&free));
                prop_assert!(!free.is_empty() && free.len() <= SLUG_MAX);
                prop_assert!(free.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')));
                prop_assert!(!free.starts_with('-') && !free.ends_with('-'));
            }
        }
    }
}
