//! `mission-control check webhook`: why a signature does not match.

use std::path::PathBuf;

use anyhow::Context as _;
use mc_base::SecretString;
use mc_domain::webhooks::{Verdict, explain};

use crate::cli::print;

/// A delivery as it arrived.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The file with the body, byte for byte as it was sent.
    #[arg(long)]
    body: PathBuf,
    /// The signature as it was sent, such as sha256=….
    #[arg(long)]
    signature: String,
    /// The file with the secret. A line break at its end does not count.
    #[arg(long)]
    secret_file: PathBuf,
}

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let read =
        |path: &PathBuf| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let body = read(&options.body)?;
    let secret = String::from_utf8(read(&options.secret_file)?)
        .with_context(|| format!("{} is no text", options.secret_file.display()))?;
    let secret =
        SecretString::from(secret.strip_suffix('\n').unwrap_or(&secret).trim_end_matches('\r').to_owned());
    match explain(&secret, &options.signature, &body) {
        Verdict::Matches => print("The signature is right.\n"),
        Verdict::Differs(reason) => anyhow::bail!("the signature does not match: {reason}"),
    }
}
