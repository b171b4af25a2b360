//! The file of a backup: a gzipped tar with a manifest in front, encrypted as a whole when there is a passphrase.
//! Without encryption any `tar` opens it.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};
use mc_base::{Random, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tar::{Archive, Builder, EntryType, Header};

use super::cipher::{self, Decrypting, Encrypting};

/// The form of the manifest that this version writes; later ones read it.
const FORMAT: u32 = 1;
/// The entry that says what the others are.
const MANIFEST: &str = "manifest.json";
/// The largest manifest that is read, in bytes.
const MANIFEST_MAX: u64 = 1024 * 1024;

/// What a backup says of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Manifest {
    /// The form of this manifest.
    pub(crate) format: u32,
    /// The version of Mission Control that made the backup.
    pub(crate) version: String,
    /// The version of its schema.
    pub(crate) schema_version: i64,
    /// `sqlite` or `postgres`.
    pub(crate) engine: String,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
    /// What it was made for: `manual`, `scheduled`, `migration` or `restore`.
    pub(crate) origin: String,
    /// A digest that tells whether a server key is the one that sealed the secrets. Says nothing about the key.
    pub(crate) key_fingerprint: Option<String>,
    /// How many rows each table has.
    pub(crate) counts: BTreeMap<String, i64>,
    /// What else is in the backup.
    pub(crate) files: Vec<Entry>,
}

/// One file in a backup.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Entry {
    /// Its name in the archive.
    pub(crate) name: String,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// Its SHA-256 in hexadecimal.
    pub(crate) sha256: String,
}

impl Manifest {
    /// A manifest in the present form, without files.
    pub(super) fn new(schema_version: i64, engine: &str, created_at: DateTime<Utc>, origin: &str) -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            schema_version,
            engine: engine.to_owned(),
            created_at,
            origin: origin.to_owned(),
            key_fingerprint: None,
            counts: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    /// Rows of all tables together.
    pub(crate) fn rows(&self) -> i64 {
        self.counts.values().sum()
    }

    /// Whether a file is in the backup.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.name == name)
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.format <= FORMAT,
            "the backup was made by version {} in a form that this version does not know; use that version",
            self.version
        );
        for file in &self.files {
            // Names become files: nothing but a plain name may stand there.
            let is_plain =
                file.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
            ensure!(
                is_plain && !file.name.starts_with('.') && file.name != MANIFEST,
                "the manifest of the backup names a file that no backup has"
            );
        }
        Ok(())
    }
}

/// Reads a file to its end for its length and digest.
fn measured(name: &str, path: &Path) -> io::Result<Entry> {
    let mut digest = Sha256::new();
    let size = io::copy(&mut File::open(path)?, &mut HashWriter(&mut digest))?;
    Ok(Entry { name: name.to_owned(), size, sha256: hex::encode(digest.finalize()) })
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A new file that only its owner may read.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a backup to a new file and gives the manifest with its files. What it holds is on the disk afterwards.
pub(super) fn write(
    target: &Path,
    mut manifest: Manifest,
    parts: &[(&str, PathBuf)],
    protection: Option<(&SecretString, &Random)>,
) -> io::Result<Manifest> {
    for (name, path) in parts {
        manifest.files.push(measured(name, path)?);
    }
    let file = BufWriter::new(create_private(target)?);
    let file = match protection {
        None => pack(file, &manifest, parts)?,
        Some((passphrase, random)) => {
            pack(Encrypting::new(file, passphrase, random)?, &manifest, parts)?.finish()?
        }
    };
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(manifest)
}

fn pack<W: Write>(target: W, manifest: &Manifest, parts: &[(&str, PathBuf)]) -> io::Result<W> {
    let mut archive = Builder::new(GzEncoder::new(target, Compression::fast()));
    let mut append = |name: &str, size: u64, content: &mut dyn Read| {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(manifest.created_at.timestamp()).unwrap_or_default());
        header.set_size(size);
        archive.append_data(&mut header, name, content)
    };
    let text = serde_json::to_vec_pretty(manifest)?;
    append(MANIFEST, text.len() as u64, &mut text.as_slice())?;
    for ((_, path), entry) in parts.iter().zip(&manifest.files) {
        append(&entry.name, entry.size, &mut File::open(path)?)?;
    }
    archive.into_inner()?.finish()
}

/// Reads a backup to its end and checks every byte of it. With a folder, its files are written there (0600).
pub(super) fn read(
    file: &Path,
    passphrase: Option<&SecretString>,
    into: Option<&Path>,
) -> anyhow::Result<Manifest> {
    let name = file.display();
    let opened = File::open(file).with_context(|| format!("{name} cannot be read"))?;
    let mut reader = BufReader::new(opened);
    let mut magic = [0; cipher::MAGIC.len()];
    let is_encrypted = reader.read_exact(&mut magic).is_ok() && magic == *cipher::MAGIC;
    let reader = BufReader::new(File::open(file).with_context(|| format!("{name} cannot be read"))?);
    let read = match (is_encrypted, passphrase) {
        (false, _) => unpack(reader, into),
        (true, Some(passphrase)) => Decrypting::new(reader, passphrase)
            .map_err(anyhow::Error::from)
            .and_then(|plain| unpack(BufReader::new(plain), into)),
        (true, None) => {
            bail!("{name} is encrypted; set MC_BACKUP_PASSPHRASE or name a --passphrase-file")
        }
    };
    read.with_context(|| format!("{name} is no sound backup"))
}

fn unpack(reader: impl io::BufRead, into: Option<&Path>) -> anyhow::Result<Manifest> {
    let mut archive = Archive::new(GzDecoder::new(reader));
    let mut entries = archive.entries()?;
    let first = entries.next().context("it is empty")??;
    ensure!(first.path_bytes().as_ref() == MANIFEST.as_bytes(), "it does not begin with a manifest");
    ensure!(first.size() <= MANIFEST_MAX, "its manifest is too long");
    let manifest: Manifest = serde_json::from_reader(first).context("its manifest cannot be read")?;
    manifest.check()?;
    for expected in &manifest.files {
        let mut entry = entries.next().with_context(|| format!("{} is missing", expected.name))??;
        ensure!(
            entry.path_bytes().as_ref() == expected.name.as_bytes() && entry.size() == expected.size,
            "{} is not what its manifest says",
            expected.name
        );
        let mut digest = Sha256::new();
        let copied = match into {
            None => io::copy(&mut entry, &mut HashWriter(&mut digest))?,
            Some(folder) => {
                let path = folder.join(&expected.name);
                let mut file =
                    create_private(&path).with_context(|| format!("{} cannot be written", path.display()))?;
                let copied = copy_hashing(&mut entry, &mut file, &mut digest)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
                file.sync_all()?;
                copied
            }
        };
        ensure!(
            copied == expected.size && hex::encode(digest.finalize()) == expected.sha256,
            "the checksum of {} is wrong",
            expected.name
        );
    }
    ensure!(entries.next().is_none(), "it has more files than its manifest");
    // The checksum of gzip, and the last piece of an encrypted file, stand behind the end of the archive.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(manifest)
}

fn copy_hashing(from: &mut impl Read, to: &mut File, digest: &mut Sha256) -> io::Result<u64> {
    let (mut buffer, mut total) = (vec![0; 64 * 1024], 0);
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(total);
        }
        digest.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
        total += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(folder: &Path, passphrase: Option<&SecretString>) -> PathBuf {
        let part = folder.join("part");
        std::fs::write(&part, "the database".repeat(10_000)).unwrap();
        let manifest = Manifest::new(3, "sqlite", "2026-11-21T00:00:00Z".parse().unwrap(), "manual");
        let target = folder.join("backup");
        let random = Random::seeded(1);
        let protection = passphrase.map(|passphrase| (passphrase, &random));
        write(&target, manifest, &[("database.sqlite", part)], protection).unwrap();
        target
    }

    #[test]
    fn files_come_back_as_they_were() {
        for passphrase in [None, Some(SecretString::from("correct horse"))] {
            let folder = tempfile::tempdir().unwrap();
            let file = packed(folder.path(), passphrase.as_ref());
            let into = tempfile::tempdir().unwrap();
            let manifest = read(&file, passphrase.as_ref(), Some(into.path())).unwrap();
            assert_eq!((manifest.schema_version, manifest.files.len()), (3, 1));
            let text = std::fs::read_to_string(into.path().join("database.sqlite")).unwrap();
            assert_eq!(text, "the database".repeat(10_000));
        }
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = packed(folder.path(), None);
        let good = std::fs::read(&file).unwrap();
        // Ten bytes at the front are the header of gzip, which has a time and the like that nobody reads.
        for position in (10..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[position] ^= 0x10;
            std::fs::write(&file, &bad).unwrap();
            assert!(read(&file, None, None).is_err(), "byte {position} of {}", good.len());
        }
        for end in [0, 5, good.len() / 2, good.len() - 1] {
            std::fs::write(&file, &good[..end]).unwrap();
            assert!(read(&file, None, None).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn an_encrypted_backup_without_passphrase_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = packed(folder.path(), Some(&"correct horse".into()));
        let error = format!("{:#}", read(&file, None, None).unwrap_err());
        assert!(error.contains("MC_BACKUP_PASSPHRASE"), "{error}");
        let error = format!("{:#}", read(&file, Some(&"wrong".into()), None).unwrap_err());
        assert!(error.contains("passphrase is wrong"), "{error}");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let mut manifest = Manifest::new(3, "sqlite", "2026-11-21T00:00:00Z".parse().unwrap(), "manual");
        for (name, is_fine) in
            [("database.sqlite", true), ("../x", false), ("/x", false), (".hidden", false), ("a/b", false)]
        {
            manifest.files = vec![Entry { name: name.into(), size: 0, sha256: String::new() }];
            assert_eq!(manifest.check().is_ok(), is_fine, "{name}");
        }
    }
}
