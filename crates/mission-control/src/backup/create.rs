//! Making a backup.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use mc_base::SecretString;
use mc_domain::backups::{self, Action, NewRun};
use mc_store::{Engine, Options, Read, Store};

use super::{
    DATABASE_DUMP, DATABASE_SQLITE, LOCAL_TOKEN, SERVER_KEY,
    archive::{self, Manifest},
    folder::{self, Origin, Workplace},
    postgres,
};
use crate::{
    config::{DatabaseUrl, Settings},
    files,
};

/// Room for the manifest, the archive's own blocks, and what is written while we copy.
const MARGIN: u64 = 16 * 1024 * 1024;

/// What is wanted.
pub(crate) struct Wish {
    /// What it is for.
    pub(crate) origin: Origin,
    /// Another place than the folder of the backups.
    pub(crate) output: Option<PathBuf>,
    /// Encrypts it.
    pub(crate) passphrase: Option<SecretString>,
    /// Takes the server key and the local token along although nothing encrypts them.
    pub(crate) with_key: bool,
}

impl Wish {
    /// A backup in the folder, encrypted when the configuration has a passphrase.
    pub(crate) fn of(settings: &Settings, origin: Origin) -> Self {
        Self { origin, output: None, passphrase: settings.backup.passphrase.clone(), with_key: false }
    }
}

/// A backup that was made.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
    pub(crate) manifest: Manifest,
    pub(crate) is_encrypted: bool,
    started_at: DateTime<Utc>,
}

impl Made {
    /// What the server remembers of it.
    pub(crate) fn run(&self, origin: Origin) -> NewRun {
        NewRun {
            action: Action::Backup,
            origin: origin.as_str(),
            file_name: self.path.file_name().map(|name| name.to_string_lossy().into_owned()),
            succeeded: true,
            is_encrypted: self.is_encrypted,
            size_bytes: Some(self.size),
            detail: format!("{} rows in {} tables", self.manifest.rows(), self.manifest.counts.len()),
            started_at: self.started_at,
        }
    }
}

/// Makes a backup, and remembers what became of it.
pub(crate) async fn recorded(settings: &Settings, store: &Store, wish: Wish) -> anyhow::Result<Made> {
    let (origin, started_at, is_encrypted) = (wish.origin, store.clock().now(), wish.passphrase.is_some());
    let made = create(settings, store, wish).await;
    let run = made.as_ref().map_or_else(
        |error| NewRun {
            action: Action::Backup,
            origin: origin.as_str(),
            file_name: None,
            succeeded: false,
            is_encrypted,
            size_bytes: None,
            detail: format!("{error:#}"),
            started_at,
        },
        |made| made.run(origin),
    );
    remember(store, run).await;
    made
}

/// The file is what counts; a database that cannot be written to has other troubles.
pub(crate) async fn remember(store: &Store, run: NewRun) {
    if let Err(error) = backups::record(store, run).await {
        tracing::warn!(%error, "backup.record.failed");
    }
}

/// Makes a backup. It stands under its name only when it is whole.
pub(crate) async fn create(settings: &Settings, store: &Store, wish: Wish) -> anyhow::Result<Made> {
    let started_at = store.clock().now();
    let is_encrypted = wish.passphrase.is_some();
    let target = wish
        .output
        .clone()
        .unwrap_or_else(|| settings.backup.folder.join(folder::name(started_at, wish.origin, is_encrypted)));
    let parent = target.parent().filter(|parent| *parent != Path::new(""));
    let parent = parent.unwrap_or_else(|| Path::new(".")).to_owned();
    if target.exists() {
        bail!("{} exists already; name another file", target.display());
    }
    let place = Workplace::take(&parent)?;
    let size = store.size_bytes().await.context("DATABASE_URL: the size of the database cannot be read")?;
    // The copy and the archive of it stand beside one another for a moment.
    place.need(size.saturating_mul(2).saturating_add(MARGIN))?;
    let scratch = place.scratch()?;

    let engine = store.engine();
    let mut manifest =
        Manifest::new(store.schema_version().await?, &engine.to_string(), started_at, wish.origin.as_str());
    let mut parts = vec![match engine {
        Engine::Sqlite => {
            let copy = scratch.path().join(DATABASE_SQLITE);
            manifest.counts = copy_sqlite(store, &copy).await?;
            (DATABASE_SQLITE, copy)
        }
        Engine::Postgres => {
            let DatabaseUrl::Postgres(url) = &settings.database.url else {
                bail!("DATABASE_URL is not the database that is to be copied");
            };
            let dump = scratch.path().join(DATABASE_DUMP);
            let mut snapshot =
                store.snapshot().await.context("DATABASE_URL: the database cannot be copied")?;
            postgres::dump(url, snapshot.id(), &dump).await?;
            manifest.counts = snapshot.counts().await?;
            (DATABASE_DUMP, dump)
        }
    }];
    manifest.key_fingerprint = files::present_server_key(settings)?.as_ref().map(super::fingerprint);
    if is_encrypted || wish.with_key {
        parts.extend(key_files(settings));
    }

    let (draft, random) = (scratch.path().join("archive"), store.random().clone());
    let (file, passphrase) = (draft.clone(), wish.passphrase.clone());
    let manifest = blocking(move || {
        let protection = passphrase.as_ref().map(|passphrase| (passphrase, &random));
        archive::write(&file, manifest, &parts, protection)
            .with_context(|| format!("{} cannot be written", file.display()))
    })
    .await?;
    // A hard link, not a rename: it never replaces a file that has appeared meanwhile.
    std::fs::hard_link(&draft, &target)
        .or_else(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Err(error),
            // Some file systems have no hard links.
            _ => std::fs::rename(&draft, &target),
        })
        .with_context(|| format!("{} cannot be written", target.display()))?;
    folder::sync_folder(&parent).with_context(|| format!("{} cannot be written", parent.display()))?;
    let size = std::fs::metadata(&target).map_or(0, |data| data.len());
    tracing::info!(file = %target.display(), bytes = size, origin = wish.origin.as_str(), "backup.created");
    Ok(Made { path: target, size, manifest, is_encrypted, started_at })
}

/// Copies the database, and makes sure that the copy is sound: a damaged one must not push out a good one.
async fn copy_sqlite(store: &Store, path: &Path) -> anyhow::Result<std::collections::BTreeMap<String, i64>> {
    drop(archive::create_private(path).with_context(|| format!("{} cannot be written", path.display()))?);
    store.copy_into(path).await.with_context(|| format!("{} cannot be written", path.display()))?;
    let options = Options::Sqlite { path: path.to_owned() };
    let copy = Store::connect(&options, store.clock().clone(), store.random().clone()).await?;
    let (faults, counts) = (copy.faults().await, copy.counts().await);
    copy.close().await;
    let faults = faults?;
    if !faults.is_empty() {
        bail!("DATABASE_URL: the database is damaged, so no backup was made: {}", faults.join("; "));
    }
    Ok(counts?)
}

/// The secrets in the data directory that are there; who configures them keeps them elsewhere.
fn key_files(settings: &Settings) -> impl Iterator<Item = (&'static str, PathBuf)> {
    let (key, token) = (files::key_path(settings), files::token_path(settings));
    [(SERVER_KEY, key), (LOCAL_TOKEN, token)].into_iter().filter(|(_, path)| path.is_file())
}

/// Runs what waits for the disk apart from the tasks that serve.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work).await.context("the work was broken off")?
}
