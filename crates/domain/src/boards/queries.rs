//! Reads of boards that are more than load by id.

use mc_store::{Read, Store};
use sea_query::{Alias, Asterisk, Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use super::{Board, BoardFilter};
use crate::{Page, PageRequest, Result, access::BoardRights, page};

/// The boards that a member may read, by name.
pub(super) async fn readable(
    store: &Store,
    rights: BoardRights,
    filter: BoardFilter,
    request: PageRequest,
) -> Result<Page<Board>> {
    let column = |name: &'static str| Expr::col((Alias::new("boards"), Alias::new(name)));
    let condition = rights
        .condition("boards", "id")
        .add_option(filter.gateway_id.map(|id| column("gateway_id").eq(id)))
        .add_option(filter.board_group_id.map(|id| column("board_group_id").eq(id)));
    let mut query = Query::select()
        .column(Asterisk)
        .from(Alias::new("boards"))
        .cond_where(condition.clone())
        .order_by(Alias::new("sort_name"), Order::Asc)
        .order_by(Alias::new("created_at"), Order::Desc)
        .order_by(Alias::new("id"), Order::Asc)
        .take();
    let items: Vec<Board> = store.all(store.render(&request.cut(&mut query))).await?;
    let total = match request.whole(&items) {
        Some(total) => total,
        None => page::count(store, "boards", condition).await?,
    };
    Ok(Page { items, total, request })
}

/// Whether a gateway belongs to a tenant.
pub(super) async fn gateway_is_valid(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<bool> {
    let row: Option<(Uuid,)> = on
        .optional(
            mc_store::sql("SELECT id FROM gateways WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    Ok(row.is_some())
}

/// Whether a gateway has its main agent.
pub(super) async fn gateway_has_main_agent(on: &impl Read, id: Uuid) -> Result<bool> {
    let row: Option<(Uuid,)> = on
        .optional(
            mc_store::sql("SELECT id FROM agents WHERE gateway_id = $1 AND board_id IS NULL LIMIT 1")
                .bind(id),
        )
        .await?;
    Ok(row.is_some())
}

/// Whether a board group belongs to a tenant.
pub(super) async fn group_is_valid(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<bool> {
    let row: Option<(Uuid,)> = on
        .optional(
            mc_store::sql("SELECT id FROM board_groups WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    Ok(row.is_some())
}
