//! What SOUL.md says when an agent gets a text of its own between two runs.

use mc_base::SecretString;

use super::person_of;
use crate::{
    Context, Error, Result,
    agents::{Agent, runtime::Remains},
    boards::Board,
    gateways::{self, Gateway},
    workspace::{self, Brief, Dialect},
};

/// A text for an agent of a board with its places filled in, as a run of the lifecycle would write it.
///
/// # Errors
/// `Invalid` when the agent's gateway is gone; when the database cannot be reached.
pub(crate) async fn filled_soul(
    context: &Context,
    agent: &Agent,
    board: &Board,
    text: &str,
) -> Result<String> {
    let on = context.store();
    let gateway: Option<Gateway> = match agent.gateway_id {
        Some(id) => gateways::queries::find(on, agent.organization_id, id).await?,
        None => None,
    };
    let gateway = gateway.ok_or_else(|| Error::invalid("The agent lives on no gateway of this server"))?;
    let person = person_of(on, agent.organization_id).await?;
    let key = Remains::of(agent).map(|remains| remains.agent_key).unwrap_or_default();
    let agent = Agent { soul_template: Some(text.to_owned()), ..agent.clone() };
    Ok(workspace::soul(&Brief {
        agent: &agent,
        board: Some(board),
        gateway: &gateway,
        person: person.as_ref(),
        // No place of a text gives a token away.
        token: &SecretString::default(),
        base_url: context.base_url(),
        dialect: Dialect::Entries,
        role_soul: None,
        workspace_path: &gateways::rules::workspace(&gateway.workspace_root, &key),
    }))
}
