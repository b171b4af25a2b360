//! Setting agents up on their gateway. The wish is a row; a request waits a short while for it to come true, and a job
//! carries on where the request gave up.

use std::time::Duration;

use chrono::TimeDelta;
use mc_store::{
    Txn,
    events::NewEvent,
    jobs::{Job, JobError, NewJob, Runner},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use super::{
    Gateway,
    main_agent::{self, Action, MainAgent},
    main_agent_key,
    port::{Failure, GatewayError, Target},
    queries,
    rpc::{Answer, MAIN_LABEL, Rpc},
    rules,
};
use crate::{Context, Result};

/// Sets up the main agent of a gateway; the payload is `{"gateway_id": …, "generation": …}`.
pub(super) const JOB: &str = "gateway.provision";

/// How long a request waits for the gateway.
const WAIT: Duration = Duration::from_secs(15);
/// When the job looks after a request that should have been done by then.
const LOOK_AFTER: TimeDelta = TimeDelta::seconds(60);
/// The pauses before a new agent is looked for again: the gateway reads its configuration in the background.
const SETTLING: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// An agent as its gateway is to know it.
#[derive(Clone, Debug)]
pub(super) struct Registration<'a> {
    /// Its id on the gateway.
    pub(super) key: &'a str,
    /// The name that the gateway shows.
    pub(super) name: &'a str,
    /// The folder of its files.
    pub(super) workspace: String,
    /// Its session.
    pub(super) session_key: &'a str,
    /// The name of the session.
    pub(super) label: &'a str,
    /// Whether the session begins anew.
    pub(super) reset: bool,
}

/// Makes the gateway know an agent, and gives the agent its session. Can be repeated.
pub(super) async fn register(rpc: Rpc<'_>, agent: &Registration<'_>) -> Answer<()> {
    let is_new = match rpc.agent_create(agent.key, &agent.workspace).await {
        Ok(()) => true,
        Err(error) if error.failure == Failure::Conflict => false,
        Err(error) => return Err(error),
    };
    let mut pauses = SETTLING.iter();
    loop {
        match rpc.agent_update(agent.key, agent.name, &agent.workspace).await {
            Ok(()) => break,
            Err(error) if is_new && error.failure == Failure::NotFound => match pauses.next() {
                Some(pause) => sleep(*pause).await,
                None => return Err(error),
            },
            Err(error) => return Err(error),
        }
    }
    if agent.reset {
        match rpc.session_reset(agent.session_key).await {
            Ok(()) => {}
            Err(error) if error.failure == Failure::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    rpc.session_patch(agent.session_key, Some(agent.label)).await.map(drop)
}

/// Writes down that the main agent is to be set up, and leaves a job that sees to it.
pub(super) async fn request(txn: &Txn, gateway: &Gateway, main: &MainAgent, action: Action) -> Result<i64> {
    let generation = main_agent::request(txn, main.agent.id, action).await?;
    let payload = json!({ "gateway_id": gateway.id, "generation": generation });
    txn.enqueue(NewJob::new(JOB, payload).delay(LOOK_AFTER)).await?;
    Ok(generation)
}

/// Sets the main agent up while somebody waits.
///
/// # Errors
/// `BadGateway` with the action and the reason; the job goes on trying.
pub(super) async fn now(context: &Context, gateway: &Gateway, generation: i64, action: Action) -> Result<()> {
    let what = format!("Gateway {} failed", action.as_str());
    let outcome = now_with(context, gateway, generation, false, Instant::now() + WAIT).await?;
    outcome.map_err(|error| rules::bad_gateway(&what, &error))
}

/// As [`now`], with the gateway's own answer, and a session that begins anew when `reset` says so.
pub(super) async fn now_with(
    context: &Context,
    gateway: &Gateway,
    generation: i64,
    reset: bool,
    deadline: Instant,
) -> Result<Answer<()>> {
    let target = gateway.target(context)?;
    let outcome = timeout_at(deadline, main(context, gateway, &target, reset)).await.unwrap_or_else(|_| {
        let text = format!("The gateway did not answer within {} seconds", WAIT.as_secs());
        Err(GatewayError::new(Failure::Timeout, text))
    });
    settle(context, gateway, generation, outcome.as_ref().err()).await?;
    Ok(outcome)
}

/// Makes the gateway know its main agent.
async fn main(context: &Context, gateway: &Gateway, target: &Target, reset: bool) -> Answer<()> {
    let key = main_agent_key(gateway.id);
    let registration = Registration {
        key: &key,
        name: &format!("{} {MAIN_LABEL}", gateway.name),
        workspace: rules::workspace(&gateway.workspace_root, &key),
        session_key: &gateway.main_session(),
        label: MAIN_LABEL,
        reset,
    };
    register(Rpc::new(context, target), &registration).await
}

/// Writes down how it went: on the agent, and in the log.
async fn settle(
    context: &Context,
    gateway: &Gateway,
    generation: i64,
    error: Option<&GatewayError>,
) -> Result<()> {
    let txn = context.store().begin().await?;
    let Some(main) = main_agent::find(&txn, gateway.id).await? else { return Ok(()) };
    let text = error.map(|error| error.message.as_str());
    if !main_agent::settle(&txn, main.agent.id, generation, text).await? {
        return Ok(());
    }
    queries::note_connection(&txn, gateway.id, None, text).await?;
    let (kind, message) = match text {
        None => ("gateway.provisioned", format!("Gateway set up: {}", gateway.name)),
        Some(reason) => {
            ("gateway.provision_failed", format!("Gateway not set up ({reason}): {}", gateway.name))
        }
    };
    let event = NewEvent::new(kind, gateway.organization_id).agent(Some(main.agent.id)).message(message);
    txn.append(event.data(json!({ "gateway_id": gateway.id }))).await?;
    txn.commit().await?;
    Ok(())
}

/// Adds the job.
pub(super) fn register_job(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(JOB, move |job| {
        let context = context.clone();
        async move { run(&context, &job).await }
    })
}

async fn run(context: &Context, job: &Job) -> Result<(), JobError> {
    let payload = &job.payload.0;
    let id = payload.get("gateway_id").and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
    let generation = payload.get("generation").and_then(Value::as_i64);
    let (Some(id), Some(generation)) = (id, generation) else {
        return Err(JobError::Fatal("the job names no gateway_id and generation".into()));
    };
    let gateway = queries::by_id(context.store(), id).await?;
    let main = main_agent::find(context.store(), id).await?;
    let (Some(gateway), Some(main)) = (gateway, main) else { return Ok(()) };
    if main.generation != generation || !main.is_unfinished() {
        return Ok(());
    }
    let target = gateway.target(context)?;
    let outcome = self::main(context, &gateway, &target, false).await;
    settle(context, &gateway, generation, outcome.as_ref().err()).await?;
    match outcome {
        Err(error) if error.is_transient() && !job.is_last_attempt() => Err(JobError::Retry(error.message)),
        // What stands on the gateway's page needs no dead letter.
        _ => Ok(()),
    }
}
