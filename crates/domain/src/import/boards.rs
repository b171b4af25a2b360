//! Gateways, board groups and boards.

use serde_json::{Map, Value};

use super::{
    ImportError,
    row::Row,
    writer::{BoardOf, Put, Writer},
};
use crate::gateways;

pub(super) async fn gateway(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, organization) = (row.own_id()?, row.id("organization_id")?);
    if !writer.has("organizations", organization) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let sealed = writer.seal(&gateways::token_purpose(id), row.maybe_text("token")?);
    let columns = vec![
        ("organization_id", organization.into()),
        ("name", row.text("name")?.into()),
        ("url", row.text("url")?.into()),
        ("token_sealed", sealed.into()),
        ("workspace_root", row.text("workspace_root")?.into()),
        ("disable_device_pairing", row.flag("disable_device_pairing")?.into()),
        ("allow_insecure_tls", row.flag("allow_insecure_tls")?.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    if writer.put("gateways", id, columns).await? != Put::Taken {
        writer.gateways.insert(id, organization);
    }
    Ok(())
}

pub(super) async fn group(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let organization = row.id("organization_id")?;
    if !writer.has("organizations", organization) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let name = row.text("name")?;
    let columns = vec![
        ("organization_id", organization.into()),
        ("sort_name", name.to_lowercase().into()),
        ("name", name.into()),
        ("slug", row.text("slug")?.into()),
        ("description", row.maybe_text("description")?.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put("board_groups", row.own_id()?, columns).await?;
    Ok(())
}

pub(super) async fn board(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, organization_id) = (row.own_id()?, row.id("organization_id")?);
    if !writer.has("organizations", organization_id) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let name = row.text("name")?;
    let metrics = row.typed::<Map<String, Value>>("success_metrics");
    if metrics.is_none() && row.raw("success_metrics").is_some() {
        writer.adjusted("success metrics that are no object are gone");
    }
    let mut columns = vec![
        ("organization_id", organization_id.into()),
        ("gateway_id", writer.reference("gateways", row.maybe_id("gateway_id")?).into()),
        ("board_group_id", writer.reference("board_groups", row.maybe_id("board_group_id")?).into()),
        ("sort_name", name.to_lowercase().into()),
        ("name", name.into()),
        ("slug", row.text("slug")?.into()),
        ("description", row.maybe_text("description")?.unwrap_or_default().into()),
        ("board_type", row.text("board_type")?.into()),
        ("objective", row.maybe_text("objective")?.into()),
        ("success_metrics", metrics.into()),
        ("target_date", row.maybe_time("target_date")?.into()),
        ("goal_source", row.maybe_text("goal_source")?.into()),
        ("max_agents", row.whole("max_agents")?.max(0).into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    for column in [
        "goal_confirmed",
        "require_approval_for_done",
        "require_review_before_done",
        "comment_required_for_review",
        "block_status_changes_with_pending_approval",
        "only_lead_can_change_status",
    ] {
        columns.push((column, row.flag(column)?.into()));
    }
    if writer.put("boards", id, columns).await? != Put::Taken {
        writer.boards.insert(id, BoardOf { organization_id });
    }
    Ok(())
}
