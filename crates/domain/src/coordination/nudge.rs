//! A lead wakes an agent of its board.

use mc_store::{Store, events::NewEvent};
use serde_json::json;
use uuid::Uuid;

use super::{BoardLead, dispatch};
use crate::{
    Context, Error, Kind, Result,
    agents::{
        self, Agent,
        messages::{self, MessageKind, Outgoing},
    },
    gateways::rpc::ChatMessage,
};

/// Puts a message of the lead into the session of an agent of its board, as it is.
///
/// # Errors
/// `NotFound` when the agent is not one of this board; `Invalid` when it has no session, or the board no usable
/// gateway; `BadGateway` when the gateway does not take the message.
pub async fn nudge(context: &Context, scope: &BoardLead, agent_id: Uuid, message: &str) -> Result<()> {
    let board = scope.board();
    let agent = agent_of_board(context.store(), scope, agent_id).await?;
    let session_key = agent
        .openclaw_session_id
        .as_deref()
        .ok_or_else(|| Error::invalid(format!("Agent {} has no session key", agent.name)))?;
    let target = dispatch::target_of(context, board).await?;
    let outgoing = Outgoing {
        kind: MessageKind::Nudge,
        board_id: Some(board.id),
        subject_id: Some(scope.agent().id),
        deliver: true,
        wake: true,
        ..Outgoing::to(&agent, message)
    };
    let id = dispatch::begin(context, &outgoing).await?;
    let message = ChatMessage { session_key, text: message, deliver: true, idempotency_key: id };
    let sent = dispatch::deliver(context, &target, &agent.name, message).await;
    let (kind, text) = match &sent {
        Ok(()) => ("agent.nudge.sent", format!("Nudge sent to {}.", agent.name)),
        Err(error) => ("agent.nudge.failed", format!("Nudge to {} failed: {error}", agent.name)),
    };
    let txn = context.store().begin().await?;
    messages::end(context, &txn, id, sent.as_ref().err().map(|error| error.message.as_str())).await?;
    txn.append(
        NewEvent::new(kind, board.organization_id)
            .board(board.id)
            .agent(Some(scope.agent().id))
            .message(text)
            .data(json!({ "target_agent_id": agent.id }))
            .activity(),
    )
    .await?;
    txn.commit().await?;
    sent.map_err(|error| dispatch::failed("Gateway nudge", &error))
}

/// An agent of the lead's own board.
pub(super) async fn agent_of_board(store: &Store, scope: &BoardLead, id: Uuid) -> Result<Agent> {
    agents::service::by_id(store, id)
        .await?
        .filter(|agent| agent.board_id == Some(scope.board().id))
        .ok_or_else(|| Error::text(Kind::NotFound, "There is no such agent on this board"))
}
