//! Use cases on sign-ins.

use chrono::{DateTime, TimeDelta, Utc};
use mc_base::{SecretString, text, token};
use mc_store::{Read, events::NewEvent, sql};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::Session;
use crate::{
    Context, Error, Page, PageRequest, Result,
    access::UserActor,
    audit,
    users::{self, User, service::LOCAL_USER},
};

/// The label under which session tokens are digested.
const TOKEN_PURPOSE: &str = "session";
/// A use is written down, and the end moved on, at most this often.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(5);
/// How much of what a browser calls itself is kept, in bytes.
const USER_AGENT_MAX: usize = 255;

macro_rules! session_columns {
    () => {
        "id, user_id, user_agent, client_address, created_at, last_used_at, expires_at"
    };
}

fn digest(context: &Context, token: &str) -> Vec<u8> {
    context.key().digest(TOKEN_PURPOSE, token).to_vec()
}

fn end(context: &Context, now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::from_std(context.settings().session_lifetime).unwrap_or(TimeDelta::days(30))
}

/// Signs a person in on a browser. The token belongs into the cookie and is not kept.
///
/// # Errors
/// When the database fails.
pub async fn create(
    context: &Context,
    user: &User,
    user_agent: Option<&str>,
    client_address: &str,
) -> Result<(Session, SecretString)> {
    let token = token::opaque_token(context.store().random());
    let txn = context.store().begin().await?;
    let session: Session = txn
        .one(
            sql(concat!(
                "INSERT INTO sessions (id, user_id, token_hash, user_agent, client_address, created_at, last_used_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $6, $7) RETURNING ",
                session_columns!()
            ))
            .bind(txn.new_id())
            .bind(user.id)
            .bind(digest(context, token.expose_secret()))
            .bind(user_agent.map(|name| text::truncate_bytes(name, USER_AGENT_MAX).to_owned()))
            .bind(client_address)
            .bind(txn.now())
            .bind(end(context, txn.now())),
        )
        .await?;
    let by = audit::actor(user);
    audit::tell_everywhere(&txn, user, Some(by), "auth.signed_in", "Signed in on a browser").await?;
    txn.commit().await?;
    Ok((session, token))
}

/// Writes down that somebody presented a wrong local token, in the organizations of the person whose token it is.
///
/// # Errors
/// When the database fails.
pub async fn record_refusal(context: &Context) -> Result<()> {
    // Before the first sign-in there is nobody to tell.
    let Some(user) = users::service::by_subject(context.store(), LOCAL_USER).await? else { return Ok(()) };
    let txn = context.store().begin().await?;
    audit::tell_everywhere(&txn, &user, None, "auth.refused", "A wrong token was presented").await?;
    txn.commit().await?;
    Ok(())
}

/// The person and session behind a cookie, if it is valid.
///
/// # Errors
/// When the database cannot be reached.
pub async fn authenticate(context: &Context, presented: &str) -> Result<Option<UserActor>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: User,
        session_id: Uuid,
        last_used_at: DateTime<Utc>,
    }
    let now = context.store().clock().now();
    let row: Option<Row> = context
        .store()
        .optional(
            sql("SELECT u.*, s.id AS session_id, s.last_used_at FROM sessions s JOIN users u ON u.id = s.user_id
                 WHERE s.token_hash = $1 AND s.expires_at > $2")
            .bind(digest(context, presented))
            .bind(now),
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.last_used_at >= TOUCH_EVERY {
        let txn = context.store().begin().await?;
        txn.run(
            sql("UPDATE sessions SET last_used_at = $2, expires_at = $3 WHERE id = $1")
                .bind(row.session_id)
                .bind(now)
                .bind(end(context, now)),
        )
        .await?;
        txn.commit().await?;
    }
    Ok(Some(UserActor::new(row.user, Some(row.session_id))))
}

/// The session that the caller presented, if it presented one.
///
/// # Errors
/// When the database cannot be reached.
pub async fn current(context: &Context, actor: &UserActor) -> Result<Option<Session>> {
    let Some(id) = actor.session_id() else { return Ok(None) };
    Ok(context
        .store()
        .optional(sql(concat!("SELECT ", session_columns!(), " FROM sessions WHERE id = $1")).bind(id))
        .await?)
}

/// The own sign-ins that are valid, newest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn list(context: &Context, actor: &UserActor, request: PageRequest) -> Result<Page<Session>> {
    let store = context.store();
    let now = store.clock().now();
    let (total,): (i64,) = store
        .one(
            sql("SELECT count(*) FROM sessions WHERE user_id = $1 AND expires_at > $2")
                .bind(actor.user().id)
                .bind(now),
        )
        .await?;
    let items = store
        .all(
            sql(concat!(
                "SELECT ",
                session_columns!(),
                " FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4"
            ))
            .bind(actor.user().id)
            .bind(now)
            .bind(request.limit)
            .bind(request.offset),
        )
        .await?;
    Ok(Page { items, total, request })
}

/// Ends one of the own sign-ins.
///
/// # Errors
/// `NotFound` when the person has no such session.
pub async fn revoke(context: &Context, actor: &UserActor, id: Uuid) -> Result<()> {
    let txn = context.store().begin().await?;
    let rows = txn
        .run(sql("DELETE FROM sessions WHERE id = $1 AND user_id = $2").bind(id).bind(actor.user().id))
        .await?;
    if rows == 0 {
        return Err(Error::not_found());
    }
    let organizations: Vec<(Uuid,)> = txn
        .all(sql("SELECT organization_id FROM organization_members WHERE user_id = $1").bind(actor.user().id))
        .await?;
    // Open streams of that browser end with this, whatever organization they show.
    for (organization,) in organizations {
        txn.append(
            NewEvent::new("session.revoked", organization)
                .user(Some(actor.user().id))
                .data(serde_json::json!({ "session_id": id })),
        )
        .await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Whether a session is still valid, for streams that outlive the request that opened them.
///
/// # Errors
/// When the database cannot be reached.
pub async fn is_valid(context: &Context, id: Uuid) -> Result<bool> {
    let store = context.store();
    let row: Option<(i32,)> = store
        .optional(
            sql("SELECT 1 FROM sessions WHERE id = $1 AND expires_at > $2")
                .bind(id)
                .bind(store.clock().now()),
        )
        .await?;
    Ok(row.is_some())
}
