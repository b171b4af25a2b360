//! Decisions on board groups, without I/O.

use mc_base::text;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
/// What a cadence of the wrong form is told.
const FORM: &str = "every must be a number and a unit (s, m, h or d), such as 10m, or 0m for no heartbeats";
/// What a cadence beyond the bounds is told.
const BOUNDS: &str = "every must be from 1m to 24h, or 0m for no heartbeats";

/// How often an agent checks in: from a minute to a day, or never (`0m`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence(String);

impl Cadence {
    /// Reads a number and a unit, in any case and with blanks between: `10m`, `1 H`.
    ///
    /// # Errors
    /// With a sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim_start().to_ascii_lowercase();
        let seconds = match unit.as_str() {
            "s" => 1,
            "m" => MINUTE,
            "h" => 60 * MINUTE,
            "d" => DAY,
            "w" => 7 * DAY,
            _ => return Err(FORM),
        };
        if number.is_empty() || (number.len() > 1 && number.starts_with('0')) {
            return Err(FORM);
        }
        // A number that is too large to be read is beyond the bounds as well.
        let count: u64 = number.parse().map_err(|_| BOUNDS)?;
        if count == 0 {
            return Ok(Self("0m".into()));
        }
        match count.checked_mul(seconds) {
            Some(length) if (MINUTE..=DAY).contains(&length) => Ok(Self(format!("{count}{unit}"))),
            _ => Err(BOUNDS),
        }
    }

    /// In lower case and without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The heartbeat settings of an agent with another cadence; what else stands in them stays.
pub(super) fn heartbeat(stored: Option<&Map<String, Value>>, every: &Cadence) -> Map<String, Value> {
    let mut config = Map::new();
    config.insert("every".into(), "10m".into());
    config.insert("target".into(), "last".into());
    config.insert("includeReasoning".into(), json!(false));
    config.extend(stored.cloned().unwrap_or_default());
    config.insert("every".into(), every.as_str().into());
    config.insert("target".into(), "last".into());
    config
}

/// The slug to keep: the given one, else one made from the name, else `random`.
pub(super) fn slug(given: &str, name: &str, random: Uuid) -> String {
    if !given.trim().is_empty() {
        return given.to_owned();
    }
    let slug = text::slugify(name);
    if slug.is_empty() { random.simple().to_string() } else { slug }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cadence_is_a_number_and_a_unit_within_a_day() {
        for (text, expected) in [
            ("10m", Ok("10m")),
            (" 5 M ", Ok("5m")),
            ("60s", Ok("60s")),
            ("1H", Ok("1h")),
            ("24h", Ok("24h")),
            ("1d", Ok("1d")),
            ("0m", Ok("0m")),
            ("0h", Ok("0m")),
            ("59s", Err(BOUNDS)),
            ("25h", Err(BOUNDS)),
            ("2d", Err(BOUNDS)),
            ("1w", Err(BOUNDS)),
            ("99999999999999999999999m", Err(BOUNDS)),
            ("18446744073709551615d", Err(BOUNDS)),
            ("banana", Err(FORM)),
            ("", Err(FORM)),
            ("m", Err(FORM)),
            ("10", Err(FORM)),
            ("010m", Err(FORM)),
            ("-1m", Err(FORM)),
            ("1.5h", Err(FORM)),
            ("1h30m", Err(FORM)),
            ("10 min", Err(FORM)),
            ("١m", Err(FORM)),
        ] {
            let read = Cadence::parse(text);
            assert_eq!(read.as_ref().map(Cadence::as_str).map_err(|error| *error), expected, "{text:?}");
        }
    }

    #[test]
    fn other_settings_of_a_heartbeat_stay() {
        let every = Cadence::parse("5m").unwrap();
        let fresh = json!({"every": "5m", "target": "last", "includeReasoning": false});
        assert_eq!(Value::Object(heartbeat(None, &every)), fresh);
        let stored = json!({"every": "1h", "target": "none", "includeReasoning": true, "prompt": "look"});
        let changed = json!({"every": "5m", "target": "last", "includeReasoning": true, "prompt": "look"});
        assert_eq!(Value::Object(heartbeat(stored.as_object(), &every)), changed);
    }

    #[test]
    fn a_blank_slug_comes_from_the_name() {
        let random = Uuid::from_u128(0xAB);
        assert_eq!(slug(" ", "Ops & Co.", random), "ops-co");
        assert_eq!(slug("Own Slug", "x", random), "Own Slug");
        assert_eq!(slug("", "…", random), "000000000000000000000000000000ab");
    }

    proptest! {
        #[test]
        fn a_cadence_is_read_again_as_itself(text in "[0-9]{1,5} {0,2}[smhdSMHD]") {
            if let Ok(cadence) = Cadence::parse(&text) {
                prop_assert_eq!(Cadence::parse(cadence.as_str()), Ok(cadence));
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let _ = Cadence::parse(&text);
        }
    }
}
