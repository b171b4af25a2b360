//! Makes the settings of the variables: what belongs together is read together, and every error is told at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use directories::{BaseDirs, ProjectDirs};
use mc_api::LimitSizes;
use url::Url;

use super::database::DatabaseUrl;
use super::reader::Reader;
use super::redis::RedisUrl;
use super::report::{ConfigError, Warning};
use super::settings::{
    Auth, Backup, Database, Gateways, Http, Jobs, Limits, Log, RateLimitBackend, Retention, SecurityHeaders,
    Settings, Sources,
};
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
