//! How often an agent checks in, and how: what may stand in its heartbeat settings. No I/O.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

/// The shortest time between two heartbeats.
const EVERY_MIN: TimeDelta = TimeDelta::minutes(1);
/// The longest time between two heartbeats.
const EVERY_MAX: TimeDelta = TimeDelta::hours(24);
/// The longest short text, in characters.
const WORD_MAX: usize = 255;
/// The longest prompt, in characters.
const PROMPT_MAX: usize = 10_000;

/// What a setting may hold.
#[derive(Clone, Copy)]
enum Kind {
    Every,
    Switch,
    Word,
    Prompt,
    Number(i64, i64),
    Hours,
}

/// The settings that gateways know. Others would make a gateway refuse its whole configuration.
const SETTINGS: [(&str, Kind); 15] = [
    ("every", Kind::Every),
    ("target", Kind::Word),
    ("includeReasoning", Kind::Switch),
    ("model", Kind::Word),
    ("prompt", Kind::Prompt),
    ("session", Kind::Word),
    ("to", Kind::Word),
    ("accountId", Kind::Word),
    ("directPolicy", Kind::Word),
    ("ackMaxChars", Kind::Number(0, 100_000)),
    ("timeoutSeconds", Kind::Number(1, 86_400)),
    ("activeHours", Kind::Hours),
    ("lightContext", Kind::Switch),
    ("isolatedSession", Kind::Switch),
    ("suppressToolErrorWarnings", Kind::Switch),
];

/// The settings of an agent that has none of its own: every ten minutes, where it spoke last.
#[must_use]
pub fn default_config() -> Map<String, Value> {
    match json!({ "every": "10m", "target": "last", "includeReasoning": false }) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Reads a duration of whole numbers with the units `h`, `m` and `s`, such as `10m` or `1h30m`.
#[must_use]
pub fn parse_duration(text: &str) -> Option<TimeDelta> {
    let mut total = TimeDelta::zero();
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let number: i64 = rest[..digits].parse().ok()?;
        let mut after = rest[digits..].chars();
        let part = match after.next()? {
            'h' => TimeDelta::try_hours(number),
            'm' => TimeDelta::try_minutes(number),
            's' => TimeDelta::try_seconds(number),
            _ => None,
        };
        total = total.checked_add(&part?)?;
        rest = after.as_str();
    }
    Some(total)
}

/// Checks the time between two heartbeats.
///
/// # Errors
/// With what is wrong, as a sentence without the name of the field.
pub fn check_every(text: &str) -> Result<TimeDelta, &'static str> {
    parse_duration(text)
        .filter(|every| (EVERY_MIN..=EVERY_MAX).contains(every))
        .ok_or("must be a duration from 1m to 24h, such as 10m")
}

/// The time between two heartbeats, when the settings name a usable one.
#[must_use]
pub fn every(config: &Map<String, Value>) -> Option<TimeDelta> {
    check_every(config.get("every")?.as_str()?).ok()
}

/// What is wrong with settings: the name of each setting with a sentence. A setting that is null counts as left out.
#[must_use]
pub fn faults(config: &Map<String, Value>) -> Vec<(&str, String)> {
    config.iter().filter_map(|(name, value)| fault(name, value).map(|text| (name.as_str(), text))).collect()
}

fn fault(name: &str, value: &Value) -> Option<String> {
    let Some((_, kind)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = SETTINGS.iter().map(|(known, _)| *known).collect();
        return Some(format!("is not a setting of heartbeats; there are {}", known.join(", ")));
    };
    if value.is_null() {
        return None;
    }
    let is_text = |max: usize| value.as_str().is_some_and(|text| text.chars().count() <= max);
    let text_fault =
        |max: usize| (!is_text(max)).then(|| format!("must be a text of at most {max} characters"));
    match kind {
        Kind::Every => match value.as_str() {
            Some(text) => check_every(text).err().map(str::to_owned),
            None => Some("must be a text such as 10m".into()),
        },
        Kind::Switch => (!value.is_boolean()).then(|| "must be true or false".into()),
        Kind::Word => text_fault(WORD_MAX),
        Kind::Prompt => text_fault(PROMPT_MAX),
        Kind::Number(min, max) => {
            let is_in_range = value.as_i64().is_some_and(|number| (*min..=*max).contains(&number));
            (!is_in_range).then(|| format!("must be a whole number from {min} to {max}"))
        }
        Kind::Hours => {
            let is_known = |(name, value): (&String, &Value)| {
                let text = value.as_str().is_some_and(|text| text.chars().count() <= WORD_MAX);
                matches!(name.as_str(), "start" | "end" | "timezone") && text
            };
            let is_hours = value.as_object().is_some_and(|hours| hours.iter().all(is_known));
            (!is_hours).then(|| "must be an object with the texts start, end and timezone".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_have_numbers_and_units() {
        for (text, minutes) in [
            ("1m", Some(1)),
            (" 10m ", Some(10)),
            ("1h30m", Some(90)),
            ("120s", Some(2)),
            ("24h", Some(1_440)),
            ("24h1s", None),
            ("59s", None),
            ("0m", None),
            ("10", None),
            ("m", None),
            ("-5m", None),
            ("1.5h", None),
            ("10 m", None),
            ("99999999999999999999h", None),
            ("9223372036854775807h", None),
            ("", None),
        ] {
            assert_eq!(check_every(text).ok(), minutes.map(TimeDelta::minutes), "{text}");
        }
    }

    #[test]
    fn every_fault_names_its_setting() {
        let config = json!({
            "every": "5s", "target": 1, "includeReasoning": "yes", "prompt": "x".repeat(10_001), "ackMaxChars": -1,
            "activeHours": {"from": "9"}, "shell": "rm", "model": null, "session": "main"
        });
        let names: Vec<&str> =
            faults(config.as_object().unwrap()).into_iter().map(|(name, _)| name).collect();
        let expected =
            ["every", "target", "includeReasoning", "prompt", "ackMaxChars", "activeHours", "shell"];
        assert_eq!(names, expected);
        assert!(faults(&default_config()).is_empty());
        let hours = json!({"activeHours": {"start": "09:00", "end": "17:00", "timezone": "UTC"}});
        assert!(faults(hours.as_object().unwrap()).is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,40}") {
            let _ = check_every(&text);
        }

        #[test]
        fn whole_minutes_are_read_as_they_are_written(minutes in 1_i64..=1_440) {
            prop_assert_eq!(check_every(&format!("{minutes}m")), Ok(TimeDelta::minutes(minutes)));
        }
    }
}
