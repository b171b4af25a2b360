//! Which database to use, and how to speak of it without its password.

use std::fmt;
use std::path::PathBuf;

use mc_base::secret::{ExposeSecret as _, SecretString};
use url::Url;

use super::report::{Problem, problem};
use super::variable::{Info, Notes};

/// Where the data is. Prints without the password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server: a `postgres://` URL without a driver in its scheme.
    Postgres(SecretString),
}

impl DatabaseUrl {
    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::Postgres(secret) => match Url::parse(secret.expose_secret()) {
                Ok(url) => without_secrets(&url, formatter),
                Err(_) => formatter.write_str("postgres://***"),
            },
        }
    }
}

/// The query is left out: it may hold a password too.
fn without_secrets(url: &Url, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("postgres://")?;
    if !url.username().is_empty() {
        write!(formatter, "{}{}@", url.username(), if url.password().is_some() { ":***" } else { "" })?;
    }
    formatter.write_str(url.host_str().unwrap_or_default())?;
    if let Some(port) = url.port() {
        write!(formatter, ":{port}")?;
    }
    formatter.write_str(url.path())
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

const FORMS: &str = "set postgresql://user:password@host:5432/name or sqlite://path, or remove the variable to use \
                     SQLite in the data directory";

pub(super) fn database_url(_: &Info, text: &str, _: &mut Notes) -> Result<DatabaseUrl, Problem> {
    parse(text)
}

/// Reads the address of a database that stands elsewhere than in the configuration.
pub(crate) fn parse_database_url(text: &str) -> Result<DatabaseUrl, String> {
    parse(text.trim()).map_err(|problem| format!("it {}; {}", problem.what, problem.remedy))
}

fn parse(text: &str) -> Result<DatabaseUrl, Problem> {
    let (scheme, rest) = text.split_once(':').ok_or_else(|| problem("is no URL", FORMS))?;
    let scheme = scheme.to_ascii_lowercase();
    // Users of SQLAlchemy name a driver behind a plus sign; which one does not matter here.
    match scheme.split('+').next() {
        Some("postgres" | "postgresql") => postgres(rest),
        Some("sqlite") => sqlite(rest.strip_prefix("//").unwrap_or(rest)),
        _ => Err(problem("is neither a PostgreSQL nor a SQLite URL", FORMS)),
    }
}

fn postgres(rest: &str) -> Result<DatabaseUrl, Problem> {
    let text = format!("postgres:{rest}");
    let is_url = Url::parse(&text).is_ok_and(|url| !url.cannot_be_a_base() && url.fragment().is_none());
    if !is_url || !rest.starts_with("//") {
        let remedy = "check its form (postgresql://user:password@host:5432/name) and write special characters of the \
                      password in percent encoding";
        return Err(problem("is no valid PostgreSQL URL", remedy));
    }
    Ok(DatabaseUrl::Postgres(text.into()))
}

fn sqlite(path: &str) -> Result<DatabaseUrl, Problem> {
    let remedy = "set sqlite://relative/file.db or sqlite:///absolute/file.db";
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    match path {
        "" | "/" => Err(problem("names no file", remedy)),
        _ if path.contains(":memory:") => {
            Err(problem("asks for a database in memory, which loses everything at the end", remedy))
        }
        _ if query.is_some() => Err(problem("has parameters, which SQLite files do not take here", remedy)),
        _ => Ok(DatabaseUrl::Sqlite(PathBuf::from(path))),
    }
}
