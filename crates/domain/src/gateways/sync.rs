//! Bringing the agents of a gateway in line with what is stored here.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use mc_store::{Read, sql};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Gateway, main_agent,
    port::{Failure, GatewayError},
    queries,
    rpc::{self, Answer, Rpc},
    service,
};
use crate::{
    Context, Detail, Error, Kind, Result,
    access::OrgAdmin,
    agents::{
        Agent, agent_columns,
        lifecycle::{self, Action, Manner},
    },
    workspace,
};

/// How many agents are brought in line at a time.
const PARALLEL: usize = 6;
/// How long the whole may take; what is not done by then is reported.
const WAIT: Duration = Duration::from_secs(25);
/// How long an operator waits on the command line.
const OPERATOR_WAIT: Duration = Duration::from_secs(1_800);
/// How long the first sign of life may take.
const HEALTH_WAIT: Duration = Duration::from_secs(8);
/// The most agents of one run.
const AGENTS_MAX: i64 = 1_000;

/// What is brought in line.
#[derive(Clone, Copy, Debug)]
pub struct SyncOptions {
    /// Also the main agent.
    pub include_main: bool,
    /// Of the agents of boards only leads.
    pub lead_only: bool,
    /// Whether the sessions begin anew.
    pub reset_sessions: bool,
    /// Whether agents get new tokens.
    pub rotate_tokens: bool,
    /// Whether the bootstrap file is written again.
    pub force_bootstrap: bool,
    /// Whether files that are kept otherwise are written again.
    pub overwrite: bool,
    /// Only the agents of this board.
    pub board_id: Option<Uuid>,
    /// Only tell what would be done.
    pub dry_run: bool,
}

impl SyncOptions {
    /// How an agent is brought in line.
    fn manner(self) -> Manner {
        Manner {
            reset_session: self.reset_sessions,
            wake: false,
            renew_token: self.rotate_tokens,
            force_bootstrap: self.force_bootstrap,
            overwrite: self.overwrite,
        }
    }
}

/// What could not be done, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncError {
    /// The agent.
    pub agent_id: Option<Uuid>,
    /// Its name.
    pub agent_name: Option<String>,
    /// Its board.
    pub board_id: Option<Uuid>,
    /// Why.
    pub message: String,
}

/// How an agent is brought in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncAction {
    /// It is made on the gateway: it was not yet, or not to the end.
    SetUp,
    /// What is there is brought up to date.
    Refresh,
    /// It is left alone, because its board is paused.
    Skip,
}

/// An agent that a sync is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncPlan {
    /// The agent.
    pub agent_id: Uuid,
    /// Its name.
    pub agent_name: String,
    /// Its board; none for the main agent.
    pub board_id: Option<Uuid>,
    /// What is done.
    pub action: SyncAction,
    /// Whether its files are not those that the server would write now.
    pub is_behind: bool,
}

impl SyncPlan {
    fn of(agent: &Agent, is_paused: bool) -> Self {
        let action = match action_for(agent) {
            _ if is_paused => SyncAction::Skip,
            Action::Provision => SyncAction::SetUp,
            Action::Update | Action::Refresh => SyncAction::Refresh,
        };
        Self {
            agent_id: agent.id,
            agent_name: agent.name.clone(),
            board_id: agent.board_id,
            action,
            is_behind: agent.is_behind(i64::from(workspace::VERSION)),
        }
    }
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Agents of boards that are in line now.
    pub agents_updated: i64,
    /// Agents of boards that are not.
    pub agents_skipped: i64,
    /// Whether the main agent is in line now.
    pub main_updated: bool,
    /// What could not be done.
    pub errors: Vec<SyncError>,
    /// The agents that it was about, the main agent last.
    pub plan: Vec<SyncPlan>,
}

impl SyncReport {
    fn fail(&mut self, agent: Option<&Agent>, message: impl Into<String>) {
        self.errors.push(SyncError {
            agent_id: agent.map(|agent| agent.id),
            agent_name: agent.map(|agent| agent.name.clone()),
            board_id: agent.and_then(|agent| agent.board_id),
            message: message.into(),
        });
    }
}

/// Brings the main agent and the agents of the gateway's boards in line: names, folders, configuration, files and
/// sessions. Agents of paused boards are left alone, and nobody is woken but those that have never called. What fails on
/// the gateway stands in the report; what was begun goes on when the time is over.
///
/// # Errors
/// `NotFound` for an unknown gateway.
pub async fn sync(context: &Context, scope: &OrgAdmin, id: Uuid, options: SyncOptions) -> Result<SyncReport> {
    let gateway = queries::find(context.store(), scope.organization().id, id).await?;
    let gateway = gateway.ok_or_else(service::unknown)?;
    bring_in_line(context, &gateway, Some(scope.actor().user().id), options, WAIT).await
}

/// As [`sync`], for the command line of the server's operator, who may do everything and waits for all of it.
///
/// # Errors
/// As [`sync`].
pub async fn sync_as_operator(context: &Context, id: Uuid, options: SyncOptions) -> Result<SyncReport> {
    let gateway = queries::by_id(context.store(), id).await?.ok_or_else(service::unknown)?;
    bring_in_line(context, &gateway, None, options, OPERATOR_WAIT).await
}

async fn bring_in_line(
    context: &Context,
    gateway: &Gateway,
    user_id: Option<Uuid>,
    options: SyncOptions,
    wait: Duration,
) -> Result<SyncReport> {
    if options.dry_run {
        return rehearse(context, gateway, options).await;
    }
    let txn = context.store().begin().await?;
    service::lock(&txn, gateway.id).await?;
    let (main, _) = main_agent::ensure(&txn, gateway).await?;
    txn.commit().await?;

    let deadline = Instant::now() + wait;
    let mut report = SyncReport::default();
    let target = gateway.target(context)?;
    let rpc = Rpc::new(context, &target);
    if let Err(error) = rpc::within(HEALTH_WAIT, rpc.health()).await {
        report.fail(None, error.message);
        return Ok(report);
    }
    if let Some(board_id) = options.board_id
        && !has_board(context, gateway, board_id).await?
    {
        report.fail(None, "Board does not belong to this gateway");
        return Ok(report);
    }
    let agents = agents(context, gateway, options).await?;
    tracing::info!(gateway.id = %gateway.id, agents = agents.len(), "gateway.templates.sync.start");
    report.plan = plan(&agents, options.include_main.then_some(&main));
    let (active, paused): (Vec<_>, Vec<_>) = agents.into_iter().partition(|agent| !agent.is_paused);
    report.agents_skipped = i64::try_from(paused.len()).unwrap_or(i64::MAX);
    let outcomes: Vec<(Agent, Result<Answer<()>>)> = stream::iter(active)
        .map(|Row { agent, .. }| async {
            let outcome = bring_one_in_line(context, &agent, options, deadline).await;
            (agent, outcome)
        })
        .buffered(PARALLEL)
        .collect()
        .await;
    for (agent, outcome) in outcomes {
        match told(outcome)? {
            None => report.agents_updated += 1,
            Some(failure) => {
                report.agents_skipped += 1;
                report.fail(Some(&agent), failure);
            }
        }
    }
    if options.include_main {
        match told(bring_one_in_line(context, &main, options, deadline).await)? {
            None => report.main_updated = true,
            Some(failure) => report.fail(Some(&main), failure),
        }
    }
    let txn = context.store().begin().await?;
    service::append_by(&txn, user_id, "gateway.synced", gateway, &[]).await?;
    txn.commit().await?;
    Ok(report)
}

/// What would be done, without asking the gateway.
async fn rehearse(context: &Context, gateway: &Gateway, options: SyncOptions) -> Result<SyncReport> {
    let mut report = SyncReport::default();
    if let Some(board_id) = options.board_id
        && !has_board(context, gateway, board_id).await?
    {
        report.fail(None, "Board does not belong to this gateway");
        return Ok(report);
    }
    let agents = agents(context, gateway, options).await?;
    let main = main_agent::find(context.store(), gateway.id).await?;
    report.plan = plan(&agents, main.as_ref().filter(|_| options.include_main));
    Ok(report)
}

fn plan(agents: &[Row], main: Option<&Agent>) -> Vec<SyncPlan> {
    let of_boards = agents.iter().map(|row| SyncPlan::of(&row.agent, row.is_paused));
    of_boards.chain(main.map(|main| SyncPlan::of(main, false))).collect()
}

/// Brings one agent in line in the time that is left, if there is any.
async fn bring_one_in_line(
    context: &Context,
    agent: &Agent,
    options: SyncOptions,
    deadline: Instant,
) -> Result<Answer<()>> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        let text = "Not done in the time of one request; sync again to go on";
        return Ok(Err(GatewayError::new(Failure::Timeout, text)));
    }
    lifecycle::run_while(context, agent.id, action_for(agent), options.manner(), left)
        .await
        .map(|(_, outcome)| outcome)
}

/// An agent that was never set up is made; the others are not disturbed more than was asked for.
fn action_for(agent: &Agent) -> Action {
    if agent.lifecycle_state.is_set_up() { Action::Refresh } else { Action::Provision }
}

/// What is told of a failure; none when there is none.
fn told(outcome: Result<Answer<()>>) -> Result<Option<String>> {
    match outcome {
        Ok(Ok(())) => Ok(None),
        Ok(Err(error)) => Ok(Some(error.message)),
        // It was deleted, or is being deleted, since the list was read.
        Err(Error { kind: Kind::NotFound | Kind::Conflict | Kind::Invalid, detail, .. }) => {
            Ok(Some(match detail {
                Detail::Text(text) => text,
                _ => "The agent is gone".to_owned(),
            }))
        }
        Err(error) => Err(error),
    }
}

async fn has_board(context: &Context, gateway: &Gateway, board_id: Uuid) -> Result<bool> {
    let row: Option<(Uuid,)> = context
        .store()
        .optional(
            sql("SELECT id FROM boards WHERE id = $1 AND gateway_id = $2 AND organization_id = $3")
                .bind(board_id)
                .bind(gateway.id)
                .bind(gateway.organization_id),
        )
        .await?;
    Ok(row.is_some())
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    agent: Agent,
    is_paused: bool,
}

/// The agents of the gateway's boards, oldest first.
async fn agents(context: &Context, gateway: &Gateway, options: SyncOptions) -> Result<Vec<Row>> {
    Ok(context
        .store()
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                ", (SELECT b.paused_at IS NOT NULL FROM boards b WHERE b.id = agents.board_id) AS is_paused
                 FROM agents WHERE gateway_id = $1 AND board_id IN (
                     SELECT id FROM boards WHERE gateway_id = $1 AND organization_id = $2 AND ($3 OR id = $4))
                     AND status <> 'deleting' AND (is_board_lead OR NOT $5)
                 ORDER BY created_at, id LIMIT $6"
            ))
            .bind(gateway.id)
            .bind(gateway.organization_id)
            .bind(options.board_id.is_none())
            .bind(options.board_id)
            .bind(options.lead_only)
            .bind(AGENTS_MAX),
        )
        .await?)
}
