//! Use cases on the gateways of an organization.

use mc_base::SecretString;
use mc_store::{Read, Txn, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    Gateway, GatewayChange, GatewayDetail, NewGateway, main_agent,
    model::{SealedToken, seal_token},
    port::Target,
    probe, provision, queries,
    rules::{self, TokenChange},
};
use crate::{
    Context, Error, Kind, Page, PageRequest, Result,
    access::OrgAdmin,
    agents::{self, lifecycle::Action},
};

/// The gateways of the organization, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, scope: &OrgAdmin, page: PageRequest) -> Result<Page<GatewayDetail>> {
    let mut page = queries::page(context.store(), scope.organization().id, page).await?;
    page.items.iter_mut().for_each(|detail| refresh(context, detail));
    Ok(page)
}

/// One gateway.
///
/// # Errors
/// `NotFound` when it is not one of the organization.
pub async fn get(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<GatewayDetail> {
    let detail = queries::detail(context.store(), scope.organization().id, id).await?;
    let mut detail = detail.ok_or_else(unknown)?;
    refresh(context, &mut detail);
    Ok(detail)
}

/// Puts the state of the connection that this process keeps in the place of the stored one.
fn refresh(context: &Context, detail: &mut GatewayDetail) {
    if let Some(link) = context.gateways().link(detail.gateway.id) {
        detail.link = link.or_seen(&detail.link);
    }
}

/// Tries at once to connect to a gateway, instead of waiting for the next attempt. That it fails stands in the answer.
///
/// # Errors
/// `NotFound` when it is not one of the organization.
pub async fn reconnect(context: &Context, scope: &OrgAdmin, id: Uuid) -> Result<GatewayDetail> {
    let gateway = queries::find(context.store(), scope.organization().id, id).await?.ok_or_else(unknown)?;
    let target = gateway.target(context)?;
    if let Err(error) = context.gateways().reconnect(&target).await {
        tracing::info!(gateway.id = %id, %error, "gateway.reconnect.failed");
    }
    get(context, scope, id).await
}

pub(super) fn unknown() -> Error {
    Error::text(Kind::NotFound, "Gateway not found")
}

/// Whether the gateway has to answer before something about it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is asked, and its main agent is set up, while the caller waits.
    Required,
    /// It may be away: what was sent is stored, and the main agent is set up when the gateway can be reached.
    Skipped,
}

/// Makes a gateway with its main agent, and sets that up. When the setting up failed, sending the same again resumes it:
/// an unfinished gateway of this address is taken up instead of a second one being made.
///
/// # Errors
/// `BadGateway` when the gateway does not answer (nothing is kept), or does not take the main agent (both are kept, and
/// a job goes on trying); `Invalid` when its version will not do.
pub async fn create(
    context: &Context,
    scope: &OrgAdmin,
    new: NewGateway,
    check: Check,
) -> Result<GatewayDetail> {
    let target = Target {
        gateway_id: None,
        url: new.url.clone(),
        token: new.token.clone(),
        allow_insecure_tls: new.allow_insecure_tls,
        disable_device_pairing: new.disable_device_pairing,
        reads_only: false,
    };
    let version = match check {
        Check::Required => Some(probe::require(context, &target).await?.to_string()),
        Check::Skipped => None,
    };
    let organization_id = scope.organization().id;
    let txn = context.store().begin().await?;
    txn.lock("gateways", organization_id).await?;
    let unfinished = unfinished_at(&txn, organization_id, &new.url).await?;
    let kind = if unfinished.is_some() { "gateway.updated" } else { "gateway.created" };
    let gateway = match unfinished {
        Some(old) => {
            lock(&txn, old.id).await?;
            let gateway = Gateway {
                name: new.name,
                workspace_root: new.workspace_root,
                disable_device_pairing: new.disable_device_pairing,
                allow_insecure_tls: new.allow_insecure_tls,
                manage_exec_host: new.manage_exec_host,
                ..old
            };
            let token = new.token.map_or(TokenChange::Clear, TokenChange::Set);
            save(context, &txn, gateway, token).await?
        }
        None => insert(context, &txn, organization_id, new).await?,
    };
    if let Some(version) = &version {
        queries::note_connection(&txn, gateway.id, Some(version), None).await?;
    }
    let (main, _) = main_agent::ensure(&txn, &gateway).await?;
    provision::request(&txn, &main).await?;
    append(&txn, scope, kind, &gateway, &[]).await?;
    txn.commit().await?;
    if check == Check::Required {
        tracing::info!(gateway.id = %gateway.id, "gateway.main_agent.ensure.start");
        provision::now(context, &gateway, &main, Action::Provision).await?;
    }
    get(context, scope, gateway.id).await
}

/// Changes a gateway. Its main agent is set up anew only when something is different, or was left unfinished.
///
/// # Errors
/// `NotFound`; `PreconditionFailed` when it is not in the state that the caller has seen; `Conflict` when somebody else
/// changed it while it was being asked; else as [`create`], with the change kept when only the main agent failed.
pub async fn change(
    context: &Context,
    scope: &OrgAdmin,
    id: Uuid,
    change: GatewayChange,
    check: Check,
) -> Result<GatewayDetail> {
    let organization_id = scope.organization().id;
    let old = queries::find(context.store(), organization_id, id).await?.ok_or_else(unknown)?;
    scope.precondition().check(old.updated_at)?;
    let stored = stored_token(context, &old);
    let outcome = rules::changed(&old, stored.as_ref(), change.clone());
    let mut version = None;
    if outcome.needs_probe() && check == Check::Required {
        let token = match &outcome.token {
            TokenChange::Keep => stored.clone(),
            TokenChange::Clear => None,
            TokenChange::Set(token) => Some(token.clone()),
        };
        let target = Target {
            gateway_id: None,
            url: outcome.gateway.url.clone(),
            token,
            allow_insecure_tls: outcome.gateway.allow_insecure_tls,
            disable_device_pairing: outcome.gateway.disable_device_pairing,
            reads_only: false,
        };
        version = Some(probe::require(context, &target).await?.to_string());
    }
    let txn = context.store().begin().await?;
    lock(&txn, id).await?;
    // What was read before the probe may have changed meanwhile.
    let fresh = queries::find(&txn, organization_id, id).await?.ok_or_else(unknown)?;
    scope.precondition().check(fresh.updated_at)?;
    if outcome.needs_probe() && fresh.updated_at != old.updated_at {
        return Err(Error::conflict(
            "The gateway was changed by somebody else meanwhile; read it and try again",
        ));
    }
    let outcome = rules::changed(&fresh, stored.as_ref(), change);
    let mut gateway = fresh;
    if !outcome.changed.is_empty() {
        gateway = save(context, &txn, outcome.gateway, outcome.token).await?;
        append(&txn, scope, "gateway.updated", &gateway, &outcome.changed).await?;
    }
    if outcome.changed.contains(&"workspace_root") {
        agents::refresh::gateway(&txn, gateway.id).await?;
    }
    if let Some(version) = &version {
        queries::note_connection(&txn, gateway.id, Some(version), None).await?;
    }
    let (main, is_different) = main_agent::ensure(&txn, &gateway).await?;
    let is_needed = !outcome.changed.is_empty() || is_different || main_agent::is_unfinished(&main);
    if is_needed {
        provision::request(&txn, &main).await?;
    }
    txn.commit().await?;
    if is_needed && check == Check::Required {
        provision::now(context, &gateway, &main, Action::Update).await?;
    }
    get(context, scope, gateway.id).await
}

/// Keeps others from changing a gateway until the transaction ends.
pub(super) async fn lock(txn: &Txn, id: Uuid) -> Result<()> {
    Ok(txn.lock("gateway", id).await?)
}

/// The stored token. One that this server key cannot open is of no use: it counts as another one than any that is sent.
fn stored_token(context: &Context, gateway: &Gateway) -> Option<SecretString> {
    gateway.target(context).ok().and_then(|target| target.token)
}

/// The gateway of an address whose main agent was never set up; one that was keeps its name and folder, whatever became
/// of the agent.
async fn unfinished_at(txn: &Txn, organization_id: Uuid, url: &str) -> Result<Option<Gateway>> {
    Ok(txn
        .optional(
            sql("SELECT g.* FROM gateways g JOIN agents a ON a.gateway_id = g.id AND a.board_id IS NULL
                 WHERE g.organization_id = $1 AND g.url = $2 AND a.last_seen_at IS NULL AND a.files_version IS NULL
                     AND a.lifecycle_state IN ('requested', 'applying', 'failed')
                 ORDER BY g.created_at DESC, g.id DESC LIMIT 1")
            .bind(organization_id)
            .bind(url),
        )
        .await?)
}

async fn insert(context: &Context, txn: &Txn, organization_id: Uuid, new: NewGateway) -> Result<Gateway> {
    let id = txn.new_id();
    Ok(txn
        .one(
            sql("INSERT INTO gateways (id, organization_id, name, url, token_sealed, workspace_root,
                     disable_device_pairing, allow_insecure_tls, manage_exec_host, created_at, updated_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING *")
            .bind(id)
            .bind(organization_id)
            .bind(new.name)
            .bind(new.url)
            .bind(new.token.map(|token| seal_token(context, id, &token)))
            .bind(new.workspace_root)
            .bind(new.disable_device_pairing)
            .bind(new.allow_insecure_tls)
            .bind(new.manage_exec_host)
            .bind(txn.now()),
        )
        .await?)
}

async fn save(context: &Context, txn: &Txn, gateway: Gateway, token: TokenChange) -> Result<Gateway> {
    let sealed = match token {
        TokenChange::Keep => gateway.token_sealed.map(|SealedToken(sealed)| sealed),
        TokenChange::Clear => None,
        TokenChange::Set(token) => Some(seal_token(context, gateway.id, &token)),
    };
    Ok(txn
        .one(
            sql("UPDATE gateways SET name = $2, url = $3, token_sealed = $4, workspace_root = $5,
                     disable_device_pairing = $6, allow_insecure_tls = $7, manage_exec_host = $8, updated_at = $9
                 WHERE id = $1 RETURNING *")
            .bind(gateway.id)
            .bind(gateway.name)
            .bind(gateway.url)
            .bind(sealed)
            .bind(gateway.workspace_root)
            .bind(gateway.disable_device_pairing)
            .bind(gateway.allow_insecure_tls)
            .bind(gateway.manage_exec_host)
            .bind(txn.now()),
        )
        .await?)
}

/// Tells of a change by a person. Names of fields only: values may be secrets.
pub(super) async fn append(
    txn: &Txn,
    scope: &OrgAdmin,
    kind: &'static str,
    gateway: &Gateway,
    changed: &[&'static str],
) -> Result<()> {
    append_by(txn, Some(scope.actor().user().id), kind, gateway, changed).await
}

/// As [`append`]; without a person it was the operator on the command line.
pub(super) async fn append_by(
    txn: &Txn,
    user_id: Option<Uuid>,
    kind: &'static str,
    gateway: &Gateway,
    changed: &[&'static str],
) -> Result<()> {
    let done = kind.strip_prefix("gateway.").unwrap_or(kind);
    txn.append(
        NewEvent::new(kind, gateway.organization_id)
            .user(user_id)
            .message(format!("Gateway {done}: {}", gateway.name))
            .data(json!({ "gateway_id": gateway.id, "name": gateway.name, "changed": changed }))
            .activity(),
    )
    .await?;
    Ok(())
}
