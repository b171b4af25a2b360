//! Bringing heartbeat settings to gateways.

use std::time::Duration;

use mc_store::{Read, sql};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::BoardGroup;
use crate::{
    Context, Result,
    agents::Agent,
    gateways::{
        self, Gateway,
        port::{Failure, GatewayError},
        rpc::{Answer, Rpc, within},
    },
};

/// How long one gateway has for all calls together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often the settings are read again when somebody else changed them meanwhile.
const TRIES: usize = 3;
/// What newer gateways take as the settings of a heartbeat; they refuse other keys.
const STRICT_KEYS: [&str; 13] = [
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

/// A gateway on which boards of a group have their agents.
#[derive(Clone, Debug)]
pub(super) struct GroupGateway {
    gateway: Gateway,
    boards: Vec<Uuid>,
}

impl GroupGateway {
    pub(super) fn id(&self) -> Uuid {
        self.gateway.id
    }

    /// Those agents that live on this gateway.
    pub(super) fn agents_among<'a>(&self, agents: &'a [Agent]) -> Vec<&'a Agent> {
        let is_here = |agent: &&Agent| agent.board_id.is_some_and(|board| self.boards.contains(&board));
        agents.iter().filter(is_here).collect()
    }
}

/// The gateways of a group's boards.
pub(super) async fn gateways_of(on: &impl Read, group: &BoardGroup) -> Result<Vec<GroupGateway>> {
    let gateways: Vec<Gateway> = on
        .all(
            sql("SELECT * FROM gateways WHERE organization_id = $2
                   AND id IN (SELECT gateway_id FROM boards WHERE board_group_id = $1)
                 ORDER BY id")
            .bind(group.id)
            .bind(group.organization_id),
        )
        .await?;
    let boards: Vec<(Uuid, Uuid)> = on
        .all(
            sql("SELECT id, gateway_id FROM boards WHERE board_group_id = $1 AND gateway_id IS NOT NULL")
                .bind(group.id),
        )
        .await?;
    let with_boards = gateways.into_iter().map(|gateway| GroupGateway {
        boards: boards.iter().filter(|(_, id)| *id == gateway.id).map(|(board, _)| *board).collect(),
        gateway,
    });
    Ok(with_boards.collect())
}

/// Brings the settings of these agents into the configuration of their gateway, in one change. Gives those that the
/// gateway does not know: they get their settings when they are set up there.
pub(super) async fn heartbeats(
    context: &Context,
    gateway: &GroupGateway,
    agents: &[&Agent],
) -> Answer<Vec<Uuid>> {
    if agents.is_empty() {
        return Ok(Vec::new());
    }
    let target = gateway.gateway.target(context).map_err(|_| {
        GatewayError::new(Failure::Auth, "The token of the gateway was stored under another server key")
    })?;
    let rpc = Rpc::new(context, &target);
    within(PATIENCE, async {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = rpc.config_get().await?;
            let change = change(&answer, agents);
            let Some(patch) = change.patch else { return Ok(change.unknown) };
            match rpc.config_patch(&patch, answer.get("hash").and_then(Value::as_str)).await {
                Ok(()) => return Ok(change.unknown),
                Err(error) if error.failure == Failure::Conflict && tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    })
    .await
}

/// What is to be changed in the configuration of a gateway.
#[derive(Debug, PartialEq)]
struct Change {
    /// None when everything is as it should be.
    patch: Option<Value>,
    unknown: Vec<Uuid>,
}

/// Older gateways have a list of agents, which a patch replaces as a whole; newer ones an object of agents by id, into
/// which a patch is merged.
fn change(answer: &Value, agents: &[&Agent]) -> Change {
    let config = [answer.get("config"), answer.get("parsed")].into_iter().flatten().find(|it| it.is_object());
    let configured = config.and_then(|config| config.get("agents"));
    let wanted: Vec<(&Agent, String)> = agents.iter().map(|agent| (*agent, key(agent))).collect();
    if let Some(list) = configured.and_then(|agents| agents.get("list")).and_then(Value::as_array) {
        return change_list(list, &wanted);
    }
    let entries = configured.and_then(|agents| agents.get("entries")).and_then(Value::as_object);
    change_entries(entries, &wanted)
}

fn change_list(list: &[Value], wanted: &[(&Agent, String)]) -> Change {
    let mut changed = list.to_vec();
    let mut unknown = Vec::new();
    for (agent, key) in wanted {
        let entry = changed.iter_mut().find(|entry| entry.get("id").and_then(Value::as_str) == Some(key));
        match entry.and_then(Value::as_object_mut) {
            Some(entry) => {
                let settings = agent.heartbeat_config.clone().unwrap_or_default();
                entry.insert("heartbeat".into(), Value::Object(settings.0));
            }
            None => unknown.push(agent.id),
        }
    }
    let patch = (changed != list).then(|| json!({ "agents": { "list": changed } }));
    Change { patch, unknown }
}

fn change_entries(entries: Option<&Map<String, Value>>, wanted: &[(&Agent, String)]) -> Change {
    let mut changed = Map::new();
    let mut unknown = Vec::new();
    for (agent, key) in wanted {
        let Some(entry) = entries.and_then(|entries| entries.get(key)) else {
            unknown.push(agent.id);
            continue;
        };
        let mut settings = agent.heartbeat_config.clone().unwrap_or_default().0;
        settings.retain(|name, _| STRICT_KEYS.contains(&name.as_str()));
        // Without a channel these gateways skip every heartbeat that is for the last one.
        let present = entry.pointer("/heartbeat/target").cloned();
        settings.insert("target".into(), present.unwrap_or_else(|| "none".into()));
        let differs =
            |(name, value): (&String, &Value)| entry.pointer(&format!("/heartbeat/{name}")) != Some(value);
        if settings.iter().any(differs) {
            changed.insert(key.clone(), json!({ "heartbeat": settings }));
        }
    }
    let patch = (!changed.is_empty()).then(|| json!({ "agents": { "entries": changed } }));
    Change { patch, unknown }
}

/// The id under which a gateway knows an agent: a part of its session, else made from the ids.
fn key(agent: &Agent) -> String {
    let session = agent.openclaw_session_id.as_deref();
    match (session.and_then(gateways::agent_key), agent.board_id) {
        (Some(key), _) => key.to_owned(),
        (_, Some(board)) if agent.is_board_lead => format!("lead-{board}"),
        _ => format!("mc-{}", agent.id),
    }
}

#[cfg(test)]
mod tests {
    use mc_store::Json;

    use super::*;
    use crate::testing;

    fn agent(name: &str, every: &str) -> Agent {
        let config = json!({"every": every, "target": "last", "includeReasoning": false});
        Agent {
            heartbeat_config: Some(Json(config.as_object().cloned().unwrap())),
            openclaw_session_id: Some(format!("agent:mc-{name}:main")),
            ..testing::agent(name)
        }
    }

    #[test]
    fn a_list_is_sent_back_whole_with_the_new_settings() {
        let (ada, bob) = (agent("ada", "5m"), agent("bob", "5m"));
        let answer = json!({"hash": "h", "config": {"agents": {"list": [
            "odd", {"id": "main"}, {"id": "mc-ada", "workspace": "/w", "heartbeat": {"every": "1h"}}
        ]}}});
        let change = change(&answer, &[&ada, &bob]);
        let heartbeat = json!({"every": "5m", "target": "last", "includeReasoning": false});
        let expected = json!({"agents": {"list": [
            "odd", {"id": "main"}, {"id": "mc-ada", "workspace": "/w", "heartbeat": heartbeat}
        ]}});
        assert_eq!(change, Change { patch: Some(expected), unknown: vec![bob.id] });
    }

    #[test]
    fn entries_are_merged_with_the_keys_that_the_gateway_takes() {
        let (ada, bob) = (agent("ada", "5m"), agent("bob", "5m"));
        let answer = json!({"parsed": {"agents": {"entries": {
            "mc-ada": {"heartbeat": {"every": "1h", "target": "slack"}}, "mc-bob": {}
        }}}});
        let expected = json!({"agents": {"entries": {
            "mc-ada": {"heartbeat": {"every": "5m", "target": "slack"}},
            "mc-bob": {"heartbeat": {"every": "5m", "target": "none"}}
        }}});
        assert_eq!(change(&answer, &[&ada, &bob]), Change { patch: Some(expected), unknown: vec![] });
    }

    #[test]
    fn nothing_is_sent_when_nothing_changes_or_nobody_is_known() {
        let ada = agent("ada", "5m");
        let heartbeat = json!({"every": "5m", "target": "last", "includeReasoning": false});
        let list = json!({"config": {"agents": {"list": [{"id": "mc-ada", "heartbeat": heartbeat}]}}});
        assert_eq!(change(&list, &[&ada]), Change { patch: None, unknown: vec![] });
        let strict = json!({"every": "5m", "target": "none"});
        let entries = json!({"config": {"agents": {"entries": {"mc-ada": {"heartbeat": strict}}}}});
        assert_eq!(change(&entries, &[&ada]), Change { patch: None, unknown: vec![] });
        for answer in [json!(null), json!({"config": "x"}), json!({"config": {}})] {
            assert_eq!(change(&answer, &[&ada]), Change { patch: None, unknown: vec![ada.id] }, "{answer}");
        }
    }

    #[test]
    fn an_agent_is_known_by_its_session_or_by_its_ids() {
        let worker = testing::agent("ada");
        assert_eq!(key(&worker), format!("mc-{}", worker.id));
        let lead = Agent { is_board_lead: true, ..worker.clone() };
        assert_eq!(key(&lead), format!("lead-{}", Uuid::from_u128(1)));
        for (session, expected) in [
            ("agent:old-key:main", "old-key".to_owned()),
            ("session", format!("mc-{}", worker.id)),
            ("agent:", format!("mc-{}", worker.id)),
        ] {
            assert_eq!(key(&Agent { openclaw_session_id: Some(session.into()), ..worker.clone() }), expected);
        }
    }
}
