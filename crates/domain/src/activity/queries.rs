//! Reads of the event log.

use chrono::{DateTime, TimeDelta, Utc};
use mc_store::{Read, events, sql};
use sea_query::{Alias, Asterisk, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use uuid::Uuid;

use super::{Activity, ActivityFilter, CommentItem, Viewer, jobs, rules};
use crate::{
    Context, Page, PageRequest, Result,
    access::BoardRights,
    pattern::{beginning_with, containing},
};

/// How much older than its neighbours in the log an event can be: it carries the time at which its
/// transaction began, and no transaction takes this long.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// The position of the first event of a board since a time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn board_position_since(
    on: &impl Read,
    board_id: Uuid,
    since: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on
        .one(
            sql("SELECT min(position) FROM events WHERE board_id = $1 AND created_at >= $2")
                .bind(board_id)
                .bind(since),
        )
        .await?;
    Ok(position)
}

/// The position of the first event of an organization since a time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn organization_position_since(
    on: &impl Read,
    organization_id: Uuid,
    since: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on
        .one(
            sql("SELECT min(position) FROM events WHERE organization_id = $1 AND created_at >= $2")
                .bind(organization_id)
                .bind(since),
        )
        .await?;
    Ok(position)
}

/// The position of the first event of a board group since a time.
///
/// # Errors
/// When the database cannot be reached.
pub async fn board_group_position_since(
    on: &impl Read,
    board_group_id: Uuid,
    since: DateTime<Utc>,
) -> Result<Option<i64>> {
    let (position,): (Option<i64>,) = on
        .one(
            sql("SELECT min(position) FROM events WHERE board_group_id = $1 AND created_at >= $2")
                .bind(board_group_id)
                .bind(since),
        )
        .await?;
    Ok(position)
}

/// Whether no event after a position has been taken by retention, so that a reader can go on from there.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_complete_after(context: &Context, position: i64) -> Result<bool> {
    let store = context.store();
    let horizon = jobs::live_horizon(context) + MARGIN;
    let oldest = events::oldest_position(store).await?;
    if oldest.is_none_or(|oldest| position < oldest) {
        return Ok(false);
    }
    Ok(events::time_at(store, position).await?.is_some_and(|time| time >= horizon))
}

/// A column of a table that the feed reads.
fn of(table: &'static str, name: &'static str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(name)))
}

/// What a viewer may see. The caller has checked that a member may read the board that the filter names.
fn visible(viewer: &Viewer, filter: &ActivityFilter) -> Condition {
    let column = |name: &'static str| of("events", name);
    match viewer {
        // One board, whose right was checked: its own index serves the list.
        Viewer::Member(_) if filter.board_id.is_some() => Condition::all(),
        Viewer::Member(scope) => {
            let of_boards =
                scope.readable_boards().condition("events", "board_id").add(column("board_id").is_not_null());
            // The main agent of a gateway has no board; administrators look after it.
            let of_main = (filter.agent_id.is_some() && scope.member().is_admin()).then(|| {
                Condition::all()
                    .add(column("organization_id").eq(scope.organization().id))
                    .add(column("board_id").is_null())
            });
            Condition::all().add(Condition::any().add(of_boards).add_option(of_main))
        }
        Viewer::Agent(agent) => Condition::all()
            .add(column("organization_id").eq(agent.organization_id))
            .add(column("agent_id").eq(agent.id))
            .add_option(agent.board_id.map(|board| column("board_id").eq(board))),
    }
}

/// Those of some events that a filter asks for.
fn filtered(among: Condition, filter: &ActivityFilter) -> Condition {
    let column = |name: &'static str| of("events", name);
    let kind = |name: &String| match name.strip_suffix('*') {
        Some(start) if start.ends_with('.') => column("kind").like(beginning_with(start)),
        _ => column("kind").eq(name.as_str()),
    };
    let kinds = (!filter.kinds.is_empty())
        .then(|| filter.kinds.iter().fold(Condition::any(), |any, name| any.add(kind(name))));
    let failures = filter.is_failure.map(|wanted| {
        let failed =
            Condition::any().add(column("kind").like("%failed")).add(column("kind").is_in(rules::FAILURES));
        if wanted { failed } else { failed.not() }
    });
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let message =
        text.map(|text| Expr::from(Func::lower(column("message"))).like(containing(&text.to_lowercase())));
    among
        .add_option(filter.board_id.map(|board| column("board_id").eq(board)))
        .add_option(filter.agent_id.map(|agent| column("agent_id").eq(agent)))
        .add_option(kinds)
        .add_option(failures)
        .add_option(message)
        .add_option(filter.before.map(|before| column("created_at").lt(before)))
}

/// The events of the feed that a viewer may see, newest first. The caller has checked that a member may
/// read the board that the filter names.
pub(super) async fn feed(
    on: &impl Read,
    viewer: &Viewer,
    filter: &ActivityFilter,
    request: PageRequest,
) -> Result<Page<Activity>> {
    let events = Alias::new("events");
    let column = |name: &'static str| of("events", name);
    let condition = filtered(visible(viewer, filter).add(column("activity")), filter);
    let behind = request.after.map(|cursor| cursor.event_condition(column("created_at"), column("position")));
    let mut page = Query::select()
        .column((events.clone(), Asterisk))
        .expr_as(of("agents", "name"), Alias::new("agent_name"))
        .expr_as(of("users", "preferred_name"), Alias::new("user_preferred_name"))
        .expr_as(of("users", "name"), Alias::new("user_name"))
        .from(events.clone())
        .left_join(Alias::new("agents"), of("agents", "id").equals((events.clone(), Alias::new("agent_id"))))
        .left_join(Alias::new("users"), of("users", "id").equals((events.clone(), Alias::new("user_id"))))
        .cond_where(condition.clone().add_option(behind))
        .order_by((events.clone(), Alias::new("created_at")), Order::Desc)
        .order_by((events.clone(), Alias::new("position")), Order::Desc)
        .take();
    let count =
        Query::select().expr(Func::count(Expr::col(Asterisk))).from(events).cond_where(condition).take();
    let mut items: Vec<Activity> = on.all(on.render(&request.cut(&mut page))).await?;
    for item in &mut items {
        // The log keeps who it was; what people read leads to no agent that is gone.
        item.event.agent_id = item.event.agent_id.filter(|_| item.agent_name.is_some());
    }
    let (total,): (i64,) = on.one(on.render(&count)).await?;
    Ok(Page { items, total, request })
}

/// Whether a member may read a board.
pub(super) async fn is_readable(on: &impl Read, rights: BoardRights, board_id: Uuid) -> Result<bool> {
    let boards = Alias::new("boards");
    let query = Query::select()
        .column((boards.clone(), Alias::new("id")))
        .from(boards.clone())
        .cond_where(rights.condition("boards", "id"))
        .and_where(Expr::col((boards, Alias::new("id"))).eq(board_id))
        .take();
    let row: Option<(Uuid,)> = on.optional(on.render(&query)).await?;
    Ok(row.is_some())
}

/// The comments on the boards that a member may read, newest first.
pub(super) async fn comments(
    on: &impl Read,
    rights: BoardRights,
    board_id: Option<Uuid>,
    request: PageRequest,
) -> Result<Page<CommentItem>> {
    let column = |table: &'static str, name: &'static str| Expr::col((Alias::new(table), Alias::new(name)));
    let condition = rights
        .condition("boards", "id")
        .add_option(board_id.map(|board| column("task_comments", "board_id").eq(board)));
    let behind = request
        .after
        .map(|cursor| cursor.condition(column("task_comments", "created_at"), column("task_comments", "id")));
    let mut page = select_comments()
        .cond_where(condition.clone().add_option(behind))
        .order_by((Alias::new("task_comments"), Alias::new("created_at")), Order::Desc)
        .order_by((Alias::new("task_comments"), Alias::new("id")), Order::Desc)
        .take();
    let count = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(Alias::new("task_comments"))
        .inner_join(
            Alias::new("boards"),
            column("boards", "id").equals((Alias::new("task_comments"), Alias::new("board_id"))),
        )
        .cond_where(condition)
        .take();
    let items: Vec<CommentItem> = on.all(on.render(&request.cut(&mut page))).await?;
    let (total,): (i64,) = on.one(on.render(&count)).await?;
    Ok(Page { items, total, request })
}

/// A comment as the feed shows it. The caller answers for the right to read its board.
///
/// # Errors
/// When the database cannot be reached.
pub async fn comment(on: &impl Read, id: Uuid) -> Result<Option<CommentItem>> {
    let id = Expr::col((Alias::new("task_comments"), Alias::new("id"))).eq(id);
    let query = select_comments().and_where(id).take();
    Ok(on.optional(on.render(&query)).await?)
}

/// Comments with what the feed shows of their board, task and agent.
fn select_comments() -> SelectStatement {
    let comments = Alias::new("task_comments");
    let column = |table: &'static str, name: &'static str| Expr::col((Alias::new(table), Alias::new(name)));
    let is_of = |table: &'static str, reference: &'static str| {
        column(table, "id").equals((Alias::new("task_comments"), Alias::new(reference)))
    };
    let own = ["id", "created_at", "message", "agent_id", "user_id", "author_name", "task_id", "board_id"];
    Query::select()
        .columns(own.map(|name| (comments.clone(), Alias::new(name))))
        .expr_as(column("agents", "name"), Alias::new("agent_name"))
        .expr_as(column("agents", "identity_profile"), Alias::new("identity_profile"))
        .expr_as(column("tasks", "title"), Alias::new("task_title"))
        .expr_as(column("boards", "name"), Alias::new("board_name"))
        .from(comments)
        .inner_join(Alias::new("boards"), is_of("boards", "board_id"))
        .inner_join(Alias::new("tasks"), is_of("tasks", "task_id"))
        .left_join(Alias::new("agents"), is_of("agents", "agent_id"))
        .take()
}
