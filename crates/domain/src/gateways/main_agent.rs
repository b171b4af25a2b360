//! The main agent of a gateway: it has no board, answers for the gateway, and passes messages on to leads.

use mc_store::{Json, Read, Txn, sql};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Gateway, rpc::MAIN_LABEL};
use crate::{
    Result,
    agents::{Agent, agent_columns},
};

/// What is to be done to the main agent on its gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It is new, or is set up anew.
    Provision,
    /// Its gateway was changed.
    Update,
}

impl Action {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Update => "update",
        }
    }
}

/// The main agent as its gateway wants it, and how far it is set up.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MainAgent {
    pub(super) agent: Agent,
    /// One more with each thing that is to be done to it: what was begun before does not count any more.
    pub(super) generation: i64,
    pub(super) state: String,
}

impl MainAgent {
    /// Whether something that was begun is not done.
    pub(super) fn is_unfinished(&self) -> bool {
        matches!(self.state.as_str(), "requested" | "applying" | "failed" | "gave_up")
    }
}

/// The main agent of a gateway, if there is one.
pub(super) async fn find(on: &impl Read, gateway_id: Uuid) -> Result<Option<MainAgent>> {
    let agent: Option<Agent> = on
        .optional(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id = $1 AND board_id IS NULL"
            ))
            .bind(gateway_id),
        )
        .await?;
    Ok(agent.map(|agent| MainAgent {
        generation: agent.lifecycle_generation,
        state: agent.lifecycle_state.as_str().to_owned(),
        agent,
    }))
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
pub(super) async fn ensure(txn: &Txn, gateway: &Gateway) -> Result<(MainAgent, bool)> {
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
    let agent = &found.agent;
    let is_as_wanted = agent.name == name
        && agent.openclaw_session_id.as_ref() == Some(&session)
        && !agent.is_board_lead
        && agent.heartbeat_config.is_some()
        && agent.identity_profile.is_some()
        && !agent.status.is_empty();
    if is_as_wanted {
        return Ok((found, false));
    }
    txn.run_one(
        sql("UPDATE agents SET name = $2, folded_name = $3, openclaw_session_id = $4, is_board_lead = FALSE,
                 heartbeat_config = coalesce(heartbeat_config, $5), identity_profile = coalesce(identity_profile, $6),
                 status = CASE WHEN status = '' THEN 'provisioning' ELSE status END, updated_at = $7
             WHERE id = $1")
        .bind(agent.id)
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

async fn reload(txn: &Txn, gateway_id: Uuid) -> Result<MainAgent> {
    find(txn, gateway_id).await?.ok_or_else(crate::Error::not_found)
}

/// Writes down that something is to be done, which ends whatever was begun before. Gives its generation.
pub(super) async fn request(txn: &Txn, agent_id: Uuid, action: Action) -> Result<i64> {
    let (generation,): (i64,) = txn
        .one(
            sql("UPDATE agents SET lifecycle_state = 'requested', provision_action = $2, provision_requested_at = $3,
                     last_provision_error = NULL, lifecycle_generation = lifecycle_generation + 1
                 WHERE id = $1 RETURNING lifecycle_generation")
            .bind(agent_id)
            .bind(action.as_str())
            .bind(txn.now()),
        )
        .await?;
    Ok(generation)
}

/// Writes down how it went, unless something newer was asked for meanwhile. Tells whether it counted.
pub(super) async fn settle(txn: &Txn, agent_id: Uuid, generation: i64, error: Option<&str>) -> Result<bool> {
    let update = match error {
        None => sql("UPDATE agents SET lifecycle_state = 'awaiting_checkin', provision_action = NULL,
                         provision_requested_at = NULL, last_provision_error = $3
                     WHERE id = $1 AND lifecycle_generation = $2"),
        Some(_) => sql("UPDATE agents SET lifecycle_state = 'failed', last_provision_error = $3
                        WHERE id = $1 AND lifecycle_generation = $2"),
    };
    Ok(txn.run(update.bind(agent_id).bind(generation).bind(error)).await? == 1)
}
