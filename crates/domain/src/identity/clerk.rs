//! People who sign in with Clerk: session tokens, profiles, and the end of an account.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use jsonwebtoken::Algorithm;
use mc_base::SecretString;
use serde_json::Value;
use url::{Host, Url};

use super::{
    Refusal,
    keys::Keys,
    people::{self, Profile},
    token::{self, Claims, Times, filled},
};
use crate::{
    Context, Error, Kind, Result,
    egress::{Call, CallError, Credentials, Request},
    users::User,
};

/// The longest that Clerk may take over a profile or the end of an account.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest profile, in bytes.
const PROFILE_MAX: u64 = 256 * 1024;
/// Beginnings of what Clerk issues to machines and programs, and not to people.
const OTHER_TOKENS: [&str; 4] = ["m2m_", "mt_", "oat_", "ak_"];

/// How to reach Clerk, and which of its tokens are taken.
#[derive(Clone, Debug)]
pub struct ClerkSettings {
    /// The key of our application's backend.
    pub secret_key: SecretString,
    /// The base of its API, with the version and without a slash at the end, such as `https://api.clerk.com/v1`.
    pub api_url: Url,
    /// How much the clocks may differ.
    pub leeway: Duration,
    /// Whether tokens of the future are refused.
    pub verify_issued_at: bool,
    /// Issuers whose tokens are taken; all of the instance when empty.
    pub issuers: Vec<String>,
    /// Origins to which tokens were issued (`azp`); any when empty.
    pub authorized_parties: Vec<String>,
    /// What the console needs for signing in by itself.
    pub publishable_key: Option<String>,
}

/// Sign-in with Clerk.
#[derive(Debug)]
pub struct Clerk {
    settings: ClerkSettings,
    keys: Arc<Keys>,
}

/// What became of a question about an account.
enum Account {
    Found(Profile),
    Gone,
}

impl Clerk {
    /// Sign-in with these settings. Nothing is asked yet.
    #[must_use]
    pub fn new(settings: ClerkSettings) -> Self {
        let keys = Keys::at(under(&settings.api_url, &["jwks"]), Some(settings.secret_key.clone()));
        Self { settings, keys: Arc::new(keys) }
    }

    /// What the console needs for signing in by itself.
    #[must_use]
    pub fn publishable_key(&self) -> Option<&str> {
        self.settings.publishable_key.as_deref()
    }

    /// The host from which browsers load Clerk's own script: the publishable key names it, in base64 and with a `$` at
    /// the end.
    #[must_use]
    pub fn frontend(&self) -> Option<String> {
        let (_, encoded) = self.publishable_key()?.rsplit_once('_')?;
        let bytes = STANDARD_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
        let name = String::from_utf8(bytes).ok()?;
        let host = Host::parse(name.strip_suffix('$')?).ok()?;
        matches!(host, Host::Domain(_)).then(|| host.to_string())
    }

    /// The person whom a session token proves, made on first sight.
    pub(super) async fn person(&self, context: &Context, presented: &str) -> Result<User, Refusal> {
        let claims = self.claims(context, presented).await?;
        let subject = claims.subject()?;
        let said = profile_of_claims(&claims);
        let known = people::find(context, subject).await?;
        let now = context.store().clock().now();
        let asks = known.as_ref().is_none_or(|known| known.is_incomplete(now));
        if let Some(known) = &known
            && !asks
            && known.is_current(&said)
        {
            return Ok(known.user.clone());
        }
        let account = match asks {
            true => self.account(context, subject).await,
            false => Ok(Account::Found(Profile::default())),
        };
        let profile = match account {
            Ok(Account::Found(profile)) => profile.or(said),
            // A token outlives its account by up to a minute: nobody comes back that way.
            Ok(Account::Gone) if known.is_none() => return Err(Refusal::Ended),
            Ok(Account::Gone) => said,
            Err(error) => {
                tracing::warn!(user = tail(subject), %error, "auth.clerk.profile.fetch_failed");
                said
            }
        };
        Ok(people::sync(context, subject, profile, asks).await?)
    }

    async fn claims(&self, context: &Context, presented: &str) -> Result<Claims, Refusal> {
        if OTHER_TOKENS.iter().any(|start| presented.starts_with(start)) {
            return Err(Refusal::Forged);
        }
        let claims = token::verify(context, &self.keys, presented, &[Algorithm::RS256]).await?;
        let allows = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|item| item == value))
        };
        let is_ours = allows(&self.settings.issuers, claims.text("iss"))
            && allows(&self.settings.authorized_parties, claims.text("azp"))
            && !claims.0.contains_key("aud");
        if !is_ours {
            return Err(Refusal::Forged);
        }
        let times = Times { leeway: self.settings.leeway, issued: self.settings.verify_issued_at };
        claims.check_times(context.store().clock().now(), times)?;
        // Somebody who has not finished signing in, such as with a second factor.
        if claims.text("sts") == Some("pending") {
            return Err(Refusal::Ended);
        }
        Ok(claims)
    }

    fn request(&self, subject: &str) -> Request {
        Request {
            url: under(&self.settings.api_url, &["users", subject]),
            total: TIMEOUT,
            max_bytes: PROFILE_MAX,
        }
    }

    fn credentials(&self) -> Credentials {
        Credentials::Bearer(self.settings.secret_key.clone())
    }

    async fn account(&self, context: &Context, subject: &str) -> Result<Account, CallError> {
        let call = Call::get(self.request(subject), self.credentials());
        match call.json::<Value>(context.egress()).await {
            Ok((_, profile)) => Ok(Account::Found(profile_of_account(&profile))),
            Err(CallError::Status(404)) => Ok(Account::Gone),
            Err(error) => Err(error),
        }
    }

    /// Whether the account is gone.
    ///
    /// # Errors
    /// `BadGateway` when Clerk does not say.
    pub(crate) async fn is_gone(&self, context: &Context, subject: &str) -> Result<bool> {
        let account = self.account(context, subject).await;
        let refused = |_| {
            Error::text(Kind::BadGateway, "The identity provider does not tell whether the account is gone")
        };
        Ok(matches!(account.map_err(refused)?, Account::Gone))
    }

    /// Ends an account at Clerk. One that is gone already is fine.
    ///
    /// # Errors
    /// `BadGateway` when Clerk refuses or does not answer.
    pub(crate) async fn delete_account(&self, context: &Context, subject: &str) -> Result<()> {
        let call = Call::delete(self.request(subject), self.credentials());
        let reason = match context.egress().call(&call).await {
            Ok(answer) if answer.is_success() || answer.status == 404 => return Ok(()),
            Ok(answer) => format!("status {}", answer.status),
            Err(error) => error.to_string(),
        };
        tracing::warn!(user = tail(subject), reason, "auth.clerk.account.delete_failed");
        Err(Error::text(
            Kind::BadGateway,
            "The identity provider did not delete the account; nothing was changed",
        ))
    }
}

/// An address below the base.
fn under(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// The end of an id: enough to find it, too little to use it.
fn tail(subject: &str) -> &str {
    const SHOWN: usize = 6;
    let start = subject.char_indices().rev().nth(SHOWN - 1).map_or(0, |(index, _)| index);
    &subject[start..]
}

fn first<'v>(object: &'v Value, names: &[&str]) -> Option<&'v str> {
    names.iter().find_map(|name| object.get(name).and_then(filled))
}

fn joined(object: &Value, given: &[&str], family: &[&str]) -> Option<String> {
    let parts: Vec<&str> = [first(object, given), first(object, family)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// What the claims say. An address counts only where they say that it was verified: it decides on invites.
fn profile_of_claims(claims: &Claims) -> Profile {
    let object = Value::Object(claims.0.clone());
    let is_verified = object.get("email_verified").is_some_and(|value| value == true || value == "true");
    let direct = first(&object, &["email", "email_address", "primary_email_address"]).filter(|_| is_verified);
    Profile {
        email: direct.map(str::to_lowercase).or_else(|| verified_address(&object)),
        name: first(&object, &["name", "full_name"])
            .map(str::to_owned)
            .or_else(|| joined(&object, &["given_name", "first_name"], &["family_name", "last_name"])),
    }
}

fn profile_of_account(account: &Value) -> Profile {
    Profile {
        email: verified_address(account),
        name: first(account, &["full_name", "name", "first_name", "username"])
            .map(str::to_owned)
            .or_else(|| joined(account, &["first_name"], &["last_name"])),
    }
}

/// The primary of `email_addresses` if it is verified, else the first one that is.
fn verified_address(object: &Value) -> Option<String> {
    let list = object.get("email_addresses")?.as_array()?;
    let primary = object.get("primary_email_address_id");
    let mut verified = list.iter().filter(|item| {
        item.get("verification")
            .and_then(|verification| verification.get("status"))
            .is_some_and(|status| status == "verified")
    });
    let address = |item: &Value| first(item, &["email_address", "email"]).map(str::to_lowercase);
    let is_primary = |item: &&&Value| primary.is_some_and(|id| item.get("id") == Some(id));
    let chosen = verified.clone().find(|item| is_primary(&item)).or_else(|| verified.next());
    chosen.and_then(address)
}
