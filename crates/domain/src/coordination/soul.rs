//! The souls of a board's agents: what each is to be, in its own file.

use mc_store::{Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{BoardLead, dispatch, nudge};
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardReader},
    agents::{self, Agent},
    boards::Board,
    gateways::{
        port::{Failure, GatewayError},
        rpc::{Answer, Rpc},
    },
    workspace,
};

/// The file on the gateway.
const FILE: &str = "SOUL.md";
/// How many versions of an agent's soul are kept.
const VERSIONS_MAX: i64 = 50;

/// A new soul.
#[derive(Clone, Debug)]
pub struct NewSoul {
    /// The text, in Markdown.
    pub content: String,
    /// Where it comes from.
    pub source_url: Option<String>,
    /// Why it is changed.
    pub reason: Option<String>,
}

/// The soul of an agent as it is on its gateway, or as it is stored when the agent lives elsewhere.
///
/// # Errors
/// `Forbidden` unless the caller leads the board or is the agent; `NotFound` when the agent is not one of this board;
/// `BadGateway` when the gateway does not give the file.
pub async fn read(context: &Context, scope: &BoardReader, agent_id: Uuid) -> Result<String> {
    let Actor::Agent(caller) = scope.actor() else { return Err(Error::forbidden()) };
    let is_self = caller.id == agent_id;
    if !is_self && !caller.is_board_lead {
        return Err(Error::text(Kind::Forbidden, "Only the lead of the board may read the souls of others"));
    }
    let agent = agents::service::by_id(context.store(), agent_id)
        .await?
        .filter(|agent| is_self || agent.board_id == Some(scope.board().id))
        .ok_or_else(|| Error::text(Kind::NotFound, "There is no such agent on this board"))?;
    let Some(key) = key_on_gateway(&agent, scope.board()) else {
        return Ok(agent.soul_template.unwrap_or_default());
    };
    // What went wrong is for people who run the gateway, not for agents.
    let hidden = |error: &GatewayError| {
        tracing::warn!(agent.id = %agent.id, %error, "agent.soul.read_failed");
        Error::text(Kind::BadGateway, "Gateway SOUL read failed")
    };
    let target = dispatch::target_of(context, scope.board()).await?;
    let text = dispatch::patiently(|| Box::pin(Rpc::new(context, &target).file_get(key, FILE)))
        .await
        .map_err(|error| hidden(&error))?;
    Ok(workspace::body_of(&text).to_owned())
}

/// Gives an agent a new soul: on its gateway first, if it lives on one, then in the database with its history.
///
/// # Errors
/// `NotFound` when the agent is not one of this board; `Invalid` for a blank text or an unusable gateway;
/// `BadGateway` when the gateway does not take the file: then nothing has changed here either.
pub async fn write(context: &Context, scope: &BoardLead, agent_id: Uuid, new: NewSoul) -> Result<()> {
    let content = new.content.trim();
    if content.is_empty() {
        return Err(Error::invalid("content is required"));
    }
    let board = scope.board();
    let agent = nudge::agent_of_board(context.store(), scope, agent_id).await?;
    if let Some(key) = key_on_gateway(&agent, board) {
        let target = dispatch::target_of(context, board).await?;
        let filled = agents::lifecycle::filled_soul(context, &agent, board, content).await?;
        dispatch::patiently(|| Box::pin(put(Rpc::new(context, &target), key, &filled)))
            .await
            .map_err(|error| dispatch::failed("Gateway SOUL update", &error))?;
    }
    let txn = context.store().begin().await?;
    txn.lock("agent", agent_id).await?;
    let version = store(&txn, scope, agent_id, content, &new).await?;
    let mut sentence = format!("The soul of {} was updated.", agent.name);
    if let Some(reason) = &new.reason {
        sentence += &format!(" Reason: {reason}");
    }
    if let Some(source) = &new.source_url {
        sentence += &format!(" Source: {source}");
    }
    txn.append(
        NewEvent::new("agent.soul.updated", board.organization_id)
            .board(board.id)
            .agent(Some(scope.agent().id))
            .message(sentence)
            .data(json!({
                "target_agent_id": agent_id,
                "soul_version_id": version,
                "characters": content.chars().count(),
            }))
            .activity(),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// Writes the file with the marks of this server, and leaves what the agent wrote around them.
async fn put(rpc: Rpc<'_>, key: &str, content: &str) -> Answer<()> {
    let existing = match rpc.file_get(key, FILE).await {
        Ok(text) => Some(text),
        Err(error) if matches!(error.failure, Failure::NotFound | Failure::Protocol) => None,
        Err(error) => return Err(error),
    };
    let file =
        workspace::File { name: FILE, content: content.to_owned(), policy: workspace::Policy::Managed };
    match workspace::merge(existing.as_deref(), &file, true) {
        workspace::Merge::Write(text) => rpc.file_set(key, FILE, &text).await,
        workspace::Merge::Unchanged | workspace::Merge::KeptByAgent { .. } => Ok(()),
    }
}

async fn store(txn: &Txn, scope: &BoardLead, agent_id: Uuid, content: &str, new: &NewSoul) -> Result<Uuid> {
    let old: Option<(Option<String>, i64)> = txn
        .optional(
            sql(
                "SELECT a.soul_template, (SELECT count(*) FROM agent_soul_versions v WHERE v.agent_id = a.id)
                 FROM agents a WHERE a.id = $1",
            )
            .bind(agent_id),
        )
        .await?;
    let (old, versions) = old.ok_or_else(Error::not_found)?;
    let version = |text: &str, source: Option<String>, reason: Option<String>, author: Option<Uuid>| {
        let id = txn.new_id();
        let insert = sql("INSERT INTO agent_soul_versions
                              (id, agent_id, content, source_url, reason, author_agent_id, created_at)
                          VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id)
        .bind(agent_id)
        .bind(text)
        .bind(source)
        .bind(reason)
        .bind(author)
        .bind(txn.now());
        (id, insert)
    };
    // What the agent was made with is the first version.
    if let (Some(old), 0) = (old, versions) {
        txn.run_one(version(&old, None, None, None).1).await?;
    }
    let (id, insert) = version(content, new.source_url.clone(), new.reason.clone(), Some(scope.agent().id));
    txn.run_one(insert).await?;
    txn.run_one(
        sql("UPDATE agents SET soul_template = $2, updated_at = $3 WHERE id = $1")
            .bind(agent_id)
            .bind(content)
            .bind(txn.now()),
    )
    .await?;
    txn.run(
        sql("DELETE FROM agent_soul_versions WHERE agent_id = $1 AND id NOT IN (
                 SELECT id FROM agent_soul_versions WHERE agent_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)")
        .bind(agent_id)
        .bind(VERSIONS_MAX),
    )
    .await?;
    Ok(id)
}

/// The id of an agent on the gateway of its board; none for an agent that lives elsewhere.
fn key_on_gateway<'a>(agent: &'a Agent, board: &Board) -> Option<&'a str> {
    board.gateway_id?;
    agent.gateway_id.filter(|id| Some(*id) == board.gateway_id)?;
    dispatch::agent_key(agent)
}
