//! The configuration as the rest of the executable sees it: checked and typed.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use directories::{BaseDirs, ProjectDirs};
use mc_api::LimitSizes;
use mc_base::{SecretKey, SecretString, TrustedProxies};
use mc_domain::gateways::Version;
use mc_domain::skills::PackUrl;
use tracing::Level;
use url::Url;

use super::database::DatabaseUrl;
use super::reader::Reader;
use super::redis::RedisUrl;
use super::report::{ConfigError, Warning};
use super::sign_in::{ClerkVariables, OidcVariables};
use super::table;
use super::traces::Traces;

/// Name of our directory below the platform's data directory.
const DATA_DIR_NAME: &str = "mission-control";
/// File of the SQLite database in the data directory.
const SQLITE_FILE: &str = "mission-control.db";
/// Directory of the backups in the data directory.
const BACKUP_DIR: &str = "backups";
/// The environment in which PostgreSQL is migrated at start without being asked to.
const DEV: &str = "dev";

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

impl Settings {
    /// Reads the configuration from environment variables and from the text of a `.env` file. The environment wins, names
    /// count in any case, unknown names are ignored. All errors are reported at once.
    pub fn load(
        env: impl IntoIterator<Item = (String, String)>,
        dotenv: Option<&str>,
    ) -> Result<(Self, Vec<Warning>), Vec<ConfigError>> {
        let mut reader = Reader::new(env, dotenv);
        let environment = reader.get(&table::ENVIRONMENT);
        let data_dir = data_dir(&mut reader);
        let database = database(&mut reader, &environment, &data_dir);
        let settings = Self {
            secret_key: reader.find(&table::MC_SECRET_KEY),
            backup: backup(&mut reader, &data_dir, &database),
            database,
            auth: auth(&mut reader),
            http: http(&mut reader, &environment),
            limits: limits(&mut reader),
            retention: retention(&mut reader),
            gateways: Gateways {
                min_version: reader.get(&table::GATEWAY_MIN_VERSION),
                connections: reader.get(&table::MC_GATEWAY_CONNECTIONS),
                parallel_calls: reader.get(&table::MC_GATEWAY_PARALLEL_CALLS),
                device_key: reader.find(&table::OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH).or_else(device_key),
                checkin_wait: reader.get(&table::MC_CHECKIN_SECONDS),
            },
            sources: sources(&mut reader),
            jobs: jobs(&mut reader),
            log: log(&mut reader),
            traces: Traces::read(&mut reader),
            environment,
            data_dir,
        };
        match reader.finish() {
            (errors, warnings) if errors.is_empty() => Ok((settings, warnings)),
            (errors, _) => Err(errors),
        }
    }
}

fn device_key() -> Option<PathBuf> {
    BaseDirs::new().map(|dirs| dirs.home_dir().join(".openclaw/identity/device.json"))
}

fn data_dir(reader: &mut Reader) -> PathBuf {
    let configured = reader.find(&table::MC_DATA_DIR);
    let platform = || ProjectDirs::from("", "", DATA_DIR_NAME).map(|dirs| dirs.data_dir().to_owned());
    configured.or_else(platform).unwrap_or_else(|| {
        let what = "is not set, and this user has no home directory to put data into";
        reader.refuse(table::MC_DATA_DIR.info.name, what, "set a directory that this process may write");
        PathBuf::new()
    })
}

fn database(reader: &mut Reader, environment: &str, data_dir: &Path) -> Database {
    let configured = reader.find(&table::DATABASE_URL);
    let url = configured.unwrap_or_else(|| DatabaseUrl::Sqlite(data_dir.join(SQLITE_FILE)));
    let auto_migrate = reader.find(&table::DB_AUTO_MIGRATE);
    Database {
        auto_migrate: auto_migrate.unwrap_or_else(|| url.is_sqlite() || environment == DEV),
        pool_size: reader.get(&table::MC_DB_POOL_SIZE),
        url,
    }
}

fn auth(reader: &mut Reader) -> Auth {
    let mode = reader.get(&table::AUTH_MODE);
    Auth {
        mode,
        local_token: reader.find(&table::LOCAL_AUTH_TOKEN),
        clerk: ClerkVariables::read(reader, mode),
        oidc: OidcVariables::read(reader, mode),
        session_lifetime: reader.get(&table::MC_SESSION_DAYS),
    }
}

fn http(reader: &mut Reader, environment: &str) -> Http {
    let base_url = reader.find(&table::BASE_URL);
    if base_url.is_none() && environment != DEV {
        reader.warn(
            table::BASE_URL.info.name,
            "is not set: agents and webhook senders on other machines are given an address on localhost",
        );
    }
    Http {
        host: reader.get(&table::HOST),
        port: reader.get(&table::PORT),
        base_url,
        cors_origins: reader.get(&table::CORS_ORIGINS),
        trusted_proxies: reader.get(&table::TRUSTED_PROXIES),
        security_headers: SecurityHeaders {
            x_content_type_options: reader.get(&table::SECURITY_HEADER_X_CONTENT_TYPE_OPTIONS),
            x_frame_options: reader.get(&table::SECURITY_HEADER_X_FRAME_OPTIONS),
            referrer_policy: reader.get(&table::SECURITY_HEADER_REFERRER_POLICY),
            permissions_policy: reader.get(&table::SECURITY_HEADER_PERMISSIONS_POLICY),
        },
        request_timeout: reader.get(&table::MC_REQUEST_TIMEOUT_SECONDS),
        max_body_bytes: reader.get(&table::MC_MAX_BODY_BYTES),
        webhook_max_payload_bytes: reader.get(&table::WEBHOOK_MAX_PAYLOAD_BYTES),
        metrics_token: reader.find(&table::MC_METRICS_TOKEN),
    }
}

fn limits(reader: &mut Reader) -> Limits {
    let backend = reader.get(&table::RATE_LIMIT_BACKEND);
    Limits {
        backend,
        redis: redis(reader, backend),
        sizes: LimitSizes {
            agent_auth: reader.get(&table::MC_AGENT_AUTH_LIMIT),
            user_auth: reader.get(&table::MC_SIGN_IN_LIMIT),
            webhook_ingest: reader.get(&table::MC_WEBHOOK_LIMIT),
            expensive: reader.get(&table::MC_EXPENSIVE_LIMIT),
        },
        agent_auth_counts: reader.get(&table::MC_AGENT_AUTH_LIMIT_COUNTS),
        streams_per_user: reader.get(&table::MC_STREAMS_PER_USER),
    }
}

/// Where Redis is. A variable that is not needed is not judged.
fn redis(reader: &mut Reader, backend: RateLimitBackend) -> Option<(&'static str, RedisUrl)> {
    let variables = [&table::RATE_LIMIT_REDIS_URL, &table::RQ_REDIS_URL];
    if backend == RateLimitBackend::Memory {
        let reason =
            "has no effect here: rate limits are counted in memory and jobs are kept in the database";
        for name in variables.map(|variable| variable.info.name) {
            if reader.is_set(name) {
                reader.warn(name, reason);
            }
        }
        return None;
    }
    let set = variables.into_iter().find(|variable| reader.is_set(variable.info.name));
    let Some(variable) = set else {
        let what = "is not set, and neither is RQ_REDIS_URL, but RATE_LIMIT_BACKEND asks for Redis";
        reader.refuse(table::RATE_LIMIT_REDIS_URL.info.name, what, "set redis://host:6379/0");
        return None;
    };
    Some((variable.info.name, reader.find(variable)?))
}

fn retention(reader: &mut Reader) -> Retention {
    Retention {
        events: reader.get(&table::MC_EVENT_RETENTION_DAYS),
        audit: reader.get(&table::MC_AUDIT_RETENTION_DAYS),
        webhook_payloads: reader.get(&table::MC_WEBHOOK_RETENTION_DAYS),
        memory: reader.find(&table::MC_MEMORY_RETENTION_DAYS),
    }
}

fn sources(reader: &mut Reader) -> Sources {
    let variables = [&table::MC_SKILL_PACK_ARCHIVE_URL, &table::MC_SOULS_DIRECTORY_URL];
    let [skill_pack_archives, souls_directory] = variables.map(|variable| reader.get(variable));
    // Who writes the usual address down has named nothing of the own network.
    let usual: Vec<Url> = variables.iter().filter_map(|variable| variable.default_value()).collect();
    let named = [&skill_pack_archives, &souls_directory].into_iter().filter(|url| !usual.contains(url));
    let default_packs = reader.find(&table::MC_DEFAULT_SKILL_PACKS);
    Sources {
        default_skill_packs: default_packs
            .unwrap_or_else(|| mc_domain::skills::Sources::default().default_packs),
        skill_hosts: reader.get(&table::MC_SKILL_HOSTS),
        named: named.cloned().collect(),
        skill_pack_archives,
        souls_directory,
    }
}

fn jobs(reader: &mut Reader) -> Jobs {
    Jobs {
        run_in_server: reader.get(&table::MC_WORKER),
        max_retries: reader.get(&table::RQ_DISPATCH_MAX_RETRIES),
        retry_base: reader.get(&table::RQ_DISPATCH_RETRY_BASE_SECONDS),
        retry_max: reader.get(&table::RQ_DISPATCH_RETRY_MAX_SECONDS),
    }
}

fn backup(reader: &mut Reader, data_dir: &Path, database: &Database) -> Backup {
    let every = reader.find(&table::MC_BACKUP_SCHEDULE);
    // PostgreSQL needs programs that may not be there, and often somebody else already cares for its backups.
    let usual = || database.url.is_sqlite().then_some(Duration::from_secs(86_400));
    Backup {
        folder: reader.find(&table::MC_BACKUP_DIR).unwrap_or_else(|| data_dir.join(BACKUP_DIR)),
        every: every.unwrap_or_else(usual),
        keep: reader.get(&table::MC_BACKUP_KEEP),
        passphrase: reader.find(&table::MC_BACKUP_PASSPHRASE),
    }
}

fn log(reader: &mut Reader) -> Log {
    let slow = Duration::from_millis(reader.get(&table::REQUEST_LOG_SLOW_MS));
    Log {
        level: reader.get(&table::LOG_LEVEL),
        format: reader.get(&table::LOG_FORMAT),
        use_utc: reader.get(&table::LOG_USE_UTC),
        slow_request: (!slow.is_zero()).then_some(slow),
        include_health: reader.get(&table::REQUEST_LOG_INCLUDE_HEALTH),
    }
}
