//! How often an agent is looked after, and by whom: what may stand in its heartbeat settings, and what of it its gateway
//! gets. No I/O.

use chrono::TimeDelta;
use mc_openclaw::config::Dialect;
use serde_json::{Map, Value, json};

use super::Agent;
use crate::workspace;

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
/// The longest cadence of a group.
const LONGEST: u64 = 3_650 * DAY;
/// What a cadence of the wrong form is told.
const FORM: &str = "every must be a number and a unit (s, m, h or d), such as 10m, or 0m for no heartbeats";
/// What a cadence beyond the bounds of an agent is told.
const BOUNDS: &str = "every must be from 1m to 24h, or 0m for no heartbeats";
/// What a cadence beyond the bounds of a group is told.
const WIDE_BOUNDS: &str = "every must be from 1s to 3650d, or 0m for no heartbeats";

/// How often an agent is looked after, or never (`0m`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cadence {
    text: String,
    length: Option<TimeDelta>,
}

impl Cadence {
    /// Reads the cadence of one agent, from a minute to a day: a number and a unit, in any case and with blanks
    /// between, such as `10m` or `1 H`.
    ///
    /// # Errors
    /// With a sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::read(text, MINUTE, DAY, BOUNDS)
    }

    /// Reads the cadence of a group, from a second to ten years; else as [`Cadence::parse`].
    ///
    /// # Errors
    /// With a sentence that says what is wrong.
    pub fn parse_wide(text: &str) -> Result<Self, &'static str> {
        Self::read(text, 1, LONGEST, WIDE_BOUNDS)
    }

    fn read(text: &str, shortest: u64, longest: u64, bounds: &'static str) -> Result<Self, &'static str> {
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
        let count: u64 = number.parse().map_err(|_| bounds)?;
        if count == 0 {
            return Ok(Self { text: "0m".into(), length: None });
        }
        let length = count
            .checked_mul(seconds)
            .filter(|length| (shortest..=longest).contains(length))
            .ok_or(bounds)?;
        let length = i64::try_from(length).ok().and_then(TimeDelta::try_seconds);
        Ok(Self { text: format!("{count}{unit}"), length })
    }

    /// In lower case and without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The time between two looks; none when there are none.
    #[must_use]
    pub fn length(&self) -> Option<TimeDelta> {
        self.length
    }

    /// In a unit that gateways read: they know no weeks.
    fn for_gateway(&self) -> String {
        match (self.text.strip_suffix('w'), self.length) {
            (Some(_), Some(length)) => format!("{}d", length.num_days()),
            _ => self.text.clone(),
        }
    }
}

/// Who gets an agent on a gateway to work when nobody writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// This server, at the agent's cadence, and only when there is work. An idle agent costs nothing.
    Work,
    /// The gateway, at the agent's cadence, whether there is work or not.
    Always,
    /// Nobody: only messages reach it.
    Never,
}

impl Wake {
    const NAMES: [(&'static str, Self); 3] =
        [("work", Self::Work), ("always", Self::Always), ("never", Self::Never)];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let known = Self::NAMES.iter().find(|(_, wake)| *wake == self);
        known.map(|(name, _)| *name).expect("every way has a name")
    }

    fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, wake)| *wake)
    }
}

/// The longest short text, in characters.
const WORD_MAX: usize = 255;
/// The longest prompt, in characters.
const PROMPT_MAX: usize = 10_000;

/// What a setting may hold.
#[derive(Clone, Copy)]
enum Kind {
    Every,
    Wake,
    Switch,
    Word,
    Prompt,
    Number(i64, i64),
    Hours,
}

/// The setting that is for this server alone.
const WAKE: &str = "wake";
/// The settings there are. But for [`WAKE`] gateways know them; others would make a gateway refuse its whole
/// configuration.
const SETTINGS: [(&str, Kind); 16] = [
    ("every", Kind::Every),
    (WAKE, Kind::Wake),
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
pub(crate) fn default_config() -> Map<String, Value> {
    match json!({ "every": "10m", "target": "last", "includeReasoning": false }) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The time between two looks, when the settings name a usable one.
#[must_use]
pub fn every(config: &Map<String, Value>) -> Option<TimeDelta> {
    cadence(config)?.length()
}

fn cadence(config: &Map<String, Value>) -> Option<Cadence> {
    Cadence::parse_wide(config.get("every")?.as_str()?).ok()
}

/// Who gets the agent to work; without a word about it the server does.
#[must_use]
pub fn wake(config: &Map<String, Value>) -> Wake {
    config.get(WAKE).and_then(Value::as_str).and_then(Wake::parse).unwrap_or(Wake::Work)
}

/// The heartbeat that the gateway's configuration gets for an agent: off, unless the gateway is to keep time. `prompt` is
/// what the agent is told then when its settings say nothing else. Keys that newer gateways refuse are left out where
/// the configuration is written.
fn gateway_entry(config: Option<&Map<String, Value>>, prompt: Option<&str>) -> Map<String, Value> {
    let mut entry = default_config();
    entry.extend(config.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    entry.retain(|_, value| !value.is_null());
    let wake = wake(&entry);
    entry.remove(WAKE);
    if wake != Wake::Always {
        // Whatever else stood there has no use while there are no heartbeats.
        entry.retain(|name, _| name == "every");
        entry.insert("every".into(), "0m".into());
        return entry;
    }
    if let Some(cadence) = cadence(&entry) {
        entry.insert("every".into(), cadence.for_gateway().into());
    }
    if let Some(prompt) = prompt {
        entry.entry("prompt").or_insert_with(|| prompt.into());
    }
    entry
}

/// What is wrong with settings: the name of each setting with a sentence. A setting that is null counts as left out.
#[must_use]
pub fn faults(config: &Map<String, Value>) -> Vec<(&str, String)> {
    config.iter().filter_map(|(name, value)| fault(name, value).map(|text| (name.as_str(), text))).collect()
}

/// Settings without faults in the form that is kept: the time between two heartbeats in lower case and without blanks.
#[must_use]
pub fn normalized(mut config: Map<String, Value>) -> Map<String, Value> {
    if let Some(every) = cadence(&config) {
        config.insert("every".into(), every.as_str().into());
    }
    config
}

/// The heartbeat that the gateway's configuration gets for an agent; see [`gateway_entry`].
#[must_use]
pub(crate) fn entry_of(agent: &Agent, dialect: Dialect) -> Map<String, Value> {
    let config = agent.heartbeat_config.as_ref().map(|config| &config.0);
    // Older gateways have a file for it.
    let prompt = match dialect {
        Dialect::Entries => Some(workspace::heartbeat_prompt(agent, dialect)),
        Dialect::List => None,
    };
    gateway_entry(config, prompt)
}

fn fault(name: &str, value: &Value) -> Option<String> {
    let Some((_, kind)) = SETTINGS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = SETTINGS.iter().map(|(known, _)| *known).collect();
        return Some(format!("{name} is not a setting of heartbeats; there are {}", known.join(", ")));
    };
    if value.is_null() {
        return None;
    }
    let is_text = |max: usize| value.as_str().is_some_and(|text| text.chars().count() <= max);
    let text_fault =
        |max: usize| (!is_text(max)).then(|| format!("{name} must be a text of at most {max} characters"));
    match kind {
        Kind::Every => match value.as_str() {
            Some(text) => Cadence::parse(text).err().map(str::to_owned),
            None => Some(FORM.to_owned()),
        },
        Kind::Wake => {
            let known = value.as_str().and_then(Wake::parse);
            known.is_none().then(|| format!("{name} must be work, always or never"))
        }
        Kind::Switch => (!value.is_boolean()).then(|| format!("{name} must be true or false")),
        Kind::Word => text_fault(WORD_MAX),
        Kind::Prompt => text_fault(PROMPT_MAX),
        Kind::Number(min, max) => {
            let is_in_range = value.as_i64().is_some_and(|number| (*min..=*max).contains(&number));
            (!is_in_range).then(|| format!("{name} must be a whole number from {min} to {max}"))
        }
        Kind::Hours => {
            let is_known = |(name, value): (&String, &Value)| {
                let text = value.as_str().is_some_and(|text| text.chars().count() <= WORD_MAX);
                matches!(name.as_str(), "start" | "end" | "timezone") && text
            };
            let is_hours = value.as_object().is_some_and(|hours| hours.iter().all(is_known));
            (!is_hours).then(|| format!("{name} must be an object with the texts start, end and timezone"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn a_group_has_wider_bounds() {
        for (text, expected) in [
            ("30s", Ok("30s")),
            ("2 W", Ok("2w")),
            ("3650d", Ok("3650d")),
            ("3651d", Err(WIDE_BOUNDS)),
            ("600w", Err(WIDE_BOUNDS)),
            ("0s", Ok("0m")),
            ("banana", Err(FORM)),
        ] {
            let read = Cadence::parse_wide(text);
            assert_eq!(read.as_ref().map(Cadence::as_str).map_err(|error| *error), expected, "{text:?}");
        }
    }

    #[test]
    fn a_gateway_keeps_time_only_when_it_is_always_to_wake_the_agent() {
        for (config, prompt, expected) in [
            (json!(null), Some("look"), json!({"every": "0m"})),
            (json!({"every": "5m", "prompt": "x"}), None, json!({"every": "0m"})),
            (json!({"every": "5m", "wake": "never", "model": "m"}), None, json!({"every": "0m"})),
            (
                json!({"every": "2w", "wake": "always", "model": null}),
                None,
                json!({"every": "14d", "target": "last", "includeReasoning": false}),
            ),
            (
                json!({"wake": "always", "target": "none"}),
                Some("look"),
                json!({"every": "10m", "target": "none", "includeReasoning": false, "prompt": "look"}),
            ),
            (
                json!({"wake": "always", "prompt": "own"}),
                Some("look"),
                json!({"every": "10m", "target": "last", "includeReasoning": false, "prompt": "own"}),
            ),
        ] {
            let entry = gateway_entry(config.as_object(), prompt);
            assert_eq!(Value::Object(entry), expected, "{config}");
        }
        for (wake, name) in [(Wake::Work, "work"), (Wake::Always, "always"), (Wake::Never, "never")] {
            assert_eq!((wake.as_str(), Wake::parse(name)), (name, Some(wake)));
        }
    }

    #[test]
    fn every_fault_names_its_setting() {
        let config = json!({
            "every": "5s", "target": 1, "includeReasoning": "yes", "prompt": "x".repeat(10_001), "ackMaxChars": -1,
            "activeHours": {"from": "9"}, "shell": "rm", "model": null, "session": "main", "wake": "often"
        });
        let names: Vec<&str> =
            faults(config.as_object().unwrap()).into_iter().map(|(name, _)| name).collect();
        let expected =
            ["every", "target", "includeReasoning", "prompt", "ackMaxChars", "activeHours", "shell", "wake"];
        assert_eq!(names, expected);
        assert!(faults(&default_config()).is_empty());
        let hours = json!({"activeHours": {"start": "09:00", "end": "17:00", "timezone": "UTC"}});
        assert!(faults(hours.as_object().unwrap()).is_empty());
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
