//! Failed background jobs, for operators.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use mc_store::jobs;

use crate::{cli::print, config::Settings, wiring};

/// The most dead letters that are listed.
const LISTED: i64 = 200;

/// What to do with failed jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the jobs that failed for good, newest first.
    Dead,
    /// Give a failed job all its attempts again.
    Retry {
        /// The id, as `jobs dead` shows it.
        id: String,
    },
}

/// Runs the command on the configured database.
pub(crate) async fn run(settings: Settings, command: Command) -> anyhow::Result<()> {
    let store = wiring::open(&settings).await?;
    match command {
        Command::Dead => {
            let mut text = String::new();
            for job in jobs::dead(&store, LISTED).await? {
                let error = mc_base::text::escape_controls(job.last_error.as_deref().unwrap_or_default())
                    .into_owned();
                text += &format!(
                    "{}  {}  {} attempts  {}  {error}\n",
                    job.id, job.kind, job.attempts, job.updated_at
                );
            }
            print(&text)
        }
        Command::Retry { id } => {
            let id =
                mc_base::parse_uuid(&id).map_err(|reason| anyhow::anyhow!("{id} is no job id: {reason}"))?;
            let txn = store.begin().await?;
            if !jobs::retry_dead(&txn, id).await? {
                bail!("no failed job has the id {id}; `mission-control jobs dead` lists them");
            }
            txn.commit().await.context("the job could not be put back")?;
            print(&format!("{id} will run again\n"))
        }
    }
}
