//! The data directory and the secrets in it. Nobody else may read them.

use std::{
    fs::{DirBuilder, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use mc_base::{Random, SecretKey, SecretString, token};
use secrecy::ExposeSecret;

use crate::config::Settings;

const KEY_FILE: &str = "server.key";
const TOKEN_FILE: &str = "local-token";

/// A secret that lies in a file, and whether this start made it.
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    pub(crate) path: PathBuf,
    pub(crate) is_new: bool,
}

/// Makes the data directory (0700) when it is not there.
pub(crate) fn data_dir(path: &Path) -> anyhow::Result<()> {
    private_dir("MC_DATA_DIR", path)
}

/// Makes a directory (0700) that a variable names, when it is not there.
pub(crate) fn private_dir(variable: &str, path: &Path) -> anyhow::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| {
        format!("{variable}: {} cannot be made; make it writable, or name another directory", path.display())
    })
}

/// Where the server key lies when it is not configured.
pub(crate) fn key_path(settings: &Settings) -> PathBuf {
    settings.data_dir.join(KEY_FILE)
}

/// Where the local token lies when it is not configured.
pub(crate) fn token_path(settings: &Settings) -> PathBuf {
    settings.data_dir.join(TOKEN_FILE)
}

/// The server key, if there is one already; none is made.
pub(crate) fn present_server_key(settings: &Settings) -> anyhow::Result<Option<SecretKey>> {
    if let Some(key) = &settings.secret_key {
        return Ok(Some(key.clone()));
    }
    kept_key(&settings.data_dir)?.map(|text| parse_key(&key_path(settings), &text)).transpose()
}

fn parse_key(path: &Path, text: &SecretString) -> anyhow::Result<SecretKey> {
    SecretKey::parse(text.expose_secret().trim()).map_err(|error| {
        anyhow::anyhow!(
            "{}: {error}; restore the file from a backup: without it sealed secrets are lost",
            path.display()
        )
    })
}

/// The server key: from the configuration, else from its file, else a new one.
pub(crate) fn server_key(settings: &Settings, random: &Random) -> anyhow::Result<SecretKey> {
    if let Some(key) = &settings.secret_key {
        return Ok(key.clone());
    }
    let kept = keep(&key_path(settings), || SecretKey::generate(random).to_hex())?;
    parse_key(&kept.path, &kept.value)
}

/// The local token from its file, or a new one.
pub(crate) fn local_token(settings: &Settings, random: &Random) -> anyhow::Result<Kept<SecretString>> {
    keep(&token_path(settings), || new_local_token(random))
}

/// A token for local sign-in: two 256-bit texts make the 50 characters and more that a configured one must have too.
pub(crate) fn new_local_token(random: &Random) -> SecretString {
    let (first, second) = (token::opaque_token(random), token::opaque_token(random));
    SecretString::from(format!("{}{}", first.expose_secret(), second.expose_secret()))
}

/// The server key that lies in a data directory, as it is written there.
pub(crate) fn kept_key(data_dir: &Path) -> anyhow::Result<Option<SecretString>> {
    existing(&data_dir.join(KEY_FILE))
}

/// The local token that lies in a data directory.
pub(crate) fn kept_token(data_dir: &Path) -> anyhow::Result<Option<SecretString>> {
    existing(&data_dir.join(TOKEN_FILE))
}

fn existing(path: &Path) -> anyhow::Result<Option<SecretString>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(SecretString::from(text.trim().to_owned()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Writes a file that only its owner may read (0600); an error when there is one.
pub(crate) fn create(path: &Path, text: &SecretString) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.expose_secret().as_bytes())?;
    file.sync_all()
}

/// Reads a secret file, or makes it (0600). A process that loses the race reads what the other wrote.
fn keep(path: &Path, make: impl FnOnce() -> SecretString) -> anyhow::Result<Kept<SecretString>> {
    let kept = |value, is_new| Kept { value, path: path.to_owned(), is_new };
    if let Some(value) = existing(path)? {
        return Ok(kept(value, false));
    }
    let value = make();
    // Written under another name and then linked, so that nobody ever reads half a secret.
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let written = write(&draft, &value).and_then(|()| std::fs::hard_link(&draft, path));
    let removed = std::fs::remove_file(&draft);
    match written {
        Ok(()) => {
            removed.with_context(|| format!("{} cannot be removed", draft.display()))?;
            Ok(kept(value, true))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let value =
                existing(path)?.with_context(|| format!("{} was there and is gone", path.display()))?;
            Ok(kept(value, false))
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be written", path.display())),
    }
}

fn write(path: &Path, secret: &SecretString) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(secret.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_for_its_owner() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("data");
        data_dir(&root).unwrap();
        let path = root.join("secret");
        let first = keep(&path, || SecretString::from("one")).unwrap();
        let second = keep(&path, || SecretString::from("two")).unwrap();
        assert_eq!((first.is_new, second.is_new), (true, false));
        assert_eq!(second.value.expose_secret(), "one");
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&root), mode(&path)), (0o700, 0o600));
        }
    }
}
