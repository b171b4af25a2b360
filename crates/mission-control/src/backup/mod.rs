//! `backup`, `restore` and `rollback`: one file that holds everything, and the way back from it.

mod archive;
mod cipher;
pub(crate) mod create;
mod drill;
mod folder;
mod postgres;
mod restore;
pub(crate) mod schedule;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use mc_base::{SecretKey, SecretString};

pub(crate) use create::{Made, Wish};
pub(crate) use folder::Origin;
pub(crate) use restore::{RestoreArgs, restore, rollback};

use crate::{cli::print, config::Settings, wiring};

/// The database in a backup of SQLite.
const DATABASE_SQLITE: &str = "database.sqlite";
/// The database in a backup of PostgreSQL, as `pg_dump --format=custom` writes it.
const DATABASE_DUMP: &str = "database.pgdump";
/// The server key in a backup, as it lies in the data directory.
const SERVER_KEY: &str = "server.key";
/// The local token in a backup, as it lies in the data directory.
const LOCAL_TOKEN: &str = "local-token";

/// Where the passphrase of a backup comes from.
#[derive(Args, Debug, Default)]
pub(crate) struct Passphrase {
    /// Read the passphrase from the first line of a file, instead of MC_BACKUP_PASSPHRASE.
    #[arg(long, value_name = "FILE", global = true)]
    passphrase_file: Option<PathBuf>,
}

impl Passphrase {
    /// The passphrase, if there is one.
    fn read(&self, settings: &Settings) -> anyhow::Result<Option<SecretString>> {
        let Some(path) = &self.passphrase_file else { return Ok(settings.backup.passphrase.clone()) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("--passphrase-file: {} cannot be read", path.display()))?;
        let line = text.lines().next().unwrap_or_default().trim();
        ensure!(!line.is_empty(), "--passphrase-file: the first line of {} is empty", path.display());
        Ok(Some(line.to_owned().into()))
    }
}

/// What to do about backups; without a subcommand, one is made.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BackupArgs {
    #[command(subcommand)]
    command: Option<BackupCommand>,
    /// Write to this file instead of a new one in MC_BACKUP_DIR.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Take the server key and the local token along in a backup that is not encrypted. Encrypted ones have them
    /// anyway.
    #[arg(long)]
    with_key: bool,
    #[command(flatten)]
    passphrase: Passphrase,
}

#[derive(Debug, Subcommand)]
enum BackupCommand {
    /// List the backups in MC_BACKUP_DIR, newest first.
    List,
    /// Read a backup to its end and check every byte of it.
    Verify {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        passphrase: Passphrase,
    },
    /// Restore a backup to a scratch place, and check that it is complete, sound and readable.
    Drill {
        /// The backup; the newest one of MC_BACKUP_DIR if left out.
        file: Option<PathBuf>,
        #[command(flatten)]
        passphrase: Passphrase,
    },
}

/// Runs `backup` and its subcommands.
pub(crate) async fn run(settings: Settings, arguments: BackupArgs) -> anyhow::Result<()> {
    match arguments.command {
        None => {
            let wish = Wish {
                origin: Origin::Manual,
                passphrase: arguments.passphrase.read(&settings)?,
                output: arguments.output,
                with_key: arguments.with_key,
            };
            let store = wiring::connect(&settings).await?;
            let version = store.schema_version().await.context("DATABASE_URL: the schema cannot be read")?;
            ensure!(version > 0, "DATABASE_URL: the database is empty, so there is nothing to back up");
            // An older or newer schema can be copied; only the record of it needs the present one.
            let made = if version == mc_store::SCHEMA_VERSION {
                create::recorded(&settings, &store, wish).await
            } else {
                create::create(&settings, &store, wish).await
            };
            store.close().await;
            print(&described(&made?))
        }
        Some(BackupCommand::List) => list(&settings),
        Some(BackupCommand::Verify { file, passphrase }) => {
            let passphrase = passphrase.read(&settings)?;
            let read = file.clone();
            let manifest = create::blocking(move || archive::read(&read, passphrase.as_ref(), None)).await?;
            print(&format!(
                "{}: sound\n  made {} by version {} of {} with schema version {}\n  {} rows in {} tables\n  {}\n",
                file.display(),
                manifest.created_at.format("%Y-%m-%d %H:%M:%S UTC"),
                manifest.version,
                manifest.engine,
                manifest.schema_version,
                manifest.rows(),
                manifest.counts.len(),
                key_note(manifest.has(SERVER_KEY)),
            ))
        }
        Some(BackupCommand::Drill { file, passphrase }) => {
            let passphrase = passphrase.read(&settings)?;
            let report = drill::recorded(&settings, file, passphrase, Origin::Manual).await?;
            print(&format!("{report}\n"))
        }
    }
}

fn described(made: &Made) -> String {
    format!(
        "{}\n  {} bytes, {} rows in {} tables, schema version {}\n  {}\n",
        made.path.display(),
        made.size,
        made.manifest.rows(),
        made.manifest.counts.len(),
        made.manifest.schema_version,
        key_note(made.manifest.has(SERVER_KEY)),
    )
}

fn key_note(has_key: bool) -> &'static str {
    if has_key {
        "with the server key: keep the file as secret as the key itself"
    } else {
        "without the server key: keep a copy of it apart, else the secrets in the backup are lost"
    }
}

fn list(settings: &Settings) -> anyhow::Result<()> {
    let mut text = String::new();
    for kept in folder::list(&settings.backup.folder)? {
        text += &format!(
            "{}  {:<9}  {:>12}  {}  {}\n",
            kept.created_at.format("%Y-%m-%d %H:%M:%S"),
            kept.origin.as_str(),
            kept.size,
            if kept.is_encrypted { "encrypted" } else { "plain    " },
            kept.path.display(),
        );
    }
    if text.is_empty() {
        text = format!("no backups in {}\n", settings.backup.folder.display());
    }
    print(&text)
}

/// Tells two server keys apart without telling anything of them.
fn fingerprint(key: &SecretKey) -> String {
    let digest = key.digest("backup-key-fingerprint", "");
    hex::encode(&digest[..8])
}

/// Deletes all but the newest backups of one kind.
pub(crate) fn prune(settings: &Settings, origin: Origin, keep: usize) -> anyhow::Result<usize> {
    folder::prune(&settings.backup.folder, origin, keep)
}

/// A path beside another one: the same name with something behind it.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
