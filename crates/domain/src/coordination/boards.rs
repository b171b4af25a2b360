//! The boards that an agent reaches.

use mc_store::{Read, sql};
use uuid::Uuid;

use crate::{Context, Error, Kind, Page, PageRequest, Result, agents::Agent, boards::Board};

/// The boards that an agent reaches, newest first: its own, or those of its gateway.
///
/// # Errors
/// `Forbidden` for an agent that belongs to neither a board nor a gateway that exists.
pub async fn list(context: &Context, agent: &Agent, request: PageRequest) -> Result<Page<Board>> {
    let store = context.store();
    let (select, count) = match (agent.board_id, agent.gateway_id) {
        (Some(board), _) => (
            sql("SELECT * FROM boards WHERE organization_id = $1 AND id = $2
                 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4")
            .bind(agent.organization_id)
            .bind(board),
            sql("SELECT count(*) FROM boards WHERE organization_id = $1 AND id = $2")
                .bind(agent.organization_id)
                .bind(board),
        ),
        (None, Some(gateway)) => {
            check_gateway(context, agent, gateway).await?;
            (
                sql("SELECT * FROM boards WHERE organization_id = $1 AND gateway_id = $2
                     ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4")
                .bind(agent.organization_id)
                .bind(gateway),
                sql("SELECT count(*) FROM boards WHERE organization_id = $1 AND gateway_id = $2")
                    .bind(agent.organization_id)
                    .bind(gateway),
            )
        }
        (None, None) => return Err(without_place()),
    };
    let items: Vec<Board> = store.all(select.bind(request.limit).bind(request.offset)).await?;
    let (total,): (i64,) = store.one(count).await?;
    Ok(Page { items, total, request })
}

async fn check_gateway(context: &Context, agent: &Agent, gateway_id: Uuid) -> Result<()> {
    let found: Option<(Uuid,)> = context
        .store()
        .optional(
            sql("SELECT id FROM gateways WHERE id = $1 AND organization_id = $2")
                .bind(gateway_id)
                .bind(agent.organization_id),
        )
        .await?;
    found.map(drop).ok_or_else(without_place)
}

fn without_place() -> Error {
    Error::text(Kind::Forbidden, "The agent belongs to no board and to no gateway")
}
