//! What agents are told of a decision.

use std::fmt::Write;

use mc_base::text::{self, TASK_SNIPPET_MAX, external, one_line};
use mc_store::Txn;

use super::{Approval, ApprovalDetail};
use crate::{
    Result,
    agents::{
        self, Agent,
        messages::{self, MessageKind, Outgoing},
    },
    boards::Board,
};

/// Whom a decision concerns: the lead of the board, and the agent that asked, each with the events
/// that its message leaves behind.
fn recipients<'a>(
    board: &Board,
    approval: &Approval,
    lead: Option<&'a Agent>,
    requester: Option<&'a Agent>,
) -> Vec<(&'a Agent, [&'static str; 2])> {
    let is_of_board = |agent: &Agent| match agent.board_id {
        Some(own) => own == board.id,
        None => agent.gateway_id.is_some() && agent.gateway_id == board.gateway_id,
    };
    let requester = requester.filter(|agent| {
        Some(agent.id) == approval.agent_id
            && lead.is_none_or(|lead| lead.id != agent.id)
            && is_of_board(agent)
    });
    let lead = lead.map(|agent| (agent, ["approval.lead_notified", "approval.lead_notify_failed"]));
    let requester =
        requester.map(|agent| (agent, ["approval.requester_notified", "approval.requester_notify_failed"]));
    lead.into_iter().chain(requester).filter(|(agent, _)| agent.openclaw_session_id.is_some()).collect()
}

/// The message: a fixed header, lines of facts, an empty line, and what to do.
fn message(board: &Board, detail: &ApprovalDetail, decided_by: &str) -> String {
    let approval = &detail.approval;
    let mut message = format!(
        "APPROVAL RESOLVED\nBoard: {}\nApproval ID: {}\nAction: {}\nDecision: {}\nConfidence: {}\n",
        one_line(&board.name),
        approval.id,
        one_line(&approval.action_type),
        approval.status.as_str(),
        approval.confidence,
    );
    let ids: Vec<String> = detail.task_ids.iter().map(ToString::to_string).collect();
    match ids.as_slice() {
        [] => {}
        [id] => {
            let _ = writeln!(message, "Task ID: {id}");
        }
        ids => {
            let _ = writeln!(message, "Task IDs: {}", ids.join(", "));
        }
    }
    let _ = writeln!(message, "Decided by: {}", one_line(decided_by));
    if let Some(note) = &approval.decision_note {
        let note = text::snippet(note, TASK_SNIPPET_MAX);
        let _ = writeln!(message, "Note:\n{}", external(&note));
    }
    message.push_str(
        "\nGo on as this decision says: approved means do it, rejected means do not and change the plan.",
    );
    message
}

/// Enqueues what the agents are told of a decision. Nobody is told on a board without a gateway.
pub(super) async fn send(txn: &Txn, board: &Board, detail: &ApprovalDetail, decided_by: &str) -> Result<()> {
    if board.gateway_id.is_none() {
        return Ok(());
    }
    let approval = &detail.approval;
    let lead = agents::service::lead_of(txn, board.id).await?;
    let requester = match approval.agent_id {
        Some(id) if lead.as_ref().is_none_or(|lead| lead.id != id) => agents::service::by_id(txn, id).await?,
        _ => None,
    };
    let message = message(board, detail, decided_by);
    for (agent, [sent, failed]) in recipients(board, approval, lead.as_ref(), requester.as_ref()) {
        let outgoing = Outgoing {
            kind: MessageKind::ApprovalResolved,
            subject_id: Some(approval.id),
            wake: true,
            board_id: Some(board.id),
            task_id: detail.task_ids.first().copied(),
            sent_event: Some(sent.to_owned()),
            failed_event: Some(failed.to_owned()),
            ..Outgoing::to(agent, message.as_str())
        };
        messages::enqueue(txn, &outgoing).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
