//! Reading what a sender delivered.

use std::borrow::Cow;

use serde_json::Value;

/// A delivered body: the JSON to store, and the same as a value.
#[derive(Debug, PartialEq)]
pub(in crate::webhooks) struct Decoded {
    /// JSON text that has no NUL and can be stored by every database.
    pub(in crate::webhooks) json: String,
    /// Its value.
    pub(in crate::webhooks) value: Value,
}

/// Reads a body. Nothing is `{}`. What says that it is JSON, or looks like it, and is, is kept as it was written; all
/// else is kept as a text. Bytes that are no UTF-8, and NULs of a text, become U+FFFD.
pub(in crate::webhooks) fn decode(bytes: &[u8], content_type: Option<&str>) -> Decoded {
    let text = String::from_utf8_lossy(bytes);
    if text.is_empty() {
        return Decoded { json: "{}".into(), value: Value::Object(serde_json::Map::new()) };
    }
    // NaN, Infinity, numbers beyond all bounds and too deep nesting are no JSON for anybody who reads it later.
    if (says_json(content_type) || looks_like_json(&text))
        && let Ok(value) = serde_json::from_str(&text)
    {
        return Decoded { json: text.trim().to_owned(), value };
    }
    let value = Value::String(without_nul(&text).into_owned());
    Decoded { json: value.to_string(), value }
}

/// The text with NULs replaced: no database keeps one.
pub(super) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

fn says_json(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type.map(str::to_ascii_lowercase) else { return false };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    content_type.contains("application/json") || (essence.contains('/') && essence.ends_with("+json"))
}

fn looks_like_json(text: &str) -> bool {
    text.starts_with(['{', '[', '"']) || matches!(text, "true" | "false")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const JSON: Option<&str> = Some("application/json; charset=utf-8");

    #[test]
    fn bodies_become_values() {
        let deep = "[".repeat(10_000);
        for (bytes, content_type, expected) in [
            (&b""[..], JSON, json!({})),
            (b"", None, json!({})),
            (b"{\"a\": 1}", None, json!({"a": 1})),
            (b" {\"a\": 1}", None, json!(" {\"a\": 1}")),
            (b" {\"a\": 1}\n", JSON, json!({"a": 1})),
            (b"[1]", Some("application/vnd.x+json"), json!([1])),
            (b" 1", Some("Application/Vnd.X+JSON; v=1"), json!(1)),
            (b"1", Some("text/plain; a=b+json"), json!("1")),
            (b"\"text\"", None, json!("text")),
            (b"true", None, json!(true)),
            (b"false", Some("text/plain"), json!(false)),
            (b"null", None, json!("null")),
            (b"null", JSON, json!(null)),
            (b"123", Some("text/plain"), json!("123")),
            (b"123", JSON, json!(123)),
            (b"{broken", JSON, json!("{broken")),
            (b"a=1&b=2", Some("application/x-www-form-urlencoded"), json!("a=1&b=2")),
            (b"{\"a\": NaN}", JSON, json!("{\"a\": NaN}")),
            (b"[Infinity]", JSON, json!("[Infinity]")),
            (b"1e999", JSON, json!("1e999")),
            (b"a\0b", None, json!("a\u{FFFD}b")),
            (b"{\"a\": \"\0\"}", JSON, json!("{\"a\": \"\u{FFFD}\"}")),
            (b"\xff\xfe", None, json!("\u{FFFD}\u{FFFD}")),
            (b"\"\\ud800\"", JSON, json!("\"\\ud800\"")),
            (deep.as_bytes(), JSON, json!(deep)),
        ] {
            let decoded = decode(bytes, content_type);
            assert_eq!(decoded.value, expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn json_is_kept_as_it_was_written() {
        let text = " {\"b\":1.50,\"a\":123456789012345678901234567890,\"\\u00e9\":\"\\u0000\"}\n";
        assert_eq!(decode(text.as_bytes(), JSON).json, text.trim());
    }

    proptest! {
        #[test]
        fn every_body_can_be_stored_and_read_again(bytes in proptest::collection::vec(any::<u8>(), 0..60), is_json: bool) {
            let decoded = decode(&bytes, is_json.then_some("application/json"));
            prop_assert!(!decoded.json.contains('\0'));
            let read: Value = serde_json::from_str(&decoded.json).unwrap();
            prop_assert_eq!(read, decoded.value);
        }
    }
}
