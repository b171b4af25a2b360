//! Scalars that arrive as text: query parameters, environment variables, and JSON strings where a number is due.

/// Reads `1/0`, `true/false`, `t/f`, `yes/no`, `y/n` and `on/off` in any case.
pub fn lax_bool(text: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 6]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(["1", "true", "t", "yes", "y", "on"]) {
        Some(true)
    } else if is_one_of(["0", "false", "f", "no", "n", "off"]) {
        Some(false)
    } else {
        None
    }
}

/// Reads a whole decimal number that fits into 64 bits. White space around it, a sign, single underscores between
/// digits, and a fraction of zeros (`3.00`) are allowed.
pub fn lax_int(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let whole = match digits.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => digits,
    };
    let groups: Vec<&str> = whole.split('_').collect();
    if groups.iter().any(|group| group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    format!("{sign}{}", groups.concat()).parse().ok()
}

/// Reads a finite decimal number, with or without an exponent and with white space around it. Infinity and not-a-number
/// have no form in JSON and no column that takes them, so they are not numbers here.
pub fn lax_float(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn booleans() {
        for text in ["1", "true", "TRUE", "t", "yes", "Y", "on", "On"] {
            assert_eq!(lax_bool(text), Some(true), "{text}");
        }
        for text in ["0", "false", "False", "f", "NO", "n", "off"] {
            assert_eq!(lax_bool(text), Some(false), "{text}");
        }
        for text in ["", " ", "2", "truee", "ja", " true"] {
            assert_eq!(lax_bool(text), None, "{text}");
        }
    }

    #[test]
    fn integers() {
        for (text, number) in [
            ("0", 0),
            ("007", 7),
            ("+7", 7),
            ("-7", -7),
            (" 7\n", 7),
            ("7.0", 7),
            ("-7.000", -7),
            ("1_000_000", 1_000_000),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(lax_int(text), Some(number), "{text}");
        }
        for text in [
            "",
            "-",
            "+",
            ".",
            ".0",
            "7.",
            "7.5",
            "7e3",
            "0x7",
            "_7",
            "7_",
            "7__0",
            "--7",
            "+-7",
            "1 0",
            "٧",
            "seven",
            "9223372036854775808",
        ] {
            assert_eq!(lax_int(text), None, "{text}");
        }
    }

    #[test]
    fn floats() {
        for (text, number) in [("0", 0.0), ("1.5", 1.5), (" -2e3 ", -2000.0), ("+.5", 0.5), ("3.", 3.0)] {
            assert_eq!(lax_float(text), Some(number), "{text}");
        }
        for text in ["", "nan", "NaN", "inf", "-Infinity", "1e400", "1,5", "0x1", "one"] {
            assert_eq!(lax_float(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_numbers_read_back(number: i64, float in -1e15..1e15_f64) {
            prop_assert_eq!(lax_int(&number.to_string()), Some(number));
            prop_assert_eq!(lax_float(&float.to_string()), Some(float));
        }

        #[test]
        fn nothing_makes_a_reader_panic(text in "\\PC{0,30}") {
            let _ = (lax_bool(&text), lax_int(&text), lax_float(&text));
        }
    }
}
