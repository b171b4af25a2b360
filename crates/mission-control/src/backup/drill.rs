//! The trial: a backup is restored to a scratch place and looked at, so that the first restore is not the first trial.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use mc_base::{Clock, Random, SecretKey, SecretString};
use mc_domain::backups::{Action, NewRun, SecretsReport, check_secrets};
use mc_store::{Options, SCHEMA_VERSION, Store};
use secrecy::ExposeSecret;
use url::Url;

use super::{
    DATABASE_DUMP, DATABASE_SQLITE,
    archive::{self, Manifest},
    create::{self, blocking},
    folder::{self, Origin, Workplace},
    postgres, restore,
};
use crate::{
    config::{DatabaseUrl, Settings},
    files, wiring,
};

/// What was found.
pub(crate) struct Report {
    file: PathBuf,
    manifest: Manifest,
    secrets: SecretsReport,
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: restored, sound and complete: {} rows in {} tables, {} secrets open",
            self.file.file_name().unwrap_or(self.file.as_os_str()).display(),
            self.manifest.rows(),
            self.manifest.counts.len(),
            self.secrets.opened
        )
    }
}

/// Tries a backup, and remembers what was found where the database of the server is there.
pub(super) async fn recorded(
    settings: &Settings,
    file: Option<PathBuf>,
    passphrase: Option<SecretString>,
    origin: Origin,
) -> anyhow::Result<Report> {
    let is_there = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => path.exists(),
        DatabaseUrl::Postgres(_) => true,
    };
    if !is_there {
        return drill(settings, file, passphrase).await;
    }
    let store = wiring::connect(settings).await?;
    let found = with_record(settings, &store, file, passphrase, origin).await;
    store.close().await;
    found
}

/// Tries a backup, and remembers what was found.
pub(super) async fn with_record(
    settings: &Settings,
    store: &Store,
    file: Option<PathBuf>,
    passphrase: Option<SecretString>,
    origin: Origin,
) -> anyhow::Result<Report> {
    let started_at = store.clock().now();
    let found = drill(settings, file, passphrase).await;
    let file = found.as_ref().ok().and_then(|report| report.file.file_name());
    let run = NewRun {
        action: Action::Drill,
        origin: origin.as_str(),
        file_name: file.map(|name| name.to_string_lossy().into_owned()),
        succeeded: found.is_ok(),
        is_encrypted: found
            .as_ref()
            .is_ok_and(|report| report.file.extension().is_some_and(|end| end == "enc")),
        size_bytes: None,
        detail: found.as_ref().map_or_else(|error| format!("{error:#}"), ToString::to_string),
        started_at,
    };
    if store.schema_version().await.is_ok_and(|version| version == SCHEMA_VERSION) {
        create::remember(store, run).await;
    }
    found
}

async fn drill(
    settings: &Settings,
    file: Option<PathBuf>,
    passphrase: Option<SecretString>,
) -> anyhow::Result<Report> {
    let folder = &settings.backup.folder;
    let newest = || folder::list(folder).map(|kept| kept.into_iter().next().map(|kept| kept.path));
    let file = match file {
        Some(file) => file,
        None => newest()?
            .with_context(|| format!("there is no backup in {}; make one first", folder.display()))?,
    };
    let (read, with) = (file.clone(), passphrase.clone());
    let manifest = blocking(move || archive::read(&read, with.as_ref(), None)).await?;
    ensure!(
        manifest.schema_version <= SCHEMA_VERSION,
        "{} was made by version {} with schema version {}, which this version does not know",
        file.display(),
        manifest.version,
        manifest.schema_version
    );
    let place = Workplace::take(folder)?;
    place.need(manifest.files.iter().map(|file| file.size).sum::<u64>().saturating_mul(2))?;
    let scratch = place.scratch()?;
    let (read, into) = (file.clone(), scratch.path().to_owned());
    blocking(move || archive::read(&read, passphrase.as_ref(), Some(&into))).await?;
    let key = match restore::extracted_key(scratch.path(), &manifest)? {
        Some(key) => Some(key),
        None => files::present_server_key(settings)?,
    };
    let secrets = if manifest.has(DATABASE_SQLITE) {
        let path = scratch.path().join(DATABASE_SQLITE);
        restore::check_sqlite(&path, &manifest).await?;
        opened(&Options::Sqlite { path }, &manifest, key).await?
    } else {
        on_postgres(settings, &scratch.path().join(DATABASE_DUMP), &manifest, key).await?
    };
    Ok(Report { file, manifest, secrets })
}

/// Restores into a database of its own on the same server, which goes afterwards.
async fn on_postgres(
    settings: &Settings,
    dump: &Path,
    manifest: &Manifest,
    key: Option<SecretKey>,
) -> anyhow::Result<SecretsReport> {
    let DatabaseUrl::Postgres(url) = &settings.database.url else {
        anyhow::bail!("a backup of PostgreSQL can be tried only where DATABASE_URL is PostgreSQL");
    };
    let store = wiring::connect(settings).await?;
    let name = format!("mission_control_drill_{:016x}", store.random().below(u64::MAX));
    let found = async {
        store.create_database(&name).await.context(
            "no scratch database can be made; give the role of DATABASE_URL the right CREATEDB, or drill elsewhere",
        )?;
        let scratch = with_database(url, &name)?;
        postgres::fill(&scratch, dump).await?;
        opened(&Options::Postgres { url: scratch.expose_secret().to_owned(), connections: 2 }, manifest, key)
            .await
    };
    let found = found.await;
    if let Err(error) = store.drop_database(&name).await {
        tracing::warn!(%error, database = name, "backup.drill.database_kept");
    }
    store.close().await;
    found
}

/// The same server with another database.
fn with_database(url: &SecretString, name: &str) -> anyhow::Result<SecretString> {
    let mut url = Url::parse(url.expose_secret()).map_err(|_| anyhow::anyhow!("DATABASE_URL is no URL"))?;
    url.set_path(name);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(parameter, _)| parameter != "dbname")
        .map(|(parameter, value)| (parameter.into_owned(), value.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    Ok(url.to_string().into())
}

/// Counts the rows, brings the schema up to date, and opens every secret.
async fn opened(
    options: &Options,
    manifest: &Manifest,
    key: Option<SecretKey>,
) -> anyhow::Result<SecretsReport> {
    let store = Store::connect(options, Clock::system(), Random::system())
        .await
        .context("the restored database cannot be opened")?;
    let checked = async {
        ensure!(
            store.counts().await? == manifest.counts,
            "the restored database has other rows than the manifest of the backup says"
        );
        store.migrate().await.context("the restored database cannot be brought to this version")?;
        // Without any key, one that opens nothing: a database without secrets needs none.
        let none = || SecretKey::generate(store.random());
        let secrets = check_secrets(&store, &key.unwrap_or_else(none)).await?;
        ensure!(
            secrets.unreadable == 0,
            "{} of {} secrets do not open with the server key; the key of the backup is another",
            secrets.unreadable,
            secrets.opened + secrets.unreadable
        );
        Ok(secrets)
    };
    let checked = checked.await;
    store.close().await;
    checked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scratch_database_is_on_the_same_server() {
        for (url, expected) in [
            ("postgres://u:p@host:5433/name", "postgres://u:p@host:5433/scratch"),
            ("postgres://host/name?sslmode=require", "postgres://host/scratch?sslmode=require"),
            ("postgres://host/?dbname=x&sslmode=require", "postgres://host/scratch?sslmode=require"),
        ] {
            let found = with_database(&url.into(), "scratch").unwrap();
            assert_eq!(found.expose_secret(), expected);
        }
    }
}
