//! What a search text means.

use uuid::Uuid;

/// The most words that count: each is a condition of its own on every row.
const WORDS_MAX: usize = 8;
/// So many digits at least make the beginning of an id; fewer are more likely a word.
const ID_DIGITS_MIN: usize = 6;
const ID_DIGITS: usize = 32;

/// A text to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// All of these have to occur, each in one of its spellings.
    pub(super) words: Vec<Vec<String>>,
    /// The whole text in its spellings: what begins with it is the better find.
    pub(super) whole: Vec<String>,
    /// The ids that begin with the text, from the first to the last, when it may be the beginning of one.
    pub(super) ids: Option<(Uuid, Uuid)>,
}

impl Wanted {
    pub(super) fn of(text: &str) -> Self {
        Self {
            words: text.split_whitespace().take(WORDS_MAX).map(spellings).collect(),
            whole: spellings(text.trim()),
            ids: ids(text.trim()),
        }
    }
}

/// How a word may stand in a column of which only the letters of ASCII were folded: in lower case, in upper case, or
/// with a capital at the front.
fn spellings(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let upper = word.to_uppercase();
    let mut letters = lower.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let mut spellings = vec![lower, upper.to_ascii_lowercase(), capital.to_ascii_lowercase()];
    spellings.dedup();
    spellings
}

fn ids(text: &str) -> Option<(Uuid, Uuid)> {
    let digits: String = text.chars().filter(|character| *character != '-').collect();
    let is_beginning = (ID_DIGITS_MIN..=ID_DIGITS).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_beginning {
        return None;
    }
    let first = Uuid::try_parse(&format!("{digits:0<ID_DIGITS$}")).ok()?;
    let last = Uuid::try_parse(&format!("{digits:f<ID_DIGITS$}")).ok()?;
    Some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_folded_and_letters_beyond_ascii_tried_in_three_ways() {
        assert_eq!(spellings("DePloy"), ["deploy"]);
        assert_eq!(spellings("über"), ["über", "Über"]);
        assert_eq!(spellings("größe"), ["größe", "grÖsse", "größe"]);
    }

    #[test]
    fn the_beginning_of_an_id_is_recognised_with_and_without_hyphens() {
        let id = Uuid::from_u128(0x0199_abcd_ef01_7000_8000_0000_0000_00ff);
        for text in ["0199ab", "0199ABCD-EF", &id.to_string()] {
            let (first, last) = ids(text).unwrap();
            assert!((first..=last).contains(&id), "{text}");
        }
        for text in ["", "0199a", "deploy", "0199abcg", &"0".repeat(33)] {
            assert_eq!(ids(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text: String) {
            let wanted = Wanted::of(&text);
            prop_assert!(wanted.words.len() <= WORDS_MAX);
        }
    }
}
