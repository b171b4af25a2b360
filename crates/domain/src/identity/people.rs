//! The person of a proven identity: found, made on first sight, and kept in step with the provider.

use chrono::{DateTime, TimeDelta, Utc};
use mc_base::text;
use mc_store::{Read, sql};

use crate::{
    Context, Result, organizations,
    users::{self, User},
};

/// How long nothing is asked again when the provider has no name or address of a person.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(10);
/// The longest name and address that are kept, in bytes.
const TEXT_MAX: usize = 255;

/// What a provider says of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Profile {
    /// An address that the provider has verified, in lower case.
    pub(super) email: Option<String>,
    /// The name.
    pub(super) name: Option<String>,
}

impl Profile {
    /// The same, with what is missing taken from another.
    pub(super) fn or(self, other: Self) -> Self {
        Self { email: self.email.or(other.email), name: self.name.or(other.name) }
    }
}

/// A person whom we know.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Known {
    #[sqlx(flatten)]
    pub(super) user: User,
    profile_checked_at: Option<DateTime<Utc>>,
}

/// The person of an identity, if there is one.
pub(super) async fn find(context: &Context, subject: &str) -> Result<Option<Known>> {
    let query = sql("SELECT * FROM users WHERE clerk_user_id = $1").bind(subject);
    Ok(context.store().optional(query).await?)
}

impl Known {
    /// Whether the provider should be asked for what is missing.
    pub(super) fn is_incomplete(&self, now: DateTime<Utc>) -> bool {
        let is_missing = self.user.email.is_none() || self.user.name.is_none();
        is_missing && self.profile_checked_at.is_none_or(|at| now - at >= ASK_AGAIN)
    }

    /// Whether the person is as the profile says and has an organization, so that nothing needs to be written.
    pub(super) fn is_current(&self, profile: &Profile) -> bool {
        let user = &self.user;
        user.active_organization_id.is_some()
            && (profile.email.is_none() || profile.email == user.email)
            && (profile.name.is_none() || user.name.is_some())
    }
}

/// Writes down what the provider says, and makes the person and an organization of the own on first sight. An address
/// replaces the present one, a name only fills an empty one.
pub(super) async fn sync(context: &Context, subject: &str, profile: Profile, asked: bool) -> Result<User> {
    let cut = |value: Option<String>| value.map(|value| text::truncate_bytes(&value, TEXT_MAX).to_owned());
    let txn = context.store().begin().await?;
    let checked_at = asked.then(|| txn.now());
    let id = users::service::claim(&txn, subject).await?;
    let user: User = txn
        .one(
            sql("UPDATE users SET
                     email = coalesce($2, email),
                     name = CASE WHEN trim(coalesce(name, '')) = '' THEN $3 ELSE name END,
                     profile_checked_at = coalesce($4, profile_checked_at)
                 WHERE id = $1 RETURNING *")
            .bind(id)
            .bind(cut(profile.email))
            .bind(cut(profile.name))
            .bind(checked_at),
        )
        .await?;
    txn.commit().await?;
    organizations::service::choose_active(context, &user).await
}
