//! Background jobs and the demo, for those who look after the installation.

mod dto;

use axum::{extract::State, http::request::Parts};
use http::StatusCode;
use mc_domain::{
    PageRequest,
    access::{Actor, Operator},
    demo,
    identity::Identity,
    system::{self, JobFilter},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ApiState,
    error::ApiError,
    extract::{AuthUser, PathId, Query, Scope},
    health,
    reply::{OkResponse, PageOf, Reply, ok},
};
use dto::{
    DatabaseRead, DemoRead, JobCountRead, JobCounts, JobListQuery, JobRead, LimitsRead, StockRead, SystemRead,
};

/// A page for which only the total counts.
const ONE: PageRequest = PageRequest { limit: 1, offset: 0, after: None };

/// The operations of this subject.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(get_system))
        .routes(routes!(list_jobs))
        .routes(routes!(count_jobs))
        .routes(routes!(retry_job))
        .routes(routes!(discard_job))
        .routes(routes!(create_demo, delete_demo))
}

impl Scope for Operator {
    async fn check(_: &mut Parts, _: &ApiState, actor: Actor) -> Result<Self, ApiError> {
        Ok(Self::check(actor.into_user()?)?)
    }
}

/// Get the status of the installation.
///
/// Version, checks, database, limits, and how much is stored. Only for administrators of the installation.
#[utoipa::path(get, path = "/system", tag = "system", security(("HTTPBearer" = [])), responses((status = 200, body = SystemRead)))]
async fn get_system(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
) -> Result<Reply<SystemRead>, ApiError> {
    let store = state.context.store();
    let stock = system::stock(&state.context, &scope).await?;
    let dead_jobs =
        system::jobs(&state.context, &scope, &JobFilter { state: Some("dead"), kind: None }, ONE).await?;
    let demo = demo::current(store).await?.map(DemoRead::from);
    Ok(Reply(SystemRead {
        version: env!("CARGO_PKG_VERSION"),
        base_url: state.context.base_url().to_owned(),
        auth_mode: match state.context.identity() {
            Identity::Local => "local",
            Identity::Clerk(_) => "clerk",
            Identity::Oidc(_) => "oidc",
        },
        health: health::report(&state).await,
        database: DatabaseRead::of(store).await.map_err(mc_domain::Error::from)?,
        limits: LimitsRead::of(&state),
        stock: StockRead::from(stock),
        dead_jobs: dead_jobs.total,
        demo,
    }))
}

/// List background jobs.
///
/// Newest first. Only for administrators of the installation: the person of local sign-in, and super administrators.
/// `dead` ones failed for good; they are kept for thirty days.
#[utoipa::path(get, path = "/system/jobs", tag = "system", security(("HTTPBearer" = [])), params(JobListQuery), responses((status = 200, body = PageOf<JobRead>)))]
async fn list_jobs(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
    Query(query): Query<JobListQuery>,
) -> Result<Reply<PageOf<JobRead>>, ApiError> {
    let page = system::jobs(&state.context, &scope, &query.filter(), query.page()).await?;
    Ok(Reply(PageOf::of(page, JobRead::from)))
}

/// Count background jobs.
///
/// By kind and state, with the age of the oldest. Only for administrators of the installation.
#[utoipa::path(get, path = "/system/jobs/counts", tag = "system", security(("HTTPBearer" = [])), responses((status = 200, body = JobCounts)))]
async fn count_jobs(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
) -> Result<Reply<JobCounts>, ApiError> {
    let now = state.context.store().clock().now();
    let counts = system::job_counts(&state.context, &scope).await?;
    let counts = counts.into_iter().map(|count| JobCountRead::new(count, now)).collect();
    Ok(Reply(JobCounts { counts }))
}

/// Retry a background job.
///
/// One that failed for good gets all its attempts again. Only for administrators of the installation.
#[utoipa::path(post, path = "/system/jobs/{job_id}/retry", tag = "system", security(("HTTPBearer" = [])), responses(
    (status = 202, body = OkResponse),
    (status = 409, description = "The job is running (`job_running`), or another one does its work (`job_replaced`)."),
))]
async fn retry_job(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
    PathId(id): PathId,
) -> Result<(StatusCode, Reply<OkResponse>), ApiError> {
    system::retry_job(&state.context, &scope, id).await?;
    Ok((StatusCode::ACCEPTED, ok()))
}

/// Discard a background job.
///
/// What it was to do is not done. Only for administrators of the installation.
#[utoipa::path(delete, path = "/system/jobs/{job_id}", tag = "system", security(("HTTPBearer" = [])), responses(
    (status = 200, body = OkResponse),
    (status = 409, description = "The job is running (`job_running`)."),
))]
async fn discard_job(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
    PathId(id): PathId,
) -> Result<Reply<OkResponse>, ApiError> {
    system::discard_job(&state.context, &scope, id).await?;
    Ok(ok())
}

/// Create the demo organization.
///
/// An organization of its own, with boards, agents, tasks, approvals and their history of the last weeks, to look around
/// in. The caller owns it, and it becomes the active organization unless the present one has boards. Nothing else is
/// touched and nobody is called. Only for administrators of the installation.
#[utoipa::path(post, path = "/system/demo", tag = "system", security(("HTTPBearer" = [])), responses(
    (status = 200, body = DemoRead),
    (status = 409, description = "There is a demo already (`demo_exists`)."),
))]
async fn create_demo(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
) -> Result<Reply<DemoRead>, ApiError> {
    let demo = demo::create(&state.context, &[scope.actor().user().id]).await?;
    Ok(Reply(demo.into()))
}

/// Delete the demo organization.
///
/// Its organization with everything in it, also what was added since. Only for administrators of the installation.
#[utoipa::path(delete, path = "/system/demo", tag = "system", security(("HTTPBearer" = [])), responses(
    (status = 200, body = OkResponse),
    (status = 404, description = "There is no demo."),
))]
async fn delete_demo(
    State(state): State<ApiState>,
    AuthUser(scope): AuthUser<Operator>,
) -> Result<Reply<OkResponse>, ApiError> {
    demo::remove(&state.context, Some(scope.actor().user().id)).await?;
    Ok(ok())
}

#[cfg(test)]
mod tests;
