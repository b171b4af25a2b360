//! How people sign in: which variables each way needs, and what the use cases get of them.

use std::time::Duration;

use mc_base::SecretString;
use mc_domain::identity::{
    Identity,
    clerk::{Clerk, ClerkSettings},
    oidc::{Oidc, OidcSettings},
};
use url::Url;

use super::reader::Reader;
use super::report::{Problem, problem};
use super::settings::AuthMode;
use super::table;
use super::variable::{Info, Notes};

/// Sign-in with Clerk.
#[derive(Clone, Debug)]
pub struct ClerkVariables {
    /// The key of the application's backend.
    pub secret_key: Option<SecretString>,
    /// The base of the API, with its version.
    pub api_url: Url,
    /// How much clocks may differ.
    pub leeway: Duration,
    /// Whether tokens of the future are refused.
    pub verify_iat: bool,
    /// Issuers whose tokens are taken; empty for any.
    pub issuers: Vec<String>,
    /// Origins to which tokens were issued; empty for any.
    pub authorized_parties: Vec<String>,
    /// What the console needs for signing in by itself.
    pub publishable_key: Option<String>,
}

/// Sign-in with OpenID Connect.
#[derive(Clone, Debug)]
pub struct OidcVariables {
    /// The issuer.
    pub issuer: Option<String>,
    /// Our name there.
    pub client_id: Option<String>,
    /// Our password there.
    pub client_secret: Option<SecretString>,
    /// What is asked for.
    pub scopes: String,
    /// Domains of e-mail addresses that may come in; empty for all.
    pub allowed_domains: Vec<String>,
    /// Whether addresses count as verified where the provider does not say.
    pub trust_email: bool,
    /// The audience of access tokens of scripts.
    pub audience: Option<String>,
    /// What the provider is called.
    pub label: String,
}

impl ClerkVariables {
    pub(super) fn read(reader: &mut Reader, mode: AuthMode) -> Self {
        let variables = Self {
            secret_key: reader.find(&table::CLERK_SECRET_KEY),
            api_url: reader.get(&table::CLERK_API_URL),
            leeway: reader.get(&table::CLERK_LEEWAY),
            verify_iat: reader.get(&table::CLERK_VERIFY_IAT),
            issuers: reader.get(&table::MC_CLERK_ISSUERS),
            authorized_parties: reader.get(&table::MC_CLERK_AUTHORIZED_PARTIES),
            publishable_key: reader.find(&table::NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY),
        };
        if mode == AuthMode::Clerk && !reader.is_set(table::CLERK_SECRET_KEY.info.name) {
            let remedy = "set the secret key of your Clerk application, which begins with sk_";
            reader.refuse(table::CLERK_SECRET_KEY.info.name, "is not set, but AUTH_MODE is clerk", remedy);
        }
        variables
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity::Clerk(Clerk::new(ClerkSettings {
            secret_key: self.secret_key.clone()?,
            api_url: self.api_url.clone(),
            leeway: self.leeway,
            verify_issued_at: self.verify_iat,
            issuers: self.issuers.clone(),
            authorized_parties: self.authorized_parties.clone(),
            publishable_key: self.publishable_key.clone(),
        })))
    }
}

impl OidcVariables {
    pub(super) fn read(reader: &mut Reader, mode: AuthMode) -> Self {
        let variables = Self {
            issuer: reader.find(&table::MC_OIDC_ISSUER),
            client_id: reader.find(&table::MC_OIDC_CLIENT_ID),
            client_secret: reader.find(&table::MC_OIDC_CLIENT_SECRET),
            scopes: reader.get(&table::MC_OIDC_SCOPES),
            allowed_domains: reader.get(&table::MC_OIDC_ALLOWED_DOMAINS),
            trust_email: reader.get(&table::MC_OIDC_TRUST_EMAIL),
            audience: reader.find(&table::MC_OIDC_AUDIENCE),
            label: reader.get(&table::MC_OIDC_LABEL),
        };
        if mode == AuthMode::Oidc {
            for (info, remedy) in [
                (
                    &table::MC_OIDC_ISSUER.info,
                    "set the issuer of the provider, such as https://accounts.google.com",
                ),
                (&table::MC_OIDC_CLIENT_ID.info, "set the client id that the provider gave for this server"),
            ] {
                if !reader.is_set(info.name) {
                    reader.refuse(info.name, "is not set, but AUTH_MODE is oidc", remedy);
                }
            }
        }
        variables
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity::Oidc(Oidc::new(OidcSettings {
            issuer: self.issuer.clone()?,
            client_id: self.client_id.clone()?,
            client_secret: self.client_secret.clone(),
            scopes: self.scopes.clone(),
            allowed_domains: self.allowed_domains.clone(),
            trusts_email: self.trust_email,
            audience: self.audience.clone(),
            label: self.label.clone(),
        })))
    }
}

impl super::settings::Auth {
    /// How people prove who they are.
    pub fn identity(&self) -> Identity {
        let identity = match self.mode {
            AuthMode::Local => Some(Identity::Local),
            AuthMode::Clerk => self.clerk.identity(),
            AuthMode::Oidc => self.oidc.identity(),
        };
        identity.expect("what a way to sign in needs was checked when the configuration was read")
    }

    /// Servers of the identity provider that the operator has named, which may lie in a private network.
    pub fn named_servers(&self) -> Vec<Url> {
        match self.mode {
            AuthMode::Local => Vec::new(),
            AuthMode::Clerk => vec![self.clerk.api_url.clone()],
            AuthMode::Oidc => self.oidc.issuer.iter().filter_map(|issuer| issuer.parse().ok()).collect(),
        }
    }
}

pub(super) fn auth_mode(info: &Info, text: &str, _: &mut Notes) -> Result<AuthMode, Problem> {
    match text {
        "local" => Ok(AuthMode::Local),
        "clerk" => Ok(AuthMode::Clerk),
        "oidc" => Ok(AuthMode::Oidc),
        _ => Err(problem("is no way to sign in", info.shape.remedy())),
    }
}

pub(super) fn secret(_: &Info, text: &str, _: &mut Notes) -> Result<SecretString, Problem> {
    Ok(text.into())
}

/// The base of Clerk's API; the version is added when it is missing.
pub(super) fn clerk_api(info: &Info, text: &str, notes: &mut Notes) -> Result<Url, Problem> {
    let url = super::values::server(info, text, notes)?;
    let base = url.as_str().trim_end_matches('/');
    let base = if base.ends_with("/v1") { base.to_owned() } else { format!("{base}/v1") };
    base.parse().map_err(|_| problem("is no absolute URL", info.shape.remedy()))
}

/// An issuer is compared as a text, so it stays as it was written.
pub(super) fn issuer(info: &Info, text: &str, notes: &mut Notes) -> Result<String, Problem> {
    super::values::server(info, text, notes).map(|_| text.to_owned())
}

/// A key that Clerk's own script takes.
pub(super) fn publishable_key(_: &Info, text: &str, _: &mut Notes) -> Result<String, Problem> {
    const LEAST: usize = 16;
    let rest = text.strip_prefix("pk_test_").or_else(|| text.strip_prefix("pk_live_")).unwrap_or_default();
    let count = rest.bytes().filter(u8::is_ascii_alphanumeric).count();
    let is_known = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$_-=".contains(&byte));
    if count < LEAST || !is_known || rest.bytes().all(|byte| byte == b'0') {
        return Err(problem(
            "is no publishable key of Clerk",
            "set the key that begins with pk_test_ or pk_live_",
        ));
    }
    Ok(text.to_owned())
}

/// Texts of a list.
pub(super) fn list(_: &Info, text: &str, _: &mut Notes) -> Result<Vec<String>, Problem> {
    Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

/// Scopes with `openid` among them, without which no provider says who somebody is.
pub(super) fn scopes(_: &Info, text: &str, _: &mut Notes) -> Result<String, Problem> {
    if text.split_whitespace().any(|scope| scope == "openid") {
        return Ok(text.to_owned());
    }
    Err(problem("lacks openid", "set scopes such as openid email profile"))
}

#[cfg(test)]
mod tests {
    use super::super::{AuthMode, Settings};

    fn load(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let base = [("MC_DATA_DIR", "/data")];
        let all = base.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(all, None)
            .map(|(settings, _)| settings)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn each_way_names_what_it_lacks() {
        let error = load(&[("AUTH_MODE", "clerk"), ("CLERK_SECRET_KEY", " ")]).unwrap_err();
        assert!(error.starts_with("CLERK_SECRET_KEY: is not set, but AUTH_MODE is clerk; set"), "{error}");
        let error = load(&[("AUTH_MODE", "oidc")]).unwrap_err();
        assert_eq!(error.lines().count(), 2, "{error}");
        assert!(
            error.contains("MC_OIDC_ISSUER: is not set") && error.contains("MC_OIDC_CLIENT_ID: is not set")
        );
    }

    #[test]
    fn what_is_set_reaches_the_provider() {
        let clerk = load(&[
            ("AUTH_MODE", "clerk"),
            ("CLERK_SECRET_KEY", "sk_test_hunter2"),
            ("CLERK_API_URL", "http://127.0.0.1:9/"),
        ])
        .unwrap();
        assert_eq!(clerk.auth.mode, AuthMode::Clerk);
        assert_eq!(clerk.auth.clerk.api_url.as_str(), "http://127.0.0.1:9/v1");
        assert_eq!(clerk.auth.named_servers(), std::slice::from_ref(&clerk.auth.clerk.api_url));
        let printed = format!("{clerk:?} {:?}", clerk.auth.identity());
        assert!(!printed.contains("hunter2"), "{printed}");
        let oidc = load(&[
            ("AUTH_MODE", "oidc"),
            ("MC_OIDC_ISSUER", "https://id.example.com/realms/a"),
            ("MC_OIDC_CLIENT_ID", "mission-control"),
            ("MC_OIDC_CLIENT_SECRET", "hunter2"),
            ("MC_OIDC_ALLOWED_DOMAINS", "Example.com, example.org"),
        ])
        .unwrap();
        assert_eq!(oidc.auth.oidc.allowed_domains, ["example.com", "example.org"]);
        assert!(!format!("{oidc:?} {:?}", oidc.auth.identity()).contains("hunter2"));
    }
}
