//! Bringing the agents of a gateway in line with what is stored here.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use mc_store::{Read, sql};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    Gateway, main_agent,
    port::{Failure, GatewayError},
    provision, queries,
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
};

/// How many agents are brought in line at a time.
const PARALLEL: usize = 4;
/// How long the whole may take; what is not done by then is reported.
const WAIT: Duration = Duration::from_secs(25);
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
}

impl SyncOptions {
    /// What was asked for about files of agents, which this server does not write.
    fn about_files(self) -> impl Iterator<Item = &'static str> {
        [
            ("rotate_tokens", self.rotate_tokens),
            ("force_bootstrap", self.force_bootstrap),
            ("overwrite", self.overwrite),
        ]
        .into_iter()
        .filter_map(|(name, is_wanted)| is_wanted.then_some(name))
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

/// Makes the gateway know the main agent and the agents of its boards under their present names and folders, and gives
/// them their sessions. Agents of paused boards are left alone. What fails on the gateway stands in the report.
///
/// # Errors
/// `NotFound` for an unknown gateway.
pub async fn sync(context: &Context, scope: &OrgAdmin, id: Uuid, options: SyncOptions) -> Result<SyncReport> {
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    service::lock(&txn, id).await?;
    let gateway = queries::find(&txn, organization_id, id).await?.ok_or_else(service::unknown)?;
    let (main, _) = main_agent::ensure(&txn, &gateway).await?;
    txn.commit().await?;

    let deadline = Instant::now() + WAIT;
    let mut report = SyncReport::default();
    let target = gateway.target(context)?;
    let rpc = Rpc::new(context, &target);
    if let Err(error) = rpc::within(HEALTH_WAIT, rpc.health()).await {
        report.fail(None, error.message);
        return Ok(report);
    }
    if let Some(board_id) = options.board_id
        && !has_board(context, &gateway, board_id).await?
    {
        report.fail(None, "Board does not belong to this gateway");
        return Ok(report);
    }
    for name in options.about_files() {
        report.fail(None, format!("{name} was not done: this server does not write the files of agents"));
    }
    let agents = agents(context, &gateway, options).await?;
    tracing::info!(gateway.id = %gateway.id, agents = agents.len(), "gateway.templates.sync.start");
    let (active, paused): (Vec<_>, Vec<_>) = agents.into_iter().partition(|agent| !agent.is_paused);
    report.agents_skipped = i64::try_from(paused.len()).unwrap_or(i64::MAX);
    let outcomes: Vec<(Agent, Result<Answer<()>>)> = stream::iter(active)
        .map(|Row { agent, .. }| async {
            let outcome = match manner(options, deadline) {
                Some(manner) => lifecycle::run(context, agent.id, Action::Update, manner)
                    .await
                    .map(|(_, outcome)| outcome),
                None => Ok(Err(too_late())),
            };
            (agent, outcome)
        })
        .buffered(PARALLEL)
        .collect()
        .await;
    for (agent, outcome) in outcomes {
        let failure = match outcome {
            Ok(Ok(())) => {
                report.agents_updated += 1;
                continue;
            }
            Ok(Err(error)) => error.message,
            // It was deleted, or is being deleted, since the list was read.
            Err(Error { kind: Kind::NotFound | Kind::Conflict | Kind::Invalid, detail, .. }) => {
                match detail {
                    Detail::Text(text) => text,
                    _ => "The agent is gone".to_owned(),
                }
            }
            Err(error) => return Err(error),
        };
        report.agents_skipped += 1;
        report.fail(Some(&agent), failure);
    }
    if options.include_main {
        let outcome = match manner(options, deadline) {
            Some(manner) => provision::run(context, &gateway, &main, Action::Update, manner).await?,
            None => Err(too_late()),
        };
        report.main_updated = outcome.is_ok();
        if let Err(error) = outcome {
            report.fail(Some(&main), error.message);
        }
    }
    let txn = context.store().begin().await?;
    service::append(&txn, scope, "gateway.synced", &gateway, &[]).await?;
    txn.commit().await?;
    Ok(report)
}

/// How an agent is brought in line in the time that is left, if there is any.
fn manner(options: SyncOptions, deadline: Instant) -> Option<Manner> {
    let left = deadline.saturating_duration_since(Instant::now());
    (left > Duration::ZERO).then_some(Manner {
        reset_session: options.reset_sessions,
        patience: left,
        retries: false,
    })
}

fn too_late() -> GatewayError {
    let text = format!("Not done within {} seconds; sync again to go on", WAIT.as_secs());
    GatewayError::new(Failure::Timeout, text)
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
