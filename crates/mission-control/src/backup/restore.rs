//! The way back: `restore` and `rollback`. What stands there now is never lost by it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use mc_base::{Clock, Random, SecretKey, SecretString};
use mc_store::{Options, SCHEMA_VERSION, Store};
use secrecy::ExposeSecret;

use super::{
    DATABASE_DUMP, DATABASE_SQLITE, LOCAL_TOKEN, Passphrase, SERVER_KEY, Wish,
    archive::{self, Manifest},
    beside,
    create::{self, blocking},
    fingerprint,
    folder::{self, Origin, Workplace},
    postgres,
};
use crate::{
    cli::print,
    config::{DatabaseUrl, Settings},
    files, wiring,
};

/// Room for what the database writes beside itself.
const MARGIN: u64 = 16 * 1024 * 1024;
/// How many safety copies of a database on PostgreSQL are kept.
const SAFETY_COPIES: usize = 3;

/// What to restore, and where.
#[derive(Args, Debug)]
pub(crate) struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    /// Write the SQLite database to this new file, and leave the configured one alone.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Go on although the server key of the backup is neither in it nor here: its secrets are lost.
    #[arg(long)]
    without_key: bool,
    #[command(flatten)]
    passphrase: Passphrase,
}

/// Puts the database of a backup in the place of the configured one.
pub(crate) async fn restore(settings: Settings, arguments: RestoreArgs) -> anyhow::Result<()> {
    let passphrase = arguments.passphrase.read(&settings)?;
    let said = match arguments.to {
        Some(target) => elsewhere(&arguments.file, passphrase, &target).await?,
        None => in_place(&settings, &arguments.file, passphrase, arguments.without_key).await?.said,
    };
    print(&said)
}

/// Restores the newest copy from before a change of the schema.
pub(crate) async fn rollback(settings: Settings, passphrase: Passphrase) -> anyhow::Result<()> {
    let folder = &settings.backup.folder;
    let newest = folder::list(folder)?.into_iter().find(|kept| kept.origin == Origin::Migration);
    let newest = newest.with_context(|| {
        format!("there is no copy from before a migration in {}; restore another backup", folder.display())
    })?;
    let passphrase = passphrase.read(&settings)?;
    let restored = in_place(&settings, &newest.path, passphrase, false).await?;
    let Manifest { version, schema_version, .. } = restored.manifest;
    print(&format!(
        "{}The schema has version {schema_version} again. Start version {version} of Mission Control now: this one would migrate it once more.\n",
        restored.said
    ))
}

struct Restored {
    manifest: Manifest,
    said: String,
}

/// Reads a whole backup before anything is touched.
async fn checked(file: &Path, passphrase: &Option<SecretString>) -> anyhow::Result<Manifest> {
    let (read, with) = (file.to_owned(), passphrase.clone());
    let manifest = blocking(move || archive::read(&read, with.as_ref(), None)).await?;
    ensure!(
        manifest.schema_version <= SCHEMA_VERSION,
        "{} has schema version {}, this version knows {SCHEMA_VERSION}; restore it with version {} of Mission Control",
        file.display(),
        manifest.schema_version,
        manifest.version
    );
    Ok(manifest)
}

async fn extract(file: &Path, passphrase: &Option<SecretString>, into: &Path) -> anyhow::Result<()> {
    let (read, with, into) = (file.to_owned(), passphrase.clone(), into.to_owned());
    blocking(move || archive::read(&read, with.as_ref(), Some(&into))).await?;
    Ok(())
}

async fn in_place(
    settings: &Settings,
    file: &Path,
    passphrase: Option<SecretString>,
    without_key: bool,
) -> anyhow::Result<Restored> {
    let manifest = checked(file, &passphrase).await?;
    let must_take_key = key_is_needed(settings, &manifest, without_key)?;
    let wanted = |name: &str, engine: &str| {
        ensure!(
            manifest.has(name),
            "{} is a backup of {}, and DATABASE_URL is {engine}; set DATABASE_URL to a database of that kind",
            file.display(),
            manifest.engine
        );
        Ok(())
    };
    let (safety, scratch) = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => {
            wanted(DATABASE_SQLITE, "SQLite")?;
            if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
                files::data_dir(parent)?;
            }
            files::data_dir(&settings.data_dir)?;
            let place = Workplace::take(&settings.data_dir)?;
            place.need(size(&manifest))?;
            let scratch = place.scratch()?;
            extract(file, &passphrase, scratch.path()).await?;
            let database = scratch.path().join(DATABASE_SQLITE);
            check_sqlite(&database, &manifest).await?;
            (replace_sqlite(&database, path).await?, scratch)
        }
        DatabaseUrl::Postgres(url) => {
            wanted(DATABASE_DUMP, "PostgreSQL")?;
            let safety = empty_or_copied(settings).await?;
            let place = Workplace::take(&settings.backup.folder)?;
            place.need(size(&manifest).saturating_mul(3))?;
            let scratch = place.scratch()?;
            extract(file, &passphrase, scratch.path()).await?;
            postgres::replace(url, &scratch.path().join(DATABASE_DUMP), scratch.path())
                .await
                .context("nothing was changed")?;
            let store = wiring::connect(settings).await?;
            let counts = store.counts().await;
            store.close().await;
            ensure!(counts? == manifest.counts, "the restored database has other rows than the backup");
            (safety, scratch)
        }
    };
    let mut said = format!(
        "Restored {}: {} rows in {} tables, from {}.\n",
        file.display(),
        manifest.rows(),
        manifest.counts.len(),
        manifest.created_at.format("%Y-%m-%d %H:%M:%S UTC")
    );
    if let Some(safety) = safety {
        said += &format!("What was there before is in {}.\n", safety.display());
    }
    if must_take_key {
        let kept = take_secret(&scratch.path().join(SERVER_KEY), &files::key_path(settings))?;
        said += "The server key is that of the backup.\n";
        if let Some(kept) = kept {
            said += &format!("The one before is in {}.\n", kept.display());
        }
    }
    let token = files::token_path(settings);
    if manifest.has(LOCAL_TOKEN) && !token.exists() {
        take_secret(&scratch.path().join(LOCAL_TOKEN), &token)?;
    }
    Ok(Restored { manifest, said })
}

fn size(manifest: &Manifest) -> u64 {
    manifest.files.iter().map(|file| file.size).sum::<u64>().saturating_add(MARGIN)
}

/// Whether the server key must come out of the backup. Fails when its secrets could not be opened afterwards.
fn key_is_needed(settings: &Settings, manifest: &Manifest, without_key: bool) -> anyhow::Result<bool> {
    let Some(expected) = &manifest.key_fingerprint else { return Ok(false) };
    let present = files::present_server_key(settings)?;
    let fits = |key: &SecretKey| fingerprint(key) == *expected;
    if present.as_ref().is_some_and(fits) {
        return Ok(false);
    }
    if manifest.has(SERVER_KEY) {
        ensure!(
            settings.secret_key.is_none(),
            "MC_SECRET_KEY is not the server key of the backup; remove the variable, and the key in the backup is used"
        );
        return Ok(true);
    }
    let here = if present.is_some() { "the one here is another" } else { "there is none here" };
    ensure!(
        without_key,
        "the server key of the backup is not in it, and {here}; put it into {} or MC_SECRET_KEY, or give up its secrets with --without-key",
        files::key_path(settings).display()
    );
    Ok(false)
}

/// Puts a secret file into its place, and what was there beside it.
fn take_secret(from: &Path, to: &Path) -> anyhow::Result<Option<PathBuf>> {
    let failed = || format!("{} cannot be written", to.display());
    let kept = to.exists().then(|| free_name(to));
    if let Some(kept) = &kept {
        fs::hard_link(to, kept).with_context(failed)?;
    }
    fs::rename(from, to).with_context(failed)?;
    Ok(kept)
}

/// A name for what was there before; an older one is never replaced.
fn free_name(path: &Path) -> PathBuf {
    let now = Clock::system().now().format("%Y%m%dT%H%M%S%.3fZ");
    let first = beside(path, &format!(".before-restore-{now}"));
    let mut name = first.clone();
    for number in 2.. {
        if !name.exists() {
            break;
        }
        name = beside(&first, &format!("-{number}"));
    }
    name
}

/// Makes sure that a database out of a backup is sound and complete.
pub(super) async fn check_sqlite(path: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    let options = Options::Sqlite { path: path.to_owned() };
    let store = Store::connect(&options, Clock::system(), Random::system())
        .await
        .context("the database in the backup cannot be opened")?;
    let (faults, counts) = (store.faults().await, store.counts().await);
    store.close().await;
    let faults = faults.context("the database in the backup is damaged")?;
    ensure!(faults.is_empty(), "the database in the backup is damaged: {}", faults.join("; "));
    ensure!(counts? == manifest.counts, "the database in the backup has other rows than its manifest says");
    Ok(())
}

/// Puts a new database in the place of the old one in one step, so that there is a whole one at every moment. Gives the
/// place of the old one.
async fn replace_sqlite(from: &Path, to: &Path) -> anyhow::Result<Option<PathBuf>> {
    let failed = || format!("{} cannot be replaced", to.display());
    let mut safety = None;
    if to.exists() {
        match mc_store::alone_on(to).await {
            Ok(true) => {}
            Ok(false) => bail!(
                "{} is in use; stop the server and everything else that has it open, then restore again",
                to.display()
            ),
            // A damaged database is the best reason for a restore. It is kept with its journal, as it is.
            Err(error) => tracing::warn!(%error, path = %to.display(), "restore.database.damaged"),
        }
        let kept = free_name(to);
        fs::hard_link(to, &kept).or_else(|_| fs::copy(to, &kept).map(drop)).with_context(failed)?;
        let journal = beside(to, "-wal");
        if journal.exists() {
            fs::rename(&journal, beside(&kept, "-wal")).with_context(failed)?;
        }
        let index = beside(to, "-shm");
        if index.exists() {
            fs::remove_file(&index).with_context(failed)?;
        }
        safety = Some(kept);
    }
    if fs::rename(from, to).is_err() {
        // The database lies on another disk than the data directory.
        let draft = beside(to, ".draft");
        fs::copy(from, &draft)
            .and_then(|_| fs::File::open(&draft)?.sync_all())
            .and_then(|()| fs::rename(&draft, to))
            .with_context(failed)?;
    }
    if let Some(parent) = to.parent().filter(|parent| *parent != Path::new("")) {
        folder::sync_folder(parent).with_context(failed)?;
    }
    Ok(safety)
}

/// Makes sure that a database on PostgreSQL is ours alone, and copies what is in it.
async fn empty_or_copied(settings: &Settings) -> anyhow::Result<Option<PathBuf>> {
    // With one connection of our own, all others are those of other processes.
    let mut settings = settings.clone();
    settings.database.pool_size = 1;
    let settings = &settings;
    let store = wiring::connect(settings).await?;
    let safety = async {
        ensure!(
            store.other_connections().await? == 0,
            "DATABASE_URL: a server or worker is connected to the database; stop all of them, then restore again"
        );
        if store.counts().await?.is_empty() {
            return Ok(None);
        }
        ensure!(
            store.schema_version().await? > 0,
            "DATABASE_URL: the database has tables that are not ours; name an empty database"
        );
        let made = create::create(settings, &store, Wish::of(settings, Origin::Restore)).await?;
        folder::prune(&settings.backup.folder, Origin::Restore, SAFETY_COPIES)?;
        Ok(Some(made.path))
    };
    let safety = safety.await;
    store.close().await;
    safety
}

/// Writes the database of a backup to a new file.
async fn elsewhere(file: &Path, passphrase: Option<SecretString>, target: &Path) -> anyhow::Result<String> {
    let manifest = checked(file, &passphrase).await?;
    ensure!(
        manifest.has(DATABASE_SQLITE),
        "--to: {} is a backup of PostgreSQL, which is restored into the database of DATABASE_URL",
        file.display()
    );
    ensure!(!target.exists(), "--to: {} exists already; name a new file", target.display());
    let parent = target.parent().filter(|parent| *parent != Path::new("")).unwrap_or_else(|| Path::new("."));
    let place = Workplace::take(parent)?;
    place.need(size(&manifest))?;
    let scratch = place.scratch()?;
    extract(file, &passphrase, scratch.path()).await?;
    let database = scratch.path().join(DATABASE_SQLITE);
    check_sqlite(&database, &manifest).await?;
    fs::hard_link(&database, target)
        .and_then(|()| folder::sync_folder(parent))
        .with_context(|| format!("--to: {} cannot be written", target.display()))?;
    Ok(format!(
        "Restored {} to {}: {} rows in {} tables.\n",
        file.display(),
        target.display(),
        manifest.rows(),
        manifest.counts.len()
    ))
}

/// The server key out of an extracted backup, if it is in it.
pub(super) fn extracted_key(scratch: &Path, manifest: &Manifest) -> anyhow::Result<Option<SecretKey>> {
    if !manifest.has(SERVER_KEY) {
        return Ok(None);
    }
    let text = fs::read_to_string(scratch.join(SERVER_KEY)).map(SecretString::from)?;
    SecretKey::parse(text.expose_secret()).map(Some).context("the server key in the backup")
}
