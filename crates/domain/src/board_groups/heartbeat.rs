//! How often the agents of a group check in.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use mc_store::{Json, Read, Txn, events::NewEvent};
use sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{Cadence, jobs, push, queries, rules, service};
use crate::{
    Context, Result,
    access::GroupConductor,
    agents::{Agent, heartbeat::Wake},
};

/// How many ids one statement names.
const CHUNK: usize = 500;

/// What became of a new cadence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The agents whose settings were changed, oldest first.
    pub updated: Vec<Uuid>,
    /// Those of them for whom the new cadence does not count yet: their gateway keeps their time and does not have it, or
    /// they have no gateway, and nobody can make them keep it.
    pub failed: Vec<Uuid>,
}

/// Sets the cadence of the agents of a group, with or without the leads of its boards. For agents whose time this server
/// keeps that is all; to gateways that keep the time of an agent it is brought, and again by a job when they could not
/// take it now.
///
/// # Errors
/// `NotFound` when the group is gone meanwhile. A gateway that fails is an outcome, not an error.
pub async fn apply(
    context: &Context,
    scope: &GroupConductor,
    every: &Cadence,
    include_leads: bool,
) -> Result<Outcome> {
    let txn = context.store().begin().await?;
    let group = service::lock(&txn, scope.group()).await?;
    let mut agents = queries::agents(&txn, &group).await?;
    agents.retain(|agent| include_leads || !agent.is_board_lead);
    for agent in &mut agents {
        let stored = agent.heartbeat_config.take();
        agent.heartbeat_config = Some(Json(rules::heartbeat(stored.as_ref().map(|json| &json.0), every)));
    }
    save(&txn, &agents).await?;
    for agent in &agents {
        let event = NewEvent::new("agent.updated", group.organization_id).agent(Some(agent.id));
        let event = event.user(scope.actor().user_id());
        txn.append(match agent.board_id {
            Some(board) => event.board(board),
            None => event,
        })
        .await?;
    }
    let gateways = push::gateways_of(&txn, &group).await?;
    txn.commit().await?;

    let pushes = join_all(gateways.iter().map(|gateway| {
        let own = gateway.agents_among(&agents);
        async move {
            let pushed = push::heartbeats(context, gateway, &own).await;
            (gateway, own, pushed)
        }
    }))
    .await;
    let is_on_gateway = |agent: &&Agent| {
        gateways.iter().any(|gateway| gateway.agents_among(std::slice::from_ref(*agent)).len() == 1)
    };
    let mut failed: Vec<Uuid> =
        agents.iter().filter(|agent| !is_on_gateway(agent)).map(|agent| agent.id).collect();
    let mut later = Vec::new();
    for (gateway, own, pushed) in pushes {
        match pushed {
            Ok(unknown) => failed.extend(unknown),
            Err(error) => {
                tracing::warn!(gateway.id = %gateway.id(), %error, "board_group.heartbeat.push_failed");
                let kept_there = own.iter().filter(|agent| agent.wake() == Some(Wake::Always));
                failed.extend(kept_there.map(|agent| agent.id));
                if error.is_transient() && !own.is_empty() {
                    later.push(gateway.id());
                }
            }
        }
    }
    if !later.is_empty() {
        let txn = context.store().begin().await?;
        for gateway_id in later {
            txn.enqueue(jobs::heartbeats(&group, gateway_id)).await?;
        }
        txn.commit().await?;
    }
    let updated: Vec<Uuid> = agents.iter().map(|agent| agent.id).collect();
    let failed = updated.iter().copied().filter(|id| failed.contains(id)).collect();
    Ok(Outcome { updated, failed })
}

/// Writes the settings; agents with the same ones share a statement.
async fn save(txn: &Txn, agents: &[Agent]) -> Result<()> {
    let mut alike: BTreeMap<String, Vec<&Agent>> = BTreeMap::new();
    for agent in agents {
        let config = agent.heartbeat_config.as_ref().map(|json| serde_json::Value::Object(json.0.clone()));
        alike.entry(config.unwrap_or_default().to_string()).or_default().push(agent);
    }
    for (config, agents) in &alike {
        for chunk in agents.chunks(CHUNK) {
            let update = Query::update()
                .table(Alias::new("agents"))
                .value(Alias::new("heartbeat_config"), config.as_str())
                .value(Alias::new("updated_at"), txn.now())
                .and_where(Expr::col(Alias::new("id")).is_in(chunk.iter().map(|agent| agent.id)))
                .take();
            txn.run(txn.render(&update)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
