//! What happens to board groups later: heartbeat settings that a gateway could not take are brought again.

use mc_store::{
    Read,
    jobs::{Job, JobError, NewJob, Runner},
    sql,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{BoardGroup, push, queries};
use crate::Context;

/// Brings the heartbeat settings of a group's agents to one gateway; the payload is
/// `{"board_group_id": …, "gateway_id": …}`.
pub const HEARTBEATS: &str = "board_group.heartbeats";

/// Adds the jobs on board groups.
#[must_use]
pub fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(HEARTBEATS, move |job| {
        let context = context.clone();
        async move { push_again(&context, &job).await }
    })
}

/// The job for one gateway; there is one at a time.
pub(super) fn heartbeats(group: &BoardGroup, gateway_id: Uuid) -> NewJob {
    let payload = json!({ "board_group_id": group.id, "gateway_id": gateway_id });
    NewJob::new(HEARTBEATS, payload).dedupe(format!("{HEARTBEATS}:{}:{gateway_id}", group.id))
}

/// Brings the settings as they are now, so that a newer change is not undone.
async fn push_again(context: &Context, job: &Job) -> Result<(), JobError> {
    let id = |name: &str| {
        let text = job.payload.0.get(name).and_then(Value::as_str);
        text.and_then(|id| Uuid::parse_str(id).ok())
            .ok_or_else(|| JobError::Fatal(format!("the job names no {name}")))
    };
    let (group_id, gateway_id) = (id("board_group_id")?, id("gateway_id")?);
    let store = context.store();
    let group: Option<BoardGroup> = store
        .optional(sql("SELECT * FROM board_groups WHERE id = $1").bind(group_id))
        .await
        .map_err(crate::Error::from)?;
    let Some(group) = group else { return Ok(()) };
    let gateways = push::gateways_of(store, &group).await?;
    let Some(gateway) = gateways.iter().find(|gateway| gateway.id() == gateway_id) else { return Ok(()) };
    let mut agents = queries::agents(store, &group).await?;
    agents.retain(|agent| agent.heartbeat_config.is_some());
    match push::heartbeats(context, gateway, &gateway.agents_among(&agents)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_transient() => Err(JobError::Retry(error.message)),
        Err(error) => Err(JobError::Fatal(error.message)),
    }
}
