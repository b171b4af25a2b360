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
    /// Remove a job that does not run; what it was to do is not done.
    Discard {
        /// The id, as `jobs dead` shows it.
        id: String,
    },
}

/// Runs the command on the configured database.
pub(crate) async fn run(settings: Settings, command: Command) -> anyhow::Result<()> {
    let store = wiring::open(&settings).await?;
    let parse = |text: &str| {
        mc_base::parse_uuid(text).map_err(|reason| anyhow::anyhow!("{text} is no job id: {reason}"))
    };
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
            let id = parse(&id)?;
            let txn = store.begin().await?;
            match jobs::retry(&txn, id).await? {
                jobs::Wish::Granted => {}
                jobs::Wish::Unknown => {
                    bail!("no job has the id {id}; `mission-control jobs dead` lists those that failed")
                }
                jobs::Wish::Running => bail!("the job {id} is running"),
                jobs::Wish::Replaced => {
                    bail!(
                        "another job does the work of {id} already; `mission-control jobs discard {id}` removes it"
                    )
                }
            }
            txn.commit().await.context("the job could not be put back")?;
            print(&format!("{id} will run again\n"))
        }
        Command::Discard { id } => {
            let id = parse(&id)?;
            let txn = store.begin().await?;
            match jobs::discard(&txn, id).await? {
                jobs::Wish::Granted => {}
                jobs::Wish::Running => bail!("the job {id} is running"),
                jobs::Wish::Unknown | jobs::Wish::Replaced => bail!("no job has the id {id}"),
            }
            txn.commit().await.context("the job could not be removed")?;
            print(&format!("{id} is removed\n"))
        }
    }
}
