//! Reads of gateways.

use mc_store::{Read, sql};
use uuid::Uuid;

use super::Gateway;
use crate::Result;

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
