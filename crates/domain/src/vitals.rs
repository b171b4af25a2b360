//! The state of the whole installation in figures, for operators. It names no tenant.

use mc_store::{
    Read, events,
    jobs::{JobFigure, figures},
    sql,
};

use crate::{
    Context, Result,
    backups::{self, BackupHealth},
};

/// What operators watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// The jobs by kind and state.
    pub jobs: Vec<JobFigure>,
    /// How many agents there are in each state of their lifecycle.
    pub agents: Vec<(String, i64)>,
    /// How many gateways are stored.
    pub gateways: i64,
    /// The newest place of the event log; 0 when it is empty.
    pub newest_position: i64,
    /// How backups stand.
    pub backups: BackupHealth,
}

/// Reads the figures, with one statement each.
///
/// # Errors
/// When the database cannot be reached.
pub async fn read(context: &Context) -> Result<Vitals> {
    let store = context.store();
    let agents = sql("SELECT lifecycle_state, CAST(count(*) AS BIGINT) AS count FROM agents
                      GROUP BY lifecycle_state ORDER BY lifecycle_state");
    let (gateways,): (i64,) =
        store.one(sql("SELECT CAST(count(*) AS BIGINT) AS count FROM gateways")).await?;
    Ok(Vitals {
        jobs: self::jobs(store).await?,
        agents: store.all(agents).await?,
        gateways,
        newest_position: events::newest_position(store).await?.unwrap_or_default(),
        backups: backups::health(store).await?,
    })
}

/// The jobs by kind and state.
///
/// # Errors
/// When the database cannot be reached.
pub async fn jobs(on: &impl Read) -> Result<Vec<JobFigure>> {
    Ok(figures(on).await?)
}

/// How many gateways are in each state of their connection, with the code of what is wrong; the state is none until a
/// server has tried to connect.
///
/// # Errors
/// When the database cannot be reached.
pub async fn gateway_states(on: &impl Read) -> Result<Vec<(Option<String>, Option<String>, i64)>> {
    Ok(on
        .all(sql("SELECT connection_state, connection_code, CAST(count(*) AS BIGINT) AS count FROM gateways
                  GROUP BY connection_state, connection_code ORDER BY connection_state, connection_code"))
        .await?)
}

/// Where the gateways of the installation are, each address once, at most 1,000.
///
/// # Errors
/// When the database cannot be reached.
pub async fn gateway_urls(on: &impl Read) -> Result<Vec<String>> {
    let urls: Vec<(String,)> =
        on.all(sql("SELECT DISTINCT url FROM gateways ORDER BY url LIMIT 1000")).await?;
    Ok(urls.into_iter().map(|(url,)| url).collect())
}
