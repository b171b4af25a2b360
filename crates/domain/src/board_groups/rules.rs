//! Decisions on board groups, without I/O.

use mc_base::text;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::agents::heartbeat::{Cadence, default_config};

/// The heartbeat settings of an agent with another cadence; what else stands in them stays.
pub(super) fn heartbeat(stored: Option<&Map<String, Value>>, every: &Cadence) -> Map<String, Value> {
    let mut config = default_config();
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
    use serde_json::json;

    use super::*;

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
}
