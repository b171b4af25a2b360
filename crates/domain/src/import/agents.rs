//! Agents. Their tokens stay valid: the hash is kept until the agent first presents the token.

use super::{
    ImportError,
    row::Row,
    writer::{Columns, Put, Writer},
};
use crate::agents::{LifecycleState, legacy::LegacyHash};

/// What the source calls the state of an agent, as far as it means the same here.
const STATUSES: [&str; 4] = ["provisioning", "online", "offline", "updating"];

pub(super) async fn agent(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, gateway, board) = (row.own_id()?, row.maybe_id("gateway_id")?, row.maybe_id("board_id")?);
    if board.is_some_and(|board| !writer.has("boards", board)) {
        writer.left_out("its board is missing");
        return Ok(());
    }
    let gateway = writer.reference("gateways", gateway);
    let of_board = board.and_then(|board| writer.boards.get(&board)).map(|board| board.organization_id);
    let of_gateway = || gateway.and_then(|gateway| writer.gateways.get(&gateway).copied());
    let Some(organization_id) = of_board.or_else(of_gateway) else {
        writer.left_out("it has neither a board nor a gateway");
        return Ok(());
    };
    let name = row.text("name")?;
    let hash = row.maybe_text("agent_token_hash")?;
    let known = hash.filter(|text| LegacyHash::parse(text).is_some());
    if known.is_none() && row.raw("agent_token_hash").is_some() {
        writer.adjusted("a token hash of an unknown form is gone: the agent needs a new token");
    }
    let last_seen_at = row.maybe_time("last_seen_at")?;
    let (status, state, error) = state(writer, row)?;
    let columns = |folded: String, is_lead: bool| -> Result<Columns, ImportError> {
        Ok(vec![
            ("organization_id", organization_id.into()),
            ("gateway_id", gateway.into()),
            ("board_id", board.into()),
            ("name", name.clone().into()),
            ("folded_name", folded.into()),
            ("status", status.clone().into()),
            ("is_board_lead", is_lead.into()),
            ("openclaw_session_id", row.maybe_text("openclaw_session_id")?.into()),
            ("imported_token_hash", known.clone().into()),
            ("heartbeat_config", row.object("heartbeat_config").into()),
            ("identity_profile", row.object("identity_profile").into()),
            ("identity_template", row.maybe_text("identity_template")?.into()),
            ("soul_template", row.maybe_text("soul_template")?.into()),
            ("last_seen_at", last_seen_at.into()),
            ("lifecycle_state", state.as_str().into()),
            ("lifecycle_generation", row.whole("lifecycle_generation")?.max(0).into()),
            ("last_provision_error", error.clone().into()),
            ("created_at", row.time("created_at")?.into()),
            ("updated_at", row.time("updated_at")?.into()),
        ])
    };
    let folded = name.to_lowercase();
    let is_lead = row.flag("is_board_lead")?;
    // What only one may have here, several may have there: a name on a board, and the lead of one.
    let variants = [
        (folded.clone(), is_lead, None),
        (format!("{folded}-{id}"), is_lead, Some("another agent of the board has the name")),
        (folded.clone(), false, Some("the board has a lead already")),
        (format!("{folded}-{id}"), false, Some("the board has a lead, and another agent with the name")),
    ];
    for (folded, is_lead, reason) in variants {
        let put = writer.put("agents", id, columns(folded, is_lead)?).await?;
        if put == Put::Taken {
            continue;
        }
        if let Some(reason) = reason.filter(|_| put == Put::Written) {
            writer.adjusted(reason);
        }
        writer.agents.insert(id, (organization_id, board, name));
        return Ok(());
    }
    writer.left_out("the gateway has a main agent already");
    Ok(())
}

/// The status and the state of the runtime: what was under way there is not under way here.
fn state(
    writer: &mut Writer<'_>,
    row: &Row,
) -> Result<(String, LifecycleState, Option<String>), ImportError> {
    let status = row.text("status")?;
    let error = row.maybe_text("last_provision_error")?;
    if !STATUSES.contains(&status.as_str()) {
        writer.adjusted("an agent that was being removed, or in an unknown state, is offline");
        return Ok(("offline".into(), LifecycleState::Ready, error));
    }
    if status == "provisioning" || status == "updating" || row.raw("provision_action").is_some() {
        writer.adjusted("an agent that was being set up counts as failed: set it up again");
        let error = error.unwrap_or_else(|| "It was being set up when it was imported".into());
        return Ok((status, LifecycleState::Failed, Some(error)));
    }
    Ok((status, LifecycleState::Ready, error))
}
