//! The text of the souls directory that a person chooses for the role of a worker. It comes from outside and instructs an
//! agent, so nothing of it is used before a person has seen it: it is fetched by a job, kept as a copy with its digest,
//! shown, and accepted by that digest.

use mc_store::{
    Read, Store, Txn,
    jobs::{Job, JobError, NewJob},
    sql,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Agent, lifecycle, queries, service};
use crate::{
    Context, Detail, Error, Kind, Result,
    access::OrgAdmin,
    souls::{self, RoleSoul},
};

/// Fetches the text that was asked for; the payload names the agent.
pub(super) const JOB: &str = "agent.role_soul";
/// The longest text, in characters: gateways cut the files of agents.
pub const CONTENT_MAX: usize = 16_000;
/// How often the directory is asked.
const ATTEMPTS: i64 = 4;

/// Which text is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Who published it, and its short name; without them the agent's role decides.
    pub soul: Option<(String, String)>,
    /// The digest of the text that the person has seen; when it is still that text, it is accepted at once.
    pub sha256: Option<String>,
}

/// A text on its way to be accepted.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Proposal {
    /// `fetching`, `ready` or `failed`.
    pub state: String,
    /// Who published it; none until it is found.
    pub handle: Option<String>,
    /// Its short name; none until it is found.
    pub slug: Option<String>,
    /// Its page for people.
    pub page_url: Option<String>,
    /// The SHA-256 of the text.
    pub sha256: Option<String>,
    /// The text.
    pub content: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// The digest that is accepted without another look.
    wanted_sha256: Option<String>,
}

/// What there is for an agent.
#[derive(Clone, Debug, Default)]
pub struct RoleSouls {
    /// The text that is used.
    pub accepted: Option<RoleSoul>,
    /// The one that may take its place.
    pub proposal: Option<Proposal>,
}

/// The text that a person has accepted for an agent.
///
/// # Errors
/// When the database fails.
pub(super) async fn accepted(on: &impl Read, agent_id: Uuid) -> Result<Option<RoleSoul>> {
    Ok(on
        .optional(
            sql("SELECT handle, slug, page_url, sha256, content FROM agent_role_souls
                 WHERE agent_id = $1 AND state = 'accepted'")
            .bind(agent_id),
        )
        .await?)
}

async fn proposal(on: &impl Read, agent_id: Uuid) -> Result<Option<Proposal>> {
    Ok(on
        .optional(
            sql("SELECT state, handle, slug, page_url, sha256, content, error, wanted_sha256 FROM agent_role_souls
                 WHERE agent_id = $1 AND state <> 'accepted'")
            .bind(agent_id),
        )
        .await?)
}

/// What there is for an agent.
///
/// # Errors
/// As [`queries::readable`].
pub async fn read(context: &Context, scope: &OrgAdmin, agent_id: Uuid) -> Result<RoleSouls> {
    let agent = queries::readable(context, scope, agent_id).await?;
    of(context.store(), agent.id).await
}

async fn of(store: &Store, agent_id: Uuid) -> Result<RoleSouls> {
    Ok(RoleSouls { accepted: accepted(store, agent_id).await?, proposal: proposal(store, agent_id).await? })
}

/// Has a text fetched. The one that is used stays until the new one is accepted.
///
/// # Errors
/// As [`queries::writable`]; `Conflict` for agents that are no workers; `Invalid` for a name that no soul can have.
pub async fn request(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    wanted: Wanted,
) -> Result<RoleSouls> {
    let agent = queries::writable(context, scope, agent_id).await?;
    service::refuse_deleting(&agent)?;
    if agent.board_id.is_none() || agent.is_board_lead {
        let text = "Only workers take a text for their role; give a lead or a main agent a soul_template";
        return Err(Error::conflict(text).code("agent_is_no_worker"));
    }
    let soul = match &wanted.soul {
        Some((handle, slug)) => Some(souls::names(handle, slug)?),
        None => None,
    };
    let txn = context.store().begin().await?;
    txn.lock("agent", agent.id).await?;
    forget(&txn, agent.id, "proposal").await?;
    let (handle, slug) = soul.unzip();
    txn.run_one(
        sql("INSERT INTO agent_role_souls (agent_id, place, state, handle, slug, wanted_sha256, user_id, created_at, updated_at)
             VALUES ($1, 'proposal', 'fetching', $2, $3, $4, $5, $6, $6)")
        .bind(agent.id)
        .bind(handle)
        .bind(slug)
        .bind(wanted.sha256)
        .bind(scope.actor().user().id)
        .bind(txn.now()),
    )
    .await?;
    txn.enqueue(NewJob::new(JOB, json!({ "agent_id": agent.id })).max_attempts(ATTEMPTS)).await?;
    txn.commit().await?;
    of(context.store(), agent.id).await
}

/// Uses the text that was fetched, if it is the one that the person has seen.
///
/// # Errors
/// As [`queries::writable`]; `Conflict` when there is no such text.
pub async fn accept(context: &Context, scope: &OrgAdmin, agent_id: Uuid, sha256: &str) -> Result<RoleSouls> {
    let agent = queries::writable(context, scope, agent_id).await?;
    let txn = context.store().begin().await?;
    txn.lock("agent", agent.id).await?;
    let is_it = proposal(&txn, agent.id)
        .await?
        .is_some_and(|found| found.state == "ready" && found.sha256.as_deref() == Some(sha256));
    if !is_it {
        let text = "There is no fetched text with this sha256; read it again";
        return Err(Error::conflict(text).code("role_soul_differs"));
    }
    take(&txn, &agent, Some(scope.actor().user().id)).await?;
    txn.commit().await?;
    of(context.store(), agent.id).await
}

/// Removes what there is; the agent gets the server's text again.
///
/// # Errors
/// As [`queries::writable`].
pub async fn remove(context: &Context, scope: &OrgAdmin, agent_id: Uuid) -> Result<()> {
    let agent = queries::writable(context, scope, agent_id).await?;
    let txn = context.store().begin().await?;
    txn.lock("agent", agent.id).await?;
    forget(&txn, agent.id, "proposal").await?;
    if forget(&txn, agent.id, "accepted").await? > 0 {
        let event = service::event("agent.role_soul.removed", &agent)
            .user(Some(scope.actor().user().id))
            .message(format!("The text for the role of {} was removed.", agent.name));
        txn.append(event.activity()).await?;
        refresh(&txn, agent).await?;
    }
    txn.commit().await?;
    Ok(())
}

async fn forget(txn: &Txn, agent_id: Uuid, place: &str) -> Result<u64> {
    let delete = sql("DELETE FROM agent_role_souls WHERE agent_id = $1 AND place = $2");
    Ok(txn.run(delete.bind(agent_id).bind(place)).await?)
}

/// The proposal becomes the text that is used.
async fn take(txn: &Txn, agent: &Agent, user_id: Option<Uuid>) -> Result<()> {
    forget(txn, agent.id, "accepted").await?;
    txn.run_one(
        sql("UPDATE agent_role_souls SET place = 'accepted', state = 'accepted', user_id = COALESCE($2, user_id), updated_at = $3
             WHERE agent_id = $1 AND place = 'proposal'")
        .bind(agent.id)
        .bind(user_id)
        .bind(txn.now()),
    )
    .await?;
    if let Some(soul) = accepted(txn, agent.id).await? {
        let event = service::event("agent.role_soul.accepted", agent)
            .user(user_id)
            .message(format!("{} works by {}/{} of the souls directory.", agent.name, soul.handle, soul.slug))
            .data(json!({ "handle": soul.handle, "slug": soul.slug, "sha256": soul.sha256 }));
        txn.append(event.activity()).await?;
    }
    refresh(txn, agent.clone()).await
}

/// Has the files of an agent on a gateway written anew.
async fn refresh(txn: &Txn, agent: Agent) -> Result<()> {
    if agent.gateway_id.is_none() || !agent.lifecycle_state.is_set_up() {
        return Ok(());
    }
    lifecycle::refresh(txn, &[agent]).await
}

/// Fetches the text. What the directory lacks, and what does not fit, stands on the proposal.
///
/// # Errors
/// `Retry` while the directory is away; `Fatal` when the job names no agent.
pub(super) async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    let id = job.payload.0.get("agent_id").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok());
    let id = id.ok_or_else(|| JobError::Fatal("the job names no agent_id".into()))?;
    let Some(agent) = service::by_id(context.store(), id).await? else { return Ok(()) };
    let Some(wanted) = proposal(context.store(), id).await?.filter(|found| found.state == "fetching") else {
        return Ok(());
    };
    match fetch(context, &agent, &wanted).await {
        Ok(soul) => ready(context, &agent, &wanted, soul).await?,
        Err(error) if error.kind == Kind::BadGateway && !job.is_last_attempt() => {
            return Err(JobError::Retry("the souls directory is away".into()));
        }
        Err(error) => {
            let Detail::Text(text) = &error.detail else { return Err(error.into()) };
            let txn = context.store().begin().await?;
            txn.run(
                sql("UPDATE agent_role_souls SET state = 'failed', error = $2, updated_at = $3
                     WHERE agent_id = $1 AND state = 'fetching'")
                .bind(id)
                .bind(text.as_str())
                .bind(txn.now()),
            )
            .await?;
            // Whoever has asked for it waits in front of a page.
            txn.append(service::event("agent.role_soul.failed", &agent)).await?;
            txn.commit().await?;
        }
    }
    Ok(())
}

async fn fetch(context: &Context, agent: &Agent, wanted: &Proposal) -> Result<RoleSoul> {
    let (handle, slug) = match (&wanted.handle, &wanted.slug) {
        (Some(handle), Some(slug)) => (handle.clone(), slug.clone()),
        _ => {
            let role = agent.role().ok_or_else(|| Error::invalid("The agent has no role; name a soul"))?;
            let found = souls::service::for_role(context, role).await?;
            let found = found.ok_or_else(|| {
                Error::text(Kind::NotFound, "The souls directory has no text for the role of the agent")
            })?;
            (found.handle, found.slug)
        }
    };
    let soul = souls::service::markdown(context, &handle, &slug).await?;
    let content = soul.content.trim();
    let length = content.chars().count();
    if length == 0 || length > CONTENT_MAX {
        return Err(Error::invalid(format!(
            "The text has {length} characters; 1 to {CONTENT_MAX} are taken"
        )));
    }
    Ok(RoleSoul {
        page_url: souls::page_url(context, &handle, &slug),
        sha256: hex::encode(Sha256::digest(soul.content.as_bytes())),
        content: content.to_owned(),
        handle,
        slug,
    })
}

async fn ready(context: &Context, agent: &Agent, wanted: &Proposal, soul: RoleSoul) -> Result<()> {
    let txn = context.store().begin().await?;
    txn.lock("agent", agent.id).await?;
    // Another text may have been asked for meanwhile; its own job fetches that.
    if proposal(&txn, agent.id).await?.as_ref() != Some(wanted) {
        return Ok(());
    }
    let is_known = wanted.wanted_sha256.as_deref() == Some(soul.sha256.as_str());
    txn.run_one(
        sql("UPDATE agent_role_souls SET state = 'ready', handle = $2, slug = $3, page_url = $4, sha256 = $5, content = $6,
                 updated_at = $7
             WHERE agent_id = $1 AND place = 'proposal'")
        .bind(agent.id)
        .bind(soul.handle)
        .bind(soul.slug)
        .bind(soul.page_url)
        .bind(soul.sha256)
        .bind(soul.content)
        .bind(txn.now()),
    )
    .await?;
    if is_known {
        take(&txn, agent, None).await?;
    } else {
        txn.append(service::event("agent.role_soul.fetched", agent)).await?;
    }
    txn.commit().await?;
    Ok(())
}
