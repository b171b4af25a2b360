//! What is written down of connections: states when they change, and the tokens that gateways issue.

use std::{sync::Arc, time::Duration};

use mc_base::{SecretKey, SecretString};
use mc_openclaw::{Api, Client, State, Status, config::Dialect};
use mc_store::{Read, Store, Txn, events::NewEvent, sql};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::{sync::watch, time::timeout};
use uuid::Uuid;

use super::{
    super::{Gateway, port::Target, queries},
    link::{Link, approval_command, dialect_name},
};
use crate::{
    Result,
    agents::{lifecycle, presence},
};

/// A gateway that is back within this time was only restarting, which is no news.
const SETTLING: Duration = Duration::from_secs(5);

/// The token of one gateway does not open as that of another.
pub(crate) fn device_token_purpose(gateway_id: Uuid) -> String {
    format!("gateway-device-token:{gateway_id}")
}

/// Where all stored gateways are, oldest first, but for the example of the demo, which does not exist. One whose token cannot be opened is left out: calls to it say why.
pub(super) async fn targets(store: &Store, key: &SecretKey, most: usize) -> Result<Vec<Target>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let gateways: Vec<Gateway> = store
        .all(
            sql("SELECT g.* FROM gateways g JOIN organizations o ON o.id = g.organization_id
                       WHERE o.demo IS NULL ORDER BY g.created_at, g.id LIMIT $1")
            .bind(most),
        )
        .await?;
    Ok(gateways.iter().filter_map(|gateway| gateway.target_by(key).ok()).collect())
}

/// The token that a gateway has issued to this device.
pub(super) async fn device_token(store: &Store, key: &SecretKey, id: Uuid) -> Option<SecretString> {
    let row: Option<(Option<String>,)> = store
        .optional(sql("SELECT device_token_sealed FROM gateways WHERE id = $1").bind(id))
        .await
        .inspect_err(|error| tracing::warn!(gateway.id = %id, %error, "gateway.device_token.unread"))
        .ok()?;
    // One that was sealed with another key is of no use; the gateway gives a new one.
    key.open(&device_token_purpose(id), &row?.0?).ok()
}

/// Writes down what happens to a connection, until its client is closed.
pub(super) async fn follow(store: Store, key: SecretKey, id: Uuid, client: Client) {
    let (mut status, mut token) = (client.status(), client.device_token());
    // What was read from the database need not be written.
    token.mark_unchanged();
    status.mark_changed();
    loop {
        tokio::select! {
            changed = status.changed() => {
                if changed.is_err() {
                    return;
                }
                let Some(seen) = settled(&mut status).await else { continue };
                let dialect = match &seen.state {
                    State::Online(hello) => dialect(&client, hello).await,
                    _ => None,
                };
                if let Err(error) = note(&store, id, &seen, dialect).await {
                    tracing::warn!(gateway.id = %id, %error, "gateway.connection.unrecorded");
                }
                if matches!(seen.state, State::Closed) {
                    return;
                }
            }
            changed = token.changed() => {
                let issued = token.borrow_and_update().clone();
                if let (Ok(()), Some(issued)) = (changed, issued)
                    && let Err(error) = keep_token(&store, &key, id, &issued).await
                {
                    tracing::warn!(gateway.id = %id, %error, "gateway.device_token.unrecorded");
                }
            }
        }
    }
}

/// The present status when it is worth writing down: not one on the way, nor one of a short restart.
async fn settled(status: &mut watch::Receiver<Status>) -> Option<Status> {
    let now = status.borrow_and_update().clone();
    match now.state {
        State::Connecting => None,
        State::Unreachable if now.failures <= 3 => {
            let ended = |status: &Status| !matches!(status.state, State::Connecting | State::Unreachable);
            // Either it has ended by then, or it is as bad as it looks.
            let _ = timeout(SETTLING, status.wait_for(ended)).await;
            Some(status.borrow_and_update().clone())
        }
        _ => Some(now),
    }
}

async fn dialect(client: &Client, hello: &Arc<mc_openclaw::Hello>) -> Option<Dialect> {
    match Api::new(client).get_config().await {
        Ok(snapshot) => Some(Dialect::detect(&snapshot.config, hello)),
        Err(error) => {
            tracing::info!(%error, "gateway.dialect.unknown");
            None
        }
    }
}

async fn keep_token(store: &Store, key: &SecretKey, id: Uuid, token: &SecretString) -> Result<()> {
    let sealed = key.seal(store.random(), &device_token_purpose(id), token.expose_secret());
    let txn = store.begin().await?;
    txn.run(sql("UPDATE gateways SET device_token_sealed = $2 WHERE id = $1").bind(id).bind(sealed)).await?;
    txn.commit().await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Before {
    organization_id: Uuid,
    name: String,
    connection_state: Option<String>,
    connection_code: Option<String>,
    connection_failures: i64,
    last_error: Option<String>,
    pairing_request_id: Option<String>,
}

/// Writes a state down when it is another one than before, with an event when its name is.
async fn note(store: &Store, id: Uuid, status: &Status, dialect: Option<Dialect>) -> Result<()> {
    let link = Link::of(status);
    let txn = store.begin().await?;
    txn.lock("gateway_connection", id).await?;
    let before: Option<Before> = txn
        .optional(
            sql("SELECT organization_id, name, connection_state, connection_code, connection_failures, last_error,
                     pairing_request_id FROM gateways WHERE id = $1")
            .bind(id),
        )
        .await?;
    // A gateway that is only being made, or that was deleted, has nothing to write to.
    let Some(before) = before else { return Ok(()) };
    let is_new = before.connection_state != link.state;
    let says_more = before.connection_code != link.code
        || before.last_error != link.error
        || before.pairing_request_id != link.pairing_request_id
        || (before.connection_failures == 0) != (link.failures == 0);
    if !is_new && !says_more && !link.is_online() {
        return Ok(());
    }
    write(&txn, id, &link, dialect).await?;
    match link.state.as_deref() {
        Some("online") => presence::gateway_is_back(&txn, id).await?,
        // These say nothing of the gateway.
        None | Some("connecting" | "closed") => {}
        _ => presence::gateway_is_away(&txn, id).await?,
    }
    if link.is_online() {
        queries::note_connection(&txn, id, link.version.as_deref(), None).await?;
        // Agents whose set-up waits for the gateway are taken up at once.
        lifecycle::gateway_returned(&txn, id).await?;
    }
    if is_new && let Some(event) = event(id, &before, &link) {
        txn.append(event).await?;
    }
    txn.commit().await?;
    Ok(())
}

async fn write(txn: &Txn, id: Uuid, link: &Link, dialect: Option<Dialect>) -> Result<()> {
    txn.run(
        sql("UPDATE gateways SET connection_state = $2, connection_since = $3, connection_code = $4,
                 connection_failures = $5, last_error = $6, pairing_request_id = $7,
                 protocol = coalesce($8, protocol), dialect = coalesce($9, dialect),
                 granted_scopes = coalesce($10, granted_scopes)
             WHERE id = $1")
        .bind(id)
        .bind(link.state.as_deref())
        .bind(link.since)
        .bind(link.code.as_deref())
        .bind(link.failures)
        .bind(link.error.as_deref())
        .bind(link.pairing_request_id.as_deref())
        .bind(link.protocol)
        .bind(dialect.map(dialect_name))
        .bind(link.scopes.clone()),
    )
    .await?;
    Ok(())
}

/// What people are told of a new state. The first connection of a gateway is news; that a process stops is none.
fn event(id: Uuid, before: &Before, link: &Link) -> Option<NewEvent> {
    let name = &before.name;
    let reason = link.error.as_deref().unwrap_or_default();
    let (kind, message) = match link.state.as_deref()? {
        "online" => ("gateway.connected", format!("Gateway connected: {name}")),
        "pairing_required" => (
            "gateway.pairing_required",
            format!(
                "Gateway {name} wants this server's device approved: {}",
                approval_command(link.pairing_request_id.as_deref())
            ),
        ),
        "refused" | "protocol_mismatch" => {
            ("gateway.refused", format!("Gateway {name} refuses this server: {reason}"))
        }
        "unreachable" => ("gateway.disconnected", format!("Gateway disconnected: {name} ({reason})")),
        _ => return None,
    };
    let data = json!({ "gateway_id": id, "name": name, "state": link.state, "code": link.code });
    Some(NewEvent::new(kind, before.organization_id).message(message).data(data).activity())
}
