//! Deleting a gateway: here at once, on the gateway's host by a job.

use mc_store::{
    Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob, Runner},
    sql,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Gateway, agent_key,
    model::{SealedToken, token_purpose},
    port::Target,
    queries,
    rpc::Rpc,
    service,
};
use crate::{Context, Error, Kind, Result, access::OrgAdmin, tasks};

/// Removes the agents of a gateway that is deleted from its host; the payload is a [`Cleanup`].
const JOB: &str = "gateway.cleanup";
/// The most boards and agents that a refusal names.
const NAMED_MAX: i64 = 20;

/// What is needed to reach a gateway whose row is gone. The token is as sealed as in the row.
#[derive(Debug, Serialize, Deserialize)]
struct Cleanup {
    gateway_id: Uuid,
    url: String,
    token_sealed: Option<String>,
    allow_insecure_tls: bool,
    disable_device_pairing: bool,
    agent_keys: Vec<String>,
}

#[derive(Serialize, sqlx::FromRow)]
struct Named {
    id: Uuid,
    name: String,
}

/// Deletes a gateway with its main agent. Boards and agents on it are in the way, unless `force` says that its agents go
/// and its boards become plain ones. Tasks lose the agents that go; those in progress return to the inbox.
///
/// # Errors
/// `NotFound`; `Conflict` that names boards and agents that are in the way.
pub async fn delete(context: &Context, scope: &OrgAdmin, id: Uuid, force: bool) -> Result<()> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    service::lock(&txn, id).await?;
    let gateway = queries::find(&txn, organization_id, id).await?.ok_or_else(service::unknown)?;
    if !force {
        refuse_in_use(&txn, id).await?;
    }
    lock_boards(&txn, id).await?;
    let living: Vec<(Uuid,)> =
        txn.all(sql("SELECT id FROM agents WHERE gateway_id = $1 ORDER BY id").bind(id)).await?;
    for (agent,) in living {
        tasks::service::release(&txn, agent, (None, Some(scope.actor().user().id))).await?;
    }
    let agents: Vec<(Uuid, String, Option<Uuid>, Option<String>)> = txn
        .all(
            sql("DELETE FROM agents WHERE gateway_id = $1 RETURNING id, name, board_id, openclaw_session_id")
                .bind(id),
        )
        .await?;
    for (agent_id, name, board_id, _) in &agents {
        let mut event = NewEvent::new("agent.delete.direct", organization_id)
            .user(Some(scope.actor().user().id))
            .message(format!("Agent deleted with its gateway: {name}"))
            .data(json!({ "agent_id": agent_id, "name": name }))
            .activity();
        if let Some(board_id) = board_id {
            event = event.board(*board_id);
        }
        txn.append(event).await?;
    }
    let boards: Vec<(Uuid,)> = txn
        .all(
            sql("UPDATE boards SET gateway_id = NULL, updated_at = $2 WHERE gateway_id = $1 RETURNING id")
                .bind(id)
                .bind(txn.now()),
        )
        .await?;
    for (board_id,) in boards {
        let event = NewEvent::new("board.updated", organization_id).board(board_id);
        txn.append(event.user(Some(scope.actor().user().id))).await?;
    }
    txn.run_one(sql("DELETE FROM gateways WHERE id = $1").bind(id)).await?;
    let sessions = agents.iter().filter_map(|(_, _, _, session)| session.as_deref());
    enqueue(&txn, &gateway, sessions.filter_map(agent_key).map(str::to_owned).collect()).await?;
    service::append(&txn, scope, "gateway.deleted", &gateway, &[]).await?;
    txn.commit().await?;
    context.gateways().forget(id);
    Ok(())
}

async fn refuse_in_use(txn: &Txn, id: Uuid) -> Result<()> {
    let boards: Vec<Named> = txn
        .all(
            sql("SELECT id, name FROM boards WHERE gateway_id = $1 ORDER BY sort_name, id LIMIT $2")
                .bind(id)
                .bind(NAMED_MAX),
        )
        .await?;
    let agents: Vec<Named> = txn
        .all(
            sql("SELECT id, name FROM agents WHERE gateway_id = $1 AND board_id IS NOT NULL
                 ORDER BY folded_name, id LIMIT $2")
            .bind(id)
            .bind(NAMED_MAX),
        )
        .await?;
    if boards.is_empty() && agents.is_empty() {
        return Ok(());
    }
    Err(Error::object(
        Kind::Conflict,
        json!({
            "message": "The gateway is in use by boards or agents; move or delete them, or delete with force=true",
            "boards": boards,
            "agents": agents,
        }),
    )
    .code("gateway_in_use"))
}

/// Statuses and assignees of tasks change only under the lock of their board.
async fn lock_boards(txn: &Txn, gateway_id: Uuid) -> Result<()> {
    let boards: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT id FROM boards WHERE gateway_id = $1
                     OR id IN (SELECT board_id FROM agents WHERE gateway_id = $1)
                     OR id IN (SELECT t.board_id FROM tasks t JOIN agents a ON a.id = t.assigned_agent_id
                               WHERE a.gateway_id = $1)
                 ORDER BY id")
            .bind(gateway_id),
        )
        .await?;
    for (id,) in boards {
        txn.lock("board", id).await?;
    }
    Ok(())
}

/// Leaves jobs that remove the agents of an organization, which is about to be deleted, from the hosts of its gateways.
pub(crate) async fn queue_cleanup(txn: &Txn, organization_id: Uuid) -> Result<()> {
    let gateways: Vec<Gateway> = txn
        .all(sql("SELECT * FROM gateways WHERE organization_id = $1 ORDER BY id").bind(organization_id))
        .await?;
    for gateway in gateways {
        let sessions: Vec<(String,)> = txn
            .all(
                sql("SELECT openclaw_session_id FROM agents
                     WHERE gateway_id = $1 AND openclaw_session_id IS NOT NULL ORDER BY id")
                .bind(gateway.id),
            )
            .await?;
        let keys = sessions.iter().filter_map(|(session,)| agent_key(session)).map(str::to_owned).collect();
        enqueue(txn, &gateway, keys).await?;
    }
    Ok(())
}

async fn enqueue(txn: &Txn, gateway: &Gateway, agent_keys: Vec<String>) -> Result<()> {
    if agent_keys.is_empty() {
        return Ok(());
    }
    let cleanup = Cleanup {
        gateway_id: gateway.id,
        url: gateway.url.clone(),
        token_sealed: gateway.token_sealed.clone().map(|SealedToken(sealed)| sealed),
        allow_insecure_tls: gateway.allow_insecure_tls,
        disable_device_pairing: gateway.disable_device_pairing,
        agent_keys,
    };
    let payload = serde_json::to_value(cleanup).map_err(Error::internal)?;
    txn.enqueue(NewJob::new(JOB, payload)).await?;
    Ok(())
}

/// Adds the job.
pub(super) fn register_job(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(JOB, move |job| {
        let context = context.clone();
        async move { clean_up(&context, &job).await }
    })
}

async fn clean_up(context: &Context, job: &Job) -> Result<(), JobError> {
    let payload: Value = job.payload.0.clone();
    let cleanup: Cleanup = serde_json::from_value(payload)
        .map_err(|error| JobError::Fatal(format!("the job says nothing to clean up: {error}")))?;
    let open = |sealed: &String| context.key().open(&token_purpose(cleanup.gateway_id), sealed);
    let token = cleanup.token_sealed.as_ref().map(open).transpose();
    let target = Target {
        gateway_id: Some(cleanup.gateway_id),
        url: cleanup.url,
        token: token.map_err(|error| JobError::Fatal(error.to_string()))?,
        allow_insecure_tls: cleanup.allow_insecure_tls,
        disable_device_pairing: cleanup.disable_device_pairing,
        reads_only: false,
    };
    let rpc = Rpc::new(context, &target);
    for key in &cleanup.agent_keys {
        match rpc.agent_delete(key).await {
            Ok(_) => {}
            Err(error) if error.is_transient() => return Err(JobError::Retry(error.message)),
            // A dead letter tells the operator what was left behind.
            Err(error) => return Err(JobError::Fatal(format!("agent {key}: {}", error.message))),
        }
    }
    context.gateways().forget(cleanup.gateway_id);
    Ok(())
}
