//! `SKILL.md`: front matter with a name and a description, or a heading and a paragraph.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{DESCRIPTION_MAX, Discovered, NAME_MAX, Origin, label, last_part};
use crate::skills::address;

/// What a `SKILL.md` says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
}

/// Reads the head of a file; bytes that are no text are left out.
pub(super) fn head(bytes: &[u8]) -> Head {
    let text: String = bytes.utf8_chunks().map(|chunk| chunk.valid()).collect();
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().peekable();
    let mut head = Head::default();
    if lines.peek().is_some_and(|line| line.trim_end() == "---") && text.lines().skip(1).any(is_fence) {
        lines.next();
        let front: Vec<&str> = lines.by_ref().take_while(|line| !is_fence(line)).collect();
        head.name = value(&front, "name").and_then(|name| label(&name, NAME_MAX));
        head.description = value(&front, "description").and_then(|text| label(&text, DESCRIPTION_MAX));
    }
    for line in lines {
        if head.name.is_some() && head.description.is_some() {
            break;
        }
        let line = line.trim();
        match line.strip_prefix('#') {
            Some(_) if head.name.is_none() => head.name = label(line.trim_start_matches('#'), NAME_MAX),
            None if head.description.is_none() => head.description = label(line, DESCRIPTION_MAX),
            _ => {}
        }
    }
    head
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

/// The value of a key in the front matter: on the line of its key, or in the indented lines below.
fn value(front: &[&str], key: &str) -> Option<String> {
    let (place, rest) = front.iter().enumerate().find_map(|(place, line)| {
        let rest = line.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        Some((place, rest.trim()))
    })?;
    let is_block = matches!(rest, "" | "|" | "|-" | "|+" | ">" | ">-" | ">+");
    let value: Cow<'_, str> = if is_block {
        let below = front[place + 1..].iter();
        let block = below.take_while(|line| line.trim().is_empty() || line.starts_with([' ', '\t']));
        block.map(|line| line.trim()).collect::<Vec<_>>().join(" ").into()
    } else {
        unquoted(rest).into()
    };
    (!value.trim().is_empty()).then(|| value.into_owned())
}

fn unquoted(text: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

/// The skill in a folder (empty for the root).
pub(super) fn skill(origin: &Origin, folder: &str, head: Head) -> Discovered {
    let fallback = if folder.is_empty() { &origin.pack.repository } else { last_part(folder) };
    let name = head.name.or_else(|| label(&address::named(fallback)?, NAME_MAX));
    let mut metadata = Map::new();
    metadata.insert("discovery_mode".into(), "skills_md".into());
    metadata.insert("pack_branch".into(), origin.branch.as_str().into());
    metadata.insert("skill_dir".into(), Value::from(if folder.is_empty() { "." } else { folder }));
    Discovered {
        source_url: origin.pack.tree(&origin.branch, folder),
        name: name.unwrap_or_else(|| address::NAMELESS.to_owned()),
        description: head.description,
        category: None,
        risk: None,
        source: None,
        metadata,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Option<String>, Option<String>) {
        let head = head(text.as_bytes());
        (head.name, head.description)
    }

    #[test]
    fn names_and_descriptions_are_found() {
        for (text, name, description) in [
            ("---\nname: \"PDF\"\ndescription: 'Read it'\n---\n# Other\nbody", Some("PDF"), Some("Read it")),
            (
                "---\r\nname: PDF\r\n---\r\n\r\n# Other\r\n\r\nfirst line\r\nsecond",
                Some("PDF"),
                Some("first line"),
            ),
            ("---\ndescription: >-\n  folded\n  text\nname: n\n---\n", Some("n"), Some("folded text")),
            ("---\ndescription: |\n  one\n\n  two\n---\n# T", Some("T"), Some("one two")),
            ("---\ndescription:\nname: n\n---\n# T\nbody", Some("n"), Some("body")),
            ("\u{feff}# Title #1\n\nText", Some("Title #1"), Some("Text")),
            ("Text before\n## Title", Some("Title"), Some("Text before")),
            ("---\nname: never closed\n", None, Some("---")),
            ("", None, None),
            ("#\n#  \n", None, None),
            ("---\nnames: x\n---\n", None, None),
        ] {
            assert_eq!(read(text), (name.map(str::to_owned), description.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_left_out() {
        assert_eq!(head(b"# A\xff\xfeB\0\nx\xc3").name.as_deref(), Some("AB"));
    }

    #[test]
    fn a_folder_names_a_skill_without_a_name() {
        let origin = Origin {
            pack: crate::skills::PackUrl::parse("https://github.com/o/my-pack").unwrap(),
            branch: "main".into(),
        };
        let nested = skill(&origin, "skills/pdf-tools", Head::default());
        assert_eq!(
            (nested.name.as_str(), nested.source_url.as_str()),
            ("pdf tools", "https://github.com/o/my-pack/tree/main/skills/pdf-tools")
        );
        assert_eq!(nested.metadata["skill_dir"], "skills/pdf-tools");
        let root = skill(&origin, "", Head::default());
        assert_eq!(
            (root.name.as_str(), root.source_url.as_str()),
            ("my pack", "https://github.com/o/my-pack/tree/main")
        );
    }

    proptest! {
        #[test]
        fn no_file_makes_the_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let head = head(&bytes);
            prop_assert!(head.name.is_none_or(|name| !name.is_empty() && !name.contains(char::is_control)));
        }

        #[test]
        fn no_front_matter_makes_the_reading_panic(text in "---\n(name|description|x)?:? ?[|>\"']{0,2}\n? ?[a-z\n -]{0,40}") {
            head(text.as_bytes());
        }
    }
}
