//! Waking the other replicas through PostgreSQL's NOTIFY.
//!
//! A NOTIFY in every transaction would make commits wait for one another, so one task a process
//! sends at most one for each [`COALESCE`] interval, after the commits. It is a hint: a replica that misses it
//! finds the rows at its next look.

use std::time::Duration;

use sqlx::{Postgres, postgres::PgListener};
use tokio_util::sync::CancellationToken;

use crate::{Result, Store, connect::Pools, lend::Lender};

const CHANNEL: &str = "mission_control";
const COALESCE: Duration = Duration::from_millis(5);
const RETRY: Duration = Duration::from_secs(1);

impl Store {
    /// Tells other replicas of our commits and listens for theirs, until `stop`. Does nothing on SQLite.
    pub async fn replicate(&self, stop: CancellationToken) {
        let Pools::Postgres { lender, listen } = self.pools() else { return };
        let me = self.ids().next().to_string();
        let tell = async {
            loop {
                self.signals().replicas().await;
                if let Err(error) = Self::tell(lender, &me).await {
                    tracing::warn!(%error, "replicas.notify.failed");
                    tokio::time::sleep(RETRY).await;
                }
                tokio::time::sleep(COALESCE).await;
            }
        };
        let listen = async {
            loop {
                if let Err(error) = self.listen(listen, &me).await {
                    tracing::warn!(%error, "replicas.listen.failed");
                }
                tokio::time::sleep(RETRY).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tell => {}
            () = listen => {}
        }
    }

    async fn tell(lender: &Lender<Postgres>, me: &str) -> Result<()> {
        let mut lent = lender.lend().await?;
        let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(me);
        let told = notify.execute(lent.connection()).await;
        lent.settle(told)?;
        Ok(())
    }

    async fn listen(&self, pool: &sqlx::PgPool, me: &str) -> Result<()> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        loop {
            // Something may have been said while we were not listening.
            self.signals().events_arrived();
            self.signals().jobs_arrived();
            while listener.recv().await?.payload() == me {}
        }
    }
}
