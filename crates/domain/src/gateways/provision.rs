//! Setting up the main agent of a gateway. The wish is a row; a request waits a short while for it to come true, and the
//! lifecycle of agents carries on where the request gave up.

use std::time::Duration;

use mc_store::Txn;

use super::{Gateway, main_agent, port::GatewayError, queries, rules};
use crate::{
    Context, Result,
    agents::{
        Agent,
        lifecycle::{self, Action, Manner},
    },
};

/// How long a request waits for the gateway.
const WAIT: Duration = Duration::from_secs(15);

/// Writes down that the main agent is to be set up. Should nobody do it, the sweep over agents does.
pub(super) async fn request(txn: &Txn, main: &Agent) -> Result<()> {
    main_agent::request(txn, main.id).await
}

/// Sets the main agent up while somebody waits.
///
/// # Errors
/// `BadGateway` with the action and the reason; the lifecycle goes on trying.
pub(super) async fn now(context: &Context, gateway: &Gateway, main: &Agent, action: Action) -> Result<()> {
    let manner = Manner { reset_session: false, ..Manner::of(action) };
    let what = match action {
        Action::Provision => "Gateway provision failed",
        Action::Update | Action::Refresh => "Gateway update failed",
    };
    let (_, outcome) = lifecycle::run_while(context, main.id, action, manner, WAIT).await?;
    log(gateway, outcome.as_ref().err());
    outcome.map_err(|error| rules::bad_gateway(what, &error))
}

fn log(gateway: &Gateway, error: Option<&GatewayError>) {
    match error {
        None => tracing::info!(gateway.id = %gateway.id, "gateway.main_agent.ensure.provision_success"),
        Some(error) => tracing::warn!(
            gateway.id = %gateway.id, reason = error.message, "gateway.main_agent.ensure.provision_failed"
        ),
    }
}

/// Writes down at the gateway how the setting up of its main agent ended.
pub(crate) async fn note(txn: &Txn, gateway: &Gateway, error: Option<&GatewayError>) -> Result<()> {
    queries::note_connection(txn, gateway.id, None, error.map(|error| error.message.as_str())).await
}
