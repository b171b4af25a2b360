//! Reading the directory, without I/O.

use std::collections::HashSet;

use mc_base::text;
use url::Url;

use super::{DIRECTORY, SoulRef};
use crate::{Error, Result};

/// The most souls that are taken from a site map.
const SOULS_MAX: usize = 50_000;

/// Whether a text can be a handle or a slug: letters, digits, `_` and `-`, beginning with a letter or a digit.
fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'))
}

/// A handle or slug without the blanks and slashes around it.
///
/// # Errors
/// `Invalid` with the name of the part.
pub(super) fn word<'a>(part: &str, text: &'a str) -> Result<&'a str> {
    let text = text.trim().trim_matches('/').trim();
    if text.is_empty() {
        return Err(Error::invalid(format!("{part} is required")));
    }
    if !is_word(text) {
        return Err(Error::invalid(format!("{part} contains unsupported characters")));
    }
    Ok(text)
}

/// The address of a soul's text.
pub(super) fn markdown_url(directory: &Url, handle: &str, slug: &str) -> String {
    format!("{}/api/souls/{handle}/{slug}.md", base(directory))
}

/// The address of a soul's page for people.
pub(super) fn page_url(directory: &Url, handle: &str, slug: &str) -> String {
    format!("{}/souls/{handle}/{slug}", base(directory))
}

fn base(directory: &Url) -> &str {
    directory.as_str().trim_end_matches('/')
}

/// The souls of a site map in its order, each once. Pages of other kinds, and names that the directory itself could not
/// serve, are left out.
pub(super) fn souls(sitemap: &str, directory: &Url) -> Vec<SoulRef> {
    let mut seen = HashSet::new();
    locations(sitemap)
        .filter_map(|location| {
            let (handle, slug) = soul_of(&location, directory)?;
            seen.insert((handle.clone(), slug.clone())).then(|| SoulRef {
                page_url: page_url(directory, &handle, &slug),
                raw_md_url: markdown_url(directory, &handle, &slug),
                handle,
                slug,
            })
        })
        .take(SOULS_MAX)
        .collect()
}

/// A mirror may list its own addresses, or those of the directory that it mirrors.
fn soul_of(location: &str, directory: &Url) -> Option<(String, String)> {
    let rest = [base(directory), DIRECTORY]
        .into_iter()
        .find_map(|base| location.trim().strip_prefix(base)?.strip_prefix("/souls/"))?;
    let (handle, slug) = rest.trim_end_matches('/').split_once('/')?;
    (is_word(handle) && is_word(slug)).then(|| (handle.to_owned(), slug.to_owned()))
}

/// The texts of all `loc` elements, whatever the prefix of their namespace is. One pass over the text.
fn locations(xml: &str) -> impl Iterator<Item = String> + '_ {
    xml.split('<').filter_map(|piece| {
        let (tag, text) = piece.split_once('>')?;
        let name = tag.split([' ', '\t', '\r', '\n']).next()?;
        let local = name.rsplit(':').next()?;
        local.eq_ignore_ascii_case("loc").then(|| unescape(text))
    })
}

/// Resolves the character references that stand in addresses.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        plain.push_str(&rest[..place]);
        rest = &rest[place..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((character, end)) => {
                plain.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The souls that a query finds: those whose `handle/slug` contains it, in any case. A blank one finds all.
pub(super) fn search(souls: &[SoulRef], query: &str, limit: usize) -> Vec<SoulRef> {
    let query = query.trim().to_lowercase();
    let is_hit = |soul: &&SoulRef| format!("{}/{}", soul.handle, soul.slug).to_lowercase().contains(&query);
    souls.iter().filter(is_hit).take(limit).cloned().collect()
}

/// The soul for a role: the one of that name; else the shortest name that begins with it; else the shortest that has it in
/// it; else, for a role of several words, the one in whose handle and name most of them stand, at least two.
pub(super) fn for_role<'a>(souls: &'a [SoulRef], role: &str) -> Option<&'a SoulRef> {
    let role = text::slugify(role);
    if role.is_empty() {
        return None;
    }
    let shortest = |fits: &dyn Fn(&str) -> bool| {
        souls.iter().filter(|soul| fits(&soul.slug.to_lowercase())).min_by_key(|soul| soul.slug.len())
    };
    let begin = format!("{role}-");
    let found = shortest(&|slug| slug == role)
        .or_else(|| shortest(&|slug| slug.starts_with(&begin)))
        .or_else(|| shortest(&|slug| slug.contains(&role)));
    if found.is_some() {
        return found;
    }
    let words: Vec<&str> = role.split('-').collect();
    let hits = |soul: &SoulRef| {
        let name = format!("{}-{}", text::slugify(&soul.handle), text::slugify(&soul.slug));
        words.iter().filter(|word| name.split('-').any(|part| part == **word)).count()
    };
    let scored = souls.iter().map(|soul| (hits(soul), soul)).filter(|(hits, _)| *hits >= 2);
    scored.max_by_key(|(hits, soul)| (*hits, std::cmp::Reverse(soul.slug.len()))).map(|(_, soul)| soul)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn directory() -> Url {
        DIRECTORY.parse().unwrap()
    }

    fn names(sitemap: &str) -> Vec<String> {
        souls(sitemap, &directory())
            .into_iter()
            .map(|soul| format!("{}/{}", soul.handle, soul.slug))
            .collect()
    }

    #[test]
    fn handles_and_slugs_are_words() {
        for (text, expected) in [
            ("ada", Ok("ada")),
            (" /Ada_9-x/ ", Ok("Ada_9-x")),
            ("", Err("handle is required")),
            (" / ", Err("handle is required")),
            ("a b", Err("handle contains unsupported characters")),
            ("_a", Err("handle contains unsupported characters")),
            ("-a", Err("handle contains unsupported characters")),
            ("a.md", Err("handle contains unsupported characters")),
            ("..", Err("handle contains unsupported characters")),
            ("é", Err("handle contains unsupported characters")),
            ("a/b", Err("handle contains unsupported characters")),
        ] {
            let found = word("handle", text).map_err(|error| match error.detail {
                crate::Detail::Text(text) => text,
                other => panic!("{other:?}"),
            });
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_site_map_gives_souls_in_its_order_and_each_once() {
        let map = r#"<?xml version="1.0"?><urlset xmlns:s="x">
            <url><loc>https://souls.directory/</loc></url>
            <url><s:loc>https://souls.directory/souls/zoe/wise</s:loc></url>
            <url><LOC a="b"> https://souls.directory/souls/ada/calm/ </LOC></url>
            <url><loc>https://souls.directory/souls/zoe/wise</loc></url>
            <url><loc>https://souls.directory/souls/a&amp;b/x</loc></url>
            <url><loc>https://souls.directory/souls/only</loc></url>
            <url><loc>https://souls.directory/souls/too/many/parts</loc></url>
            <url><loc>https://souls.directory.evil/souls/a/b</loc></url>
            <url><loc>https://souls.directory/souls/&#97;b&#x63;/d</loc></url>
            <url><location>https://souls.directory/souls/no/loc</location></url>"#;
        assert_eq!(names(map), ["zoe/wise", "ada/calm", "abc/d"]);
        let first = &souls(map, &directory())[0];
        assert_eq!(first.page_url, "https://souls.directory/souls/zoe/wise");
        assert_eq!(first.raw_md_url, "https://souls.directory/api/souls/zoe/wise.md");
    }

    #[test]
    fn a_mirror_is_asked_for_what_it_lists() {
        let mirror: Url = "http://mirror.test/souls-mirror/".parse().unwrap();
        let map = "<loc>https://souls.directory/souls/a/b</loc><loc>http://mirror.test/souls-mirror/souls/c/d</loc>";
        let found = souls(map, &mirror);
        assert_eq!(found[0].raw_md_url, "http://mirror.test/souls-mirror/api/souls/a/b.md");
        assert_eq!(found[1].page_url, "http://mirror.test/souls-mirror/souls/c/d");
    }

    #[test]
    fn searching_ignores_case_and_keeps_the_order() {
        let all = souls(
            "<loc>https://souls.directory/souls/Zoe/Wise</loc><loc>https://souls.directory/souls/ada/wiser</loc>",
            &directory(),
        );
        let found = |query: &str, limit| -> Vec<String> {
            search(&all, query, limit).into_iter().map(|soul| soul.slug).collect()
        };
        assert_eq!(found(" WISE ", 20), ["Wise", "wiser"]);
        assert_eq!(found("zoe/w", 20), ["Wise"]);
        assert_eq!(found("", 1), ["Wise"]);
        assert_eq!(found("%", 20), [""; 0]);
    }

    #[test]
    fn a_role_finds_its_soul() {
        let soul = |name: &&str| {
            let (handle, slug) = name.split_once('/').unwrap();
            let page_url = page_url(&directory(), handle, slug);
            SoulRef { handle: handle.into(), slug: slug.into(), page_url, raw_md_url: String::new() }
        };
        let all: Vec<SoulRef> = [
            "a/tester-pro-max",
            "b/tester-pro",
            "c/qa-tester",
            "d/rust-systems-engineer",
            "rust/compiler-guru",
        ]
        .iter()
        .map(soul)
        .collect();
        for (role, expected) in [
            ("Tester Pro", Some("b/tester-pro")),
            ("TESTER", Some("b/tester-pro")),
            ("qa", Some("c/qa-tester")),
            ("engineer", Some("d/rust-systems-engineer")),
            ("Senior Rust Engineer", Some("d/rust-systems-engineer")),
            ("Rust Compiler Person", Some("rust/compiler-guru")),
            ("Senior Painter", None),
            (" ", None),
        ] {
            let found = for_role(&all, role).map(|soul| format!("{}/{}", soul.handle, soul.slug));
            assert_eq!(found.as_deref(), expected, "{role}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reading_panic(text in "[<>&;:/#x0-9a-z loc\u{e9}]{0,200}") {
            for soul in souls(&text, &directory()) {
                prop_assert!(is_word(&soul.handle) && is_word(&soul.slug));
            }
        }
    }
}
