//! Bringing heartbeat settings to gateways.

use std::time::Duration;

use mc_openclaw::config::{AgentEntry, Changes, Dialect};
use mc_store::{Read, sql};
use uuid::Uuid;

use super::BoardGroup;
use crate::{
    Context, Result,
    agents::{Agent, heartbeat, heartbeat::Wake},
    gateways::{
        self, Gateway,
        port::{Failure, GatewayError},
        rpc::{Answer, Rpc, within},
    },
};

/// How long one gateway has for all calls together.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// Brings the settings of these agents into the configuration of their gateway, in one change. Only a gateway that keeps
/// the time of an agent needs them. Gives those that the gateway does not know: they get their settings when they are
/// set up there.
pub(super) async fn heartbeats(
    context: &Context,
    gateway: &GroupGateway,
    agents: &[&Agent],
) -> Answer<Vec<Uuid>> {
    let agents: Vec<&Agent> =
        agents.iter().copied().filter(|agent| agent.wake() == Some(Wake::Always)).collect();
    if agents.is_empty() {
        return Ok(Vec::new());
    }
    let target = gateway.gateway.target(context).map_err(|_| {
        GatewayError::new(Failure::Auth, "The token of the gateway was stored under another server key")
    })?;
    let rpc = Rpc::new(context, &target);
    within(PATIENCE, async {
        let hello = rpc.hello().await?;
        let config = rpc.config().await?.config;
        let dialect = Dialect::detect(&config, &hello);
        let (known, unknown): (Vec<_>, Vec<_>) =
            agents.iter().partition(|agent| dialect.has_agent(&config, &key(agent)));
        if !known.is_empty() {
            let agents = known.into_iter().map(|agent| entry(agent, dialect)).collect();
            rpc.change_config(Changes { agents, ..Changes::default() }).await?;
        }
        Ok(unknown.into_iter().map(|agent| agent.id).collect())
    })
    .await
}

fn entry(agent: &Agent, dialect: Dialect) -> AgentEntry {
    AgentEntry { id: key(agent), workspace: None, heartbeat: Some(heartbeat::entry_of(agent, dialect)) }
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
    use super::*;
    use crate::testing;

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
