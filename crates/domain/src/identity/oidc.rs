//! People who sign in at a provider of OpenID Connect: the authorization code flow with PKCE, state and nonce.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use mc_base::{SecretString, token as tokens};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Refusal,
    keys::Keys,
    people::{self, Profile},
    token::{self, Claims, Times, filled},
    unavailable,
};
use crate::{
    Context, Error, Kind, Result,
    egress::{Call, Credentials, Request},
    users::User,
};

/// The path to which the provider sends people back.
pub const CALLBACK: &str = "/api/v1/auth/oidc/callback";
/// How long a person may take at the provider.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// The longest that the provider may take over one answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest answer, in bytes.
const ANSWER_MAX: u64 = 256 * 1024;
/// How long what the provider says of itself is used.
const FRESH: Duration = Duration::from_secs(3600);
/// How much the clocks may differ.
const TIMES: Times = Times { leeway: Duration::from_secs(60), issued: true };
/// The label under which what a browser brings back is sealed.
const PURPOSE: &str = "oidc-sign-in";
/// Signatures by a private key that only the provider has.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The provider, and whom it may send.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    /// The issuer, exactly as the provider names itself.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our password there; a public client has none.
    pub client_secret: Option<SecretString>,
    /// What is asked for, `openid` among it.
    pub scopes: String,
    /// The domains of e-mail addresses that may come in, in lower case; all when empty.
    pub allowed_domains: Vec<String>,
    /// Whether addresses count as verified where the provider does not say.
    pub trusts_email: bool,
    /// The audience of access tokens with which scripts act for a person; none when they may not.
    pub audience: Option<String>,
    /// What the provider is called on the page where people sign in.
    pub label: String,
}

/// Sign-in at a provider.
#[derive(Debug)]
pub struct Oidc {
    settings: OidcSettings,
    found: Mutex<Option<(Arc<Discovery>, Duration)>>,
}

/// What the provider says of itself.
#[derive(Debug)]
struct Discovery {
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Option<Url>,
    /// Whether the password stands in the form, because the provider takes it nowhere else.
    posts_secret: bool,
    keys: Keys,
}

#[derive(Deserialize)]
struct DiscoveryDocument {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// The tokens that a code is worth. Never printed.
#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

/// What a browser keeps while its person is at the provider.
#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    return_to: String,
    expires_at: DateTime<Utc>,
}

/// The way to the provider.
#[derive(Debug)]
pub struct Departure {
    /// Where the browser goes.
    pub url: Url,
    /// What it keeps meanwhile, sealed.
    pub kept: String,
}

/// What the provider sends with a person who comes back.
#[derive(Debug, Default)]
pub struct Return<'a> {
    /// What the browser kept.
    pub kept: Option<&'a str>,
    /// The state of the departure.
    pub state: Option<&'a str>,
    /// The code for the tokens.
    pub code: Option<&'a str>,
    /// Who answers (RFC 9207).
    pub issuer: Option<&'a str>,
    /// Why there is no code.
    pub error: Option<&'a str>,
}

/// Why somebody who came back is not signed in.
#[derive(Debug)]
pub enum Denied {
    /// The way back does not fit to a way there, or took too long: try again.
    Expired,
    /// The provider or the person has said no.
    Provider,
    /// The person may not come in: no verified address of an allowed domain.
    NotAllowed,
    /// The provider's answer is not one to be believed, or there was none.
    Failed,
    /// The database failed.
    Internal(Error),
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Forged | Refusal::Ended => Self::Failed,
            Refusal::Failed(error) if error.kind == Kind::Unavailable => Self::Failed,
            Refusal::Failed(error) => Self::Internal(error),
        }
    }
}

impl From<Error> for Denied {
    fn from(error: Error) -> Self {
        Refusal::Failed(error).into()
    }
}

impl Oidc {
    /// Sign-in with these settings. Nothing is asked yet.
    #[must_use]
    pub fn new(settings: OidcSettings) -> Self {
        Self { settings, found: Mutex::default() }
    }

    /// What the provider is called on the page where people sign in.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.settings.label
    }

    /// Sends a browser to the provider. `return_to` is a path of the console.
    ///
    /// # Errors
    /// `Unavailable` when the provider does not say where to send people.
    pub async fn depart(&self, context: &Context, return_to: &str) -> Result<Departure> {
        let discovery = self.discovery(context).await?;
        let random = || tokens::opaque_token(context.store().random()).expose_secret().to_owned();
        let patience = TimeDelta::from_std(PATIENCE).unwrap_or(TimeDelta::minutes(10));
        let pending = Pending {
            state: random(),
            nonce: random(),
            verifier: random(),
            return_to: return_to.to_owned(),
            expires_at: context.store().clock().now() + patience,
        };
        let mut url = discovery.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &redirect_uri(context))
            .append_pair("scope", &self.settings.scopes)
            .append_pair("state", &pending.state)
            .append_pair("nonce", &pending.nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(&pending.verifier)))
            .append_pair("code_challenge_method", "S256");
        let text = serde_json::to_string(&pending).map_err(Error::internal)?;
        let kept = context.key().seal(context.store().random(), PURPOSE, &text);
        Ok(Departure { url, kept })
    }

    /// The person who came back, made on first sight, and the path of the console to go on to.
    ///
    /// # Errors
    /// Why nobody is signed in.
    pub async fn arrive(&self, context: &Context, back: &Return<'_>) -> Result<(User, String), Denied> {
        let pending = self.pending(context, back).ok_or(Denied::Expired)?;
        if let Some(reason) = back.error {
            tracing::info!(reason = %mc_base::text::escape_controls(mc_base::text::truncate_bytes(reason, 100)), "auth.oidc.denied");
            return Err(Denied::Provider);
        }
        let code = back.code.filter(|code| !code.is_empty()).ok_or(Denied::Provider)?;
        let discovery = self.discovery(context).await?;
        let tokens = self.exchange(context, &discovery, code, pending.verifier).await?;
        let claims = token::verify(context, &discovery.keys, &tokens.id_token, &ALGORITHMS).await?;
        self.check_id_token(context, &claims, &pending.nonce)?;
        let subject = claims.subject()?;
        let mut profile = self.profile(&claims.0);
        if (profile.email.is_none() || profile.name.is_none())
            && let Some(said) = self.userinfo(context, &discovery, &tokens, subject).await
        {
            profile = profile.or(said);
        }
        if !self.may_come_in(&profile) {
            return Err(Denied::NotAllowed);
        }
        let user = people::sync(context, &self.id(subject), profile, true).await?;
        Ok((user, pending.return_to))
    }

    /// The person whom an access token proves. Only people who have signed in before.
    pub(super) async fn person(&self, context: &Context, presented: &str) -> Result<User, Refusal> {
        let audience = self.settings.audience.as_deref().ok_or(Refusal::Forged)?;
        let discovery = self.discovery(context).await?;
        let claims = token::verify(context, &discovery.keys, presented, &ALGORITHMS).await?;
        // An ID token tells one application who somebody is; it is no permission to act.
        let is_ours = claims.text("iss") == Some(&self.settings.issuer)
            && claims.is_for(audience)
            && !claims.0.contains_key("nonce");
        if !is_ours {
            return Err(Refusal::Forged);
        }
        claims.check_times(context.store().clock().now(), TIMES)?;
        let known = people::find(context, &self.id(claims.subject()?)).await?;
        known.map(|known| known.user).ok_or(Refusal::Ended)
    }

    /// The id of a person at any provider: ids of two providers may be the same.
    fn id(&self, subject: &str) -> String {
        format!("{}#{subject}", self.settings.issuer)
    }

    fn pending(&self, context: &Context, back: &Return<'_>) -> Option<Pending> {
        let text = context.key().open(PURPOSE, back.kept?).ok()?;
        let pending: Pending = serde_json::from_str(text.expose_secret()).ok()?;
        let fits = tokens::constant_time_eq(pending.state.as_bytes(), back.state?.as_bytes())
            && back.issuer.is_none_or(|issuer| issuer == self.settings.issuer)
            && pending.expires_at > context.store().clock().now();
        fits.then_some(pending)
    }

    async fn exchange(
        &self,
        context: &Context,
        discovery: &Discovery,
        code: &str,
        verifier: String,
    ) -> Result<TokenAnswer, Denied> {
        let mut form: Vec<(&'static str, SecretString)> = vec![
            ("grant_type", "authorization_code".into()),
            ("code", code.into()),
            ("redirect_uri", redirect_uri(context).into()),
            ("code_verifier", verifier.into()),
        ];
        let id = &self.settings.client_id;
        let credentials = match &self.settings.client_secret {
            Some(secret) if !discovery.posts_secret => {
                let encode =
                    |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                Credentials::Basic(encode(id), encode(secret.expose_secret()).into())
            }
            secret => {
                form.push(("client_id", id.as_str().into()));
                form.extend(secret.clone().map(|secret| ("client_secret", secret)));
                Credentials::None
            }
        };
        let call = Call::post(request(discovery.token_endpoint.clone()), credentials, form);
        let answer = call.json::<TokenAnswer>(context.egress()).await;
        answer.map(|(_, tokens)| tokens).map_err(|error| {
            tracing::warn!(%error, "auth.oidc.exchange_failed");
            Denied::Failed
        })
    }

    /// What OpenID Connect Core §3.1.3.7 demands of an ID token.
    fn check_id_token(&self, context: &Context, claims: &Claims, nonce: &str) -> Result<(), Refusal> {
        let id = self.settings.client_id.as_str();
        let has_several = matches!(claims.0.get("aud"), Some(Value::Array(list)) if list.len() > 1);
        let party_fits = match claims.0.get("azp") {
            Some(party) => party == id,
            None => !has_several,
        };
        let said = claims.text("nonce").unwrap_or_default();
        let is_ours = claims.text("iss") == Some(&self.settings.issuer)
            && claims.is_for(id)
            && party_fits
            && tokens::constant_time_eq(said.as_bytes(), nonce.as_bytes());
        if !is_ours {
            tracing::warn!("auth.oidc.token_refused");
            return Err(Refusal::Forged);
        }
        claims.check_times(context.store().clock().now(), TIMES)
    }

    fn profile(&self, claims: &Map<String, Value>) -> Profile {
        let is_verified = match claims.get("email_verified") {
            Some(said) => said == true || said == "true",
            None => self.settings.trusts_email,
        };
        let text = |name: &str| claims.get(name).and_then(filled);
        Profile {
            email: text("email").filter(|_| is_verified).map(str::to_lowercase),
            name: text("name").or_else(|| text("preferred_username")).map(str::to_owned),
        }
    }

    async fn userinfo(
        &self,
        context: &Context,
        discovery: &Discovery,
        tokens: &TokenAnswer,
        subject: &str,
    ) -> Option<Profile> {
        let url = discovery.userinfo_endpoint.clone()?;
        let call = Call::get(request(url), Credentials::Bearer(tokens.access_token.clone()?.into()));
        match call.json::<Map<String, Value>>(context.egress()).await {
            // It may be about somebody else: then it says nothing (§5.3.2).
            Ok((_, claims)) if claims.get("sub").is_some_and(|said| said == subject) => {
                Some(self.profile(&claims))
            }
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "auth.oidc.userinfo_failed");
                None
            }
        }
    }

    fn may_come_in(&self, profile: &Profile) -> bool {
        let allowed = &self.settings.allowed_domains;
        let domain =
            profile.email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        allowed.is_empty() || domain.is_some_and(|domain| allowed.iter().any(|one| one == domain))
    }

    /// What the provider says of itself; what it said before, when it does not answer now.
    async fn discovery(&self, context: &Context) -> Result<Arc<Discovery>> {
        let now = context.store().clock().monotonic();
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((discovery, at)) = &known
            && now <= *at + FRESH
        {
            return Ok(discovery.clone());
        }
        let Some(discovery) = self.discover(context).await.map(Arc::new) else {
            return known.map(|(discovery, _)| discovery).ok_or_else(unavailable);
        };
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some((discovery.clone(), now));
        Ok(discovery)
    }

    async fn discover(&self, context: &Context) -> Option<Discovery> {
        let address =
            format!("{}/.well-known/openid-configuration", self.settings.issuer.trim_end_matches('/'));
        let call = Call::get(request(address.parse().ok()?), Credentials::None);
        let document = match call.json::<DiscoveryDocument>(context.egress()).await {
            Ok((_, document)) => document,
            Err(error) => {
                tracing::warn!(%error, "auth.oidc.discovery_failed");
                return None;
            }
        };
        if document.issuer != self.settings.issuer {
            tracing::warn!("auth.oidc.issuer_differs");
            return None;
        }
        let methods = document.token_endpoint_auth_methods_supported.unwrap_or_default();
        let takes = |method: &str| methods.iter().any(|one| one == method);
        let address = |text: &str| match text.parse::<Url>() {
            Ok(url) if matches!(url.scheme(), "https" | "http") => Some(url),
            _ => {
                tracing::warn!("auth.oidc.discovery_malformed");
                None
            }
        };
        Some(Discovery {
            authorization_endpoint: address(&document.authorization_endpoint)?,
            token_endpoint: address(&document.token_endpoint)?,
            userinfo_endpoint: document.userinfo_endpoint.as_deref().and_then(address),
            posts_secret: takes("client_secret_post") && !takes("client_secret_basic"),
            keys: Keys::at(address(&document.jwks_uri)?, None),
        })
    }
}

fn redirect_uri(context: &Context) -> String {
    format!("{}{CALLBACK}", context.base_url())
}

fn request(url: Url) -> Request {
    Request { url, total: TIMEOUT, max_bytes: ANSWER_MAX }
}
