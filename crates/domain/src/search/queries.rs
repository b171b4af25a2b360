//! Reads of what is called like a text.

use std::collections::HashSet;

use mc_store::{Engine, Read, Row};
use sea_query::{Alias, CaseStatement, Condition, Expr, ExprTrait, Func, Order, Query, SelectStatement};
use uuid::Uuid;

use super::{AgentHit, BoardHit, NamedHit, TaskHit, rules::Wanted};
use crate::{
    Result,
    access::BoardRights,
    organizations::Member,
    pattern::{beginning_with, containing},
    tags::TagRef,
};

fn column(table: &'static str, name: &'static str) -> Expr {
    Expr::col((Alias::new(table), Alias::new(name)))
}

/// The letters of a column, those of ASCII folded. Without the rules of a language this is many times faster, which
/// counts where every row is looked at; [`Wanted`] makes up for the other letters.
fn folded(engine: Engine, table: &'static str, name: &'static str) -> Expr {
    let column = column(table, name);
    match engine {
        // `LIKE` of SQLite folds them by itself.
        Engine::Sqlite => column,
        Engine::Postgres => Func::lower(Expr::cust_with_expr("$1 COLLATE \"C\"", column)).into(),
    }
}

/// The condition on what a thing is called.
fn called(text: &Expr, wanted: &Wanted) -> Condition {
    wanted.words.iter().fold(Condition::all(), |all, spellings| {
        let any =
            spellings.iter().fold(Condition::any(), |any, word| any.add(text.clone().like(containing(word))));
        all.add(any)
    })
}

/// 0 for what begins with the text, 1 for what only contains it.
fn rank(text: &Expr, wanted: &Wanted) -> CaseStatement {
    let begins = wanted
        .whole
        .iter()
        .fold(Condition::any(), |any, whole| any.add(text.clone().like(beginning_with(whole))));
    Expr::case(begins, Expr::val(0)).finally(Expr::val(1))
}

/// Things of one table by their names: what begins with the text first, then by name.
fn named(
    engine: Engine,
    table: &'static str,
    columns: &[&'static str],
    condition: Condition,
    wanted: &Wanted,
    limit: u64,
) -> SelectStatement {
    let name = folded(engine, table, "name");
    let mut select = Query::select();
    for wanted_column in columns {
        select.column((Alias::new(table), Alias::new(*wanted_column)));
    }
    select
        .from(Alias::new(table))
        .cond_where(condition.add(called(&name, wanted)))
        .order_by_expr(rank(&name, wanted).into(), Order::Asc)
        .order_by((Alias::new(table), Alias::new("name")), Order::Asc)
        .order_by((Alias::new(table), Alias::new("id")), Order::Asc)
        .limit(limit)
        .take()
}

fn of_organization(table: &'static str, organization_id: Uuid) -> Condition {
    Condition::all().add(column(table, "organization_id").eq(organization_id))
}

async fn read<T: Row>(on: &impl Read, select: SelectStatement) -> Result<Vec<T>> {
    Ok(on.all(on.render(&select)).await?)
}

/// The boards that a member may read.
pub(super) async fn boards(
    on: &impl Read,
    rights: BoardRights,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<BoardHit>> {
    let condition = rights.condition("boards", "id");
    read(on, named(on.engine(), "boards", &["id", "name", "description"], condition, wanted, limit)).await
}

/// The board groups of an organization; only `readable` ones where it says which.
pub(super) async fn board_groups(
    on: &impl Read,
    organization_id: Uuid,
    readable: Option<HashSet<Uuid>>,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<NamedHit>> {
    let condition = of_organization("board_groups", organization_id)
        .add_option(readable.map(|ids| column("board_groups", "id").is_in(ids)));
    read(on, named(on.engine(), "board_groups", &["id", "name"], condition, wanted, limit)).await
}

/// The gateways of an organization.
pub(super) async fn gateways(
    on: &impl Read,
    organization_id: Uuid,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<NamedHit>> {
    let condition = of_organization("gateways", organization_id);
    read(on, named(on.engine(), "gateways", &["id", "name"], condition, wanted, limit)).await
}

/// The tags of an organization.
pub(super) async fn tags(
    on: &impl Read,
    organization_id: Uuid,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<TagRef>> {
    let condition = of_organization("tags", organization_id);
    read(on, named(on.engine(), "tags", &["id", "name", "slug", "color"], condition, wanted, limit)).await
}

/// The agents of boards that a member may read; for administrators those of the whole organization.
pub(super) async fn agents(
    on: &impl Read,
    member: &Member,
    rights: BoardRights,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<AgentHit>> {
    let condition = if member.is_admin() {
        of_organization("agents", member.organization_id)
    } else {
        rights.condition("agents", "board_id").add(column("agents", "board_id").is_not_null())
    };
    let columns = ["id", "name", "board_id", "is_board_lead"];
    let mut select = named(on.engine(), "agents", &columns, condition, wanted, limit);
    let board = column("boards", "id").equals((Alias::new("agents"), Alias::new("board_id")));
    select.left_join(Alias::new("boards"), board).expr_as(column("boards", "name"), Alias::new("board_name"));
    read(on, select).await
}

/// The tasks of boards that a member may read: those whose titles begin with the text, then open ones, then by when
/// they were changed.
pub(super) async fn tasks(
    on: &impl Read,
    rights: BoardRights,
    wanted: &Wanted,
    limit: u64,
) -> Result<Vec<TaskHit>> {
    let title = folded(on.engine(), "tasks", "title");
    let by_id = wanted.ids.map(|(first, last)| column("tasks", "id").between(first, last));
    let is_done = Expr::case(column("tasks", "status").eq("done"), Expr::val(1)).finally(Expr::val(0));
    let select = Query::select()
        .columns(
            ["id", "board_id", "title", "status", "priority", "updated_at"]
                .map(|name| (Alias::new("tasks"), Alias::new(name))),
        )
        .expr_as(column("boards", "name"), Alias::new("board_name"))
        .from(Alias::new("tasks"))
        .inner_join(
            Alias::new("boards"),
            column("boards", "id").equals((Alias::new("tasks"), Alias::new("board_id"))),
        )
        .cond_where(rights.condition("boards", "id"))
        .cond_where(Condition::any().add(called(&title, wanted)).add_option(by_id))
        .order_by_expr(rank(&title, wanted).into(), Order::Asc)
        .order_by_expr(is_done.into(), Order::Asc)
        .order_by((Alias::new("tasks"), Alias::new("updated_at")), Order::Desc)
        .order_by((Alias::new("tasks"), Alias::new("id")), Order::Asc)
        .limit(limit)
        .take();
    read(on, select).await
}
