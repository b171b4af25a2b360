//! The main agent of a gateway: it has no board, answers for the gateway, and passes messages on to leads.

use mc_store::{Json, Read, Txn, sql};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Gateway, rpc::MAIN_LABEL};
use crate::{
    Result,
    agents::{Agent, LifecycleState, agent_columns},
};

/// Whether something that was begun is not done.
pub(super) fn is_unfinished(agent: &Agent) -> bool {
    use LifecycleState::{Applying, Failed, GaveUp, Requested};
    matches!(agent.lifecycle_state, Requested | Applying | Failed | GaveUp)
}

/// The main agent of a gateway, if there is one.
pub(super) async fn find(on: &impl Read, gateway_id: Uuid) -> Result<Option<Agent>> {
    Ok(on
        .optional(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id = $1 AND board_id IS NULL"
            ))
            .bind(gateway_id),
        )
        .await?)
}

fn identity() -> Map<String, Value> {
    object(json!({
        "role": "Gateway Agent",
        "communication_style": "direct, concise, practical",
        "emoji": ":compass:",
    }))
}

fn heartbeat() -> Map<String, Value> {
    object(json!({ "every": "10m", "target": "last", "includeReasoning": false }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// Makes sure of the record. The caller holds the lock of the gateway, and the database allows no second one.
/// Tells whether anything was different.
pub(super) async fn ensure(txn: &Txn, gateway: &Gateway) -> Result<(Agent, bool)> {
    let name = format!("{} {MAIN_LABEL}", gateway.name);
    let session = gateway.main_session();
    let Some(found) = find(txn, gateway.id).await? else {
        txn.run_one(
            sql("INSERT INTO agents (id, organization_id, gateway_id, board_id, name, folded_name, status, is_board_lead,
                     openclaw_session_id, heartbeat_config, identity_profile, lifecycle_state, created_at, updated_at)
                 VALUES ($1, $2, $3, NULL, $4, $5, 'provisioning', FALSE, $6, $7, $8, 'requested', $9, $9)")
            .bind(txn.new_id())
            .bind(gateway.organization_id)
            .bind(gateway.id)
            .bind(name.as_str())
            .bind(name.to_lowercase())
            .bind(session)
            .bind(Json(heartbeat()))
            .bind(Json(identity()))
            .bind(txn.now()),
        )
        .await?;
        return Ok((reload(txn, gateway.id).await?, true));
    };
    let is_as_wanted = found.name == name
        && found.openclaw_session_id.as_ref() == Some(&session)
        && !found.is_board_lead
        && found.heartbeat_config.is_some()
        && found.identity_profile.is_some()
        && !found.status.is_empty();
    if is_as_wanted {
        return Ok((found, false));
    }
    txn.run_one(
        sql("UPDATE agents SET name = $2, folded_name = $3, openclaw_session_id = $4, is_board_lead = FALSE,
                 heartbeat_config = coalesce(heartbeat_config, $5), identity_profile = coalesce(identity_profile, $6),
                 status = CASE WHEN status = '' THEN 'provisioning' ELSE status END, updated_at = $7
             WHERE id = $1")
        .bind(found.id)
        .bind(name.as_str())
        .bind(name.to_lowercase())
        .bind(session)
        .bind(Json(heartbeat()))
        .bind(Json(identity()))
        .bind(txn.now()),
    )
    .await?;
    Ok((reload(txn, gateway.id).await?, true))
}

async fn reload(txn: &Txn, gateway_id: Uuid) -> Result<Agent> {
    find(txn, gateway_id).await?.ok_or_else(crate::Error::not_found)
}

/// Writes down that the agent is to be set up. What was begun before does not count any more.
pub(super) async fn request(txn: &Txn, agent_id: Uuid) -> Result<()> {
    txn.run_one(
        sql("UPDATE agents SET lifecycle_state = 'requested', provision_requested_at = $2, last_provision_error = NULL,
                 lifecycle_generation = lifecycle_generation + 1
             WHERE id = $1")
        .bind(agent_id)
        .bind(txn.now()),
    )
    .await?;
    Ok(())
}
