//! Use cases on people.

use mc_store::{Read, Txn, sql};
use uuid::Uuid;

use super::{ProfileChange, User};
use crate::{Context, Error, Result, access::UserActor, organizations};

/// The provider id of the one person behind the local token.
pub const LOCAL_USER: &str = "local-auth-user";
const LOCAL_EMAIL: &str = "admin@home.local";
const LOCAL_NAME: &str = "Local User";

/// Finds a person by id.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_id(on: &impl Read, id: Uuid) -> Result<Option<User>> {
    Ok(on.optional(sql("SELECT * FROM users WHERE id = $1").bind(id)).await?)
}

/// The person of local sign-in, made with an organization of its own on first use. A blank name or
/// e-mail address is filled in again.
///
/// # Errors
/// When the database fails.
pub async fn local_user(context: &Context) -> Result<User> {
    let found: Option<User> = context
        .store()
        .optional(sql("SELECT * FROM users WHERE clerk_user_id = $1").bind(LOCAL_USER))
        .await?;
    let complete = |user: &User| {
        let filled = |value: &Option<String>| value.as_ref().is_some_and(|text| !text.trim().is_empty());
        user.active_organization_id.is_some() && filled(&user.email) && filled(&user.name)
    };
    match found {
        Some(user) if complete(&user) => Ok(user),
        _ => {
            let txn = context.store().begin().await?;
            let user = ensure_local_user(&txn).await?;
            txn.commit().await?;
            Ok(user)
        }
    }
}

async fn ensure_local_user(txn: &Txn) -> Result<User> {
    txn.run(
        sql("INSERT INTO users (id, clerk_user_id, email, name, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (clerk_user_id) DO UPDATE SET
                 email = CASE WHEN trim(coalesce(users.email, '')) = '' THEN excluded.email ELSE users.email END,
                 name = CASE WHEN trim(coalesce(users.name, '')) = '' THEN excluded.name ELSE users.name END")
        .bind(txn.new_id())
        .bind(LOCAL_USER)
        .bind(LOCAL_EMAIL)
        .bind(LOCAL_NAME)
        .bind(txn.now()),
    )
    .await?;
    let user: User = txn.one(sql("SELECT * FROM users WHERE clerk_user_id = $1").bind(LOCAL_USER)).await?;
    organizations::service::ensure_active(txn, user).await
}

/// Changes one's own profile.
///
/// # Errors
/// When the database fails.
pub async fn change_profile(context: &Context, actor: &UserActor, change: ProfileChange) -> Result<User> {
    let txn = context.store().begin().await?;
    let old = actor.user();
    let pick = |new: Option<Option<String>>, old: &Option<String>| new.unwrap_or_else(|| old.clone());
    let zone = change.timezone.map(|zone| zone.map(|text| text.trim().to_owned()));
    let user: Option<User> = txn
        .optional(
            sql("UPDATE users SET name = $2, preferred_name = $3, pronouns = $4, timezone = $5, notes = $6, context = $7
                 WHERE id = $1 RETURNING *")
            .bind(old.id)
            .bind(pick(change.name, &old.name))
            .bind(pick(change.preferred_name, &old.preferred_name))
            .bind(pick(change.pronouns, &old.pronouns))
            .bind(pick(zone, &old.timezone))
            .bind(pick(change.notes, &old.notes))
            .bind(pick(change.context, &old.context)),
        )
        .await?;
    txn.commit().await?;
    user.ok_or_else(Error::unauthorized)
}
