//! Which form of the configuration a gateway has.

use serde_json::{Map, Value};

use crate::hello::Hello;

/// The forms of agent configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `agents.list`, an array of objects with an `id`; visibility in `channels.defaults.heartbeat`.
    List,
    /// `agents.entries`, an object by agent id; visibility in `channels.defaults.heartbeatVisibility`. Heartbeats
    /// take only known keys, and run only with an explicit target.
    Entries,
}

impl Dialect {
    /// The form of this configuration. One without any agent says nothing; then the gateway's version decides.
    #[must_use]
    pub fn detect(config: &Map<String, Value>, hello: &Hello) -> Self {
        let agents = config.get("agents");
        let is = |name: &str, test: fn(&Value) -> bool| {
            agents.and_then(|agents| agents.get(name)).is_some_and(test)
        };
        if is("entries", Value::is_object) {
            return Self::Entries;
        }
        if is("list", Value::is_array) || hello.protocol < 4 {
            return Self::List;
        }
        match hello.server_version.as_deref().and_then(year_and_month) {
            Some(version) if version < (2026, 8) => Self::List,
            _ => Self::Entries,
        }
    }

    /// Whether an agent of this id stands in the configuration.
    #[must_use]
    pub fn has_agent(self, config: &Map<String, Value>, id: &str) -> bool {
        let agents = config.get("agents");
        match self {
            Self::List => {
                agents.and_then(|agents| agents.get("list")).and_then(Value::as_array).is_some_and(|list| {
                    list.iter().any(|entry| entry.get("id").and_then(Value::as_str) == Some(id))
                })
            }
            Self::Entries => agents
                .and_then(|agents| agents.get("entries"))
                .is_some_and(|entries| entries.get(id).is_some()),
        }
    }

    /// The key in `channels.defaults` for the visibility of heartbeats.
    pub(super) fn visibility(self) -> &'static str {
        match self {
            Self::List => "heartbeat",
            Self::Entries => "heartbeatVisibility",
        }
    }
}

/// Year and month of a version like `2026.8.1`.
fn year_and_month(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hello(version: &str, protocol: u32) -> Hello {
        Hello::parse(json!({"protocol": protocol, "server": {"version": version}})).unwrap()
    }

    #[test]
    fn data_decide_before_versions() {
        let cases = [
            (json!({"agents": {"entries": {}}}), "2026.4.2", 3, Dialect::Entries),
            (json!({"agents": {"list": []}}), "2026.9.6", 4, Dialect::List),
            (json!({"agents": {"defaults": {}}}), "2026.9.6", 4, Dialect::Entries),
            (json!({"agents": {"list": null}}), "2026.7.1", 4, Dialect::List),
            (json!({}), "2026.5.7", 3, Dialect::List),
            (json!({}), "dev", 4, Dialect::Entries),
            (json!({"agents": 7}), "2027.1.1", 4, Dialect::Entries),
        ];
        for (config, version, protocol, dialect) in cases {
            let config = config.as_object().unwrap();
            assert_eq!(Dialect::detect(config, &hello(version, protocol)), dialect, "{config:?} {version}");
        }
    }

    #[test]
    fn agents_are_found_in_both_forms() {
        let list = json!({"agents": {"list": ["odd", {"id": "a"}]}});
        let entries = json!({"agents": {"entries": {"a": {}}}});
        for (config, dialect) in [(list, Dialect::List), (entries, Dialect::Entries)] {
            let config = config.as_object().unwrap();
            assert!(dialect.has_agent(config, "a") && !dialect.has_agent(config, "b"));
        }
        assert!(!Dialect::List.has_agent(&Map::new(), "a") && !Dialect::Entries.has_agent(&Map::new(), "a"));
    }
}
