//! Every variable that is read, once. Order and titles are those of the documentation.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use mc_base::{SecretKey, SecretString, TrustedProxies};
use mc_domain::gateways::Version;
use mc_domain::skills::PackUrl;
use tracing::Level;
use url::Url;

use super::database::{DatabaseUrl, database_url};
use super::redis::{RedisUrl, redis_url};
use super::settings::{AgentAuthLimitCounts, AuthMode, LogFormat, RateLimitBackend};
use super::sign_in;
use super::traces::{self, SamplerName};
use super::values;
use super::variable::{Blank, Info, Variable, choice, days, flag, seconds, text, whole};

/// A chapter of the documentation.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) variables: &'static [&'static Info],
}

macro_rules! table {
    ($($title:literal { $($name:ident: $type:ty = $variable:expr;)* })*) => {
        $($(pub(super) static $name: Variable<$type> = $variable.named(stringify!($name));)*)*
        pub(super) static SECTIONS: &[Section] =
            &[$(Section { title: $title, variables: &[$(&$name.info),*] }),*];
    };
}

table! {
    "Server" {
        HOST: IpAddr = text("an IP address", Blank::Unset, values::host).or("0.0.0.0")
            .means("Address to listen on. `127.0.0.1` admits this machine only.");
        PORT: u16 = whole(0, 65_535).or("8000")
            .means("TCP port to listen on; 0 takes a free one and logs it.");
        BASE_URL: String = text("an http or https URL", Blank::Unset, values::base_url)
            .or_else("`http://localhost:PORT`")
            .means("Address under which browsers and agents reach this server. It stands in messages to agents and in \
                    webhook URLs, so set it as soon as agents run on other machines. A path is allowed.");
        ENVIRONMENT: String = text("text", Blank::Value, values::words).or("dev")
            .means("Name of this installation for the log. `dev` also turns `DB_AUTO_MIGRATE` on for PostgreSQL.");
        MC_DATA_DIR: PathBuf = text("a path", Blank::Unset, values::path)
            .or_else("`mission-control` in the platform's data directory")
            .means("Directory of the SQLite database, the server key and the local token.");
        MC_WORKER: bool = flag().or("true")
            .means("Run background jobs inside `serve`. Turn it off only where `mission-control worker` runs them.");
    }
    "Database" {
        DATABASE_URL: DatabaseUrl = text("a database URL", Blank::Refused, database_url)
            .or_else("SQLite in `MC_DATA_DIR`")
            .means("`postgresql://user:password@host:5432/name` (also `postgres://`, and with a driver as in \
                    `postgresql+psycopg://`), `sqlite://relative/file.db` or `sqlite:///absolute/file.db`.");
        DB_AUTO_MIGRATE: bool = flag()
            .or_else("`true` for SQLite; for PostgreSQL only when `ENVIRONMENT` is `dev`")
            .means("Bring the schema up to date at start. When off, a start on an older schema fails and says so.");
        MC_DB_POOL_SIZE: u32 = whole(1, 1_000).or("16")
            .means("Most connections to the database that one process opens; on PostgreSQL one more listens.");
    }
    "Sign-in and keys" {
        AUTH_MODE: AuthMode = choice(&["local", "clerk", "oidc"], sign_in::auth_mode).or("local")
            .means("How people sign in: `local` with one shared token, `clerk` with Clerk, `oidc` at any provider of \
                    OpenID Connect.");
        LOCAL_AUTH_TOKEN: SecretString = text("secret text", Blank::Unset, values::local_token)
            .or_else("generated into `MC_DATA_DIR`")
            .means("Token with which people and scripts sign in: at least 50 random characters.");
        MC_SECRET_KEY: SecretKey = text("32 bytes in hexadecimal or base64", Blank::Unset, values::secret_key)
            .or_else("generated into `MC_DATA_DIR`")
            .means("Server key. It encrypts stored secrets and keys the digests of tokens: without it they are lost, so \
                    keep a copy apart from the database. All processes of one installation need the same.");
        CLERK_SECRET_KEY: SecretString = text("secret text", Blank::Unset, sign_in::secret).or_else("none")
            .means("Secret key of the Clerk application; needed with `AUTH_MODE=clerk`.");
        CLERK_API_URL: Url = text("an http or https URL", Blank::Unset, sign_in::clerk_api).or("https://api.clerk.com")
            .means("Base of Clerk's API, for keys, profiles and the end of accounts. A server that is named here may lie \
                    in a private network.");
        CLERK_LEEWAY: Duration = seconds(0, 3_600).or("10")
            .means("Seconds by which the clocks of Clerk and of this server may differ.");
        CLERK_VERIFY_IAT: bool = flag().or("true")
            .means("Refuse session tokens that were issued in the future.");
        MC_CLERK_ISSUERS: Vec<String> = text("texts, comma-separated", Blank::Value, sign_in::list).or("")
            .means("Issuers (`iss`) whose session tokens are taken; blank for all of the Clerk instance.");
        MC_CLERK_AUTHORIZED_PARTIES: Vec<String> = text("origins, comma-separated", Blank::Value, sign_in::list).or("")
            .means("Origins (`azp`) for which session tokens were issued; blank for all. Set it when other applications \
                    use the same Clerk instance.");
        NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: String = text("a publishable key", Blank::Unset, sign_in::publishable_key)
            .or_else("none")
            .means("Publishable key of the Clerk application, which consoles are told.");
        MC_OIDC_ISSUER: String = text("an http or https URL", Blank::Unset, sign_in::issuer).or_else("none")
            .means("Issuer of the provider, exactly as it names itself; needed with `AUTH_MODE=oidc`. Its \
                    `/.well-known/openid-configuration` says the rest. A server that is named here may lie in a private \
                    network.");
        MC_OIDC_CLIENT_ID: String = text("text", Blank::Unset, values::words).or_else("none")
            .means("What the provider calls this server; needed with `AUTH_MODE=oidc`. Register \
                    `BASE_URL/api/v1/auth/oidc/callback` as the address to return to.");
        MC_OIDC_CLIENT_SECRET: SecretString = text("secret text", Blank::Unset, sign_in::secret).or_else("none")
            .means("Password of this server at the provider; not set for a public client.");
        MC_OIDC_SCOPES: String = text("scopes, separated by blanks", Blank::Unset, sign_in::scopes)
            .or("openid email profile").means("What the provider is asked for.");
        MC_OIDC_ALLOWED_DOMAINS: Vec<String> = text("host names, comma-separated", Blank::Value, values::hosts).or("")
            .means("Domains of e-mail addresses whose people may sign in; blank for everybody whom the provider lets in.");
        MC_OIDC_TRUST_EMAIL: bool = flag().or("false")
            .means("Believe e-mail addresses of a provider that does not say whether they were verified. Addresses decide \
                    on invitations and on `MC_OIDC_ALLOWED_DOMAINS`.");
        MC_OIDC_AUDIENCE: String = text("text", Blank::Unset, values::words).or_else("none")
            .means("Audience of access tokens (JWT) with which scripts act for people who have signed in before. Without \
                    it people have browser sessions only.");
        MC_OIDC_LABEL: String = text("text", Blank::Unset, values::words).or("single sign-on")
            .means("What the provider is called on the button of the sign-in page.");
        MC_SESSION_DAYS: Duration = days(1, 3_650).or("30")
            .means("Days after which a browser has to sign in again.");
    }
    "HTTP" {
        CORS_ORIGINS: Vec<String> = text("origins, comma-separated", Blank::Value, values::origins).or("")
            .means("Origins of consoles that are served elsewhere, such as `https://console.example.com`. `*` is \
                    refused. Not needed for the built-in console.");
        TRUSTED_PROXIES: TrustedProxies = text("addresses and networks, comma-separated", Blank::Value, values::proxies)
            .or("")
            .means("Reverse proxies whose `Forwarded` and `X-Forwarded-For` headers are believed. A proxy must set one \
                    of them and remove the other, else clients can choose their address.");
        SECURITY_HEADER_X_CONTENT_TYPE_OPTIONS: Option<String> = text("text", Blank::Value, values::header)
            .or("nosniff")
            .means("`X-Content-Type-Options` of every response; blank leaves it out.");
        SECURITY_HEADER_X_FRAME_OPTIONS: Option<String> = text("text", Blank::Value, values::header).or("DENY")
            .means("`X-Frame-Options` of every response; blank leaves it out.");
        SECURITY_HEADER_REFERRER_POLICY: Option<String> = text("text", Blank::Value, values::header)
            .or("strict-origin-when-cross-origin")
            .means("`Referrer-Policy` of every response; blank leaves it out.");
        SECURITY_HEADER_PERMISSIONS_POLICY: Option<String> = text("text", Blank::Value, values::header).or("")
            .means("`Permissions-Policy` of every response; blank leaves it out.");
        MC_REQUEST_TIMEOUT_SECONDS: Duration = seconds(1, 3_600).or("30")
            .means("Seconds after which a request without an answer is given up. Event streams are exempt.");
        MC_MAX_BODY_BYTES: usize = whole(1_024, 1_073_741_824).or("2097152")
            .means("Largest body of a request, in bytes.");
        WEBHOOK_MAX_PAYLOAD_BYTES: usize = whole(1, 1_073_741_824).or("1048576")
            .means("Largest body that an inbound webhook takes, in bytes.");
        MC_METRICS_TOKEN: SecretString = text("secret text", Blank::Unset, values::metrics_token)
            .or_else("metrics are for this machine only")
            .means("Token with which Prometheus reads `/metrics`, as `Authorization: Bearer`: at least 20 characters.");
    }
    "Limits and retention" {
        RATE_LIMIT_BACKEND: RateLimitBackend = choice(&["memory", "redis"], values::rate_limit_backend)
            .or("memory")
            .means("Where rate limits are counted. `memory` counts in each process, `redis` for all processes together. \
                    Redis must answer at start; when it fails later, each process counts for itself until it is back.");
        RATE_LIMIT_REDIS_URL: RedisUrl = text("a Redis URL", Blank::Unset, redis_url).or_else("`RQ_REDIS_URL`")
            .means("The Redis of `RATE_LIMIT_BACKEND=redis`: `redis://user:password@host:6379/0`, `rediss://` for TLS, \
                    or `unix:///path/to/socket`.");
        RQ_REDIS_URL: RedisUrl = text("a Redis URL", Blank::Unset, redis_url).or_else("none")
            .means("Used where `RATE_LIMIT_REDIS_URL` is not set, and for nothing else: jobs are kept in the database.");
        MC_AGENT_AUTH_LIMIT: usize = whole(1, 100_000).or("20")
            .means("Most wrong agent tokens a minute that an address may present.");
        MC_SIGN_IN_LIMIT: usize = whole(1, 100_000).or("300")
            .means("Most failed sign-ins of people, a minute and address.");
        MC_WEBHOOK_LIMIT: usize = whole(1, 100_000).or("60")
            .means("Most deliveries a minute to one webhook from one address; an address may send ten times as many to \
                    all webhooks together.");
        MC_EXPENSIVE_LIMIT: usize = whole(1, 100_000).or("60")
            .means("Most calls a minute and caller of operations that keep other servers busy: reading skill packs, \
                    looking up souls, testing a gateway, writing its files anew, exporting the audit log.");
        MC_AGENT_AUTH_LIMIT_COUNTS: AgentAuthLimitCounts = choice(&["failed", "all"], values::agent_auth_counts)
            .or("failed")
            .means("What `MC_AGENT_AUTH_LIMIT` counts: `failed` counts wrong \
                    tokens only, `all` counts every call.");
        MC_STREAMS_PER_USER: usize = whole(1, 10_000).or("100")
            .means("Most event streams that one user or agent keeps open.");
        MC_EVENT_RETENTION_DAYS: Duration = days(1, 36_500).or("180")
            .means("Days for which activity is kept.");
        MC_AUDIT_RETENTION_DAYS: Duration = days(1, 36_500).or("365")
            .means("Days for which the audit log is kept. The database lets nobody delete younger entries.");
        MC_WEBHOOK_RETENTION_DAYS: Duration = days(1, 36_500).or("30")
            .means("Days for which received webhook payloads are kept.");
        MC_MEMORY_RETENTION_DAYS: Duration = days(1, 36_500).or_else("kept for good")
            .means("Days for which the memory of boards and board groups, notes and chat, is kept.");
    }
    "Gateways" {
        GATEWAY_MIN_VERSION: Version = text("a version such as `2026.2.9`", Blank::Value, values::gateway_version)
            .or("2026.02.9")
            .means("Oldest version of OpenClaw gateways that is worked with; blank means `2026.1.30`.");
        MC_GATEWAY_CONNECTIONS: usize = whole(1, 10_000).or("1000")
            .means("Most gateways to which a process keeps a connection.");
        MC_GATEWAY_PARALLEL_CALLS: usize = whole(1, 256).or("16")
            .means("Most calls of a process that wait for the answers of one gateway at the same time; more wait for \
                    their turn.");
        OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH: PathBuf = text("a path", Blank::Unset, values::path)
            .or_else("`~/.openclaw/identity/device.json`, when it is there")
            .means("File with the device key that an earlier server has paired with gateways. It is taken over on the \
                    first start; from then on the key is kept in the database. A file that is there but cannot be read \
                    stops the start.");
        MC_CHECKIN_SECONDS: Duration = seconds(10, 3_600).or("120")
            .means("Seconds in which an agent that was woken is to show a sign of life before it is woken again.");
    }
    "Skills and souls" {
        MC_DEFAULT_SKILL_PACKS: Vec<PackUrl> = text("repositories, comma-separated", Blank::Value, values::packs)
            .or_else("`sickn33/antigravity-awesome-skills` and `BrianRWagner/ai-marketing-skills` on GitHub")
            .means("Skill packs of the organization that a person gets who belongs to none. Blank for none.");
        MC_SKILL_HOSTS: Vec<String> = text("host names, comma-separated", Blank::Refused, values::hosts).or("github.com")
            .means("Hosts from which agents may be told to install a skill.");
        MC_SKILL_PACK_ARCHIVE_URL: Url = text("an http or https URL", Blank::Unset, values::server)
            .or("https://codeload.github.com")
            .means("Server of the archives of skill packs, for installations that reach GitHub through a mirror: \
                    `OWNER/REPOSITORY/tar.gz/refs/heads/BRANCH` and `OWNER/REPOSITORY/tar.gz/HEAD` are asked for. \
                    A server that is named here may lie in a private network.");
        MC_SOULS_DIRECTORY_URL: Url = text("an http or https URL", Blank::Unset, values::server)
            .or("https://souls.directory")
            .means("The directory of souls, or a mirror of it: `sitemap.xml` and `api/souls/HANDLE/SLUG.md` are asked \
                    for. A server that is named here may lie in a private network.");
    }
    "Background jobs" {
        RQ_DISPATCH_MAX_RETRIES: u32 = whole(0, 1_000).or("3")
            .means("Retries of a failed job before it goes to the dead-letter list.");
        RQ_DISPATCH_RETRY_BASE_SECONDS: Duration = seconds(0, 86_400).or("10")
            .means("Pause before the first retry; it doubles with each one.");
        RQ_DISPATCH_RETRY_MAX_SECONDS: Duration = seconds(0, 604_800).or("120")
            .means("Longest pause before a retry.");
    }
    "Backups" {
        MC_BACKUP_SCHEDULE: Option<Duration> = choice(&["off", "hourly", "daily", "weekly"], values::backup_schedule)
            .or_else("`daily` for SQLite, `off` for PostgreSQL")
            .means("How often the server makes a backup by itself. Once a week it also restores the newest one to a \
                    scratch place and looks at it. PostgreSQL needs `pg_dump` and `pg_restore` for this.");
        MC_BACKUP_DIR: PathBuf = text("a path", Blank::Unset, values::path).or_else("`backups` in `MC_DATA_DIR`")
            .means("Directory of the backups; better one on another disk. Backups before a change of the schema lie \
                    here too.");
        MC_BACKUP_KEEP: usize = whole(1, 1_000).or("7")
            .means("How many of the backups that the server makes by itself are kept. Others are never deleted.");
        MC_BACKUP_PASSPHRASE: SecretString = text("secret text", Blank::Unset, values::passphrase).or_else("none")
            .means("Encrypts backups and opens encrypted ones: at least 12 characters. An encrypted backup contains the \
                    server key, so that the file and the passphrase are all that a restore needs.");
    }
    "Log" {
        LOG_LEVEL: Level = text("a level", Blank::Unset, values::log_level).or("INFO")
            .means("`TRACE`, `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`, in any case, or a number as Python has \
                    them. An unknown level means `INFO`, with a warning.");
        LOG_FORMAT: LogFormat = text("`text` or `json`", Blank::Unset, values::log_format).or("text")
            .means("Lines of text, or one JSON object a line. An unknown format means `text`, with a warning.");
        LOG_USE_UTC: bool = flag().or("false")
            .means("Times of text lines in UTC rather than in local time. JSON always has UTC.");
        REQUEST_LOG_SLOW_MS: u64 = whole(0, 3_600_000).or("1000")
            .means("Milliseconds from which a request is logged as slow; 0 never.");
        REQUEST_LOG_INCLUDE_HEALTH: bool = flag().or("false")
            .means("Log health checks like other requests.");
    }
    "Traces" {
        OTEL_EXPORTER_OTLP_ENDPOINT: Url = text("an http or https URL", Blank::Unset, values::server)
            .or_else("no traces")
            .means("Collector of OpenTelemetry, such as `http://localhost:4318`: spans of requests, jobs and calls to \
                    gateways go to `v1/traces` below it. It may lie in a private network.");
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Url = text("an http or https URL", Blank::Unset, values::server)
            .or_else("`OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces`")
            .means("The whole address for spans, where it is another.");
        OTEL_EXPORTER_OTLP_HEADERS: HashMap<String, SecretString> =
            text("`name=value` pairs, comma-separated", Blank::Unset, traces::headers)
            .or_else("none")
            .means("Sent to the collector with each request, such as `authorization=Bearer%20TOKEN`. Percent signs stand \
                    for what such a list cannot hold.");
        OTEL_EXPORTER_OTLP_PROTOCOL: () = text("`http/protobuf`", Blank::Unset, traces::protocol).or("http/protobuf")
            .means("The form of what is sent; no other is spoken.");
        OTEL_SERVICE_NAME: String = text("text", Blank::Unset, values::words).or("mission-control")
            .means("What this server is called in traces.");
        OTEL_TRACES_SAMPLER: SamplerName = text("a sampler", Blank::Unset, traces::sampler)
            .or("parentbased_always_on")
            .means("Which traces are kept: `always_on`, `always_off`, `traceidratio`, or one of them behind \
                    `parentbased_`. With `parentbased_`, a request with a `traceparent` is kept if its sender \
                    keeps it.");
        OTEL_TRACES_SAMPLER_ARG: f64 = text("a number from 0 to 1", Blank::Unset, traces::ratio).or("1")
            .means("Share of the traces that `traceidratio` keeps.");
        OTEL_SDK_DISABLED: bool = flag().or("false")
            .means("Send no traces, whatever else is set.");
    }
}

/// Variables of the reference server that have nothing to do here, with the reason; a start-up warning names them.
pub(super) static IGNORED: &[(&str, &str)] = &[
    ("RQ_QUEUE_NAME", "jobs are kept in the database"),
    ("RQ_DISPATCH_THROTTLE_SECONDS", "jobs run as soon as they are due"),
    ("FORWARDED_ALLOW_IPS", "list proxies in `TRUSTED_PROXIES`"),
];

/// Whether a name in capitals stands in the table.
pub(super) fn knows(name: &str) -> bool {
    SECTIONS.iter().flat_map(|section| section.variables).any(|info| info.name == name)
}
