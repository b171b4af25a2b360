//! The patch that brings a configuration into the wanted state.

use serde_json::{Map, Value, json};

use super::Dialect;

/// The keys of a heartbeat that gateways with the dialect [`Dialect::Entries`] take; they refuse all others.
const HEARTBEAT_KEYS: [&str; 13] = [
    "agentId",
    "every",
    "activeHours",
    "model",
    "session",
    "target",
    "directPolicy",
    "to",
    "accountId",
    "prompt",
    "timeoutSeconds",
    "lightContext",
    "isolatedSession",
];

/// An agent as it should stand in the configuration. What is `None` stays as it is, and so do all other keys.
#[derive(Debug, Clone, Default)]
pub struct AgentEntry {
    /// Its id.
    pub id: String,
    /// The folder of its files.
    pub workspace: Option<String>,
    /// Its heartbeat, which replaces the present one as a whole.
    pub heartbeat: Option<Map<String, Value>>,
}

/// What should become of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Agents to add or to change.
    pub agents: Vec<AgentEntry>,
    /// Ids of agents to take out. Gateways with [`Dialect::Entries`] refuse that while the agent exists: delete the
    /// agent instead, which takes it out of the configuration as well.
    pub remove: Vec<String>,
    /// Flags for the visibility of heartbeats (`showOk`, `showAlerts`, `useIndicator`), set only where missing.
    pub visibility: Map<String, Value>,
    /// `tools.exec.host`, set only where it is missing or empty: it decides where agents run commands.
    pub exec_host: Option<String>,
}

impl Changes {
    /// Takes in further changes. Where both say something about the same thing, `other` counts.
    pub fn merge(&mut self, other: Self) {
        for agent in other.agents {
            self.remove.retain(|id| *id != agent.id);
            match self.agents.iter_mut().find(|present| present.id == agent.id) {
                Some(present) => {
                    present.workspace = agent.workspace.or_else(|| present.workspace.take());
                    present.heartbeat = agent.heartbeat.or_else(|| present.heartbeat.take());
                }
                None => self.agents.push(agent),
            }
        }
        self.agents.retain(|agent| !other.remove.contains(&agent.id));
        self.remove.extend(other.remove);
        self.visibility.extend(other.visibility);
        self.exec_host = other.exec_host.or_else(|| self.exec_host.take());
    }
}

/// The merge patch that a configuration still needs, or `None` when it is as wanted.
#[must_use]
pub fn plan(config: &Map<String, Value>, dialect: Dialect, changes: &Changes) -> Option<Value> {
    let mut patch = Map::new();
    let agents = match dialect {
        Dialect::List => list(config, changes).map(|list| json!({"list": list})),
        Dialect::Entries => entries(config, changes).map(|entries| json!({"entries": entries})),
    };
    if let Some(agents) = agents {
        patch.insert("agents".to_owned(), agents);
    }
    if let Some(visibility) = visibility(config, dialect, &changes.visibility) {
        patch.insert("channels".to_owned(), json!({"defaults": {dialect.visibility(): visibility}}));
    }
    if let Some(host) = &changes.exec_host {
        let present = at(config, &["tools", "exec", "host"]).and_then(Value::as_str).unwrap_or_default();
        if present.is_empty() {
            patch.insert("tools".to_owned(), json!({"exec": {"host": host}}));
        }
    }
    (!patch.is_empty()).then(|| Value::Object(patch))
}

/// The whole list, since patches replace arrays; `None` when nothing in it changes.
fn list(config: &Map<String, Value>, changes: &Changes) -> Option<Vec<Value>> {
    let present = at(config, &["agents", "list"]).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut wanted = present.clone();
    let id = |entry: &Value| entry.get("id").and_then(Value::as_str).map(str::to_owned);
    wanted.retain(|entry| !id(entry).is_some_and(|id| changes.remove.contains(&id)));
    for agent in &changes.agents {
        let place =
            wanted.iter().position(|entry| id(entry).as_deref() == Some(&agent.id)).unwrap_or_else(|| {
                wanted.push(json!({"id": agent.id}));
                wanted.len() - 1
            });
        if let Some(workspace) = &agent.workspace {
            wanted[place]["workspace"] = json!(workspace);
        }
        if let Some(heartbeat) = &agent.heartbeat {
            wanted[place]["heartbeat"] = json!(heartbeat);
        }
    }
    (wanted != present).then_some(wanted)
}

/// The entries that change, and in them only what changes; `None` when nothing does.
fn entries(config: &Map<String, Value>, changes: &Changes) -> Option<Map<String, Value>> {
    let present = at(config, &["agents", "entries"]).and_then(Value::as_object);
    let entry = |id: &str| present.and_then(|entries| entries.get(id));
    let mut wanted = Map::new();
    for agent in &changes.agents {
        let mut patch = Map::new();
        let field = |name: &str| entry(&agent.id).and_then(|entry| entry.get(name));
        if let Some(workspace) = &agent.workspace
            && field("workspace").and_then(Value::as_str) != Some(workspace)
        {
            patch.insert("workspace".to_owned(), json!(workspace));
        }
        if let Some(heartbeat) = &agent.heartbeat {
            let heartbeat = strict_heartbeat(heartbeat, has_channels(config));
            if let Some(heartbeat) = replace(field("heartbeat").and_then(Value::as_object), heartbeat) {
                patch.insert("heartbeat".to_owned(), Value::Object(heartbeat));
            }
        }
        if !patch.is_empty() || entry(&agent.id).is_none() {
            wanted.insert(agent.id.clone(), Value::Object(patch));
        }
    }
    for id in changes.remove.iter().filter(|id| entry(id).is_some()) {
        wanted.insert(id.clone(), Value::Null);
    }
    (!wanted.is_empty()).then_some(wanted)
}

/// A heartbeat as strict gateways take it: known keys only, and a target that does not keep it from running. `last`
/// means the channel of the last conversation; where there is no channel, such a heartbeat would be skipped.
fn strict_heartbeat(heartbeat: &Map<String, Value>, channels: bool) -> Map<String, Value> {
    let mut strict: Map<String, Value> = heartbeat
        .iter()
        .filter(|(name, value)| HEARTBEAT_KEYS.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let target = strict.get("target").and_then(Value::as_str).unwrap_or_default();
    if target.is_empty() || target == "last" && !channels {
        strict.insert("target".to_owned(), json!("none"));
    }
    strict
}

/// The merge patch that turns one object into the other: keys that must go become null.
fn replace(present: Option<&Map<String, Value>>, wanted: Map<String, Value>) -> Option<Map<String, Value>> {
    let Some(present) = present else {
        return Some(wanted);
    };
    let mut patch: Map<String, Value> = present
        .keys()
        .filter(|name| !wanted.contains_key(*name))
        .map(|name| (name.clone(), Value::Null))
        .collect();
    for (name, value) in wanted {
        match (present.get(&name), value) {
            (Some(old), new) if *old == new => {}
            (Some(Value::Object(old)), Value::Object(new)) => {
                patch.extend(replace(Some(old), new).map(|inner| (name, Value::Object(inner))));
            }
            (_, new) => {
                patch.insert(name, new);
            }
        }
    }
    (!patch.is_empty()).then_some(patch)
}

fn visibility(
    config: &Map<String, Value>,
    dialect: Dialect,
    flags: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let present = at(config, &["channels", "defaults", dialect.visibility()]);
    let missing: Map<String, Value> = flags
        .iter()
        .filter(|(name, _)| present.and_then(|present| present.get(name.as_str())).is_none())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!missing.is_empty()).then_some(missing)
}

/// Whether a channel is configured besides the defaults.
fn has_channels(config: &Map<String, Value>) -> bool {
    let channels = config.get("channels").and_then(Value::as_object);
    channels.is_some_and(|channels| channels.keys().any(|name| name != "defaults"))
}

fn at<'a>(config: &'a Map<String, Value>, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(config.get(*first)?, |value, name| value.get(*name))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
