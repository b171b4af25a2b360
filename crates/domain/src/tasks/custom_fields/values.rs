//! Checks of single values, without I/O.

use chrono::NaiveDate;
use mc_base::Timestamp;
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use url::Url;

use super::FieldType;

/// The longest pattern, in characters.
const PATTERN_MAX: usize = 1_000;
/// The most memory of a compiled pattern, in bytes.
const PATTERN_SIZE_MAX: usize = 256 * 1024;
/// The longest value, in bytes of JSON.
const VALUE_MAX: usize = 100_000;

/// From here on integers do not fit into 64 bits with a sign; as JSON they lose their last digits.
const INTEGER_LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// Checks that a pattern can be used. Patterns run in linear time, so look-around and
/// back-references do not exist.
///
/// # Errors
/// Why it cannot be used.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    compile(pattern).map(|_| ())
}

/// Checks a value against the type and the pattern of its field; null is always acceptable.
///
/// # Errors
/// What the value should be.
pub(crate) fn check_value(field_type: FieldType, pattern: Option<&str>, value: &Value) -> Result<(), String> {
    if value.is_null() { Ok(()) } else { ValueCheck::new(field_type, pattern)?.check(value) }
}

/// The type and the pattern of a field, ready to check many values.
pub(super) struct ValueCheck {
    field_type: FieldType,
    pattern: Option<Regex>,
}

impl ValueCheck {
    /// Of a field.
    ///
    /// # Errors
    /// Why its pattern cannot be used.
    pub(super) fn new(field_type: FieldType, pattern: Option<&str>) -> Result<Self, String> {
        let pattern = pattern.filter(|_| field_type.takes_pattern());
        Ok(Self { field_type, pattern: pattern.map(compile).transpose()? })
    }

    /// As [`check_value`].
    ///
    /// # Errors
    /// What the value should be.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        if value.is_null() {
            return Ok(());
        }
        check_type(self.field_type, value)?;
        if value.to_string().len() > VALUE_MAX {
            return Err(format!("must have at most {VALUE_MAX} bytes"));
        }
        match (&self.pattern, value.as_str()) {
            (Some(pattern), Some(text)) if !pattern.is_match(text) => {
                Err("does not match validation_regex".into())
            }
            _ => Ok(()),
        }
    }
}

/// The pattern, laid on a whole text.
fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.chars().count() > PATTERN_MAX {
        return Err(format!("validation_regex may have at most {PATTERN_MAX} characters"));
    }
    let build = |pattern: &str| {
        RegexBuilder::new(pattern).size_limit(PATTERN_SIZE_MAX).dfa_size_limit(PATTERN_SIZE_MAX).build()
    };
    let explain = |error: regex::Error| match error {
        // The library draws the place of the fault over several lines; its last line says what it is.
        regex::Error::Syntax(text) => {
            let reason =
                text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
            format!("validation_regex is invalid: {reason}")
        }
        other => format!("validation_regex is invalid: {other}"),
    };
    let pattern = &with_end_of_text(pattern);
    // Alone first, so that a stray parenthesis cannot close the group around it.
    build(pattern).map_err(explain)?;
    build(&format!(r"\A(?:{pattern})\z")).map_err(explain)
}

/// Writes `\Z`, which ends a text in other dialects, as `\z`.
fn with_end_of_text(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut is_escaped = false;
    for character in pattern.chars() {
        written.push(if is_escaped && character == 'Z' { 'z' } else { character });
        is_escaped = character == '\\' && !is_escaped;
    }
    written
}

fn check_type(field_type: FieldType, value: &Value) -> Result<(), String> {
    let text = value.as_str();
    let (is_right, expected) = match field_type {
        FieldType::Text | FieldType::TextLong => (text.is_some(), "must be a string"),
        FieldType::Integer if value.as_f64().is_some_and(|number| number.abs() >= INTEGER_LIMIT) => {
            (value.is_i64() || value.is_u64(), "must be an integer of at most 64 bits")
        }
        FieldType::Integer => (value.is_i64() || value.is_u64(), "must be an integer"),
        FieldType::Decimal => (value.is_number(), "must be a decimal number"),
        FieldType::Boolean => (value.is_boolean(), "must be true or false"),
        FieldType::Date => (text.is_some_and(is_date), "must be an ISO date string (YYYY-MM-DD)"),
        FieldType::DateTime => (text.is_some_and(is_date_time), "must be an ISO datetime string"),
        FieldType::Url if text.is_none() => (false, "must be a URL string"),
        FieldType::Url => (text.is_some_and(is_web_address), "must be a valid http/https URL"),
        FieldType::Json => (value.is_object() || value.is_array(), "must be a JSON object or array"),
    };
    if is_right { Ok(()) } else { Err(expected.into()) }
}

/// Calendar and week dates, with hyphens and without.
fn is_date(text: &str) -> bool {
    let is_form = |format: &str| {
        // Written back, so that shortened numbers and signs are no dates.
        NaiveDate::parse_from_str(text, format).is_ok_and(|date| date.format(format).to_string() == text)
    };
    ["%Y-%m-%d", "%Y%m%d", "%G-W%V-%u", "%GW%V%u"].into_iter().any(is_form)
}

fn is_date_time(text: &str) -> bool {
    // A bare number is a time elsewhere in this API, but no ISO text.
    is_date(text) || (text.parse::<f64>().is_err() && Timestamp::parse(text).is_ok())
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn types_take_their_values() {
        for (field_type, good, bad) in [
            (FieldType::Text, vec![json!(""), json!("x")], vec![json!(1), json!([])]),
            (FieldType::TextLong, vec![json!("x\ny")], vec![json!(true)]),
            (FieldType::Integer, vec![json!(1), json!(-1)], vec![json!(1.0), json!(true), json!("1")]),
            (FieldType::Decimal, vec![json!(1), json!(1.5)], vec![json!(true), json!("1.5")]),
            (FieldType::Boolean, vec![json!(true)], vec![json!(1), json!("true")]),
            (
                FieldType::Date,
                vec![json!("2026-02-03"), json!("20260203"), json!("2026-W06-2"), json!("2026W062")],
                vec![
                    json!("2026-02-30"),
                    json!("2026-2-3"),
                    json!("+2026-02-3"),
                    json!("today"),
                    json!(""),
                    json!(20_260_203),
                ],
            ),
            (
                FieldType::DateTime,
                vec![json!("2026-02-03T10:00:00Z"), json!("2026-02-03 10:00"), json!("2026-02-03")],
                vec![json!("10:00"), json!("1700000000"), json!("2026-02-03T25:00")],
            ),
            (
                FieldType::Url,
                vec![json!("https://example.org/x?y"), json!("http://[::1]:8080")],
                vec![json!("ftp://example.org"), json!("example.org"), json!("https://"), json!(1)],
            ),
            (FieldType::Json, vec![json!({}), json!([1])], vec![json!("{}"), json!(1)]),
        ] {
            for value in good {
                assert_eq!(check_value(field_type, None, &value), Ok(()), "{field_type:?} {value}");
            }
            for value in bad {
                assert!(check_value(field_type, None, &value).is_err(), "{field_type:?} {value}");
            }
            assert_eq!(check_value(field_type, None, &Value::Null), Ok(()));
        }
    }

    #[test]
    fn a_pattern_covers_the_whole_text() {
        let check = |pattern, text: &str| check_value(FieldType::Text, Some(pattern), &json!(text)).is_ok();
        assert!(check("a|ab", "ab"));
        assert!(check(r"[A-Z]{3}-\d+", "ABC-12"));
        assert!(!check(r"[A-Z]{3}-\d+", "xABC-12"));
        assert!(!check("a", "a\n"));
        assert!(!check("a", "b"));
        assert!(check(r"a\Z", "a") && !check(r"a\Z", "ab"));
        assert!(check(r"a\\Z", r"a\Z"), "an escaped backslash before a Z is two characters");
    }

    #[test]
    fn patterns_that_cannot_be_used_are_explained() {
        for pattern in ["(", "(?=x)", r"(x)\1", "a{1000}{1000}", ")|(", &"x".repeat(1_001)] {
            let reason = check_pattern(pattern).unwrap_err();
            assert!(reason.starts_with("validation_regex ") && !reason.contains('\n'), "{reason}");
        }
    }

    #[test]
    fn an_integer_that_is_too_large_is_told_so() {
        let check = |number: &str| {
            check_value(FieldType::Integer, None, &serde_json::from_str::<Value>(number).unwrap())
        };
        assert_eq!(check("18446744073709551615"), Ok(()));
        let reason = "must be an integer of at most 64 bits".to_owned();
        for number in ["1000000000000000000000000000000", "-1000000000000000000000000000000", "1e30"] {
            assert_eq!(check(number), Err(reason.clone()), "{number}");
        }
        assert_eq!(check("1.5"), Err("must be an integer".to_owned()));
    }

    #[test]
    fn a_value_is_bounded() {
        assert!(check_value(FieldType::Text, None, &json!("x".repeat(VALUE_MAX))).is_err());
        assert!(check_value(FieldType::Json, None, &json!(["x".repeat(VALUE_MAX)])).is_err());
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_check(text in any::<String>(), pattern in any::<String>()) {
            for (_, field_type) in FieldType::NAMES {
                let _ = check_value(field_type, Some(&pattern), &json!(text));
            }
        }
    }
}
