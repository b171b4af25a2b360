//! The configuration from end to end: every bad value has its error, every variable its effect, no secret is printed.

use std::collections::BTreeSet;
use std::time::Duration;

use mc_base::secret::ExposeSecret as _;
use tracing::Level;

use super::table::{IGNORED, SECTIONS};
use super::variable::{Blank, Default, Shape};
use super::*;

const TOKEN: &str = "0123456789-0123456789-0123456789-0123456789-0123456789";
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

type Loaded = Result<(Settings, Vec<Warning>), Vec<ConfigError>>;

fn load(variables: &[(&str, &str)], dotenv: &str) -> Loaded {
    let base = [("MC_DATA_DIR", "/data")];
    let env = base.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(env, Some(dotenv))
}

fn settings(variables: &[(&str, &str)]) -> Settings {
    load(variables, "").unwrap().0
}

fn error_of(name: &str, value: &str) -> String {
    let errors = load(&[(name, value)], "").unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].to_string()
}

fn warnings_of(variables: &[(&str, &str)], dotenv: &str) -> Vec<String> {
    load(variables, dotenv).unwrap().1.iter().map(Warning::to_string).collect()
}

#[test]
fn nothing_needs_to_be_set() {
    let (settings, warnings) = load(&[], "").unwrap();
    assert_eq!(warnings, []);
    assert_eq!(settings.environment, "dev");
    assert_eq!(settings.http.listen_address(), "0.0.0.0:8000".parse().unwrap());
    assert_eq!(settings.http.base_url_at(8000), "http://localhost:8000");
    assert_eq!(settings.database.url.to_string(), "sqlite:///data/mission-control.db");
    assert!(settings.database.auto_migrate);
    assert!(settings.auth.local_token.is_none() && settings.secret_key.is_none());
    assert_eq!(settings.auth.session_lifetime, Duration::from_secs(30 * 86_400));
    assert_eq!(settings.http.cors_origins, Vec::<String>::new());
    assert_eq!(settings.http.security_headers.x_frame_options.as_deref(), Some("DENY"));
    assert_eq!(settings.http.security_headers.permissions_policy, None);
    assert_eq!(settings.http.max_body_bytes, 2 * 1024 * 1024);
    assert_eq!(settings.log.level, Level::INFO);
    assert_eq!(settings.log.slow_request, Some(Duration::from_secs(1)));
    assert_eq!(settings.jobs.retry_max, Duration::from_secs(120));
}

#[test]
fn the_data_directory_has_a_default_on_every_platform() {
    let (settings, _) = Settings::load([], None).unwrap();
    assert!(settings.data_dir.ends_with("mission-control"), "{:?}", settings.data_dir);
}

#[test]
fn every_bad_value_has_its_error() {
    for (name, value, start) in [
        ("HOST", "example.com", "HOST: is no IP address; set 0.0.0.0"),
        ("PORT", "", "PORT: is empty; set a whole number from 0 to 65535 or remove the variable"),
        ("PORT", "http", "PORT: is no number within the bounds; set a whole number from 0 to 65535"),
        ("PORT", "65536", "PORT: is no number within the bounds"),
        ("PORT", "-1", "PORT: is no number within the bounds"),
        ("PORT", "80.5", "PORT: is no number within the bounds"),
        ("BASE_URL", "localhost:8000", "BASE_URL: is no http or https URL with a host; set the address"),
        ("BASE_URL", "ws://mc.example.com", "BASE_URL: is no http or https URL"),
        ("BASE_URL", "mc.example.com", "BASE_URL: is no absolute URL"),
        ("BASE_URL", "http://", "BASE_URL: is no absolute URL"),
        ("BASE_URL", "https://u:pw@mc.example.com", "BASE_URL: contains a user name or password"),
        ("BASE_URL", "https://mc.example.com/?a=b", "BASE_URL: has a query or a fragment"),
        ("BASE_URL", "https://mc.example.com/#a", "BASE_URL: has a query or a fragment"),
        ("MC_WORKER", "ja", "MC_WORKER: is no boolean; set true or false"),
        ("DATABASE_URL", "", "DATABASE_URL: is empty; set a database URL or remove the variable"),
        ("DATABASE_URL", "mission.db", "DATABASE_URL: is no URL; set postgresql://"),
        ("DATABASE_URL", "mysql://u:pw@h/db", "DATABASE_URL: is neither a PostgreSQL nor a SQLite URL"),
        ("DATABASE_URL", "postgres:u", "DATABASE_URL: is no valid PostgreSQL URL; check its form"),
        ("DATABASE_URL", "postgres://u:p#w@h/db", "DATABASE_URL: is no valid PostgreSQL URL"),
        ("DATABASE_URL", "postgres://u:p/w@h:5432/db", "DATABASE_URL: is no valid PostgreSQL URL"),
        ("DATABASE_URL", "postgres://u@h:port/db", "DATABASE_URL: is no valid PostgreSQL URL"),
        ("DATABASE_URL", "sqlite://", "DATABASE_URL: names no file"),
        ("DATABASE_URL", "sqlite://:memory:", "DATABASE_URL: asks for a database in memory"),
        ("DATABASE_URL", "sqlite://a.db?mode=ro", "DATABASE_URL: has parameters"),
        ("DB_AUTO_MIGRATE", "", "DB_AUTO_MIGRATE: is empty; set true or false or remove the variable"),
        ("DB_AUTO_MIGRATE", "2", "DB_AUTO_MIGRATE: is no boolean"),
        (
            "MC_DB_POOL_SIZE",
            "0",
            "MC_DB_POOL_SIZE: is no number within the bounds; set a whole number from 1",
        ),
        ("AUTH_MODE", "", "AUTH_MODE: is empty; set local or clerk or oidc or remove the variable"),
        ("AUTH_MODE", "Local", "AUTH_MODE: is no way to sign in; set local or clerk or oidc"),
        (
            "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
            "pk_live_0000000000000000",
            "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: is no pub",
        ),
        ("CLERK_API_URL", "api.clerk.com", "CLERK_API_URL: is no absolute URL"),
        ("MC_OIDC_ISSUER", "id.example.com", "MC_OIDC_ISSUER: is no absolute URL"),
        ("MC_OIDC_SCOPES", "email", "MC_OIDC_SCOPES: lacks openid; set scopes such as"),
        ("LOCAL_AUTH_TOKEN", "short", "LOCAL_AUTH_TOKEN: is too short; set at least 50 random characters"),
        ("MC_METRICS_TOKEN", "short", "MC_METRICS_TOKEN: is too short; set at least 20 random characters"),
        ("LOCAL_AUTH_TOKEN", "Change-Me", "LOCAL_AUTH_TOKEN: is still the placeholder of an example"),
        ("MC_SECRET_KEY", "secret", "MC_SECRET_KEY: must be 32 bytes"),
        ("MC_SECRET_KEY", &"0".repeat(64), "MC_SECRET_KEY: must be random"),
        ("MC_SESSION_DAYS", "0", "MC_SESSION_DAYS: is no number within the bounds"),
        ("CORS_ORIGINS", "*", "CORS_ORIGINS: item 1 is a wildcard"),
        ("CORS_ORIGINS", "https://a.example,https://*.b.example", "CORS_ORIGINS: item 2 is a wildcard"),
        ("CORS_ORIGINS", "null", "CORS_ORIGINS: item 1 is no origin; write it as scheme://host"),
        ("CORS_ORIGINS", "localhost:3000", "CORS_ORIGINS: item 1 is no origin"),
        ("CORS_ORIGINS", "https://a.example/path", "CORS_ORIGINS: item 1 is no origin"),
        ("CORS_ORIGINS", "file:///home", "CORS_ORIGINS: item 1 is no origin"),
        (
            "SECURITY_HEADER_X_FRAME_OPTIONS",
            "DENY\r\nSet-Cookie: a",
            "SECURITY_HEADER_X_FRAME_OPTIONS: contains",
        ),
        ("SECURITY_HEADER_REFERRER_POLICY", "nö", "SECURITY_HEADER_REFERRER_POLICY: contains a character"),
        ("MC_REQUEST_TIMEOUT_SECONDS", "0.5", "MC_REQUEST_TIMEOUT_SECONDS: is no number within the bounds"),
        ("MC_MAX_BODY_BYTES", "1", "MC_MAX_BODY_BYTES: is no number within the bounds"),
        ("WEBHOOK_MAX_PAYLOAD_BYTES", "-1", "WEBHOOK_MAX_PAYLOAD_BYTES: is no number within the bounds"),
        (
            "RATE_LIMIT_BACKEND",
            "redis",
            "RATE_LIMIT_REDIS_URL: is not set, and neither is RQ_REDIS_URL, but RATE_LIMIT_BACKEND asks for Redis",
        ),
        ("MC_WEBHOOK_LIMIT", "0", "MC_WEBHOOK_LIMIT: is no number within the bounds"),
        (
            "RATE_LIMIT_BACKEND",
            "disk",
            "RATE_LIMIT_BACKEND: is no place for rate limits; set memory or redis",
        ),
        (
            "MC_AGENT_AUTH_LIMIT_COUNTS",
            "some",
            "MC_AGENT_AUTH_LIMIT_COUNTS: names nothing that can be counted",
        ),
        ("MC_STREAMS_PER_USER", "many", "MC_STREAMS_PER_USER: is no number within the bounds"),
        ("RQ_DISPATCH_MAX_RETRIES", "-1", "RQ_DISPATCH_MAX_RETRIES: is no number within the bounds"),
        (
            "RQ_DISPATCH_RETRY_BASE_SECONDS",
            "-0.1",
            "RQ_DISPATCH_RETRY_BASE_SECONDS: is no number within the bounds",
        ),
        (
            "RQ_DISPATCH_RETRY_MAX_SECONDS",
            "inf",
            "RQ_DISPATCH_RETRY_MAX_SECONDS: is no number within the bounds",
        ),
        (
            "MC_DEFAULT_SKILL_PACKS",
            "https://github.com/o/r,o/r",
            "MC_DEFAULT_SKILL_PACKS: item 2 is no repository",
        ),
        ("MC_SKILL_HOSTS", "github.com,https://x.example", "MC_SKILL_HOSTS: item 2 is no name of a host"),
        ("MC_SKILL_HOSTS", "10.0.0.1", "MC_SKILL_HOSTS: item 1 is no name of a host"),
        ("MC_SKILL_PACK_ARCHIVE_URL", "mirror", "MC_SKILL_PACK_ARCHIVE_URL: is no absolute URL"),
        (
            "MC_SKILL_PACK_ARCHIVE_URL",
            "https://u:pw@m.example",
            "MC_SKILL_PACK_ARCHIVE_URL: contains a user name",
        ),
        ("MC_SOULS_DIRECTORY_URL", "ftp://m.example", "MC_SOULS_DIRECTORY_URL: is no http or https URL"),
        ("MC_SOULS_DIRECTORY_URL", "https://m.example?x", "MC_SOULS_DIRECTORY_URL: has a query"),
        ("LOG_USE_UTC", "", "LOG_USE_UTC: is empty"),
        ("REQUEST_LOG_SLOW_MS", "-1", "REQUEST_LOG_SLOW_MS: is no number within the bounds"),
        ("ENVIRONMENT", "a\0b", "ENVIRONMENT: contains a NUL character"),
    ] {
        let error = error_of(name, value);
        assert!(error.starts_with(start), "{name}={value}\n  gives    {error}\n  expected {start}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn bounds_and_blank_values_are_checked_for_every_row() {
    for info in SECTIONS.iter().flat_map(|section| section.variables) {
        if info.blank == Blank::Refused {
            assert!(error_of(info.name, " ").starts_with(&format!("{}: is empty; ", info.name)));
        } else {
            assert!(load(&[(info.name, "")], "").is_ok(), "{}", info.name);
        }
        match info.shape {
            Shape::Whole { min, max } | Shape::Seconds { min, max } => {
                for inside in [min, max] {
                    assert!(load(&[(info.name, &inside.to_string())], "").is_ok(), "{} {inside}", info.name);
                }
                for outside in [min as i64 - 1, max as i64 + 1] {
                    assert!(
                        load(&[(info.name, &outside.to_string())], "").is_err(),
                        "{} {outside}",
                        info.name
                    );
                }
            }
            Shape::Choice(options) => {
                let needed = [
                    ("RQ_REDIS_URL", "redis://localhost:6379/0"),
                    ("CLERK_SECRET_KEY", "sk_test_1"),
                    ("MC_OIDC_ISSUER", "https://id.example.com"),
                    ("MC_OIDC_CLIENT_ID", "mission-control"),
                ];
                for option in options {
                    let variables = [&[(info.name, *option)][..], &needed].concat();
                    assert!(load(&variables, "").is_ok(), "{} {option}", info.name);
                }
            }
            Shape::Flag => assert!(load(&[(info.name, "YES")], "").is_ok(), "{}", info.name),
            Shape::Text(_) => {}
        }
    }
}

#[test]
fn every_variable_has_an_effect() {
    let default = format!("{:?}", settings(&[]));
    for info in SECTIONS.iter().flat_map(|section| section.variables) {
        let value = match (info.name, &info.shape, info.default) {
            // These mean nothing alone; they have tests of their own.
            ("AUTH_MODE" | "RATE_LIMIT_BACKEND" | "RATE_LIMIT_REDIS_URL" | "RQ_REDIS_URL", ..) => continue,
            (name, ..) if name.starts_with("OTEL_") => continue,
            ("HOST", ..) => "::1",
            ("BASE_URL", ..) => "https://mc.example.com",
            ("MC_DATA_DIR", ..) => "/other",
            ("DATABASE_URL", ..) => "postgres://u:pw@h/db",
            ("LOCAL_AUTH_TOKEN" | "MC_METRICS_TOKEN", ..) => TOKEN,
            ("MC_SECRET_KEY", ..) => KEY,
            ("CORS_ORIGINS", ..) => "https://a.example",
            ("TRUSTED_PROXIES", ..) => "10.0.0.0/8",
            ("CLERK_API_URL" | "MC_OIDC_ISSUER", ..) => "https://id.example",
            ("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", ..) => "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k",
            ("MC_OIDC_SCOPES", ..) => "openid",
            ("GATEWAY_MIN_VERSION", ..) => "2026.3.1",
            ("MC_DEFAULT_SKILL_PACKS", ..) => "",
            ("MC_SKILL_PACK_ARCHIVE_URL" | "MC_SOULS_DIRECTORY_URL", ..) => "https://mirror.example",
            ("LOG_LEVEL", ..) => "debug",
            ("LOG_FORMAT", ..) => "json",
            ("ENVIRONMENT", ..) => "production",
            ("MC_BACKUP_PASSPHRASE", ..) => "correct horse battery",
            (_, Shape::Text(_), _) => "other",
            (_, Shape::Choice(options), _) => options[1],
            (_, Shape::Flag, Default::Value("true") | Default::Described(_)) => "false",
            (_, Shape::Flag, _) => "true",
            (_, Shape::Whole { min, .. } | Shape::Seconds { min, .. }, _) => &(min + 7).to_string(),
        };
        let changed = format!("{:?}", settings(&[(info.name, value)]));
        assert_ne!(changed, default, "{}={value}", info.name);
    }
}

#[test]
fn only_servers_that_the_operator_names_may_lie_inside() {
    let usual = settings(&[("MC_SOULS_DIRECTORY_URL", "https://souls.directory/")]).sources;
    assert_eq!(usual.named, []);
    assert_eq!(usual.default_skill_packs.len(), 2);
    let mirrored = settings(&[("MC_SKILL_PACK_ARCHIVE_URL", "http://10.0.0.7:8080/github")]).sources;
    assert_eq!(mirrored.named, [mirrored.skill_pack_archives]);
    let hosts = settings(&[("MC_SKILL_HOSTS", "GitHub.com, git.example.com")]).sources.skill_hosts;
    assert_eq!(hosts, ["github.com", "git.example.com"]);
}

#[test]
fn the_oldest_gateway_is_a_version_or_blank() {
    for (value, version) in
        [("", "2026.1.30"), (" v2026.03.01-1 ", "2026.3.1-1"), ("2026.9.1-beta.2", "2026.9.1-beta.2")]
    {
        assert_eq!(settings(&[("GATEWAY_MIN_VERSION", value)]).gateways.min_version.to_string(), version);
    }
    assert!(error_of("GATEWAY_MIN_VERSION", "latest").contains("set a version such as `2026.2.9`"));
}

#[test]
fn all_errors_come_at_once() {
    let errors =
        load(&[("PORT", "x"), ("AUTH_MODE", "other")], "HOST=nowhere\nthis is no line\n").unwrap_err();
    let names: BTreeSet<&str> = errors.iter().map(|error| error.name.as_ref()).collect();
    assert_eq!(names, BTreeSet::from([".env", "AUTH_MODE", "HOST", "PORT"]));
}

#[test]
fn the_environment_wins_over_the_file_and_names_have_any_case() {
    let dotenv = "\u{feff}# comment\nport=1111\nexport ENVIRONMENT='pro $duction'\nlog_level=\"error\"\n";
    let loaded = |env: &[(&str, &str)]| load(env, dotenv).unwrap().0;
    assert_eq!(loaded(&[]).http.port, 1111);
    assert_eq!(loaded(&[]).environment, "pro $duction");
    assert_eq!(loaded(&[]).log.level, Level::ERROR);
    assert_eq!(loaded(&[("Port", "2222")]).http.port, 2222);
    assert_eq!(loaded(&[("PORT", "3333"), ("port", "2222")]).http.port, 3333);
}

#[test]
fn a_bad_line_of_the_file_is_named_but_not_shown() {
    let errors = load(&[], "PORT=1\n\nLOCAL_AUTH_TOKEN=my secret token\n").unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        ".env: line 3 cannot be read; write NAME=value, and put a value with spaces, # or $ between single quotes"
    );
}

#[test]
fn databases_are_understood_in_every_usual_form() {
    for (url, printed, connects_to) in [
        (
            "postgresql+psycopg://u:p%40w@h:5433/db",
            "postgres://u:***@h:5433/db",
            Some("postgres://u:p%40w@h:5433/db"),
        ),
        ("postgres://h/db?password=pw", "postgres://h/db", Some("postgres://h/db?password=pw")),
        ("PostgreSQL://u@h", "postgres://u@h", Some("postgres://u@h")),
        (
            "postgresql:///db?host=/run/postgresql",
            "postgres:///db",
            Some("postgres:///db?host=/run/postgresql"),
        ),
        ("sqlite://rel/mc.db", "sqlite://rel/mc.db", None),
        ("sqlite:///abs/mc.db", "sqlite:///abs/mc.db", None),
        ("sqlite+aiosqlite:mc.db", "sqlite://mc.db", None),
    ] {
        let database = settings(&[("DATABASE_URL", url)]).database.url;
        assert_eq!((database.to_string(), format!("{database:?}")), (printed.to_owned(), printed.to_owned()));
        let secret = match &database {
            DatabaseUrl::Postgres(secret) => Some(secret.expose_secret()),
            DatabaseUrl::Sqlite(_) => None,
        };
        assert_eq!(secret, connects_to);
    }
}

#[test]
fn migration_at_start_depends_on_database_and_environment() {
    let postgres = ("DATABASE_URL", "postgres://h/db");
    let production = ("ENVIRONMENT", "production");
    for (variables, expected) in [
        (&[postgres][..], true),
        (&[postgres, production], false),
        (&[postgres, ("ENVIRONMENT", "")], false),
        (&[postgres, production, ("DB_AUTO_MIGRATE", "on")], true),
        (&[production], true),
        (&[("DB_AUTO_MIGRATE", "off")], false),
    ] {
        assert_eq!(settings(variables).database.auto_migrate, expected, "{variables:?}");
    }
}

#[test]
fn texts_are_normalised() {
    let settings = settings(&[
        ("BASE_URL", " https://MC.example.com/base/// "),
        ("CORS_ORIGINS", " https://A.example:443/ , ,http://localhost:3000,tauri://localhost"),
        ("LOCAL_AUTH_TOKEN", &format!("  {TOKEN}\n")),
        ("SECURITY_HEADER_X_FRAME_OPTIONS", " "),
        ("HOST", "[::1]"),
        ("REQUEST_LOG_SLOW_MS", "0"),
        ("RQ_DISPATCH_RETRY_BASE_SECONDS", "0.25"),
    ]);
    assert_eq!(settings.http.base_url_at(1), "https://mc.example.com/base");
    assert_eq!(
        settings.http.cors_origins,
        ["https://a.example", "http://localhost:3000", "tauri://localhost"]
    );
    assert_eq!(settings.auth.local_token.unwrap().expose_secret(), TOKEN);
    assert_eq!(settings.http.security_headers.x_frame_options, None);
    assert_eq!(settings.http.host.to_string(), "::1");
    assert_eq!(settings.log.slow_request, None);
    assert_eq!(settings.jobs.retry_base, Duration::from_millis(250));
}

#[test]
fn log_levels_have_names_and_numbers() {
    for (text, level) in [
        ("trace", Level::TRACE),
        ("NOTSET", Level::TRACE),
        ("5", Level::TRACE),
        ("10", Level::DEBUG),
        ("Info", Level::INFO),
        ("25", Level::INFO),
        ("warn", Level::WARN),
        ("WARNING", Level::WARN),
        ("critical", Level::ERROR),
        ("FATAL", Level::ERROR),
        ("50", Level::ERROR),
        ("", Level::INFO),
    ] {
        let (settings, warnings) = load(&[("LOG_LEVEL", text)], "").unwrap();
        assert_eq!((settings.log.level, warnings), (level, vec![]), "{text}");
    }
}

#[test]
fn surprises_are_warned_of() {
    for (variables, warning) in [
        (&[("LOG_LEVEL", "loud")][..], "LOG_LEVEL: is no known level; INFO is used"),
        (&[("LOG_FORMAT", "xml")], "LOG_FORMAT: is no known format; text is used"),
        (
            &[("TRUSTED_PROXIES", "10.0.0.1,proxy,1.2.3.4/40")],
            "TRUSTED_PROXIES: 2 of its items are neither an IP address nor a network and are left out",
        ),
        (
            &[("ENVIRONMENT", "production")],
            "BASE_URL: is not set: agents and webhook senders on other machines are given an address on localhost",
        ),
    ] {
        assert_eq!(warnings_of(variables, ""), [warning]);
    }
    assert_eq!(
        warnings_of(&[("MC_SID", "1")], "mc_sesion_days=3"),
        ["MC_SESION_DAYS: is in .env, but no such variable exists; check its spelling"]
    );
}

#[test]
fn variables_without_effect_are_accepted_with_a_warning_each() {
    for (name, reason) in IGNORED {
        assert_eq!(warnings_of(&[(name, "anything")], ""), [format!("{name}: has no effect here: {reason}")]);
        assert_eq!(warnings_of(&[(name, "")], ""), Vec::<String>::new());
    }
}

#[test]
fn no_secret_is_printed() {
    let secrets = ["hunter2hunter2", TOKEN, KEY];
    let settings = settings(&[
        ("DATABASE_URL", "postgres://u:hunter2hunter2@h/db"),
        ("LOCAL_AUTH_TOKEN", TOKEN),
        ("MC_SECRET_KEY", KEY),
    ]);
    let printed = format!("{settings:?} {settings:#?}");
    let bad = [
        error_of("DATABASE_URL", "postgres://u:hunter2hunter2#@h/db"),
        error_of("LOCAL_AUTH_TOKEN", "hunter2hunter2"),
        error_of("MC_SECRET_KEY", &format!("{KEY}0")),
    ];
    for secret in secrets {
        assert!(!printed.contains(secret) && bad.iter().all(|error| !error.contains(secret)), "{secret}");
    }
}
