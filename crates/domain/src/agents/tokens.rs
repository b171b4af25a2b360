//! How agents prove who they are: the making, finding and changing of their tokens.
//!
//! Tokens are found by a keyed digest. A new one stands beside the present one until it is first used, so that an agent
//! that has not got it yet goes on. For agents on gateways a sealed copy stands beside the digest, so that their files
//! can be written again with the token that they have; of the tokens of other agents only the digest is kept.

use mc_base::{AgentToken, SecretString};
use mc_store::{Read, Txn, sql};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{Agent, legacy, lifecycle, model::agent_columns, queries, service};
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

/// Whether a bearer token has the shape of an agent's: of one of ours, or of one that the reference server made.
#[must_use]
pub fn looks_like_one(presented: &str) -> bool {
    AgentToken::looks_valid(presented) || legacy::looks_made(presented)
}

/// The agent with this token: one indexed look-up, and none for a text that cannot be a token or for
/// a token that has expired. The first use of a new token ends the old one. A token that no look-up
/// finds may be one of the reference server, see [`legacy`].
///
/// # Errors
/// When the database cannot be reached; `Unavailable` when too many tokens of the reference server are tried.
pub async fn by_token(context: &Context, presented: &str) -> Result<Option<Agent>> {
    let is_ours = AgentToken::looks_valid(presented);
    if !is_ours && !legacy::may_be_token(presented) {
        return Ok(None);
    }
    let digest = digest(context, presented);
    let found = by_digest(context, &digest).await?;
    if found.is_some() || is_ours || legacy::adopt(context, presented, &digest).await?.is_none() {
        return Ok(found);
    }
    by_digest(context, &digest).await
}

/// The agent whose token has this [`digest`], unless its tokens have expired; none when the token was replaced. A new
/// token counts as used by it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_digest(context: &Context, digest: &[u8]) -> Result<Option<Agent>> {
    let digest = digest.to_vec();
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
        sql("UPDATE agents SET token_hash = pending_token_hash, pending_token_hash = NULL,
                 token_sealed = pending_token_sealed, pending_token_sealed = NULL, imported_token_hash = NULL
             WHERE id = $1 AND pending_token_hash = $2")
        .bind(agent_id)
        .bind(digest),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// The token of one agent does not open as that of another.
pub(crate) fn sealing_purpose(agent_id: Uuid) -> String {
    format!("agent-token:{agent_id}")
}

/// A token as it lies in the row of an agent.
struct Stored {
    digest: Vec<u8>,
    sealed: Option<String>,
}

impl Stored {
    fn new(context: &Context, agent_id: Uuid, token: &str, on_gateway: bool) -> Self {
        let (key, random) = (context.key(), context.store().random());
        let sealed = on_gateway.then(|| key.seal(random, &sealing_purpose(agent_id), token));
        Self { digest: digest(context, token), sealed }
    }
}

/// Gives an agent a new token, which is given back once. The present one works until the new one is
/// first used, or ends now with `revoke`. An agent without one has only the new one.
pub(crate) async fn issue(
    context: &Context,
    txn: &Txn,
    agent_id: Uuid,
    revoke: bool,
) -> Result<SecretString> {
    let (on_gateway, has_token): (bool, bool) = txn
        .one(
            sql("SELECT gateway_id IS NOT NULL, token_hash IS NOT NULL OR imported_token_hash IS NOT NULL
                 FROM agents WHERE id = $1")
            .bind(agent_id),
        )
        .await?;
    let token = AgentToken::generate(context.store().random());
    let Stored { digest, sealed } = Stored::new(context, agent_id, token.expose(), on_gateway);
    let update = if has_token && !revoke {
        sql("UPDATE agents SET pending_token_hash = $2, pending_token_sealed = $3 WHERE id = $1")
    } else {
        sql("UPDATE agents SET token_hash = $2, token_sealed = $3, pending_token_hash = NULL,
                 pending_token_sealed = NULL, imported_token_hash = NULL
             WHERE id = $1")
    };
    txn.run_one(update.bind(agent_id).bind(digest).bind(sealed)).await?;
    Ok(token.into_secret())
}

/// The token that is to stand in the files of an agent on a gateway: the pending one if there is one, else the present
/// one. Where no copy of it is kept (the agent came from another server, or lived elsewhere before), or with `renew`, a
/// new one is made, which stands beside the present one until it is first used. Whoever writes it into files has
/// committed the transaction before.
///
/// # Errors
/// When the database refuses it.
pub(super) async fn for_files(
    context: &Context,
    txn: &Txn,
    agent_id: Uuid,
    renew: bool,
) -> Result<SecretString> {
    let (present, pending): (Option<String>, Option<String>) = txn
        .one(
            sql("SELECT CASE WHEN pending_token_hash IS NULL THEN token_sealed END, pending_token_sealed
                 FROM agents WHERE id = $1")
            .bind(agent_id),
        )
        .await?;
    // A copy that was sealed under another server key is no copy.
    let open = |sealed: String| context.key().open(&sealing_purpose(agent_id), &sealed).ok();
    let known = pending.or(present).filter(|_| !renew).and_then(open);
    // A token that would not be accepted is never given out: the digest must be that of the copy.
    if let Some(token) = known {
        let digest = digest(context, token.expose_secret());
        let is_valid: Option<(Uuid,)> = txn
            .optional(
                sql("SELECT id FROM agents WHERE id = $1 AND (token_hash = $2 OR pending_token_hash = $2)")
                    .bind(agent_id)
                    .bind(digest),
            )
            .await?;
        if is_valid.is_some() {
            return Ok(token);
        }
    }
    issue(context, txn, agent_id, false).await
}

/// Drops the sealed copies of the tokens of an agent whose files are not written any more.
pub(super) async fn forget_copies(txn: &Txn, agent_id: Uuid) -> Result<()> {
    txn.run_one(
        sql("UPDATE agents SET token_sealed = NULL, pending_token_sealed = NULL WHERE id = $1")
            .bind(agent_id),
    )
    .await?;
    Ok(())
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
    // Its files get the new token; until it uses that, the present one works.
    lifecycle::refresh(&txn, std::slice::from_ref(&agent)).await?;
    txn.commit().await?;
    Ok((agent, token))
}

#[cfg(test)]
mod tests {
    use mc_store::testing::on_both;

    use super::*;
    use crate::agents::testing::{agent, connected_board, context, run};

    async fn files_token(context: &Context, id: Uuid, renew: bool) -> String {
        let txn = context.store().begin().await.unwrap();
        let token = for_files(context, &txn, id, renew).await.unwrap();
        txn.commit().await.unwrap();
        token.expose_secret().to_owned()
    }

    #[tokio::test]
    async fn files_are_written_again_with_the_token_that_the_agent_has() {
        on_both(|store| async move {
            let (context, _) = context(&store);
            let board = connected_board(&context, "Ours").await;
            let ada = agent(&context, &board, "Ada", false).await;
            let first = files_token(&context, ada.id, false).await;
            assert_eq!(files_token(&context, ada.id, false).await, first);
            assert!(by_token(&context, &first).await.unwrap().is_some());

            let second = files_token(&context, ada.id, true).await;
            assert_ne!(second, first);
            assert_eq!(
                files_token(&context, ada.id, false).await,
                second,
                "the pending one goes into the files"
            );
            assert!(by_token(&context, &first).await.unwrap().is_some(), "nothing locks the agent out");
            assert!(by_token(&context, &second).await.unwrap().is_some());
            assert!(by_token(&context, &first).await.unwrap().is_none(), "the first use ended the old one");
            assert_eq!(files_token(&context, ada.id, false).await, second);
        })
        .await;
    }

    #[tokio::test]
    async fn a_token_that_would_be_refused_is_never_written() {
        on_both(|store| async move {
            let (context, _) = context(&store);
            let board = connected_board(&context, "Ours").await;
            let ada = agent(&context, &board, "Ada", false).await;
            let bob = agent(&context, &board, "Bob", false).await;
            let stale = files_token(&context, ada.id, false).await;
            // A copy of somebody else, and one that does not fit the digest.
            for change in [
                sql("UPDATE agents SET token_sealed = (SELECT token_sealed FROM agents WHERE id = $2) WHERE id = $1")
                    .bind(ada.id)
                    .bind(bob.id),
                sql("UPDATE agents SET token_hash = $2, pending_token_hash = NULL, pending_token_sealed = NULL
                     WHERE id = $1")
                .bind(ada.id)
                .bind(digest(&context, "another")),
            ] {
                run(&context, change).await;
                let token = files_token(&context, ada.id, false).await;
                assert_ne!(token, stale);
                assert_eq!(by_token(&context, &token).await.unwrap().map(|agent| agent.id), Some(ada.id));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn no_copy_is_kept_for_agents_that_live_elsewhere() {
        on_both(|store| async move {
            let (context, _) = context(&store);
            let board = crate::testing::board_writer(&context, crate::testing::new_board("Plain")).await;
            let ada = agent(&context, &board, "Ada", false).await;
            let (copies,): (i64,) = store
                .one(
                    sql("SELECT count(*) FROM agents WHERE id = $1 AND token_sealed IS NOT NULL")
                        .bind(ada.id),
                )
                .await
                .unwrap();
            assert_eq!(copies, 0);
        })
        .await;
    }
}
