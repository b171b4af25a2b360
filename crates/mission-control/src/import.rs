//! `import`: takes over a database of the reference server.

use anyhow::Context as _;
use clap::Args;
use mc_store::Foreign;

use crate::{
    cli::print,
    config::{DatabaseUrl, Settings, parse_database_url},
    files, wiring,
};

/// Where from, and how.
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The PostgreSQL database of the reference server, such as `postgresql://user:password@host:5432/name`. Nothing is
    /// written to it.
    #[arg(long, value_name = "URL")]
    from: String,
    /// Say what would be taken over, and keep nothing of it.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the import into the configured database.
pub(crate) async fn run(settings: Settings, arguments: ImportArgs) -> anyhow::Result<()> {
    let from = parse_database_url(&arguments.from).map_err(|problem| anyhow::anyhow!("--from: {problem}"))?;
    let DatabaseUrl::Postgres(url) = &from else {
        anyhow::bail!("--from: {from} is no PostgreSQL database, and the reference server has no other");
    };
    let source = Foreign::open(secrecy::ExposeSecret::expose_secret(url)).await.with_context(|| {
        format!("--from: {from} does not answer; check the address, the credentials and that it runs")
    })?;
    let store = wiring::open(&settings).await?;
    let key = files::server_key(&settings, store.random())?;
    let context = wiring::context(&settings, &store, key, settings.http.listen_address())?;
    let report = mc_domain::import::import(&context, source, arguments.dry_run).await;
    store.close().await;
    let report = report?;
    let end = match (arguments.dry_run, report.written()) {
        (true, rows) => format!("Nothing was kept: this was a dry run. {rows} rows would be written.\n"),
        (false, 0) => "Everything was here already.\n".to_owned(),
        (false, rows) => format!("{rows} rows were written.\n"),
    };
    print(&format!("{report}{end}"))
}
