//! Agents with a role: the lead of a board, the main agent of a gateway.

use std::ops::Deref;

use mc_store::{Read, sql};
use uuid::Uuid;

use super::dispatch;
use crate::{
    Context, Error, Kind, Result,
    access::{Actor, BoardWriter},
    agents::Agent,
};

/// The agent that leads a board, acting on that board.
#[derive(Clone, Debug)]
pub struct BoardLead {
    scope: BoardWriter,
    agent: Agent,
}

impl BoardLead {
    /// Checks that the caller leads the board.
    ///
    /// # Errors
    /// `Forbidden` for everybody else.
    pub fn check(scope: BoardWriter) -> Result<Self> {
        match scope.actor() {
            Actor::Agent(agent) if agent.is_board_lead && agent.board_id == Some(scope.board().id) => {
                let agent = agent.clone();
                Ok(Self { scope, agent })
            }
            _ => Err(Error::text(Kind::Forbidden, "Only the lead of the board may do this")),
        }
    }

    /// The lead.
    #[must_use]
    pub fn agent(&self) -> &Agent {
        &self.agent
    }
}

impl Deref for BoardLead {
    type Target = BoardWriter;
    fn deref(&self) -> &BoardWriter {
        &self.scope
    }
}

/// The main agent of a gateway.
#[derive(Clone, Debug)]
pub struct GatewayMain {
    agent: Agent,
    gateway_id: Uuid,
}

impl GatewayMain {
    /// Checks that the agent is the main one of a gateway that exists, under the session that belongs to it.
    ///
    /// # Errors
    /// `Forbidden` otherwise.
    pub async fn check(context: &Context, agent: Agent) -> Result<Self> {
        let Some(gateway_id) = agent.gateway_id.filter(|_| agent.board_id.is_none()) else {
            return Err(Error::forbidden());
        };
        let gateway: Option<(Uuid,)> = context
            .store()
            .optional(
                sql("SELECT id FROM gateways WHERE id = $1 AND organization_id = $2")
                    .bind(gateway_id)
                    .bind(agent.organization_id),
            )
            .await?;
        if gateway.is_none() || !dispatch::is_main_session(&agent, gateway_id) || agent.status == "deleting" {
            return Err(Error::text(Kind::Forbidden, "Only the main agent of a gateway may do this"));
        }
        Ok(Self { agent, gateway_id })
    }

    /// The main agent.
    #[must_use]
    pub fn agent(&self) -> &Agent {
        &self.agent
    }

    /// Its gateway.
    #[must_use]
    pub fn gateway_id(&self) -> Uuid {
        self.gateway_id
    }
}
