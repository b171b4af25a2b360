//! What skills a repository lists. Everything here is made by strangers: sizes are bounded, links are not followed, and
//! texts are cut and cleaned.

mod archive;
mod index;
mod skill_md;

use serde_json::{Map, Value};

pub(super) use archive::{ArchiveError, Limits, read};

use super::PackUrl;

/// The longest name that is taken, in characters.
const NAME_MAX: usize = 255;
/// The longest description that is taken, in characters.
const DESCRIPTION_MAX: usize = 4_000;
/// The longest category, risk or source that is taken, in characters.
const LABEL_MAX: usize = 1_000;
/// The most warnings that are given one by one.
const WARNINGS_MAX: usize = 50;

/// Where a pack lies and which branch was read.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) pack: PackUrl,
    pub(super) branch: String,
}

/// A skill that a pack lists.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Discovered {
    pub(super) source_url: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) category: Option<String>,
    pub(super) risk: Option<String>,
    pub(super) source: Option<String>,
    pub(super) metadata: Map<String, Value>,
}

/// Everything that a pack lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Discovery {
    /// In the order of the pack; addresses are unique.
    pub(super) skills: Vec<Discovered>,
    /// Whether this is all: what a cut list lacks has not vanished.
    pub(super) is_complete: bool,
    /// What was left out, and why.
    pub(super) warnings: Vec<String>,
}

/// Warnings for people, of which there may be very many.
#[derive(Debug, Default)]
struct Warnings {
    texts: Vec<String>,
    more: usize,
}

impl Warnings {
    fn add(&mut self, text: impl FnOnce() -> String) {
        if self.texts.len() < WARNINGS_MAX {
            self.texts.push(text());
        } else {
            self.more += 1;
        }
    }

    fn into_texts(mut self) -> Vec<String> {
        if self.more > 0 {
            self.texts.push(format!("… and {} more", self.more));
        }
        self.texts
    }
}

/// A text on one line: no control characters, single blanks.
pub(super) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|next| if next.is_control() { ' ' } else { next }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: String, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

/// A text for a field, on one line and not too long; none when nothing is left.
fn label(text: &str, max: usize) -> Option<String> {
    let line = cut(one_line(text), max);
    (!line.is_empty()).then_some(line)
}

/// A path within a repository: forward slashes, no `.`, nothing before the root. None for one that climbs out.
fn clean_path(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => return None,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The last part of a path.
fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// A folder, given as itself or as its `SKILL.md`.
fn folder_of(path: &str) -> &str {
    const FILE: &str = "SKILL.md";
    let cut = path.len().saturating_sub(FILE.len());
    match (path.get(..cut), path.get(cut..)) {
        (Some(folder), Some(file))
            if file.eq_ignore_ascii_case(FILE) && (folder.is_empty() || folder.ends_with('/')) =>
        {
            folder.trim_end_matches('/')
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for (path, expected) in [
            ("./skills\\a/", Some("skills/a")),
            ("/skills//a", Some("skills/a")),
            ("", Some("")),
            ("a/./b", Some("a/b")),
            ("a/../b", None),
            ("..\\x", None),
        ] {
            assert_eq!(clean_path(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_folder_may_be_named_by_its_file() {
        for (path, expected) in [
            ("a/SKILL.md", "a"),
            ("a/skill.MD", "a"),
            ("SKILL.md", ""),
            ("a/MYSKILL.md", "a/MYSKILL.md"),
            ("a/é", "a/é"),
            ("", ""),
        ] {
            assert_eq!(folder_of(path), expected, "{path}");
        }
    }

    #[test]
    fn texts_are_cleaned_and_cut() {
        assert_eq!(one_line(" a\n\tb\0 c\u{7f} "), "a b c");
        assert_eq!(label("äöü", 2).as_deref(), Some("äö"));
        assert_eq!(label(" \n", 9), None);
    }
}
