//! Use cases on agents, as far as they prove who they are.

use chrono::TimeDelta;
use mc_base::{AgentToken, SecretString};
use mc_store::{Read, Txn, sql};
use uuid::Uuid;

use super::{Agent, model::agent_columns};
use crate::{Context, Result};

/// The label under which agent tokens are digested.
const TOKEN_PURPOSE: &str = "agent-token";
/// A sign of life is written at most this often.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(30);

/// The keyed digest under which an agent's token is stored and found.
#[must_use]
pub fn token_digest(context: &Context, token: &str) -> Vec<u8> {
    context.key().digest(TOKEN_PURPOSE, token).to_vec()
}

/// The agent with this token: one indexed look-up, and none for a text that cannot be a token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_token(context: &Context, presented: &str) -> Result<Option<Agent>> {
    if !AgentToken::looks_valid(presented) {
        return Ok(None);
    }
    Ok(context
        .store()
        .optional(
            sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE token_hash = $1"))
                .bind(token_digest(context, presented)),
        )
        .await?)
}

/// Finds an agent by id.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_id(on: &impl Read, id: Uuid) -> Result<Option<Agent>> {
    Ok(on.optional(sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE id = $1")).bind(id)).await?)
}

/// The agents of a board, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn of_board(on: &impl Read, board_id: Uuid) -> Result<Vec<Agent>> {
    Ok(on
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE board_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1000"
            ))
            .bind(board_id),
        )
        .await?)
}

/// The agent that leads a board, if there is one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn lead_of(on: &impl Read, board_id: Uuid) -> Result<Option<Agent>> {
    Ok(on
        .optional(
            sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE board_id = $1 AND is_board_lead"))
                .bind(board_id),
        )
        .await?)
}

/// Whether a sign of life of this agent is worth writing down now.
#[must_use]
pub fn touch_is_due(context: &Context, agent: &Agent) -> bool {
    agent.last_seen_at.is_none_or(|seen| context.store().clock().now() - seen >= TOUCH_EVERY)
}

/// Writes down a sign of life, in a transaction of its own.
///
/// # Errors
/// When the database fails.
pub async fn touch(context: &Context, agent_id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    txn.run(
        sql("UPDATE agents SET last_seen_at = $2,
                 status = CASE WHEN status IN ('updating', 'deleting') THEN status ELSE 'online' END
             WHERE id = $1")
        .bind(agent_id)
        .bind(txn.now()),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// What an agent is made from. The rules of who may make one stand with the caller.
#[derive(Clone, Debug)]
pub struct NewAgent {
    /// The tenant.
    pub organization_id: Uuid,
    /// The board it works on.
    pub board_id: Option<Uuid>,
    /// The gateway it lives on.
    pub gateway_id: Option<Uuid>,
    /// The name.
    pub name: String,
    /// Whether it leads its board.
    pub is_board_lead: bool,
}

/// Writes an agent with a new token. The token is given back once and kept only as a digest.
///
/// # Errors
/// When the database refuses it, such as a second lead of a board.
pub async fn insert(context: &Context, txn: &Txn, new: NewAgent) -> Result<(Agent, SecretString)> {
    let token = AgentToken::generate(context.store().random());
    let agent: Agent = txn
        .one(
            sql(concat!(
                "INSERT INTO agents (id, organization_id, gateway_id, board_id, name, is_board_lead, token_hash, created_at, updated_at, folded_name)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) RETURNING ",
                agent_columns!()
            ))
            .bind(txn.new_id())
            .bind(new.organization_id)
            .bind(new.gateway_id)
            .bind(new.board_id)
            .bind(new.name.clone())
            .bind(new.is_board_lead)
            .bind(token_digest(context, token.expose()))
            .bind(txn.now())
            .bind(new.name.to_lowercase()),
        )
        .await?;
    Ok((agent, token.into_secret()))
}
