//! What an agent is on its gateway: the keys under which the gateway knows it, and its removal there.

use std::time::Duration;

use mc_base::text;
use mc_store::Read;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Agent;
use crate::{
    Context, Error, Result,
    boards::Board,
    gateways::{
        self, Gateway,
        port::{Failure, GatewayError, Target},
        queries,
        rpc::{Restarts, Rpc, within},
    },
};

/// How long a request waits for one answer of a gateway.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The session of an agent on its gateway. It is made from ids, so that a new name keeps it.
pub(super) fn session_key(agent: &Agent) -> Option<String> {
    let gateway_id = agent.gateway_id?;
    let key = match agent.board_id {
        None => return Some(gateways::main_session(gateway_id)),
        Some(board_id) if agent.is_board_lead => format!("lead-{board_id}"),
        Some(_) => format!("mc-{}", agent.id),
    };
    Some(format!("agent:{key}:main"))
}

/// What an agent leaves on a gateway when it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remains {
    pub(super) gateway_id: Uuid,
    pub(super) agent_key: String,
    pub(super) session_key: String,
}

impl Remains {
    /// Of an agent as it is now; none for an agent of another runtime.
    pub(super) fn of(agent: &Agent) -> Option<Self> {
        let session_key = agent.openclaw_session_id.clone()?;
        let known = gateways::agent_key(&session_key).map(str::to_owned);
        let agent_key = known.unwrap_or_else(|| text::slugify(&agent.name));
        Some(Self { gateway_id: agent.gateway_id?, agent_key, session_key })
    }

    /// Removes agent, files and session. What is gone already is fine, and a restart of the gateway is survived.
    ///
    /// # Errors
    /// When the gateway cannot be reached in time, or refuses.
    pub(super) async fn remove(&self, context: &Context, target: &Target) -> Result<(), GatewayError> {
        let mut restarts = Restarts::new();
        loop {
            let Err(error) = self.remove_once(context, target).await else { return Ok(()) };
            if !restarts.survives(&error).await {
                return Err(error);
            }
        }
    }

    async fn remove_once(&self, context: &Context, target: &Target) -> Result<(), GatewayError> {
        let rpc = Rpc::new(context, target);
        match within(PATIENCE, rpc.agent_delete(&self.agent_key)).await {
            Err(error) if error.failure != Failure::NotFound => return Err(error),
            _ => {}
        }
        match within(PATIENCE, rpc.session_delete(&self.session_key)).await {
            // Newer gateways drop the session with its agent and refuse to delete a main session.
            Err(error) if error.is_transient() => Err(error),
            _ => Ok(()),
        }
    }
}

/// The gateway of a board, with all that agents on it need; none for a plain board.
///
/// # Errors
/// `Invalid` with what is missing.
pub(super) async fn gateway_of(on: &impl Read, board: &Board) -> Result<Option<Gateway>> {
    let Some(id) = board.gateway_id else { return Ok(None) };
    let gateway = queries::find(on, board.organization_id, id).await?;
    let gateway = gateway.ok_or_else(|| Error::invalid("The board's gateway_id is invalid"))?;
    check(&gateway)?;
    Ok(Some(gateway))
}

/// Refuses a gateway without an address or without a place for workspaces.
pub(super) fn check(gateway: &Gateway) -> Result<()> {
    if gateway.url.trim().is_empty() {
        return Err(Error::invalid("The gateway of the board has no url"));
    }
    if gateway.workspace_root.trim().is_empty() {
        return Err(Error::invalid("The gateway of the board has no workspace_root"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use mc_store::testing::on_both;

    use super::*;
    use crate::{
        agents::testing::{context, take_asked},
        testing,
    };

    #[tokio::test]
    async fn what_is_left_is_removed_through_a_restart_of_the_gateway() {
        on_both(|store| async move {
            let (context, gateway) = context(&store);
            let closed = mc_openclaw::Error::Closed { code: Some(1012), reason: "service restart".into() };
            gateway.answer("agents.delete", Err(closed.into()));
            let remains = Remains {
                gateway_id: Uuid::from_u128(9),
                agent_key: "mc-5".into(),
                session_key: "agent:mc-5:main".into(),
            };
            let target = Target {
                gateway_id: Some(remains.gateway_id),
                url: "ws://gateway.test".into(),
                token: None,
                allow_insecure_tls: false,
                disable_device_pairing: false,
                reads_only: false,
            };
            remains.remove(&context, &target).await.unwrap();
            let methods: Vec<String> = take_asked(&gateway).into_iter().map(|(method, _)| method).collect();
            assert_eq!(methods, ["agents.delete", "agents.delete", "sessions.delete"]);
        })
        .await;
    }

    #[test]
    fn keys_come_from_ids() {
        let id = |n: u128| Uuid::from_u128(n);
        let worker =
            Agent { id: id(5), gateway_id: Some(id(9)), board_id: Some(id(1)), ..testing::agent("Ada") };
        let lead = Agent { is_board_lead: true, ..worker.clone() };
        let main = Agent { board_id: None, ..worker.clone() };
        let elsewhere = Agent { gateway_id: None, ..worker.clone() };
        for (agent, expected) in [
            (&worker, Some(format!("mc-{}", id(5)))),
            (&lead, Some(format!("lead-{}", id(1)))),
            (&main, Some(format!("mc-gateway-{}", id(9)))),
            (&elsewhere, None),
        ] {
            let session = session_key(agent);
            assert_eq!(session, expected.as_ref().map(|key| format!("agent:{key}:main")));
            let on_gateway = Agent { openclaw_session_id: session, ..agent.clone() };
            assert_eq!(Remains::of(&on_gateway).map(|remains| remains.agent_key), expected);
        }
        let legacy =
            Agent { openclaw_session_id: Some("legacy".into()), name: "Ada Lovelace".into(), ..worker };
        assert_eq!(Remains::of(&legacy).map(|remains| remains.agent_key).as_deref(), Some("ada-lovelace"));
    }
}
