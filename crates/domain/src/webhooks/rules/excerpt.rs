//! Short forms of payloads.
//!
//! JSON in them is written in printable ASCII, so that nothing in it can pass for another line or
//! another direction of writing; only texts are shown as they are.

use std::io;

use serde::Serialize;
use serde_json::{
    Value,
    ser::{Formatter, PrettyFormatter, Serializer},
    value::RawValue,
};

use super::body::without_nul;

/// The longest preview, in bytes.
pub(in crate::webhooks) const PREVIEW_MAX: usize = 4_096;

/// The start of a payload for people and agents: a text as it is, else JSON with an indent of two. The second part
/// tells whether something was left out because it has more than `max` bytes.
pub(in crate::webhooks) fn preview(value: &Value, max: usize) -> (String, bool) {
    match value {
        Value::String(text) => {
            let start = mc_base::text::truncate_bytes(text, max);
            (without_nul(start).into_owned(), start.len() < text.len())
        }
        other => written(other, PrettyFormatter::new(), max),
    }
}

/// A payload cut to `max` characters, the last three of them dots; none when it is not longer than that. A text is
/// cut as it is, anything else as JSON on one line.
pub(in crate::webhooks) fn cut(content: &RawValue, max: usize) -> Option<String> {
    let value: Value = match serde_json::from_str(content.get()) {
        Ok(value) => value,
        // Nested too deeply to be read as a value; its text serves.
        Err(_) => Value::String(content.get().to_owned()),
    };
    match value {
        Value::String(text) => {
            let is_longer = text.char_indices().nth(max).is_some();
            is_longer.then(|| ended(text.chars(), max))
        }
        other => {
            let (text, is_longer) = written(&other, OneLine, max);
            is_longer.then(|| ended(text.chars(), max))
        }
    }
}

fn ended(characters: impl Iterator<Item = char>, max: usize) -> String {
    const DOTS: &str = "...";
    if max > DOTS.len() {
        characters.take(max - DOTS.len()).chain(DOTS.chars()).collect()
    } else {
        characters.take(max).collect()
    }
}

/// Writes JSON in ASCII up to a number of characters, and tells whether there was more.
fn written(value: &Value, formatter: impl Formatter, max: usize) -> (String, bool) {
    let mut ascii = Ascii { text: String::new(), max, is_full: false };
    // The only error is the one with which `Ascii` ends a long value early.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut ascii, formatter));
    (ascii.text, ascii.is_full)
}

/// Takes JSON, escapes what is not printable ASCII, and stops at a number of characters.
struct Ascii {
    text: String,
    max: usize,
    is_full: bool,
}

impl io::Write for Ascii {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for character in String::from_utf8_lossy(bytes).chars() {
            if matches!(character, ' '..='~' | '\n') {
                self.text.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    self.text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            if self.text.len() > self.max {
                self.text.truncate(self.max);
                self.is_full = true;
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// JSON on one line with a blank after each comma and colon.
struct OneLine;

impl Formatter for OneLine {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn raw(value: &Value) -> Box<RawValue> {
        serde_json::value::to_raw_value(value).unwrap()
    }

    #[test]
    fn previews_show_texts_as_they_are_and_the_rest_as_indented_ascii() {
        for (value, expected) in [
            (json!("Grüße\nzwei"), "Grüße\nzwei"),
            (json!("a\0b"), "a\u{FFFD}b"),
            (
                json!({"a": [1, "é👍\u{7f}\n"], "b": {}}),
                "{\n  \"a\": [\n    1,\n    \"\\u00e9\\ud83d\\udc4d\\u007f\\n\"\n  ],\n  \"b\": {}\n}",
            ),
            (json!(null), "null"),
        ] {
            assert_eq!(preview(&value, PREVIEW_MAX), (expected.to_owned(), false));
        }
    }

    #[test]
    fn long_previews_are_cut() {
        let (text, cut) = preview(&json!("é".repeat(PREVIEW_MAX)), PREVIEW_MAX);
        assert!(cut && text.len() <= PREVIEW_MAX && text.chars().all(|character| character == 'é'));
        let (text, cut) = preview(&json!(vec![0; 1_000_000]), PREVIEW_MAX);
        assert!(cut && text.len() == PREVIEW_MAX);
        let exact = "x".repeat(PREVIEW_MAX);
        assert_eq!(preview(&json!(exact), PREVIEW_MAX), (exact, false));
    }

    #[test]
    fn cut_payloads_end_in_dots() {
        for (value, max, expected) in [
            (json!("abcdef"), 6, None),
            (json!("abcdef"), 5, Some("ab...")),
            (json!("éééé"), 4, None),
            (json!("abcdef"), 3, Some("abc")),
            (json!({"a": [1, 2], "b": "é"}), 31, None),
            (json!({"a": [1, 2], "b": "é"}), 14, Some("{\"a\": [1, 2...")),
            (json!(12345), 4, Some("1...")),
            (json!(null), 4, None),
        ] {
            assert_eq!(cut(&raw(&value), max).as_deref(), expected, "{value} {max}");
        }
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        let deep = RawValue::from_string(deep).unwrap();
        assert_eq!(cut(&deep, 5).as_deref(), Some("[[..."));
    }

    proptest! {
        #[test]
        fn a_cut_payload_is_as_long_as_allowed(text in any::<String>(), max in 1_usize..40) {
            for value in [json!(text), json!([text])] {
                if let Some(cut) = cut(&raw(&value), max) {
                    prop_assert_eq!(cut.chars().count(), max);
                }
            }
        }
    }
}
