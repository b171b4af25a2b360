//! Signs of life for the agents of the demo, which have no runtime: without them all would be offline ten minutes later.

use chrono::TimeDelta;
use mc_store::{
    Json, Read,
    events::NewEvent,
    jobs::{JobError, NewJob, Runner, Schedule},
    sql,
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::json;
use uuid::Uuid;

use super::fill::Manifest;
use crate::{Context, Result};

const KIND: &str = "demo.pulse";
/// More often than agents are taken for offline.
const EVERY: TimeDelta = TimeDelta::minutes(2);

/// Adds the job.
pub(crate) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner
        .handler(KIND, move |_| {
            let context = context.clone();
            async move { beat(&context).await.map_err(JobError::from) }
        })
        .schedule(Schedule { name: KIND, every: EVERY, job: || NewJob::new(KIND, json!({})).max_attempts(1) })
}

/// Writes the signs of life. Agents that went offline while the server was down come back.
pub(super) async fn beat(context: &Context) -> Result<()> {
    let demos: Vec<(Json<Manifest>,)> =
        context.store().all(sql("SELECT demo FROM organizations WHERE demo IS NOT NULL ORDER BY id")).await?;
    let agents: Vec<Uuid> = demos.into_iter().flat_map(|(manifest,)| manifest.0.lively).collect();
    if agents.is_empty() {
        return Ok(());
    }
    let txn = context.store().begin().await?;
    let column = |name: &'static str| Expr::col(Alias::new(name));
    let back = Query::update()
        .table(Alias::new("agents"))
        .value(Alias::new("status"), "online")
        .and_where(column("id").is_in(agents.iter().copied()))
        .and_where(column("status").eq("offline"))
        .returning(Query::returning().columns(["id", "organization_id", "board_id"].map(Alias::new)))
        .take();
    let back: Vec<(Uuid, Uuid, Uuid)> = txn.all(txn.render(&back)).await?;
    for (id, organization_id, board_id) in back {
        let event = NewEvent::new("agent.online", organization_id).board(board_id).agent(Some(id));
        txn.append(event.data(json!({ "status": "online" }))).await?;
    }
    let seen = Query::update()
        .table(Alias::new("agents"))
        .value(Alias::new("last_seen_at"), txn.now())
        .and_where(column("id").is_in(agents))
        .take();
    txn.run(txn.render(&seen)).await?;
    txn.commit().await?;
    Ok(())
}
