//! Reads of agents that are more than load by id, and who may see or change one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use mc_store::{Read, Store, sql};
use sea_query::{Alias, Condition, Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use super::{
    Agent,
    model::agent_columns,
    service::{self, by_id},
};
use crate::{
    Context, Error, Kind, Page, PageRequest, Result,
    access::{Actor, BoardReader, BoardWriter, OrgAdmin},
    page,
};

/// The most agents that one name is looked up for.
const NAMESAKES_MAX: i64 = 2;
/// The most agents that an overview of the fleet is made of.
const FLEET_MAX: u64 = 2_000;

/// Which agents a list is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct AgentFilter {
    /// Only agents of this board.
    pub board_id: Option<Uuid>,
    /// Only agents of this gateway: of its boards, and its main agent.
    pub gateway_id: Option<Uuid>,
}

/// The agents that an administrator may see, newest first: those of readable boards, and the main
/// agents of the organization's gateways.
///
/// # Errors
/// `Forbidden` for a board that may not be read; `NotFound` for a gateway of nobody or of others.
pub async fn list(
    context: &Context,
    scope: &OrgAdmin,
    filter: AgentFilter,
    page: PageRequest,
) -> Result<Page<Agent>> {
    let store = context.store();
    if let Some(board_id) = filter.board_id {
        check_board(store, scope, board_id).await?;
    }
    if let Some(gateway_id) = filter.gateway_id {
        check_gateway(store, scope.organization().id, gateway_id).await?;
    }
    let mut condition = visible(scope);
    if let Some(id) = filter.board_id {
        condition = condition.add(Expr::col((Alias::new("agents"), Alias::new("board_id"))).eq(id));
    }
    if let Some(id) = filter.gateway_id {
        condition = condition.add(on_gateway(id));
    }
    read_page(store, condition, page).await
}

/// The agents that an administrator may see: those of readable boards, and the main agents of gateways.
fn visible(scope: &OrgAdmin) -> Condition {
    let column = |name: &'static str| Expr::col((Alias::new("agents"), Alias::new(name)));
    let main = Condition::all()
        .add(column("organization_id").eq(scope.organization().id))
        .add(column("board_id").is_null());
    Condition::all()
        .add(Condition::any().add(scope.readable_boards().condition("agents", "board_id")).add(main))
}

/// All agents that an administrator may see, by name; the first `FLEET_MAX` of them.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn fleet(on: &impl Read, scope: &OrgAdmin) -> Result<Vec<Agent>> {
    let agents = Alias::new("agents");
    let query = Query::select()
        .columns(agent_columns!().split(',').map(|name| (agents.clone(), Alias::new(name.trim()))))
        .from(agents.clone())
        .cond_where(visible(scope))
        .order_by((agents.clone(), Alias::new("name")), Order::Asc)
        .order_by((agents, Alias::new("id")), Order::Asc)
        .limit(FLEET_MAX)
        .take();
    Ok(on.all(on.render(&query)).await?)
}

/// What an agent works on.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct CurrentTask {
    /// The agent.
    pub agent_id: Uuid,
    /// The task.
    pub id: Uuid,
    /// Its board, which is that of the agent.
    pub board_id: Uuid,
    /// Its title.
    pub title: String,
    /// Since when it is in progress.
    pub in_progress_at: Option<DateTime<Utc>>,
}

/// What each of these agents of an organization works on: of several tasks in progress the one that was begun last.
///
/// # Errors
/// When the database cannot be reached.
pub async fn current_tasks(
    context: &Context,
    organization_id: Uuid,
    agents: &[Agent],
) -> Result<HashMap<Uuid, CurrentTask>> {
    let ids = || agents.iter().map(|agent| agent.id);
    let (Some(first), Some(last)) = (ids().min(), ids().max()) else { return Ok(HashMap::new()) };
    let tasks: Vec<CurrentTask> = context
        .store()
        .all(
            sql("SELECT t.assigned_agent_id AS agent_id, t.id, t.board_id, t.title, t.in_progress_at
                 FROM agents a JOIN tasks t ON t.assigned_agent_id = a.id AND t.board_id = a.board_id
                 WHERE a.organization_id = $1 AND a.id BETWEEN $2 AND $3 AND t.status = 'in_progress'
                 ORDER BY t.in_progress_at, t.id")
            .bind(organization_id)
            .bind(first)
            .bind(last),
        )
        .await?;
    Ok(tasks.into_iter().map(|task| (task.agent_id, task)).collect())
}

/// The colleagues of an agent, newest first: those of its board, or for the main agent of a gateway
/// those of the gateway's boards and itself.
///
/// # Errors
/// `Forbidden` for a board beyond these.
pub async fn roster(
    context: &Context,
    agent: &Agent,
    board_id: Option<Uuid>,
    page: PageRequest,
) -> Result<Page<Agent>> {
    let store = context.store();
    let column = |name: &'static str| Expr::col((Alias::new("agents"), Alias::new(name)));
    let mut condition = Condition::all().add(column("organization_id").eq(agent.organization_id));
    if let Some(board) = board_id {
        BoardReader::check(context, Actor::Agent(agent.clone()), board).await.map_err(|error| match error
            .kind
        {
            // Whether a board exists is nothing that others are told.
            Kind::NotFound => Error::forbidden(),
            _ => error,
        })?;
        condition = condition.add(column("board_id").eq(board));
    }
    condition = match (agent.board_id, agent.gateway_id) {
        (Some(own), _) => condition.add(column("board_id").eq(own)),
        (None, Some(gateway)) => condition.add(on_gateway(gateway)),
        (None, None) => condition.add(column("id").eq(agent.id)),
    };
    read_page(store, condition, page).await
}

/// Agents of a gateway: those of its boards, and those without a board that live on it.
fn on_gateway(gateway_id: Uuid) -> Condition {
    let column = |name: &'static str| Expr::col((Alias::new("agents"), Alias::new(name)));
    let boards = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("boards"))
        .and_where(Expr::col(Alias::new("gateway_id")).eq(gateway_id))
        .take();
    let main = Condition::all().add(column("board_id").is_null()).add(column("gateway_id").eq(gateway_id));
    Condition::any().add(column("board_id").in_subquery(boards)).add(main)
}

async fn read_page(store: &Store, condition: Condition, request: PageRequest) -> Result<Page<Agent>> {
    let agents = Alias::new("agents");
    let mut query = Query::select()
        .columns(agent_columns!().split(',').map(|name| (agents.clone(), Alias::new(name.trim()))))
        .from(agents.clone())
        .cond_where(condition.clone())
        .order_by((agents.clone(), Alias::new("created_at")), Order::Desc)
        .order_by((agents, Alias::new("id")), Order::Desc)
        .take();
    let items: Vec<Agent> = store.all(store.render(&request.cut(&mut query))).await?;
    let total = match request.whole(&items) {
        Some(total) => total,
        None => page::count(store, "agents", condition).await?,
    };
    Ok(Page { items, total, request })
}

async fn check_board(store: &Store, scope: &OrgAdmin, board_id: Uuid) -> Result<()> {
    let query = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("boards"))
        .cond_where(scope.readable_boards().condition("boards", "id"))
        .and_where(Expr::col((Alias::new("boards"), Alias::new("id"))).eq(board_id))
        .take();
    let found: Option<(Uuid,)> = store.optional(store.render(&query)).await?;
    found.map(drop).ok_or_else(|| Error::text(Kind::Forbidden, "Board access denied"))
}

async fn check_gateway(store: &Store, organization_id: Uuid, gateway_id: Uuid) -> Result<()> {
    let found: Option<(Uuid,)> = store
        .optional(
            sql("SELECT id FROM gateways WHERE id = $1 AND organization_id = $2")
                .bind(gateway_id)
                .bind(organization_id),
        )
        .await?;
    found.map(drop).ok_or_else(Error::not_found)
}

/// Checks that an administrator may follow the agents of one board, or of all readable ones.
///
/// # Errors
/// `Forbidden` for a board that may not be read.
pub async fn may_follow(context: &Context, scope: &OrgAdmin, board_id: Option<Uuid>) -> Result<()> {
    match board_id {
        Some(id) => check_board(context.store(), scope, id).await,
        None => Ok(()),
    }
}

/// The agent of an organization with an id, whatever the rights on its board.
async fn of_organization(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<Agent> {
    let agent = by_id(context.store(), id).await?;
    agent.filter(|agent| agent.organization_id == scope.organization().id).ok_or_else(Error::not_found)
}

/// An agent that an administrator may see.
///
/// # Errors
/// `NotFound` when it is not of the organization; `Forbidden` when its board may not be read.
pub async fn readable(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<Agent> {
    let agent = of_organization(context, scope, id).await?;
    if let Some(board) = agent.board_id {
        BoardReader::check(context, Actor::User(scope.actor().clone()), board).await?;
    }
    Ok(agent)
}

/// An agent that an administrator may change.
///
/// # Errors
/// `NotFound` when it is not of the organization; `Forbidden` when its board may not be written.
pub async fn writable(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<Agent> {
    let agent = of_organization(context, scope, id).await?;
    if let Some(board) = agent.board_id {
        BoardWriter::check(context, Actor::User(scope.actor().clone()), board).await?;
    }
    Ok(agent)
}

/// The agents of an organization with exactly this name, at most two.
pub(super) async fn by_name(
    store: &Store,
    organization_id: Uuid,
    name: &str,
    board_id: Option<Uuid>,
) -> Result<Vec<Agent>> {
    Ok(store
        .all(
            sql(concat!(
                "SELECT ",
                agent_columns!(),
                " FROM agents WHERE organization_id = $1 AND name = $2 AND (board_id = $3 OR $3 IS NULL)
                 ORDER BY created_at, id LIMIT $4"
            ))
            .bind(organization_id)
            .bind(name)
            .bind(board_id)
            .bind(NAMESAKES_MAX),
        )
        .await?)
}

/// How many workers of a board count against its limit: failed creations do not.
pub(super) async fn worker_count(on: &impl Read, board_id: Uuid) -> Result<i64> {
    let (count,): (i64,) = on
        .one(
            sql("SELECT count(*) FROM agents WHERE board_id = $1 AND NOT is_board_lead
                   AND NOT (lifecycle_state = 'failed' AND last_seen_at IS NULL)")
            .bind(board_id),
        )
        .await?;
    Ok(count)
}

/// The boards on which tasks are assigned to an agent, with its own, in the order in which they are locked.
pub(super) async fn boards_of_work(on: &impl Read, agent: &Agent) -> Result<Vec<Uuid>> {
    let rows: Vec<(Uuid,)> = on
        .all(sql("SELECT DISTINCT board_id FROM tasks WHERE assigned_agent_id = $1").bind(agent.id))
        .await?;
    let boards: HashSet<Uuid> = rows.into_iter().map(|(id,)| id).chain(agent.board_id).collect();
    let mut boards: Vec<Uuid> = boards.into_iter().collect();
    boards.sort_unstable();
    Ok(boards)
}

/// The main agent of a gateway.
pub(crate) async fn main_of(on: &impl Read, gateway_id: Uuid) -> Result<Option<Agent>> {
    let found: Option<(Uuid,)> = on
        .optional(sql("SELECT id FROM agents WHERE gateway_id = $1 AND board_id IS NULL").bind(gateway_id))
        .await?;
    match found {
        Some((id,)) => service::by_id(on, id).await,
        None => Ok(None),
    }
}
