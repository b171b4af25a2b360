//! Webhooks and what they have received.

use std::collections::BTreeMap;

use super::{
    ImportError,
    row::Row,
    writer::{Put, Writer},
};
use crate::webhooks::{ingest::Headers, secret_purpose};

pub(super) async fn webhook(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let (id, board) = (row.own_id()?, row.id("board_id")?);
    if !writer.has("boards", board) {
        writer.left_out("its board is missing");
        return Ok(());
    }
    let sealed = writer.seal(&secret_purpose(id), row.maybe_text("secret")?);
    let header = row.maybe_text("signature_header")?;
    let columns = vec![
        ("board_id", board.into()),
        ("agent_id", writer.reference("agents", row.maybe_id("agent_id")?).into()),
        ("description", row.text("description")?.into()),
        ("enabled", row.flag("enabled")?.into()),
        ("secret_sealed", sealed.into()),
        ("signature_header", header.clone().into()),
        ("created_at", row.time("created_at")?.into()),
        ("updated_at", row.time("updated_at")?.into()),
    ];
    if writer.put("board_webhooks", id, columns).await? != Put::Taken {
        writer.signature_headers.insert(id, header);
    }
    Ok(())
}

/// A payload is history: nobody is told of it again. Headers that may hold a secret lose their values.
pub(super) async fn payload(writer: &mut Writer<'_>, row: &Row) -> Result<(), ImportError> {
    let webhook = row.id("webhook_id")?;
    let Some(signature) = writer.signature_headers.get(&webhook).cloned() else {
        writer.left_out("its webhook is missing");
        return Ok(());
    };
    let headers: BTreeMap<String, serde_json::Value> =
        row.raw("headers").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
    let kept = Headers::new(headers).kept(signature.as_deref());
    let kept = kept.map(|kept| serde_json::to_string(&kept).expect("texts are JSON"));
    let received_at = row.time("received_at")?;
    let columns = vec![
        ("board_id", row.id("board_id")?.into()),
        ("webhook_id", webhook.into()),
        ("payload", row.raw("payload").unwrap_or("null").to_owned().into()),
        ("headers", kept.into()),
        ("source_ip", row.maybe_text("source_ip")?.into()),
        ("content_type", row.maybe_text("content_type")?.into()),
        ("delivery_status", "delivered".into()),
        ("delivery_updated_at", received_at.into()),
        ("delivered_at", received_at.into()),
        ("received_at", received_at.into()),
    ];
    writer.put("board_webhook_payloads", row.own_id()?, columns).await?;
    Ok(())
}
