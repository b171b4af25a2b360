//! Setting agents up on their gateway. The wish is a row; a request waits a short while for it to come true, and a job
//! carries on where the request gave up.

use std::time::Duration;

use chrono::TimeDelta;
use mc_store::{
    Txn,
    jobs::{Job, JobError, NewJob, Runner},
};
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::{
    Gateway, main_agent,
    port::{Failure, GatewayError},
    queries,
    rpc::{Answer, Rpc},
    rules,
};
use crate::{
    Context, Result,
    agents::{
        Agent, LifecycleState,
        lifecycle::{self, Action, Manner},
    },
};

/// Sets up the main agent of a gateway when that is not done; the payload is `{"gateway_id": …}`.
const JOB: &str = "gateway.provision";

/// How long a request waits for the gateway.
const WAIT: Duration = Duration::from_secs(15);
/// When the job looks after a request that should have been done by then.
const LOOK_AFTER: TimeDelta = TimeDelta::seconds(60);
/// The pauses before a new agent is looked for again: the gateway reads its configuration in the background.
const SETTLING: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// An agent as its gateway is to know it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registration<'a> {
    /// Its id on the gateway.
    pub(crate) key: &'a str,
    /// The name that the gateway shows.
    pub(crate) name: &'a str,
    /// The folder of its files.
    pub(crate) workspace: &'a str,
    /// Its session.
    pub(crate) session_key: &'a str,
    /// The name of the session.
    pub(crate) label: &'a str,
    /// Whether the session begins anew.
    pub(crate) reset_session: bool,
}

impl Registration<'_> {
    /// Makes the gateway know the agent, and gives the agent its session. Can be repeated.
    ///
    /// # Errors
    /// With what the gateway refused; what was done before stays.
    pub(crate) async fn apply(self, rpc: Rpc<'_>) -> Answer<()> {
        let is_new = match rpc.agent_create(self.key, self.workspace).await {
            Ok(()) => true,
            Err(error) if error.failure == Failure::Conflict => false,
            Err(error) => return Err(error),
        };
        let mut pauses = SETTLING.iter();
        loop {
            match rpc.agent_update(self.key, self.name, self.workspace).await {
                Ok(()) => break,
                Err(error) if is_new && error.failure == Failure::NotFound => match pauses.next() {
                    Some(pause) => sleep(*pause).await,
                    None => return Err(error),
                },
                Err(error) => return Err(error),
            }
        }
        if self.reset_session {
            match rpc.session_reset(self.session_key).await {
                Err(error) if error.failure != Failure::NotFound => return Err(error),
                _ => {}
            }
        }
        rpc.session_patch(self.session_key, Some(self.label)).await.map(drop)
    }
}

/// Writes down that the main agent is to be set up, and leaves a job that sees to it.
pub(super) async fn request(txn: &Txn, gateway: &Gateway, main: &Agent) -> Result<()> {
    main_agent::request(txn, main.id).await?;
    txn.enqueue(NewJob::new(JOB, json!({ "gateway_id": gateway.id })).delay(LOOK_AFTER)).await?;
    Ok(())
}

/// Sets the main agent up while somebody waits.
///
/// # Errors
/// `BadGateway` with the action and the reason; the job goes on trying.
pub(super) async fn now(context: &Context, gateway: &Gateway, main: &Agent, action: Action) -> Result<()> {
    let manner = Manner { patience: WAIT, ..Manner::default() };
    let what = match action {
        Action::Provision => "Gateway provision failed",
        Action::Update => "Gateway update failed",
    };
    run(context, gateway, main, action, manner).await?.map_err(|error| rules::bad_gateway(what, &error))
}

/// Sets the main agent up, and writes down at the gateway how it went.
pub(super) async fn run(
    context: &Context,
    gateway: &Gateway,
    main: &Agent,
    action: Action,
    manner: Manner,
) -> Result<Result<(), GatewayError>> {
    let (_, outcome) = lifecycle::run(context, main.id, action, manner).await?;
    let txn = context.store().begin().await?;
    let reason = outcome.as_ref().err().map(|error| error.message.as_str());
    queries::note_connection(&txn, gateway.id, None, reason).await?;
    txn.commit().await?;
    match reason {
        None => tracing::info!(gateway.id = %gateway.id, "gateway.main_agent.ensure.provision_success"),
        Some(reason) => {
            tracing::warn!(gateway.id = %gateway.id, reason, "gateway.main_agent.ensure.provision_failed");
        }
    }
    Ok(outcome)
}

/// Adds the job.
pub(super) fn register_job(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(JOB, move |job| {
        let context = context.clone();
        async move { carry_on(&context, &job).await }
    })
}

async fn carry_on(context: &Context, job: &Job) -> Result<(), JobError> {
    let id = job.payload.0.get("gateway_id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let id = id.ok_or_else(|| JobError::Fatal("the job names no gateway_id".into()))?;
    let gateway = queries::by_id(context.store(), id).await?;
    let main = main_agent::find(context.store(), id).await?;
    let (Some(gateway), Some(main)) = (gateway, main) else { return Ok(()) };
    if !main_agent::is_unfinished(&main) {
        return Ok(());
    }
    if main.lifecycle_state == LifecycleState::Applying && !job.is_last_attempt() {
        return Err(JobError::Retry("the main agent is being set up".into()));
    }
    let action = if main.last_seen_at.is_none() { Action::Provision } else { Action::Update };
    match run(context, &gateway, &main, action, Manner::default()).await? {
        Err(error) if error.is_transient() && !job.is_last_attempt() => Err(JobError::Retry(error.message)),
        // What stands on the gateway's page needs no dead letter.
        _ => Ok(()),
    }
}
