//! How words reach an agent.

use uuid::Uuid;

use super::Agent;
use crate::boards::Board;

/// A message for the session of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What the agent is told.
    pub text: String,
    /// The same for every try of one message, so that a message that arrived twice counts once.
    pub idempotency_key: Uuid,
}

/// Why a message did not reach an agent, as a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undeliverable {
    /// Trying again changes nothing until somebody changes something.
    #[error("{0}")]
    Unreachable(String),
    /// It may work later.
    #[error("{0}")]
    Transient(String),
}

/// Brings messages into the sessions of agents.
pub trait AgentMessenger: Send + Sync + 'static {
    /// Puts a message into the agent's session on the gateway of its board.
    ///
    /// # Errors
    /// With the reason why the agent was not reached.
    fn send(
        &self,
        agent: &Agent,
        board: &Board,
        message: &Message,
    ) -> impl Future<Output = Result<(), Undeliverable>> + Send;
}

/// The agent to talk to, if agent and board have all that a message needs.
///
/// # Errors
/// With what is missing.
pub fn reachable<'a>(agent: Option<&'a Agent>, board: &Board) -> Result<&'a Agent, Undeliverable> {
    let unreachable = |text: String| Err(Undeliverable::Unreachable(text));
    let Some(agent) = agent else {
        return unreachable("The board has no lead agent yet".into());
    };
    if board.gateway_id.is_none() {
        return unreachable("The board has no gateway".into());
    }
    if agent.openclaw_session_id.is_none() {
        return unreachable(format!("Agent {} has no session", agent.name));
    }
    Ok(agent)
}

/// Stands where no connection to gateways exists.
#[derive(Clone, Copy, Debug)]
pub struct NoGateway;

impl AgentMessenger for NoGateway {
    async fn send(&self, agent: &Agent, _: &Board, _: &Message) -> Result<(), Undeliverable> {
        let name = &agent.name;
        Err(Undeliverable::Unreachable(format!(
            "Agent {name} was not told: this version does not talk to gateways; agents read payloads by API"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn agent(session: Option<&str>) -> Agent {
        Agent { openclaw_session_id: session.map(str::to_owned), ..testing::agent("Ada") }
    }

    #[test]
    fn what_a_message_needs_is_named() {
        let plain = testing::board();
        let connected = Board { gateway_id: Some(Uuid::from_u128(7)), ..testing::board() };
        let (with, without) = (agent(Some("agent:lead:main")), agent(None));
        for (agent, board, expected) in [
            (None, &connected, Err("The board has no lead agent yet")),
            (Some(&with), &plain, Err("The board has no gateway")),
            (Some(&without), &connected, Err("Agent Ada has no session")),
            (Some(&with), &connected, Ok("Ada")),
        ] {
            let found =
                reachable(agent, board).map(|agent| agent.name.as_str()).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned));
        }
    }
}
