//! Decisions on board groups, without I/O.

use serde_json::{Map, Value};

use crate::agents::heartbeat::{Cadence, default_config};

/// The heartbeat settings of an agent with another cadence; what else stands in them stays.
pub(super) fn heartbeat(stored: Option<&Map<String, Value>>, every: &Cadence) -> Map<String, Value> {
    let mut config = default_config();
    config.extend(stored.cloned().unwrap_or_default());
    config.insert("every".into(), every.as_str().into());
    config.insert("target".into(), "last".into());
    config
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
}
