//! The programs of PostgreSQL that dump and restore. They get the address by their environment, never by their command
//! line, which everybody on the machine can read.

use std::{
    ffi::OsStr,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use mc_base::SecretString;
use percent_encoding::percent_decode_str;
use secrecy::ExposeSecret;
use url::Url;

use super::{archive, create::blocking};

/// Parameters of a URL that the programs take from their environment.
const PARAMETERS: [(&str, &str); 10] = [
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("dbname", "PGDATABASE"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("options", "PGOPTIONS"),
];

/// Empties the schema of our own tables before the dump fills it again.
const EMPTY: &str = "\
DO $$ DECLARE item record; BEGIN
  FOR item IN SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname = current_schema() LOOP
    EXECUTE 'DROP TABLE IF EXISTS ' || item.name || ' CASCADE';
  END LOOP;
  FOR item IN SELECT CAST(p.oid AS regprocedure) AS name FROM pg_proc p
      WHERE p.pronamespace = CAST(current_schema() AS regnamespace)
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE 'DROP FUNCTION IF EXISTS ' || item.name || ' CASCADE';
  END LOOP;
END $$;
";

/// What the programs need to know of a database.
fn environment(url: &SecretString) -> anyhow::Result<Vec<(&'static str, String)>> {
    let url = Url::parse(url.expose_secret()).map_err(|_| anyhow::anyhow!("DATABASE_URL is no URL"))?;
    let decoded = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| anyhow::anyhow!("DATABASE_URL has percent signs that are no text"))
    };
    let mut found = Vec::new();
    if let Some(host) = url.host_str().filter(|host| !host.is_empty()) {
        found.push(("PGHOST", decoded(host)?.trim_matches(['[', ']']).to_owned()));
    }
    if let Some(port) = url.port() {
        found.push(("PGPORT", port.to_string()));
    }
    if !url.username().is_empty() {
        found.push(("PGUSER", decoded(url.username())?));
    }
    if let Some(password) = url.password() {
        found.push(("PGPASSWORD", decoded(password)?));
    }
    let name = url.path().trim_start_matches('/');
    if !name.is_empty() {
        found.push(("PGDATABASE", decoded(name)?));
    }
    for (name, value) in url.query_pairs() {
        let known = PARAMETERS.iter().find(|(parameter, _)| *parameter == name.replace('-', ""));
        found.extend(known.map(|(_, variable)| (*variable, value.into_owned())));
    }
    Ok(found)
}

/// Runs one of the programs; what it says on standard error becomes the error.
async fn run(
    program: &'static str,
    url: &SecretString,
    arguments: Vec<std::ffi::OsString>,
) -> anyhow::Result<()> {
    let environment = environment(url)?;
    blocking(move || {
        let output = Command::new(program)
            .args(arguments)
            .envs(environment)
            // No question can be answered here.
            .env("PGCONNECT_TIMEOUT", "15")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                "{program} is not installed; install the client programs of PostgreSQL, of the server's version or later"
            ),
            Err(error) => return Err(error).with_context(|| format!("{program} cannot be started")),
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(5).collect();
            bail!("{program} failed: {}", said.join(" / "));
        }
        Ok(())
    })
    .await
}

fn arguments<const N: usize>(arguments: [&OsStr; N]) -> Vec<std::ffi::OsString> {
    arguments.into_iter().map(OsStr::to_owned).collect()
}

fn joined(option: &str, value: &OsStr) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(option);
    text.push(value);
    text
}

/// Dumps one moment of a database into a new file.
pub(super) async fn dump(url: &SecretString, snapshot: &str, file: &Path) -> anyhow::Result<()> {
    drop(archive::create_private(file).with_context(|| format!("{} cannot be written", file.display()))?);
    let (snapshot, file) = (joined("--snapshot=", snapshot.as_ref()), joined("--file=", file.as_ref()));
    let options = ["--format=custom", "--no-owner", "--no-privileges", "--no-password"].map(OsStr::new);
    let [format, owner, privileges, password] = options;
    run("pg_dump", url, arguments([format, owner, privileges, password, &snapshot, &file])).await
}

/// Puts a dump into an empty database, all or nothing.
pub(super) async fn fill(url: &SecretString, file: &Path) -> anyhow::Result<()> {
    let name = environment(url)?.into_iter().rev().find(|(name, _)| *name == "PGDATABASE");
    let name = joined("--dbname=", name.map(|(_, name)| name).unwrap_or_default().as_ref());
    let options =
        ["--no-owner", "--no-privileges", "--no-password", "--single-transaction", "--exit-on-error"];
    let [owner, privileges, password, single, exit] = options.map(OsStr::new);
    run("pg_restore", url, arguments([owner, privileges, password, single, exit, &name, file.as_ref()])).await
}

/// Replaces what is in a database by a dump, in one transaction: when anything fails, all is as before.
pub(super) async fn replace(url: &SecretString, file: &Path, scratch: &Path) -> anyhow::Result<()> {
    let (empty, script) = (scratch.join("empty.sql"), scratch.join("restore.sql"));
    archive::create_private(&empty)
        .and_then(|mut file| file.write_all(EMPTY.as_bytes()))
        .with_context(|| format!("{} cannot be written", empty.display()))?;
    let to = joined("--file=", script.as_ref());
    let options = ["--no-owner", "--no-privileges", "--clean", "--if-exists"].map(OsStr::new);
    let [owner, privileges, clean, exists] = options;
    run("pg_restore", url, arguments([owner, privileges, clean, exists, &to, file.as_ref()])).await?;
    let (first, then) = (joined("--file=", empty.as_ref()), joined("--file=", script.as_ref()));
    let options =
        ["--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1"];
    let [rc, quiet, password, single, stop] = options.map(OsStr::new);
    run("psql", url, arguments([rc, quiet, password, single, stop, &first, &then])).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_an_environment() {
        let url = "postgres://us%40er:p%2Fw@[::1]:5433/na%20me?sslmode=require&application_name=x&ssl-root-cert=/ca";
        let found = environment(&url.into()).unwrap();
        let expected = [
            ("PGHOST", "::1"),
            ("PGPORT", "5433"),
            ("PGUSER", "us@er"),
            ("PGPASSWORD", "p/w"),
            ("PGDATABASE", "na me"),
            ("PGSSLMODE", "require"),
            ("PGSSLROOTCERT", "/ca"),
        ];
        assert_eq!(found, expected.map(|(name, value)| (name, value.to_owned())));
    }
}
