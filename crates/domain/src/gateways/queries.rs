//! Reads of gateways, and what is noted of their connections.

use chrono::TimeDelta;
use mc_store::{Read, Store, Txn, sql};
use uuid::Uuid;

use super::{Gateway, GatewayDetail, connections::Link};
use crate::{Page, PageRequest, Result, agents::messages};

/// The gateway on which an agent is reached: that of its board, or its own when it has no board.
pub(crate) async fn of_agent(on: &impl Read, agent_id: Uuid) -> Result<Option<Gateway>> {
    Ok(on
        .optional(
            sql("SELECT g.* FROM agents a LEFT JOIN boards b ON b.id = a.board_id
                 JOIN gateways g ON g.organization_id = a.organization_id
                     AND g.id = CASE WHEN a.board_id IS NULL THEN a.gateway_id ELSE b.gateway_id END
                 WHERE a.id = $1")
            .bind(agent_id),
        )
        .await?)
}

/// A gateway by id, for jobs.
pub(crate) async fn by_id(on: &impl Read, id: Uuid) -> Result<Option<Gateway>> {
    Ok(on.optional(sql("SELECT * FROM gateways WHERE id = $1").bind(id)).await?)
}

/// A gateway of a tenant.
pub(crate) async fn find(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<Gateway>> {
    Ok(on
        .optional(
            sql("SELECT * FROM gateways WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?)
}

/// The newest gateways of a tenant at an address; those with a token first.
pub(super) async fn by_url(on: &impl Read, organization_id: Uuid, url: &str) -> Result<Option<Gateway>> {
    Ok(on
        .optional(
            sql(
                "SELECT * FROM gateways WHERE organization_id = $1 AND url = $2
                 ORDER BY CASE WHEN token_sealed IS NULL THEN 1 ELSE 0 END, created_at DESC, id DESC LIMIT 1",
            )
            .bind(organization_id)
            .bind(url),
        )
        .await?)
}

/// A gateway of a tenant with its main agent.
pub(super) async fn detail(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<GatewayDetail>> {
    Ok(on
        .optional(
            sql("SELECT g.*, a.id AS main_agent_id, a.lifecycle_state AS provision_state,
                     (SELECT public FROM installation_secrets WHERE name = 'gateway_device') AS device_id FROM gateways g
                 LEFT JOIN agents a ON a.gateway_id = g.id AND a.board_id IS NULL
                 WHERE g.organization_id = $1 AND g.id = $2")
            .bind(organization_id)
            .bind(id),
        )
        .await?)
}

/// The gateways of a tenant, newest first.
pub(super) async fn page(
    store: &Store,
    organization_id: Uuid,
    page: PageRequest,
) -> Result<Page<GatewayDetail>> {
    let items: Vec<GatewayDetail> = store
        .all(
            sql("SELECT g.*, a.id AS main_agent_id, a.lifecycle_state AS provision_state,
                     (SELECT public FROM installation_secrets WHERE name = 'gateway_device') AS device_id FROM gateways g
                 LEFT JOIN agents a ON a.gateway_id = g.id AND a.board_id IS NULL
                 WHERE g.organization_id = $1 ORDER BY g.created_at DESC, g.id DESC LIMIT $2 OFFSET $3")
            .bind(organization_id)
            .bind(page.limit)
            .bind(page.offset),
        )
        .await?;
    let (total,): (i64,) = store
        .one(sql("SELECT count(*) FROM gateways WHERE organization_id = $1").bind(organization_id))
        .await?;
    Ok(Page { items, total, request: page })
}

/// The stored state of the connection to a gateway.
pub(super) async fn link(on: &impl Read, id: Uuid) -> Result<Option<Link>> {
    Ok(on.optional(sql("SELECT * FROM gateways WHERE id = $1").bind(id)).await?)
}

/// How often it is written down that a gateway still answers.
pub(super) const NOTE_EVERY: TimeDelta = TimeDelta::seconds(60);

/// Writes down what the last connection showed; one that came about lets the messages go that waited for it. `updated_at` is about what people set, and stays.
pub(super) async fn note_connection(
    txn: &Txn,
    gateway_id: Uuid,
    version: Option<&str>,
    error: Option<&str>,
) -> Result<()> {
    let update = match error {
        Some(_) => sql("UPDATE gateways SET last_error = $2 WHERE id = $1"),
        None => sql("UPDATE gateways SET last_error = $2, last_connected_at = $3, runtime_version = coalesce($4, runtime_version)
                     WHERE id = $1"),
    };
    let update = update.bind(gateway_id).bind(error);
    let update = if error.is_some() { update } else { update.bind(txn.now()).bind(version) };
    txn.run(update).await?;
    if error.is_none() {
        messages::gateway_is_back(txn, gateway_id).await?;
    }
    Ok(())
}
