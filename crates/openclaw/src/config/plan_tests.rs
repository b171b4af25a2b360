use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    }
}

fn agent(id: &str, workspace: &str, heartbeat: Value) -> AgentEntry {
    AgentEntry {
        id: id.to_owned(),
        workspace: Some(workspace.to_owned()),
        heartbeat: Some(object(heartbeat)),
    }
}

/// What gateways do with a patch (RFC 7396).
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let fields = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The configuration after the plan; a second plan for the same changes must find nothing to do.
fn apply(config: &Value, dialect: Dialect, changes: &Changes) -> Value {
    let mut after = config.clone();
    if let Some(patch) = plan(config.as_object().unwrap(), dialect, changes) {
        merge(&mut after, &patch);
    }
    assert_eq!(plan(after.as_object().unwrap(), dialect, changes), None, "{after}");
    after
}

fn flags() -> Map<String, Value> {
    object(json!({"showOk": false, "showAlerts": true, "useIndicator": true}))
}

#[test]
fn lists_keep_everything_else_and_come_whole() {
    let config =
        json!({"agents": {"list": [{"id": "main"}, "odd", {"id": "a", "model": "m", "workspace": "/old"}]}});
    let heartbeat = json!({"every": "10m", "target": "last", "includeReasoning": false});
    let changes = Changes {
        agents: vec![agent("a", "/new", heartbeat.clone()), agent("b", "/b", json!({"every": "1h"}))],
        ..Changes::default()
    };
    let after = apply(&config, Dialect::List, &changes);
    assert_eq!(
        after["agents"]["list"],
        json!([
            {"id": "main"},
            "odd",
            {"id": "a", "model": "m", "workspace": "/new", "heartbeat": heartbeat},
            {"id": "b", "workspace": "/b", "heartbeat": {"every": "1h"}},
        ])
    );
}

#[test]
fn entries_are_patched_alone_and_strictly() {
    let config = json!({"agents": {"entries": {"main": {}, "a": {"model": "m", "workspace": "/a",
        "heartbeat": {"every": "5m", "target": "none", "model": "old"}}}}});
    let heartbeat =
        json!({"every": "10m", "target": "last", "includeReasoning": false, "prompt": "Check in."});
    let changes = Changes { agents: vec![agent("a", "/a", heartbeat)], ..Changes::default() };
    assert_eq!(
        plan(config.as_object().unwrap(), Dialect::Entries, &changes).unwrap(),
        json!({"agents": {"entries": {"a": {"heartbeat": {"model": null, "every": "10m", "prompt": "Check in."}}}}})
    );
    let after = apply(&config, Dialect::Entries, &changes);
    assert_eq!(
        after["agents"]["entries"]["a"],
        json!({"model": "m", "workspace": "/a",
            "heartbeat": {"every": "10m", "target": "none", "prompt": "Check in."}})
    );
}

#[test]
fn a_target_that_would_keep_a_heartbeat_from_running_becomes_none() {
    let changes = |target: Value| Changes {
        agents: vec![AgentEntry {
            id: "a".to_owned(),
            workspace: None,
            heartbeat: Some(object(json!({"every": "10m", "target": target}))),
        }],
        ..Changes::default()
    };
    let target = |config: &Value, wanted: Value| {
        apply(config, Dialect::Entries, &changes(wanted))["agents"]["entries"]["a"]["heartbeat"]["target"]
            .clone()
    };
    let without = json!({"channels": {"defaults": {}}});
    let with = json!({"channels": {"telegram": {}}});
    assert_eq!(target(&without, json!("last")), "none");
    assert_eq!(target(&without, json!(null)), "none");
    assert_eq!(target(&with, json!("last")), "last");
    assert_eq!(target(&without, json!("telegram")), "telegram");
}

#[test]
fn removal_is_an_absence_or_a_null() {
    let changes = Changes { remove: vec!["a".to_owned(), "ghost".to_owned()], ..Changes::default() };
    let list = json!({"agents": {"list": [{"id": "a"}, {"id": "b"}]}});
    assert_eq!(apply(&list, Dialect::List, &changes), json!({"agents": {"list": [{"id": "b"}]}}));
    let entries = json!({"agents": {"entries": {"a": {}, "b": {}}}});
    assert_eq!(apply(&entries, Dialect::Entries, &changes), json!({"agents": {"entries": {"b": {}}}}));
}

#[test]
fn defaults_are_set_only_where_missing() {
    let changes =
        Changes { visibility: flags(), exec_host: Some("gateway".to_owned()), ..Changes::default() };
    for (dialect, key) in [(Dialect::List, "heartbeat"), (Dialect::Entries, "heartbeatVisibility")] {
        let config =
            json!({"channels": {"defaults": {key: {"showOk": true}}}, "tools": {"exec": {"host": ""}}});
        let after = apply(&config, dialect, &changes);
        assert_eq!(
            after["channels"]["defaults"],
            json!({key: {"showOk": true, "showAlerts": true, "useIndicator": true}})
        );
        assert_eq!(after["tools"]["exec"]["host"], "gateway");
        let set = json!({"channels": {"defaults": {key: flags()}}, "tools": {"exec": {"host": "node"}}});
        assert_eq!(plan(set.as_object().unwrap(), dialect, &changes), None);
    }
    assert_eq!(plan(&Map::new(), Dialect::List, &Changes::default()), None);
}

fn ids() -> impl Strategy<Value = String> {
    "[a-d]"
}

fn heartbeats() -> impl Strategy<Value = Map<String, Value>> {
    let names = prop::sample::select(vec!["every", "target", "prompt", "model", "includeReasoning"]);
    prop::collection::vec((names, "[a-z]{0,3}"), 0..5)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect())
}

fn agents() -> impl Strategy<Value = Vec<AgentEntry>> {
    let entry = (ids(), prop::option::of("/[a-z]{1,3}"), prop::option::of(heartbeats()))
        .prop_map(|(id, workspace, heartbeat)| AgentEntry { id, workspace, heartbeat });
    prop::collection::vec(entry, 0..4).prop_map(|mut agents| {
        agents.sort_by(|a, b| a.id.cmp(&b.id));
        agents.dedup_by(|a, b| a.id == b.id);
        agents
    })
}

proptest! {
    /// Whatever stands in a configuration: after the change the agents are as wanted, and nothing is left to do.
    #[test]
    fn one_patch_is_enough(before in agents(), wanted in agents(), entries in any::<bool>()) {
        let dialect = if entries { Dialect::Entries } else { Dialect::List };
        let empty = if entries { json!({"agents": {"entries": {}}}) } else { json!({"agents": {"list": []}}) };
        let config = apply(&empty, dialect, &Changes { agents: before, ..Changes::default() });
        let after = apply(&config, dialect, &Changes { agents: wanted.clone(), ..Changes::default() });
        for agent in wanted {
            let entry = match dialect {
                Dialect::Entries => after["agents"]["entries"].get(&agent.id),
                Dialect::List => after["agents"]["list"].as_array().unwrap().iter().find(|entry| entry["id"] == agent.id),
            };
            let entry = entry.unwrap();
            if let Some(workspace) = agent.workspace {
                prop_assert_eq!(&entry["workspace"], &json!(workspace));
            }
            if let Some(heartbeat) = agent.heartbeat {
                prop_assert_eq!(entry["heartbeat"].get("every"), heartbeat.get("every"));
            }
        }
    }
}

#[test]
fn merged_changes_keep_what_the_later_ones_leave_open() {
    let entry = |id: &str, workspace: Option<&str>, every: Option<&str>| AgentEntry {
        id: id.to_owned(),
        workspace: workspace.map(str::to_owned),
        heartbeat: every.map(|every| json!({"every": every}).as_object().cloned().unwrap()),
    };
    let mut all = Changes {
        agents: vec![entry("a", Some("/a"), Some("5m")), entry("b", Some("/b"), None)],
        remove: vec!["c".to_owned()],
        exec_host: Some("gateway".to_owned()),
        ..Changes::default()
    };
    all.merge(Changes {
        agents: vec![entry("a", None, Some("0m")), entry("c", Some("/c"), None)],
        remove: vec!["b".to_owned()],
        ..Changes::default()
    });
    let ids: Vec<&str> = all.agents.iter().map(|agent| agent.id.as_str()).collect();
    assert_eq!((ids, all.remove.as_slice()), (vec!["a", "c"], ["b".to_owned()].as_slice()));
    assert_eq!(all.agents[0].workspace.as_deref(), Some("/a"));
    assert_eq!(all.agents[0].heartbeat.as_ref().unwrap()["every"], "0m");
    assert_eq!(all.exec_host.as_deref(), Some("gateway"));
}
