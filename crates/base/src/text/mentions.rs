//! Who is addressed with `@` in a text.

use std::collections::BTreeSet;

/// Longest mention, in characters; what follows is cut off.
const MENTION_CHARS: usize = 32;
/// Addresses the lead of a board, whatever the lead is called.
const LEAD: &str = "lead";

/// The lower-cased names that a text mentions: `@`, an ASCII letter, then letters, digits, `_` or `-` of any script, 32
/// characters at most. The `@` must stand at the start or after a character that cannot be part of a word, so that an
/// e-mail address mentions nobody.
pub fn mentions(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut before = None;
    for (position, character) in text.char_indices() {
        if character == '@' && !before.is_some_and(is_word) {
            names.extend(name_at(&text[position + 1..]));
        }
        before = Some(character);
    }
    names
}

/// Whether an agent is among the mentioned. `lead` means the lead of the board only, never an agent of that name; else
/// the whole name or its first word counts, in any case.
pub fn mention_matches(names: &BTreeSet<String>, agent_name: &str, is_lead: bool) -> bool {
    if is_lead && names.contains(LEAD) {
        return true;
    }
    let name = agent_name.trim().to_lowercase();
    let first = name.split_whitespace().next().unwrap_or_default();
    [name.as_str(), first].iter().any(|name| *name != LEAD && names.contains(*name))
}

fn name_at(text: &str) -> Option<String> {
    if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let name: String =
        text.chars().take(MENTION_CHARS).take_while(|next| is_word(*next) || *next == '-').collect();
    Some(name.to_lowercase())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        mentions(text).into_iter().collect()
    }

    #[test]
    fn mentions_are_found_by_their_boundary() {
        let long = format!("@a{}", "b".repeat(40));
        let cut = format!("a{}", "b".repeat(31));
        for (text, names) in [
            ("@Bob please", vec!["bob"]),
            ("hi @bob, @Alice!", vec!["alice", "bob"]),
            ("(@bob)", vec!["bob"]),
            ("@@bob", vec!["bob"]),
            ("\n@bob\n@bob", vec!["bob"]),
            ("foo@bob.com", vec![]),
            ("ö@bob", vec![]),
            ("_@bob", vec![]),
            ("@bob@alice", vec!["bob"]),
            ("@1bob", vec![]),
            ("@Öb", vec![]),
            ("@", vec![]),
            ("@ bob", vec![]),
            ("@Bob-x", vec!["bob-x"]),
            ("@bob_x.", vec!["bob_x"]),
            ("@Böb", vec!["böb"]),
            (long.as_str(), vec![cut.as_str()]),
        ] {
            assert_eq!(found(text), names, "{text}");
        }
    }

    #[test]
    fn names_match_whole_or_by_their_first_word() {
        for (text, name, is_lead, matches) in [
            ("@bob", "Bob", false, true),
            ("@bob", "Bob Builder", false, true),
            ("@bob", "BOB", false, true),
            ("@bobby", "Bob", false, false),
            ("@bob-x", "Bob", false, false),
            ("@builder", "Bob Builder", false, false),
            ("@lead", "Anna", true, true),
            ("@lead", "Anna", false, false),
            ("@lead", "Lead", false, false),
            ("@lead", "Lead Singer", false, false),
            ("@LEAD", "Anna", true, true),
            ("@anna", "Anna", true, true),
            ("nobody", "", false, false),
        ] {
            assert_eq!(mention_matches(&mentions(text), name, is_lead), matches, "{text} {name} {is_lead}");
        }
    }

    proptest! {
        #[test]
        fn mentions_are_short_and_lower(text in any::<String>()) {
            for name in mentions(&text) {
                prop_assert!(name.starts_with(|first: char| first.is_ascii_lowercase()));
                prop_assert_eq!(name.to_lowercase(), name);
            }
        }
    }
}
