//! The configuration as the rest of the executable sees it: checked and typed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use mc_api::LimitSizes;
use mc_base::{SecretKey, SecretString, TrustedProxies};
use mc_domain::gateways::Version;
use mc_domain::skills::PackUrl;
use tracing::Level;
use url::Url;

use super::database::DatabaseUrl;
use super::redis::RedisUrl;
use super::sign_in::{ClerkVariables, OidcVariables};
use super::traces::Traces;

/// The whole configuration of a process. Its `Debug` form contains no secret.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the installation, for the log.
    pub environment: String,
    /// Directory of the files that the server writes.
    pub data_dir: PathBuf,
    /// The server key; none means that it lies in the data directory.
    pub secret_key: Option<SecretKey>,
    /// The database.
    pub database: Database,
    /// Signing in.
    pub auth: Auth,
    /// Listening and answering.
    pub http: Http,
    /// Limits on callers.
    pub limits: Limits,
    /// How long things are kept.
    pub retention: Retention,
    /// Gateways.
    pub gateways: Gateways,
    /// Skills and souls.
    pub sources: Sources,
    /// Background jobs.
    pub jobs: Jobs,
    /// Backups.
    pub backup: Backup,
    /// Logging.
    pub log: Log,
    /// Traces; none are sent without a collector.
    pub traces: Option<Traces>,
}

/// The database and how it is used.
#[derive(Clone, Debug)]
pub struct Database {
    /// Where it is.
    pub url: DatabaseUrl,
    /// Whether the schema is brought up to date at start.
    pub auto_migrate: bool,
    /// Most connections of this process.
    pub pool_size: u32,
}

/// Signing in.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The way in which people sign in.
    pub mode: AuthMode,
    /// The trimmed local token; none means that it lies in the data directory.
    pub local_token: Option<SecretString>,
    /// Sign-in with Clerk.
    pub clerk: ClerkVariables,
    /// Sign-in with OpenID Connect.
    pub oidc: OidcVariables,
    /// Life of a browser session.
    pub session_lifetime: Duration,
}

/// The way in which people sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMode {
    /// One shared token.
    Local,
    /// Session tokens of Clerk.
    Clerk,
    /// A provider of OpenID Connect.
    Oidc,
}

impl AuthMode {
    /// The name, as it is configured and published.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Clerk => "clerk",
            Self::Oidc => "oidc",
        }
    }
}

/// Listening and answering.
#[derive(Clone, Debug)]
pub struct Http {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// The configured public address, without a slash at its end; see [`base_url_at`](Self::base_url_at).
    pub base_url: Option<String>,
    /// Origins of consoles that are served elsewhere, as browsers send them; empty means no CORS at all.
    pub cors_origins: Vec<String>,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// Headers of every response.
    pub security_headers: SecurityHeaders,
    /// Time after which a request without an answer is given up.
    pub request_timeout: Duration,
    /// Largest body of a request, in bytes.
    pub max_body_bytes: usize,
    /// Largest body of an inbound webhook, in bytes.
    pub webhook_max_payload_bytes: usize,
    /// The bearer token of Prometheus; none admits this machine only.
    pub metrics_token: Option<SecretString>,
}

impl Http {
    /// The socket address to listen on.
    pub fn listen_address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// The public address without a slash at its end: the configured one, or this machine at the port that is bound.
    pub fn base_url_at(&self, bound_port: u16) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://localhost:{bound_port}"))
    }
}

/// Values of the security headers; none leaves a header out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityHeaders {
    /// `X-Content-Type-Options`.
    pub x_content_type_options: Option<String>,
    /// `X-Frame-Options`.
    pub x_frame_options: Option<String>,
    /// `Referrer-Policy`.
    pub referrer_policy: Option<String>,
    /// `Permissions-Policy`.
    pub permissions_policy: Option<String>,
}

/// Limits on callers.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Where rate limits are counted.
    pub backend: RateLimitBackend,
    /// The Redis of the limits and the variable that names it; set if and only if they are counted there.
    pub redis: Option<(&'static str, RedisUrl)>,
    /// How many attempts a minute each limit allows.
    pub sizes: LimitSizes,
    /// What the limit on agent sign-ins counts.
    pub agent_auth_counts: AgentAuthLimitCounts,
    /// Most open event streams of one user or agent.
    pub streams_per_user: usize,
}

/// Where rate limits are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitBackend {
    /// In each process on its own.
    Memory,
    /// In Redis, for all processes together.
    Redis,
}

/// What the limit on agent sign-ins counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentAuthLimitCounts {
    /// Calls with a wrong token.
    Failed,
    /// Every call.
    All,
}

/// How long things are kept.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Activity.
    pub events: Duration,
    /// The audit log.
    pub audit: Duration,
    /// Received webhook payloads.
    pub webhook_payloads: Duration,
    /// Memory of boards and board groups; none keeps it for good.
    pub memory: Option<Duration>,
}

/// Gateways.
#[derive(Clone, Debug)]
pub struct Gateways {
    /// The oldest version that is worked with.
    pub min_version: Version,
    /// The most gateways to which a process keeps a connection.
    pub connections: usize,
    /// The most calls that wait for one gateway at the same time.
    pub parallel_calls: usize,
    /// The file with a device key to take over; none where the home folder is not known.
    pub device_key: Option<PathBuf>,
    /// How long agents have for a sign of life after they were woken.
    pub checkin_wait: Duration,
}

/// Where skills and souls come from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Skill packs of the organization that a person gets who belongs to none.
    pub default_skill_packs: Vec<PackUrl>,
    /// Hosts from which agents may be told to install a skill, in lower case.
    pub skill_hosts: Vec<String>,
    /// Server of the archives of skill packs.
    pub skill_pack_archives: Url,
    /// The directory of souls.
    pub souls_directory: Url,
    /// Servers that the operator has named, which may lie in a private network.
    pub named: Vec<Url>,
}

/// Background jobs.
#[derive(Clone, Debug)]
pub struct Jobs {
    /// Whether `serve` runs them.
    pub run_in_server: bool,
    /// Retries before the dead-letter list.
    pub max_retries: u32,
    /// Pause before the first retry; doubles with each one.
    pub retry_base: Duration,
    /// Longest pause before a retry.
    pub retry_max: Duration,
}

/// Backups.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Directory of the backups.
    pub folder: PathBuf,
    /// Time between two backups that nobody asks for; none makes none.
    pub every: Option<Duration>,
    /// How many of those are kept.
    pub keep: usize,
    /// Encrypts backups, and opens encrypted ones.
    pub passphrase: Option<SecretString>,
}

/// Logging.
#[derive(Clone, Debug)]
pub struct Log {
    /// Least important level that is written.
    pub level: Level,
    /// Form of the lines.
    pub format: LogFormat,
    /// Whether text lines have UTC rather than local time.
    pub use_utc: bool,
    /// Duration from which a request is logged as slow; none never.
    pub slow_request: Option<Duration>,
    /// Whether health checks are logged like other requests.
    pub include_health: bool,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// What `LOG_FORMAT` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}
