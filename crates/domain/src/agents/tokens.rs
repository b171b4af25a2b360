//! How agents prove who they are: the making, finding and changing of their tokens.
//!
//! A token is kept only as a keyed digest. A new one stands beside the present one until it is first
//! used, so that an agent that has not got it yet goes on.

use mc_base::{AgentToken, SecretString};
use mc_store::{Read, Txn, sql};
use uuid::Uuid;

use super::{Agent, model::agent_columns, queries, service};
use crate::{Context, Error, Result, access::OrgAdmin};

/// The label under which agent tokens are digested.
const PURPOSE: &str = "agent-token";

/// The keyed digest under which an agent's token is stored and found.
#[must_use]
pub fn digest(context: &Context, token: &str) -> Vec<u8> {
    context.key().digest(PURPOSE, token).to_vec()
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    agent: Agent,
    is_pending: bool,
}

/// The agent with this token: one indexed look-up, and none for a text that cannot be a token or for
/// a token that has expired. The first use of a new token ends the old one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_token(context: &Context, presented: &str) -> Result<Option<Agent>> {
    if !AgentToken::looks_valid(presented) {
        return Ok(None);
    }
    let digest = digest(context, presented);
    let found: Option<Found> = context
        .store()
        .optional(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                ", coalesce(pending_token_hash = $1, FALSE) AS is_pending
                 FROM agents WHERE token_hash = $1 OR pending_token_hash = $1"
            ))
            .bind(digest.clone()),
        )
        .await?;
    let Some(Found { agent, is_pending }) = found else { return Ok(None) };
    let now = context.store().clock().now();
    if agent.token_expires_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    if is_pending {
        promote(context, agent.id, digest).await?;
    }
    Ok(Some(agent))
}

/// Makes the new token the only one. Of two first uses at once, the second finds it done.
async fn promote(context: &Context, agent_id: Uuid, digest: Vec<u8>) -> Result<()> {
    let txn = context.store().begin().await?;
    txn.run(
        sql("UPDATE agents SET token_hash = pending_token_hash, pending_token_hash = NULL
             WHERE id = $1 AND pending_token_hash = $2")
        .bind(agent_id)
        .bind(digest),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// Gives an agent a new token, which is given back once. The present one works until the new one is
/// first used, or ends now with `revoke`. An agent without one has only the new one.
pub(crate) async fn issue(
    context: &Context,
    txn: &Txn,
    agent_id: Uuid,
    revoke: bool,
) -> Result<SecretString> {
    let token = AgentToken::generate(context.store().random());
    let digest = digest(context, token.expose());
    let beside = sql("UPDATE agents SET pending_token_hash = $2 WHERE id = $1 AND token_hash IS NOT NULL");
    if revoke || txn.run(beside.bind(agent_id).bind(digest.clone())).await? == 0 {
        txn.run_one(
            sql("UPDATE agents SET token_hash = $2, pending_token_hash = NULL WHERE id = $1")
                .bind(agent_id)
                .bind(digest),
        )
        .await?;
    }
    Ok(token.into_secret())
}

/// Issues a new token of an agent for an administrator, who gets it once.
///
/// # Errors
/// As [`queries::writable`]; `Conflict` when the agent's tokens have expired or it is being removed.
pub async fn renew(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    revoke: bool,
) -> Result<(Agent, SecretString)> {
    queries::writable(context, scope, agent_id).await?;
    let txn = context.store().begin().await?;
    let agent = service::lock(&txn, agent_id).await?;
    service::refuse_deleting(&agent)?;
    if agent.token_expires_at.is_some_and(|end| end <= txn.now()) {
        return Err(Error::conflict("token_expires_at has passed; set a later time first"));
    }
    let token = issue(context, &txn, agent_id, revoke).await?;
    let text = if revoke { "Token replaced" } else { "Token issued" };
    let event = service::event("agent.token.issued", &agent)
        .user(Some(scope.actor().user().id))
        .message(format!("{text}: {}", agent.name))
        .activity();
    txn.append(event).await?;
    txn.commit().await?;
    Ok((agent, token))
}
