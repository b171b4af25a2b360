//! Decisions on board groups, without I/O.

use mc_base::text;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::agents::heartbeat;

/// What a wrong cadence is told.
const FORM: &str = "every must be a duration from 1m to 24h, such as 10m or 1h30m";

/// How often an agent checks in: from a minute to a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence(String);

impl Cadence {
    /// Reads a duration in any case, with blanks before its unit: `10m`, `1 H`, `1h30m`. Gateways know no days: one is
    /// written as 24 hours.
    ///
    /// # Errors
    /// With a sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.find(|letter: char| !letter.is_ascii_digit()).ok_or(FORM)?;
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim_start();
        if number.starts_with('0') || !unit.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return Err(FORM);
        }
        let duration = match unit {
            "d" if number == "1" => "24h".to_owned(),
            unit => format!("{number}{unit}"),
        };
        heartbeat::check_every(&duration).map_err(|_| FORM)?;
        Ok(Self(duration))
    }

    /// In lower case and without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The heartbeat settings of an agent with another cadence; what else stands in them stays.
pub(super) fn changed(stored: Option<&Map<String, Value>>, every: &Cadence) -> Map<String, Value> {
    let mut config = heartbeat::default_config();
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
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cadence_is_a_number_and_a_unit_within_a_day() {
        for (text, expected) in [
            ("10m", Ok("10m")),
            (" 5 M ", Ok("5m")),
            ("60s", Ok("60s")),
            ("1H", Ok("1h")),
            ("1H30m", Ok("1h30m")),
            ("24h", Ok("24h")),
            ("1d", Ok("24h")),
            ("0m", Err(FORM)),
            ("59s", Err(FORM)),
            ("25h", Err(FORM)),
            ("2d", Err(FORM)),
            ("1w", Err(FORM)),
            ("99999999999999999999999m", Err(FORM)),
            ("9223372036854775807h", Err(FORM)),
            ("banana", Err(FORM)),
            ("", Err(FORM)),
            ("m", Err(FORM)),
            ("10", Err(FORM)),
            ("010m", Err(FORM)),
            ("-1m", Err(FORM)),
            ("1.5h", Err(FORM)),
            ("10 min", Err(FORM)),
            ("10 5m", Err(FORM)),
            ("\u{661}m", Err(FORM)),
        ] {
            let read = Cadence::parse(text);
            assert_eq!(read.as_ref().map(Cadence::as_str).map_err(|error| *error), expected, "{text:?}");
        }
    }

    #[test]
    fn other_settings_of_a_heartbeat_stay() {
        let every = Cadence::parse("5m").unwrap();
        let fresh = json!({"every": "5m", "target": "last", "includeReasoning": false});
        assert_eq!(Value::Object(changed(None, &every)), fresh);
        let stored = json!({"every": "1h", "target": "none", "includeReasoning": true, "prompt": "look"});
        let expected = json!({"every": "5m", "target": "last", "includeReasoning": true, "prompt": "look"});
        assert_eq!(Value::Object(changed(stored.as_object(), &every)), expected);
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
