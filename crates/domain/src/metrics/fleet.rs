//! How the agents and gateways of an organization are, for the overview of administrators.

use crate::{
    Context, PageRequest, Result,
    access::OrgAdmin,
    agents::{self, Agent, LifecycleState, Presence},
    gateways::{self, GatewayDetail},
};

/// The most names of agents that are shown.
const NAMES_MAX: usize = 10;

/// How the agents and gateways of an organization are.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// How many agents there are.
    pub agents: usize,
    /// How many of them are online.
    pub online: usize,
    /// How many should answer and do not.
    pub down: usize,
    /// The first of those, by name.
    pub down_agents: Vec<Agent>,
    /// The gateways, newest first, with their connections as this process sees them.
    pub gateways: Vec<GatewayDetail>,
}

/// How the agents that an administrator may see are, and the gateways of the organization, the newest 200.
///
/// # Errors
/// When the database cannot be reached.
pub async fn fleet(context: &Context, scope: &OrgAdmin) -> Result<Fleet> {
    let store = context.store();
    let now = store.clock().now();
    let agents = agents::queries::fleet(store, scope).await?;
    let gateways = gateways::service::list(context, scope, PageRequest::default()).await?.items;
    let down = agents.iter().filter(|agent| is_down(agent, agent.presence(now)));
    Ok(Fleet {
        agents: agents.len(),
        online: agents.iter().filter(|agent| agent.presence(now) == Presence::Online).count(),
        down: down.clone().count(),
        down_agents: down.take(NAMES_MAX).cloned().collect(),
        gateways,
    })
}

/// Whether an agent should answer and does not. One that has never called, or sleeps until there is work, is well.
fn is_down(agent: &Agent, presence: Presence) -> bool {
    match agent.lifecycle_state {
        LifecycleState::Failed | LifecycleState::GaveUp => true,
        LifecycleState::Ready => presence == Presence::Offline,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::agent;

    #[test]
    fn only_who_should_answer_and_does_not_is_down() {
        for (state, presence, down) in [
            (LifecycleState::Ready, Presence::Offline, true),
            (LifecycleState::Ready, Presence::Idle, false),
            (LifecycleState::Ready, Presence::Online, false),
            (LifecycleState::AwaitingCheckin, Presence::Never, false),
            (LifecycleState::Applying, Presence::Offline, false),
            (LifecycleState::Failed, Presence::Never, true),
            (LifecycleState::GaveUp, Presence::Offline, true),
        ] {
            let agent = Agent { lifecycle_state: state, ..agent("Ada") };
            assert_eq!(is_down(&agent, presence), down, "{state:?} {presence:?}");
        }
    }
}
