//! Makes an `.env` with secrets for an installation that is configured by one.

use std::path::PathBuf;

use anyhow::Context as _;
use mc_base::{Random, SecretKey, SecretString, token};
use secrecy::ExposeSecret;

use crate::{cli::print, config::Settings, files};

/// Options of `mission-control init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where the file is written. A file that is there already stays as it is.
    #[arg(long, default_value = ".env")]
    output: PathBuf,
    /// Write to standard output instead of a file.
    #[arg(long, conflicts_with = "output")]
    print: bool,
    /// The address under which browsers and agents reach this server.
    #[arg(long, default_value = "http://localhost:8000")]
    base_url: String,
}

/// Writes the file, and says what to do next.
pub(crate) fn run(settings: &Settings, options: &Options, random: &Random) -> anyhow::Result<()> {
    Settings::load([("BASE_URL".to_owned(), options.base_url.clone())], None)
        .map_err(|errors| anyhow::anyhow!("--base-url: {}", errors[0]))?;
    let text = content(settings, options, random)?;
    if options.print {
        return print(text.expose_secret());
    }
    let path = &options.output;
    files::create(path, &text).with_context(|| {
        format!(
            "{} cannot be written; it is never replaced, so name another file with --output",
            path.display()
        )
    })?;
    print(&format!(
        "{} is written, for this account only. Next: `mission-control serve` in this folder, or\n\
         `docker compose -f compose.yml --env-file {} up -d --build`. Sign in with LOCAL_AUTH_TOKEN.\n\
         Keep a copy of MC_SECRET_KEY apart from the database: without it stored secrets are lost.\n",
        path.display(),
        path.display()
    ))
}

fn content(settings: &Settings, options: &Options, random: &Random) -> anyhow::Result<SecretString> {
    // An installation that has run keeps its key and its token.
    let key = match files::kept_key(&settings.data_dir)? {
        Some(key) => key,
        None => SecretKey::generate(random).to_hex(),
    };
    let local_token = match files::kept_token(&settings.data_dir)? {
        Some(token) => token,
        None => files::new_local_token(random),
    };
    let database_password = token::opaque_token(random);
    Ok(SecretString::from(format!(
        "# Settings of Mission Control; docs/configuration.md has all of them.\n\
         \n\
         # The address under which browsers and agents reach this server.\n\
         BASE_URL={base_url}\n\
         \n\
         # The token with which people and scripts sign in.\n\
         LOCAL_AUTH_TOKEN={local_token}\n\
         \n\
         # The key of stored secrets. Keep a copy apart from the database.\n\
         MC_SECRET_KEY={key}\n\
         \n\
         # The password of the database that compose.yml starts.\n\
         POSTGRES_PASSWORD={database_password}\n",
        base_url = options.base_url,
        local_token = local_token.expose_secret(),
        key = key.expose_secret(),
        database_password = database_password.expose_secret(),
    )))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn options(base_url: &str) -> Options {
        Options { output: ".env".into(), print: false, base_url: base_url.to_owned() }
    }

    fn settings(data_dir: &Path) -> Settings {
        let data_dir = data_dir.display().to_string();
        Settings::load([("MC_DATA_DIR".to_owned(), data_dir)], None).unwrap().0
    }

    #[test]
    fn a_new_file_is_a_valid_configuration_with_secrets_of_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let make = || {
            let text =
                content(&settings(directory.path()), &options("https://mc.example.com"), &Random::system());
            text.unwrap().expose_secret().to_owned()
        };
        let (first, second) = (make(), make());
        assert_ne!(first, second);
        let (read, warnings) = Settings::load([], Some(&first)).unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!(read.http.base_url.as_deref(), Some("https://mc.example.com"));
        assert!(read.secret_key.is_some() && read.auth.local_token.is_some());
    }

    #[test]
    fn an_installation_that_has_run_keeps_its_secrets() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path());
        let random = Random::system();
        let token = files::local_token(&settings, &random).unwrap().value;
        files::server_key(&settings, &random).unwrap();
        let key = std::fs::read_to_string(directory.path().join("server.key")).unwrap();
        let text = content(&settings, &options("http://localhost:8000"), &random).unwrap();
        let has = |line: String| text.expose_secret().lines().any(|present| present == line);
        assert!(has(format!("LOCAL_AUTH_TOKEN={}", token.expose_secret())));
        assert!(has(format!("MC_SECRET_KEY={}", key.trim())));
    }
}
