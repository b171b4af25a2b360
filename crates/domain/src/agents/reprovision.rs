//! Setting an agent up once more, because a person asks for it.

use uuid::Uuid;

use super::{
    Agent,
    lifecycle::{self, Action, Manner},
    queries, service,
};
use crate::{Context, Error, Result, access::OrgAdmin};

/// What is done beside bringing the agent up to date.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether its session begins anew.
    pub reset_session: bool,
    /// Whether it is woken; one that has never called is woken in any case.
    pub wake: bool,
    /// Whether it gets a new token; the present one works until the new one is first used.
    pub rotate_token: bool,
    /// Whether the file with the first steps is written again.
    pub force_bootstrap: bool,
    /// Whether the server's texts replace what the agent has changed in them.
    pub overwrite: bool,
}

/// Sets an agent up on its gateway once more; a creation that failed goes on.
///
/// # Errors
/// As [`queries::writable`]; `Conflict` when the agent lives on no gateway or is being deleted; `BadGateway` when the
/// gateway could not be set up: it is tried again by itself.
pub async fn reprovision(
    context: &Context,
    scope: &OrgAdmin,
    agent_id: Uuid,
    options: Options,
) -> Result<Agent> {
    let agent = queries::writable(context, scope, agent_id).await?;
    service::refuse_deleting(&agent)?;
    if agent.gateway_id.is_none() {
        let text = "The agent lives on no gateway: there is nothing to set up";
        return Err(Error::conflict(text).code("agent_without_gateway"));
    }
    let action = if agent.last_seen_at.is_none() { Action::Provision } else { Action::Update };
    let manner = Manner {
        reset_session: options.reset_session,
        wake: options.wake,
        renew_token: options.rotate_token,
        force_bootstrap: options.force_bootstrap,
        overwrite: options.overwrite,
    };
    lifecycle::request_as(context, agent_id, action, manner).await
}
