//! The installation as a whole and its background jobs, for those who look after it.

use mc_store::{
    Read, Txn,
    events::NewEvent,
    jobs::{self, JobFigure, JobRow, Wish},
    sql,
};
use serde_json::json;
use uuid::Uuid;

use crate::{Context, Error, Page, PageRequest, Result, access::Operator};

/// How much is stored in the whole installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stock {
    /// Organizations.
    pub organizations: i64,
    /// People.
    pub people: i64,
    /// Boards.
    pub boards: i64,
    /// Tasks.
    pub tasks: i64,
    /// Agents.
    pub agents: i64,
    /// Agents that could not be set up, or were given up.
    pub failed_agents: i64,
    /// Gateways, without the example of the demo.
    pub gateways: i64,
    /// Those of them that are connected.
    pub connected_gateways: i64,
}

/// Counts what is stored.
///
/// # Errors
/// When the database cannot be reached.
pub async fn stock(context: &Context, _scope: &Operator) -> Result<Stock> {
    Ok(context
        .store()
        .one(sql("SELECT (SELECT count(*) FROM organizations) AS organizations,
                    (SELECT count(*) FROM users) AS people,
                    (SELECT count(*) FROM boards) AS boards,
                    (SELECT count(*) FROM tasks) AS tasks,
                    (SELECT count(*) FROM agents) AS agents,
                    (SELECT count(*) FROM agents WHERE lifecycle_state IN ('failed', 'gave_up')) AS failed_agents,
                    (SELECT count(*) FROM gateways g JOIN organizations o ON o.id = g.organization_id
                     WHERE o.demo IS NULL) AS gateways,
                    (SELECT count(*) FROM gateways WHERE connection_state = 'online') AS connected_gateways"))
        .await?)
}

/// Which jobs are wanted.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Only those in this state.
    pub state: Option<&'static str>,
    /// Only those of this kind.
    pub kind: Option<String>,
}

/// The jobs that are not done, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn jobs(
    context: &Context,
    _scope: &Operator,
    filter: &JobFilter,
    request: PageRequest,
) -> Result<Page<JobRow>> {
    let (limit, offset) = (request.limit, request.offset);
    let (items, total) =
        jobs::list(context.store(), filter.state, filter.kind.as_deref(), limit, offset).await?;
    Ok(Page { items, total, request })
}

/// The jobs that are not done, counted by kind and state.
///
/// # Errors
/// When the database cannot be reached.
pub async fn job_counts(context: &Context, _scope: &Operator) -> Result<Vec<JobFigure>> {
    Ok(jobs::figures(context.store()).await?)
}

/// Lets a job run now. One that failed for good gets all its attempts again.
///
/// # Errors
/// `NotFound` when there is no such job; `Conflict` while it runs, or when another job does its work.
pub async fn retry_job(context: &Context, scope: &Operator, id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    granted(jobs::retry(&txn, id).await?)?;
    note(&txn, scope, "job.retried", id).await?;
    txn.commit().await?;
    Ok(())
}

/// Removes a job that does not run. What it was to do is not done.
///
/// # Errors
/// `NotFound` when there is no such job; `Conflict` while it runs.
pub async fn discard_job(context: &Context, scope: &Operator, id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    granted(jobs::discard(&txn, id).await?)?;
    note(&txn, scope, "job.discarded", id).await?;
    txn.commit().await?;
    Ok(())
}

fn granted(wish: Wish) -> Result<()> {
    match wish {
        Wish::Granted => Ok(()),
        Wish::Unknown => Err(Error::not_found()),
        Wish::Running => Err(Error::conflict("The job is running").code("job_running")),
        Wish::Replaced => Err(Error::conflict("Another job does the same work already").code("job_replaced")),
    }
}

/// Who did it stands in the log of that person's organization.
async fn note(txn: &Txn, scope: &Operator, kind: &'static str, job_id: Uuid) -> Result<()> {
    let user = scope.actor().user();
    tracing::info!(job.id = %job_id, user.id = %user.id, kind, "jobs.administered");
    if let Some(organization_id) = user.active_organization_id {
        let event =
            NewEvent::new(kind, organization_id).user(Some(user.id)).data(json!({ "job_id": job_id }));
        txn.append(event).await?;
    }
    Ok(())
}
