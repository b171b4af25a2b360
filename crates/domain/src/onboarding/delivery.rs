//! How what this side says in an interview reaches the agent that leads it: as a message to the main agent of the
//! gateway. What becomes of that message stands in the interview too.

use mc_store::{Read, Txn, sql};
use uuid::Uuid;

use super::Message;
use crate::{
    Error, Result,
    agents::{
        self,
        messages::{self, AgentMessage, MessageKind, Outgoing},
    },
    boards::Board,
    gateways::rpc::MAIN_LABEL,
};

/// Puts something that was said on its way. One that is on its way already is looked at now.
///
/// # Errors
/// `Invalid` when the gateway has no main agent.
pub(super) async fn send(txn: &Txn, board: &Board, gateway_id: Uuid, message: &Message) -> Result<()> {
    if messages::hasten_about(txn, MessageKind::Onboarding, message.id).await? {
        return Ok(());
    }
    let main = agents::queries::main_of(txn, gateway_id).await?;
    let main = main.filter(|main| main.openclaw_session_id.is_some());
    let main = main.ok_or_else(|| Error::invalid("The gateway of the board has no main agent"))?;
    let outgoing = Outgoing {
        kind: MessageKind::Onboarding,
        board_id: Some(board.id),
        subject_id: Some(message.id),
        wake: true,
        ..Outgoing::new(main.id, MAIN_LABEL, message.content.as_str())
    };
    messages::enqueue(txn, &outgoing).await?;
    note(txn, message.id, "pending", None).await
}

/// The agent has got it.
pub(crate) async fn delivered(txn: &Txn, message: &AgentMessage) -> Result<()> {
    settle(txn, message, "delivered", None).await
}

/// The agent has not got it yet.
pub(crate) async fn delayed(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    settle(txn, message, "pending", Some(reason)).await
}

/// It was given up; the same answer again is another try.
pub(crate) async fn given_up(txn: &Txn, message: &AgentMessage, reason: &str) -> Result<()> {
    settle(txn, message, "failed", Some(reason)).await
}

/// It is tried once more.
pub(crate) async fn wanted_again(txn: &Txn, message: &AgentMessage) -> Result<()> {
    settle(txn, message, "pending", None).await
}

async fn settle(txn: &Txn, message: &AgentMessage, status: &str, error: Option<&str>) -> Result<()> {
    let Some(id) = message.subject_id else { return Ok(()) };
    note(txn, id, status, error).await?;
    let session: Option<(Uuid, String)> = txn
        .optional(
            sql("SELECT s.id, s.status FROM board_onboarding_sessions s
                 JOIN board_onboarding_messages m ON m.session_id = s.id WHERE m.id = $1")
            .bind(id),
        )
        .await?;
    if let (Some((session_id, status)), Some(board_id)) = (session, message.board_id) {
        super::service::note(txn, (message.organization_id, board_id), session_id, &status).await?;
    }
    Ok(())
}

async fn note(txn: &Txn, id: Uuid, status: &str, error: Option<&str>) -> Result<()> {
    txn.run(
        sql("UPDATE board_onboarding_messages SET delivery_status = $2, delivery_error = $3 WHERE id = $1")
            .bind(id)
            .bind(status)
            .bind(error),
    )
    .await?;
    Ok(())
}
