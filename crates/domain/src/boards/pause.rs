//! Stopping the agents of a board, and letting them go on.

use mc_store::{Txn, events::NewEvent, sql};

use super::Board;
use crate::{
    Result,
    access::Actor,
    agents::{messages, rounds},
};

/// Stops the agents of a board or lets them go on, and tells open views. When they may go on, those with work are looked
/// for at once. Gives whether anything has changed; what changes nothing leaves no trace.
pub(crate) async fn set(txn: &Txn, board: &Board, paused: bool, author: &Actor) -> Result<bool> {
    let update = if paused {
        sql("UPDATE boards SET paused_at = $2 WHERE id = $1 AND paused_at IS NULL")
            .bind(board.id)
            .bind(txn.now())
    } else {
        sql("UPDATE boards SET paused_at = NULL WHERE id = $1 AND paused_at IS NOT NULL").bind(board.id)
    };
    if txn.run(update).await? == 0 {
        return Ok(false);
    }
    let (kind, done) = if paused { ("board.paused", "paused") } else { ("board.resumed", "resumed") };
    let name = author.display_name();
    let event = |kind| {
        let event = NewEvent::new(kind, board.organization_id).board(board.id);
        event.agent(author.agent_id()).user(author.user_id())
    };
    txn.append(event(kind).message(format!("Agents of the board {done} by {name}")).activity()).await?;
    // For open views: the board looks different now.
    txn.append(event("board.updated")).await?;
    if !paused {
        messages::board_is_back(txn, board.id).await?;
        rounds::request(txn, board.id).await?;
    }
    Ok(true)
}
