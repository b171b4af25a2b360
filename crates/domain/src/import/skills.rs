//! Skills, the packs that list them, and which gateways have them.

use mc_store::Json;
use serde_json::{Map, Value};

use super::{ImportError, row::Row, writer::Writer};
use crate::skills::{PackUrl, Skill, repository_key, search_text};

pub(super) async fn pack(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (organization, source_url) = (row.id("organization_id")?, row.text("source_url")?);
    if !writer.has("organizations", organization) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let Ok(url) = PackUrl::parse(&source_url) else {
        writer.left_out("its address is no repository on GitHub");
        return Ok(());
    };
    let columns = vec![
        ("organization_id", organization.into()),
        ("name", row.text("name")?.into()),
        ("description", row.maybe_text("description")?.into()),
        ("source_url", source_url.into()),
        ("source_key", url.key().into()),
        ("branch", row.text("branch")?.into()),
        ("metadata", row.object("metadata").unwrap_or_else(|| "{}".into()).into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put_or_leave("skill_packs", row.own_id()?, columns, "the organization has the repository").await?;
    Ok(())
}

pub(super) async fn skill(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let organization_id = row.id("organization_id")?;
    if !writer.has("organizations", organization_id) {
        writer.left_out("its organization is missing");
        return Ok(());
    }
    let metadata: Map<String, Value> =
        row.raw("metadata").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let skill = Skill {
        id: row.own_id()?,
        organization_id,
        pack_id: None,
        name: row.text("name")?,
        description: row.maybe_text("description")?,
        category: row.maybe_text("category")?,
        risk: row.maybe_text("risk")?,
        source: row.maybe_text("source")?,
        source_url: row.text("source_url")?,
        metadata: Json(metadata),
        is_edited: false,
        vanished_at: None,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    };
    let (repository, search) = (repository_key(&skill), search_text(&skill));
    let columns = vec![
        ("organization_id", skill.organization_id.into()),
        ("name", skill.name.into()),
        ("description", skill.description.into()),
        ("category", skill.category.into()),
        ("risk", skill.risk.into()),
        ("source", skill.source.into()),
        ("source_url", skill.source_url.into()),
        ("repository_key", repository.into()),
        ("search_text", search.into()),
        ("metadata", skill.metadata.into()),
        ("created_at", skill.created_at.into()),
        ("updated_at", skill.updated_at.into()),
    ];
    let reason = "the organization has a skill at the address";
    writer.put_or_leave("marketplace_skills", skill.id, columns, reason).await?;
    Ok(())
}

pub(super) async fn installed(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (gateway, skill) = (row.id("gateway_id")?, row.id("skill_id")?);
    if !writer.has("gateways", gateway) || !writer.has("marketplace_skills", skill) {
        writer.left_out("its gateway or skill is missing");
        return Ok(());
    }
    let columns = vec![
        ("gateway_id", gateway.into()),
        ("skill_id", skill.into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    writer.put_or_leave("gateway_installed_skills", row.own_id()?, columns, "it is there already").await?;
    Ok(())
}
