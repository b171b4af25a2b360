//! Limits of texts, and small safe operations on texts from outside.

mod fence;
mod mentions;

use std::borrow::Cow;

pub use fence::{EXTERNAL_BEGIN, EXTERNAL_END, external, fence, one_line};
pub use mentions::{mention_matches, mentions};

/// Longest name, in characters.
pub const NAME_MAX: usize = 255;
/// Longest slug, in characters.
pub const SLUG_MAX: usize = 255;
/// Longest title of a task, in characters.
pub const TITLE_MAX: usize = 1_000;
/// Longest e-mail address, in characters (RFC 5321 allows 254).
pub const EMAIL_MAX: usize = 320;
/// Longest URL, in characters.
pub const URL_MAX: usize = 2_048;
/// Longest free text (memory, chat, templates), in characters.
pub const TEXT_MAX: usize = 100_000;
/// Longest description or objective, in characters.
pub const DESCRIPTION_MAX: usize = TEXT_MAX;
/// Longest comment on a task, in bytes.
pub const COMMENT_MAX: usize = 65_536;
/// Longest excerpt of a text in a message about a task, in characters.
pub const TASK_SNIPPET_MAX: usize = 500;
/// Longest excerpt of a text in a chat message, in characters.
pub const CHAT_SNIPPET_MAX: usize = 800;

/// Lower-cases a text, turns each run of characters other than `a-z0-9` into one `-`, and trims `-` from both ends. The
/// result may be empty.
pub fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_lowercase() || character.is_ascii_digit() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    slug
}

/// Trims a text; if it is longer than `max` characters, keeps the first `max - 3` and appends `...`.
pub fn snippet(text: &str, max: usize) -> String {
    let text = text.trim();
    if text.char_indices().nth(max).is_none() {
        return text.to_owned();
    }
    let kept = max.saturating_sub(3);
    text.chars().take(kept).chain("...".chars().take(max)).collect()
}

/// The longest start of a text that has at most `max` bytes and ends between two characters.
pub fn truncate_bytes(text: &str, max: usize) -> &str {
    &text[..text.floor_char_boundary(max)]
}

/// Replaces what could forge or garble a log line: control characters, line and paragraph separators, and the marks that
/// turn the writing direction.
pub fn escape_controls(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe_in_a_line) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unsafe_in_a_line(character) {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

fn is_unsafe_in_a_line(character: char) -> bool {
    let turns_direction =
        matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || turns_direction
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slugs() {
        for (text, slug) in [
            ("Ops Team", "ops-team"),
            ("  --Hello,   World!--  ", "hello-world"),
            ("Ünïcode 42", "n-code-42"),
            ("日本", ""),
            ("", ""),
            ("a__b", "a-b"),
        ] {
            assert_eq!(slugify(text), slug, "{text}");
        }
    }

    #[test]
    fn snippets_count_characters() {
        assert_eq!(snippet("  short \n", 500), "short");
        assert_eq!(snippet("äöü", 3), "äöü");
        assert_eq!(snippet("äöüßx", 4), "ä...");
        assert_eq!(snippet(&"x".repeat(501), 500), format!("{}...", "x".repeat(497)));
        assert_eq!(snippet("abcdef", 2), "..");
    }

    #[test]
    fn truncation_keeps_characters_whole() {
        assert_eq!(truncate_bytes("aé", 2), "a");
        assert_eq!(truncate_bytes("aé", 3), "aé");
        assert_eq!(truncate_bytes("aé", 300), "aé");
    }

    #[test]
    fn log_lines_cannot_be_forged() {
        assert_eq!(escape_controls("a\nb\r\t\0\u{1b}[31m"), "a\\nb\\r\\t\\u{0}\\u{1b}[31m");
        assert_eq!(escape_controls("x\u{202e}y\u{2028}z\u{85}"), "x\\u{202e}y\\u{2028}z\\u{85}");
        assert!(matches!(escape_controls("plain Ünïcode 👍"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn a_slug_is_a_slug(text in "\\PC{0,60}") {
            let slug = slugify(&text);
            prop_assert!(slug.split('-').all(|part| part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
            prop_assert!(slug.is_empty() || slug.split('-').all(|part| !part.is_empty()));
            prop_assert_eq!(slugify(&slug), slug);
        }

        #[test]
        fn a_snippet_is_never_longer(text in "\\PC{0,60}", max in 0_usize..70) {
            prop_assert!(snippet(&text, max).chars().count() <= max);
        }

        #[test]
        fn a_truncated_text_is_a_start(text in "\\PC{0,60}", max in 0_usize..200) {
            let short = truncate_bytes(&text, max);
            prop_assert!(short.len() <= max && text.starts_with(short));
        }

        #[test]
        fn escaped_texts_stay_on_one_line(text in any::<String>()) {
            prop_assert!(!escape_controls(&text).contains(is_unsafe_in_a_line));
        }
    }
}
