//! Use cases on people.

use chrono::TimeDelta;
use mc_store::{
    Read, Txn,
    jobs::{NewJob, Runner},
    sql,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    ProfileChange, User,
    rules::{self, Departure},
};
use crate::{
    Context, Error, Result,
    access::UserActor,
    agents,
    identity::Identity,
    organizations::{
        self, Member,
        service::members::{self, MemberChange},
    },
};

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

/// Finds a person by the id at the identity provider; [`LOCAL_USER`] for the person of local sign-in.
///
/// # Errors
/// When the database cannot be reached.
pub(crate) async fn by_subject(on: &impl Read, subject: &str) -> Result<Option<User>> {
    Ok(on.optional(sql("SELECT * FROM users WHERE clerk_user_id = $1").bind(subject)).await?)
}

/// Finds a person by e-mail address, in any case: the one who came first when several have it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn by_email(on: &impl Read, address: &str) -> Result<Option<User>> {
    let find = sql("SELECT * FROM users WHERE lower(email) = $1 ORDER BY created_at, id LIMIT 1");
    Ok(on.optional(find.bind(address.trim().to_lowercase())).await?)
}

/// The people whom the database names as administrators of the installation, oldest first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn super_administrators(on: &impl Read) -> Result<Vec<User>> {
    Ok(on.all(sql("SELECT * FROM users WHERE is_super_admin ORDER BY created_at, id")).await?)
}

/// The person of local sign-in, made with an organization of its own on first use. A blank name or
/// e-mail address is filled in again.
///
/// # Errors
/// When the database fails.
pub async fn local_user(context: &Context) -> Result<User> {
    let found = by_subject(context.store(), LOCAL_USER).await?;
    let complete = |user: &User| {
        let filled = |value: &Option<String>| value.as_ref().is_some_and(|text| !text.trim().is_empty());
        user.active_organization_id.is_some() && filled(&user.email) && filled(&user.name)
    };
    match found {
        Some(user) if complete(&user) => Ok(user),
        _ => {
            let txn = context.store().begin().await?;
            let user = fill_local_user(&txn).await?;
            txn.commit().await?;
            organizations::service::choose_active(context, &user).await
        }
    }
}

async fn fill_local_user(txn: &Txn) -> Result<User> {
    let id = claim(txn, LOCAL_USER).await?;
    Ok(txn
        .one(
            sql("UPDATE users SET
                     email = CASE WHEN trim(coalesce(email, '')) = '' THEN $2 ELSE email END,
                     name = CASE WHEN trim(coalesce(name, '')) = '' THEN $3 ELSE name END
                 WHERE id = $1 RETURNING *")
            .bind(id)
            .bind(LOCAL_EMAIL)
            .bind(LOCAL_NAME),
        )
        .await?)
}

/// Locks the person with this id at the identity provider, who is made on first sight, until the transaction ends. The
/// lock comes before any change of the row, as everywhere: two requests that took them in different order would wait
/// for each other for ever.
///
/// # Errors
/// When the database fails.
pub(crate) async fn claim(txn: &Txn, subject: &str) -> Result<Uuid> {
    loop {
        txn.run(
            sql("INSERT INTO users (id, clerk_user_id, created_at) VALUES ($1, $2, $3)
                 ON CONFLICT (clerk_user_id) DO NOTHING")
            .bind(txn.new_id())
            .bind(subject)
            .bind(txn.now()),
        )
        .await?;
        // The account may end while this waits for it; then the person is made anew.
        if let Some(user) = by_subject(txn, subject).await? {
            txn.lock("user", user.id).await?;
            if by_id(txn, user.id).await?.is_some() {
                return Ok(user.id);
            }
        }
    }
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
    let user = user.ok_or_else(Error::unauthorized)?;
    if user != *old {
        agents::refresh::named_person(&txn, user.id).await?;
    }
    txn.commit().await?;
    Ok(user)
}

/// Deletes oneself: the account at Clerk, where one signs in there, the profile, the sign-ins, the memberships, and
/// organizations where nobody is left.
///
/// # Errors
/// `Conflict` when others would be left in an organization without an owner; `BadGateway` when Clerk refuses. In both
/// cases nothing has changed.
pub async fn delete(context: &Context, actor: &UserActor) -> Result<()> {
    let user = actor.user();
    if let Identity::Clerk(clerk) = context.identity() {
        let txn = context.store().begin().await?;
        erase(&txn, user, Mode::Check).await?;
        // Should this process end between the two deletions, the job makes up for the second.
        let job = NewJob::new(FINISH, json!({ "user_id": user.id })).delay(FINISH_AFTER);
        txn.enqueue(job.dedupe(format!("{FINISH}:{}", user.id))).await?;
        txn.commit().await?;
        clerk.delete_account(context, &user.clerk_user_id).await?;
    }
    let txn = context.store().begin().await?;
    erase(&txn, user, Mode::Erase).await?;
    txn.commit().await?;
    Ok(())
}

/// Finishes a deletion that was interrupted after the account was gone at Clerk.
const FINISH: &str = "users.finish_deletion";
/// Longer than Clerk may take.
const FINISH_AFTER: TimeDelta = TimeDelta::minutes(1);

/// Adds the job on people.
#[must_use]
pub fn register(runner: Runner, context: &Context) -> Runner {
    let context = context.clone();
    runner.handler(FINISH, move |job| {
        let context = context.clone();
        async move {
            let id = job.payload.0["user_id"].as_str().and_then(|id| id.parse().ok());
            Ok(finish_deletion(&context, id.unwrap_or_default()).await?)
        }
    })
}

async fn finish_deletion(context: &Context, id: Uuid) -> Result<()> {
    let Identity::Clerk(clerk) = context.identity() else { return Ok(()) };
    let Some(user) = by_id(context.store(), id).await? else { return Ok(()) };
    // Clerk has refused then, and the person was told so.
    if !clerk.is_gone(context, &user.clerk_user_id).await? {
        return Ok(());
    }
    let txn = context.store().begin().await?;
    erase(&txn, &user, Mode::Erase).await?;
    txn.commit().await?;
    Ok(())
}

/// Whether a person is erased, or only asked whether that may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Check,
    Erase,
}

async fn erase(txn: &Txn, user: &User, mode: Mode) -> Result<()> {
    let user_id = user.id;
    txn.lock("user", user_id).await?;
    let organizations: Vec<(Uuid,)> = txn
        .all(
            sql("SELECT organization_id FROM organization_members WHERE user_id = $1 ORDER BY organization_id")
                .bind(user_id),
        )
        .await?;
    // Two owners who leave at once wait for one another, in one order.
    for (id,) in organizations {
        txn.lock("organization", id).await?;
    }
    #[derive(sqlx::FromRow)]
    struct Place {
        #[sqlx(flatten)]
        member: Member,
        name: String,
        members: i64,
        owners: i64,
    }
    let places: Vec<Place> = txn
        .all(
            sql("SELECT m.*, o.name,
                        (SELECT count(*) FROM organization_members a WHERE a.organization_id = o.id) AS members,
                        (SELECT count(*) FROM organization_members a WHERE a.organization_id = o.id AND a.role = 'owner') AS owners
                 FROM organization_members m JOIN organizations o ON o.id = m.organization_id
                 WHERE m.user_id = $1 ORDER BY o.id")
            .bind(user_id),
        )
        .await?;
    for Place { member, name, members: count, owners } in places {
        match rules::departure(member.role, count, owners) {
            Departure::Refuse => {
                return Err(Error::conflict(format!(
                    "You are the only owner of {name}; name another owner or delete the organization first"
                )));
            }
            _ if mode == Mode::Check => {}
            Departure::Erase => {
                organizations::service::erase(txn, member.organization_id, Some(user_id)).await?;
            }
            Departure::Leave => {
                if member.role == organizations::Role::Owner {
                    agents::refresh::organization(txn, member.organization_id).await?;
                }
                let message = format!("{} left and deleted the own account", user.display_name());
                members::record(txn, MemberChange::Left, user_id, &member, message).await?;
            }
        }
    }
    if mode == Mode::Erase {
        txn.run(sql("DELETE FROM users WHERE id = $1").bind(user_id)).await?;
    }
    Ok(())
}
