//! The lead of a board on a gateway: made when it is needed and not there.

use std::collections::HashSet;

use mc_store::{
    Json, Read, Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob, Runner},
    sql,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::dispatch;
use crate::{
    Context, Kind, Result,
    agents::{
        self, Agent, LifecycleState, agent_columns, heartbeat,
        lifecycle::{self, Action},
        service::NewAgent,
    },
    boards::Board,
};

/// Sets up a lead on its gateway; the payload is `{"agent_id": …}`.
const PROVISION: &str = "lead.provision";
/// How often that is tried.
const PROVISION_ATTEMPTS: i64 = 8;
/// How a lead is called when nobody named it.
const NAME: &str = "Lead Agent";

/// How a lead is to be, if it has to be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// The name; taken in another form when another agent of the board has it.
    pub(crate) name: Option<String>,
    /// What goes over the usual identity profile.
    pub(crate) profile: Map<String, Value>,
}

/// Gives the lead of a board and whether it was made now. One that exists keeps its profile, and its name unless another
/// one is wanted that nobody else on the board has; its gateway and its session are set right. With a new name it is to
/// be set up again, because its files tell its name. The caller holds the lock of the board.
pub(crate) async fn ensure(
    context: &Context,
    txn: &Txn,
    board: &Board,
    gateway_id: Uuid,
    wanted: Wanted,
) -> Result<(Agent, bool)> {
    let session = dispatch::lead_session(board.id);
    if let Some(lead) = agents::service::lead_of(txn, board.id).await? {
        let lead = rename(txn, board, lead, wanted.name.as_deref()).await?;
        if lead.gateway_id == Some(gateway_id)
            && lead.openclaw_session_id.as_deref() == Some(session.as_str())
        {
            return Ok((lead, false));
        }
        let lead = txn
            .one(
                sql(concat!(
                    "UPDATE agents SET gateway_id = $2, openclaw_session_id = $3, updated_at = $4 WHERE id = $1 RETURNING ",
                    agent_columns!()
                ))
                .bind(lead.id)
                .bind(gateway_id)
                .bind(session)
                .bind(txn.now()),
            )
            .await?;
        return Ok((lead, false));
    }
    let taken: Vec<(String,)> =
        txn.all(sql("SELECT name FROM agents WHERE board_id = $1 LIMIT 1000").bind(board.id)).await?;
    let new = NewAgent {
        organization_id: board.organization_id,
        board_id: Some(board.id),
        gateway_id: Some(gateway_id),
        name: free_name(wanted.name.as_deref(), taken.into_iter().map(|(name,)| name)),
        is_board_lead: true,
    };
    // Its token reaches it when its workspace is written; nobody else ever sees it.
    let (agent, _) = agents::service::insert(context, txn, new).await?;
    let lead: Agent = txn
        .one(
            sql(concat!(
                "UPDATE agents SET openclaw_session_id = $2, identity_profile = $3, heartbeat_config = $4,
                     lifecycle_state = 'requested', provision_action = 'provision', provision_requested_at = $5
                 WHERE id = $1 RETURNING ",
                agent_columns!()
            ))
            .bind(agent.id)
            .bind(session)
            .bind(Json(profile(wanted.profile)))
            .bind(Json(heartbeat::default_config()))
            .bind(txn.now()),
        )
        .await?;
    txn.append(
        NewEvent::new("agent.created", board.organization_id)
            .board(board.id)
            .agent(Some(lead.id))
            .message(format!("Agent created: {}", lead.name))
            .data(json!({ "is_board_lead": true }))
            .activity(),
    )
    .await?;
    Ok((lead, true))
}

/// Gives a lead the wanted name, unless another agent of the board or of its gateway has it.
async fn rename(txn: &Txn, board: &Board, lead: Agent, wanted: Option<&str>) -> Result<Agent> {
    let Some(name) = wanted.map(str::trim).filter(|name| !name.is_empty() && *name != lead.name) else {
        return Ok(lead);
    };
    let namesakes = agents::service::namesakes(txn, board.id, board.gateway_id, name).await?;
    if namesakes.iter().any(|other| other.id != lead.id) {
        return Ok(lead);
    }
    let renamed = txn
        .one(
            sql(concat!(
                "UPDATE agents SET name = $2, folded_name = $3, lifecycle_state = 'requested',
                     provision_action = 'provision', provision_requested_at = $4, updated_at = $4
                 WHERE id = $1 RETURNING ",
                agent_columns!()
            ))
            .bind(lead.id)
            .bind(name)
            .bind(name.to_lowercase())
            .bind(txn.now()),
        )
        .await?;
    txn.append(
        NewEvent::new("agent.updated", lead.organization_id)
            .agent(Some(lead.id))
            .message(format!("Agent renamed: {} to {name}", lead.name))
            .data(json!({ "fields": ["name"] }))
            .activity(),
    )
    .await?;
    Ok(renamed)
}

/// Whether a lead is still to be set up on its gateway.
fn is_unprovisioned(lead: &Agent) -> bool {
    matches!(lead.lifecycle_state, LifecycleState::Requested | LifecycleState::Failed)
}

/// Sets a lead up on its gateway now, unless it is.
///
/// # Errors
/// As [`lifecycle::request`]; the lead stays, and the next call goes on with it.
pub(super) async fn provision(context: &Context, lead: Agent) -> Result<Agent> {
    if is_unprovisioned(&lead) {
        lifecycle::request(context, lead.id, Action::Provision).await
    } else {
        Ok(lead)
    }
}

/// Sets a lead up on its gateway after the commit, and again when that fails, unless it is set up.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn provision_later(txn: &Txn, lead: &Agent) -> Result<()> {
    if is_unprovisioned(lead) {
        let job = NewJob::new(PROVISION, json!({ "agent_id": lead.id }));
        let job = job.dedupe(format!("{PROVISION}:{}", lead.id)).max_attempts(PROVISION_ATTEMPTS);
        txn.enqueue(job).await?;
    }
    Ok(())
}

/// Adds the job that sets up leads.
#[must_use]
pub(crate) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(PROVISION, move |job| {
        let context = context.clone();
        async move { run(&context, &job).await }
    })
}

async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    let id = job.payload.0.get("agent_id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let id = id.ok_or_else(|| JobError::Fatal("the job names no agent_id".into()))?;
    let Some(lead) = agents::service::by_id(context.store(), id).await? else { return Ok(()) };
    match provision(context, lead).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind, Kind::NotFound | Kind::Conflict) => {
            tracing::info!(agent.id = %id, "lead.provision.not_needed");
            Ok(())
        }
        Err(error) if error.kind == Kind::Invalid => Err(JobError::Fatal(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// The usual profile of a lead with what was wanted over it; blank values count for nothing.
fn profile(wanted: Map<String, Value>) -> Map<String, Value> {
    let mut profile = Map::new();
    profile.insert("role".into(), "Board Lead".into());
    profile.insert("communication_style".into(), "direct, concise, practical".into());
    profile.insert("emoji".into(), ":gear:".into());
    profile.extend(wanted.into_iter().filter(|(_, value)| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }));
    profile
}

/// The wanted name, or the first of `name 2`, `name 3`, … that no agent of the board has in any case.
fn free_name(wanted: Option<&str>, taken: impl Iterator<Item = String>) -> String {
    let wanted = wanted.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(NAME);
    let taken: HashSet<String> = taken.map(|name| name.to_lowercase()).collect();
    std::iter::once(wanted.to_owned())
        .chain((2_u32..).map(|number| format!("{wanted} {number}")))
        .find(|name| !taken.contains(&name.to_lowercase()))
        .expect("a board has fewer agents than there are numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_gets_a_name_that_is_free() {
        for (wanted, taken, expected) in [
            (None, vec![], "Lead Agent"),
            (Some(" "), vec![], "Lead Agent"),
            (Some(" Ada "), vec!["Bob"], "Ada"),
            (Some("Ada"), vec!["ADA", "ada 2"], "Ada 3"),
            (None, vec!["lead agent"], "Lead Agent 2"),
        ] {
            assert_eq!(free_name(wanted, taken.into_iter().map(str::to_owned)), expected);
        }
    }

    #[test]
    fn wishes_go_over_the_usual_profile_unless_they_are_blank() {
        let wanted = json!({ "role": "Captain", "emoji": " ", "verbosity": "concise", "purpose": null });
        let Value::Object(wanted) = wanted else { unreachable!() };
        let expected = json!({
            "role": "Captain",
            "communication_style": "direct, concise, practical",
            "emoji": ":gear:",
            "verbosity": "concise",
        });
        assert_eq!(Value::Object(profile(wanted)), expected);
    }
}
