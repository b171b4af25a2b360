//! Use cases of the people who run a board's webhooks.

use chrono::TimeDelta;
use mc_base::SecretString;
use mc_store::{Json, Read, Txn, events::NewEvent, sql};
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;

use super::{
    DeliveryStatus, NewWebhook, Payload, PayloadHead, SealedSecret, Webhook, WebhookChange, delivery,
    model::head_columns, payloads, secret_purpose,
};
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::{BoardReader, BoardWriter},
    agents::Agent,
};

/// How long senders may still sign with the secret before the last change.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// The webhooks of a board, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &BoardReader, request: PageRequest) -> Result<Page<Webhook>> {
    let store = context.store();
    let items: Vec<Webhook> = store
        .all(
            sql("SELECT * FROM board_webhooks WHERE board_id = $1
                 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3")
            .bind(scope.board().id)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    let count = sql("SELECT count(*) FROM board_webhooks WHERE board_id = $1").bind(scope.board().id);
    let total = payloads::total(store, items.len(), request, count).await?;
    Ok(Page { items, total, request })
}

/// A webhook of a board.
///
/// # Errors
/// `NotFound` when the board has no such webhook.
pub async fn get(context: &Context, scope: &BoardReader, id: Uuid) -> Result<Webhook> {
    find(context.store(), scope.board().id, id).await
}

/// Makes a webhook.
///
/// # Errors
/// `Invalid` when the agent is not one of this board.
pub async fn create(context: &Context, scope: &BoardWriter, new: NewWebhook) -> Result<Webhook> {
    let txn = context.store().begin().await?;
    check_agent(&txn, scope.board().id, new.agent_id).await?;
    // Senders are nobody that we know: the address is what they prove themselves by.
    let id = txn.new_unguessable_id();
    let inserted = txn
        .one(
            sql("INSERT INTO board_webhooks (id, board_id, agent_id, description, enabled, secret_sealed,
                     signature_header, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING *")
            .bind(id)
            .bind(scope.board().id)
            .bind(new.agent_id)
            .bind(new.description)
            .bind(new.enabled)
            .bind(new.secret.map(|secret| seal(context, id, &secret)))
            .bind(new.signature_header)
            .bind(txn.now()),
        )
        .await;
    let webhook: Webhook = match inserted {
        // The board is gone meanwhile.
        Err(error) if error.is_foreign_key_violation() => return Err(Error::not_found()),
        other => other?,
    };
    append(&txn, scope, "webhook.created", webhook.id).await?;
    txn.commit().await?;
    Ok(webhook)
}

/// Changes a webhook. Senders may go on with the previous secret for a day; a removed secret ends at once.
///
/// # Errors
/// `NotFound` when the board has no such webhook; `Invalid` when the agent is not one of this board.
pub async fn change(
    context: &Context,
    scope: &BoardWriter,
    id: Uuid,
    change: WebhookChange,
) -> Result<Webhook> {
    if change.is_empty() {
        return get(context, scope, id).await;
    }
    let txn = context.store().begin().await?;
    txn.lock("webhook", id).await?;
    let mut webhook = find(&txn, scope.board().id, id).await?;
    scope.precondition().check(webhook.updated_at)?;
    if let Some(agent_id) = change.agent_id {
        check_agent(&txn, scope.board().id, agent_id).await?;
        webhook.agent_id = agent_id;
    }
    if let Some(description) = change.description {
        webhook.description = description;
    }
    if let Some(enabled) = change.enabled {
        webhook.enabled = enabled;
    }
    if let Some(header) = change.signature_header {
        webhook.signature_header = header;
    }
    if let Some(secret) = change.secret {
        set_secret(context, &txn, &mut webhook, secret.as_ref());
    }
    let saved: Webhook = txn
        .one(
            sql(
                "UPDATE board_webhooks SET agent_id = $2, description = $3, enabled = $4, secret_sealed = $5,
                     previous_secret_sealed = $6, previous_secret_expires_at = $7, signature_header = $8,
                     updated_at = $9
                 WHERE id = $1 RETURNING *",
            )
            .bind(id)
            .bind(webhook.agent_id)
            .bind(webhook.description)
            .bind(webhook.enabled)
            .bind(webhook.secret_sealed)
            .bind(webhook.previous_secret_sealed)
            .bind(webhook.previous_secret_expires_at)
            .bind(webhook.signature_header)
            .bind(txn.now()),
        )
        .await?;
    append(&txn, scope, "webhook.updated", id).await?;
    txn.commit().await?;
    Ok(saved)
}

/// Deletes a webhook with its payloads. What they left in the board's memory stays.
///
/// # Errors
/// `NotFound` when the board has no such webhook.
pub async fn delete(context: &Context, scope: &BoardWriter, id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    let rows = txn
        .run(
            sql("DELETE FROM board_webhooks WHERE id = $1 AND board_id = $2").bind(id).bind(scope.board().id),
        )
        .await?;
    if rows == 0 {
        return Err(Error::not_found());
    }
    append(&txn, scope, "webhook.deleted", id).await?;
    txn.commit().await?;
    Ok(())
}

/// The payloads of a webhook, newest first. `max_chars` cuts each content; a page that would be larger than some
/// megabytes has its largest contents cut in any case.
///
/// # Errors
/// `NotFound` when the board has no such webhook.
pub async fn list_payloads(
    context: &Context,
    scope: &BoardReader,
    webhook_id: Uuid,
    max_chars: Option<usize>,
    request: PageRequest,
) -> Result<Page<Payload>> {
    find(context.store(), scope.board().id, webhook_id).await?;
    payloads::list(context.store(), scope.board().id, webhook_id, max_chars, request).await
}

/// A payload, its content cut to `max_chars` if that is given.
///
/// # Errors
/// `NotFound` when there is no such payload of this webhook on this board.
pub async fn get_payload(
    context: &Context,
    scope: &BoardReader,
    webhook_id: Uuid,
    payload_id: Uuid,
    max_chars: Option<usize>,
) -> Result<Payload> {
    let mut payload = payloads::find(context.store(), scope.board().id, webhook_id, payload_id).await?;
    if let Some(max) = max_chars {
        payload.content = Json(payloads::cut(payload.content.0, max));
    }
    Ok(payload)
}

/// Puts a payload on its way to the agent again, whatever became of it before.
///
/// # Errors
/// `NotFound` when there is no such payload of this webhook on this board.
pub async fn redeliver(
    context: &Context,
    scope: &BoardWriter,
    webhook_id: Uuid,
    payload_id: Uuid,
) -> Result<Payload> {
    let board_id = scope.board().id;
    let txn = context.store().begin().await?;
    let webhook = find(&txn, board_id, webhook_id).await?;
    let head: Option<PayloadHead> = txn
        .optional(
            sql(concat!(
                "UPDATE board_webhook_payloads SET delivery_status = $4, message_id = NULL, delivery_updated_at = $5
                 WHERE id = $1 AND webhook_id = $2 AND board_id = $3 RETURNING ",
                head_columns!()
            ))
            .bind(payload_id)
            .bind(webhook_id)
            .bind(board_id)
            .bind(DeliveryStatus::Pending.as_str())
            .bind(txn.now()),
        )
        .await?;
    let head = head.ok_or_else(Error::not_found)?;
    let content = payloads::content(&txn, payload_id).await?;
    // No key that would let an unfinished job stand for this one: it may be ending right now. A second job that finds
    // the payload delivered does nothing.
    txn.enqueue(delivery::job(&webhook, payload_id)).await?;
    txn.append(
        NewEvent::new("webhook.redelivery_requested", scope.board().organization_id)
            .board(board_id)
            .user(scope.actor().user_id())
            .data(json!({ "webhook_id": webhook_id, "payload_id": payload_id })),
    )
    .await?;
    txn.commit().await?;
    Ok(Payload { head, content: Json(content) })
}

/// The secrets with which a sender may sign now; none when payloads are not signed.
///
/// # Errors
/// `Internal` when a secret was sealed with another server key.
pub(super) fn secrets(context: &Context, webhook: &Webhook) -> Result<Vec<SecretString>> {
    let now = context.store().clock().now();
    let previous = webhook.previous_secret_sealed.as_ref().filter(|_| webhook.grace_until(now).is_some());
    let sealed = webhook.secret_sealed.iter().chain(previous);
    sealed.map(|sealed| open(context, webhook.id, sealed)).collect()
}

async fn find(on: &impl Read, board_id: Uuid, id: Uuid) -> Result<Webhook> {
    let webhook: Option<Webhook> = on
        .optional(sql("SELECT * FROM board_webhooks WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?;
    webhook.ok_or_else(Error::not_found)
}

async fn check_agent(txn: &Txn, board_id: Uuid, agent_id: Option<Uuid>) -> Result<()> {
    let Some(id) = agent_id else { return Ok(()) };
    let agent: Option<(Uuid,)> = txn
        .optional(sql("SELECT id FROM agents WHERE id = $1 AND board_id = $2").bind(id).bind(board_id))
        .await?;
    agent.map(|_| ()).ok_or_else(|| Error::invalid("agent_id must be an agent of this board"))
}

fn set_secret(context: &Context, txn: &Txn, webhook: &mut Webhook, secret: Option<&SecretString>) {
    let Some(secret) = secret else {
        webhook.secret_sealed = None;
        webhook.previous_secret_sealed = None;
        webhook.previous_secret_expires_at = None;
        return;
    };
    // A secret that this server key cannot open is of no use to keep.
    let present = webhook.secret_sealed.take();
    let opened = present.as_ref().and_then(|sealed| open(context, webhook.id, sealed).ok());
    match opened {
        Some(known) if known.expose_secret() == secret.expose_secret() => {
            webhook.secret_sealed = present;
            return;
        }
        Some(_) => {
            webhook.previous_secret_sealed = present;
            webhook.previous_secret_expires_at = Some(txn.now() + GRACE);
        }
        None => {
            webhook.previous_secret_sealed = None;
            webhook.previous_secret_expires_at = None;
        }
    }
    webhook.secret_sealed = Some(seal(context, webhook.id, secret));
}

fn seal(context: &Context, webhook_id: Uuid, secret: &SecretString) -> SealedSecret {
    let purpose = secret_purpose(webhook_id);
    SealedSecret(context.key().seal(context.store().random(), &purpose, secret.expose_secret()))
}

fn open(context: &Context, webhook_id: Uuid, sealed: &SealedSecret) -> Result<SecretString> {
    context.key().open(&secret_purpose(webhook_id), &sealed.0).map_err(Error::internal)
}

/// Takes its webhooks from an agent that leaves their board; what they receive is for the board's lead from now on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn release(txn: &Txn, agent: &Agent, by: Uuid) -> Result<()> {
    let released: Vec<(Uuid, Uuid)> = txn
        .all(
            sql("UPDATE board_webhooks SET agent_id = NULL, updated_at = $2 WHERE agent_id = $1
                 RETURNING id, board_id")
            .bind(agent.id)
            .bind(txn.now()),
        )
        .await?;
    for (id, board_id) in released {
        let event = NewEvent::new("webhook.updated", agent.organization_id).board(board_id).user(Some(by));
        txn.append(event.data(json!({ "webhook_id": id }))).await?;
    }
    Ok(())
}

async fn append(txn: &Txn, scope: &BoardWriter, kind: &'static str, webhook_id: Uuid) -> Result<()> {
    txn.append(
        NewEvent::new(kind, scope.board().organization_id)
            .board(scope.board().id)
            .user(scope.actor().user_id())
            .data(json!({ "webhook_id": webhook_id })),
    )
    .await?;
    Ok(())
}
