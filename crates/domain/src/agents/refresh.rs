//! Files of agents that are to be written anew, because something that they say has changed.

use chrono::TimeDelta;
use mc_store::{
    Read, Txn,
    jobs::{Job, JobError, NewJob, Runner},
    sql,
};
use serde_json::json;
use uuid::Uuid;

use super::{Agent, lifecycle, model::agent_columns, service};
use crate::{Context, Result};

/// Writes the files of agents anew; the payload names their board or their organization.
const REFRESH: &str = "agents.refresh";
/// How long changes gather before the files are written anew.
const REFRESH_DELAY: TimeDelta = TimeDelta::seconds(5);

/// Adds the job that brings files up to date.
pub(super) fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(REFRESH, move |job| {
        let context = context.clone();
        async move { run(&context, &job).await }
    })
}

/// Wants the files of a board's agents to be written anew after a while, in which further changes gather.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn board(txn: &Txn, board_id: Uuid) -> Result<()> {
    let job = NewJob::new(REFRESH, json!({ "board_id": board_id }));
    txn.enqueue(job.delay(REFRESH_DELAY).dedupe(format!("{REFRESH}:{board_id}"))).await?;
    txn.run(
        sql("UPDATE agents SET files_wanted_at = $2 WHERE board_id = $1 AND gateway_id IS NOT NULL")
            .bind(board_id)
            .bind(txn.now()),
    )
    .await?;
    Ok(())
}

/// As [`board`], for all agents of an organization, because the person whom they work for is another one, or has
/// another profile.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn organization(txn: &Txn, organization_id: Uuid) -> Result<()> {
    let job = NewJob::new(REFRESH, json!({ "organization_id": organization_id }));
    txn.enqueue(job.delay(REFRESH_DELAY).dedupe(format!("{REFRESH}:{organization_id}"))).await?;
    txn.run(
        sql("UPDATE agents SET files_wanted_at = $2 WHERE organization_id = $1 AND gateway_id IS NOT NULL")
            .bind(organization_id)
            .bind(txn.now()),
    )
    .await?;
    Ok(())
}

/// As [`organization`], wherever the files of agents name this person.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn named_person(txn: &Txn, user_id: Uuid) -> Result<()> {
    let organizations: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT organization_id FROM organization_members WHERE user_id = $1 AND role = 'owner'")
                .bind(user_id),
        )
        .await?;
    for (id,) in organizations {
        if lifecycle::person_of(txn, id).await?.is_some_and(|person| person.id == user_id) {
            organization(txn, id).await?;
        }
    }
    Ok(())
}

/// Wants the files of the agents of a gateway's boards to be written anew, because they are to lie elsewhere.
///
/// # Errors
/// When the database refuses it.
pub(crate) async fn gateway(txn: &Txn, gateway_id: Uuid) -> Result<()> {
    let agents: Vec<Agent> = txn
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE gateway_id = $1 AND board_id IS NOT NULL ORDER BY id"
            ))
            .bind(gateway_id),
        )
        .await?;
    lifecycle::refresh(txn, &agents).await
}

async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    let named = |name: &str| job.payload.0.get(name).and_then(|id| id.as_str()?.parse::<Uuid>().ok());
    let txn = context.store().begin().await?;
    let agents = match (named("board_id"), named("organization_id")) {
        (Some(id), _) => service::of_board(&txn, id).await?,
        (None, Some(id)) => of_organization(&txn, id).await?,
        (None, None) => {
            return Err(JobError::Fatal("the job names no board_id and no organization_id".into()));
        }
    };
    let behind: Vec<Agent> = agents.into_iter().filter(|agent| agent.files_wanted_at.is_some()).collect();
    lifecycle::refresh(&txn, &behind).await?;
    txn.commit().await?;
    Ok(())
}

async fn of_organization(txn: &Txn, id: Uuid) -> Result<Vec<Agent>> {
    Ok(txn
        .all(
            sql(concat!("SELECT ", agent_columns!(), " FROM agents WHERE organization_id = $1 ORDER BY id"))
                .bind(id),
        )
        .await?)
}

#[cfg(test)]
mod tests;
