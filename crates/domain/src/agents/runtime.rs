//! What an agent is on its gateway: the keys under which the gateway knows it, and its removal there.

use std::time::Duration;

use mc_base::text;
use mc_store::{Read, sql};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Agent;
use crate::{
    Context, Error, Result,
    boards::Board,
    gateways::port::{Failure, GatewayError, Target},
};

/// How long a request waits for one answer of a gateway.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The session of an agent on its gateway. It is made from ids, so that a new name keeps it.
pub(super) fn session_key(agent: &Agent) -> Option<String> {
    let gateway_id = agent.gateway_id?;
    let key = match agent.board_id {
        None => format!("mc-gateway-{gateway_id}"),
        Some(board_id) if agent.is_board_lead => format!("lead-{board_id}"),
        Some(_) => format!("mc-{}", agent.id),
    };
    Some(format!("agent:{key}:main"))
}

/// The id under which a gateway knows the agent of a session.
fn agent_key(session_key: &str, name: &str) -> String {
    let mut parts = session_key.split(':');
    match (parts.next(), parts.next()) {
        (Some("agent"), Some(key)) if !key.is_empty() => key.to_owned(),
        _ => text::slugify(name),
    }
}

impl Agent {
    /// The id under which its gateway knows it; none for an agent of another runtime.
    pub(crate) fn gateway_key(&self) -> Option<String> {
        let session_key = self.openclaw_session_id.clone().or_else(|| session_key(self))?;
        Some(agent_key(&session_key, &self.name))
    }
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
        let agent_key = agent_key(&session_key, &agent.name);
        Some(Self { gateway_id: agent.gateway_id?, agent_key, session_key })
    }

    /// Removes agent, files and session. What is gone already is fine.
    ///
    /// # Errors
    /// When the gateway cannot be reached in time, or refuses.
    pub(super) async fn remove(&self, context: &Context, target: &Target) -> Result<(), GatewayError> {
        let delete = json!({ "agentId": self.agent_key, "deleteFiles": true });
        match call(context, target, "agents.delete", delete).await {
            Err(error) if error.failure != Failure::NotFound => return Err(error),
            _ => {}
        }
        match call(context, target, "sessions.delete", json!({ "key": self.session_key })).await {
            // Newer gateways drop the session with its agent and refuse to delete a main session.
            Err(error) if error.is_transient() => Err(error),
            _ => Ok(()),
        }
    }
}

async fn call(
    context: &Context,
    target: &Target,
    method: &str,
    params: Value,
) -> Result<Value, GatewayError> {
    within(context.gateways().request(target, method, params)).await
}

/// Gives up waiting for a gateway after [`PATIENCE`].
pub(super) async fn within<T>(
    call: impl Future<Output = Result<T, GatewayError>>,
) -> Result<T, GatewayError> {
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer,
        Err(_) => Err(GatewayError::new(
            Failure::Timeout,
            format!("The gateway did not answer within {} seconds", PATIENCE.as_secs()),
        )),
    }
}

/// A gateway as far as agents need it.
#[derive(sqlx::FromRow)]
pub(super) struct Home {
    id: Uuid,
    url: String,
    token_sealed: Option<String>,
    workspace_root: String,
    disable_device_pairing: bool,
    allow_insecure_tls: bool,
}

impl Home {
    /// A gateway of a tenant.
    pub(super) async fn find(on: &impl Read, organization_id: Uuid, id: Uuid) -> Result<Option<Self>> {
        Ok(on
            .optional(
                sql(
                    "SELECT id, url, token_sealed, workspace_root, disable_device_pairing, allow_insecure_tls
                     FROM gateways WHERE id = $1 AND organization_id = $2",
                )
                .bind(id)
                .bind(organization_id),
            )
            .await?)
    }

    /// The gateway of a board, with all that agents on it need; none for a plain board.
    ///
    /// # Errors
    /// `Invalid` with what is missing.
    pub(super) async fn of_board(on: &impl Read, board: &Board) -> Result<Option<Self>> {
        let Some(id) = board.gateway_id else { return Ok(None) };
        let home = Self::find(on, board.organization_id, id).await?;
        let home = home.ok_or_else(|| Error::invalid("The board's gateway_id is invalid"))?;
        home.check()?;
        Ok(Some(home))
    }

    /// Refuses a gateway without an address or without a place for workspaces.
    pub(super) fn check(&self) -> Result<()> {
        if self.url.trim().is_empty() {
            return Err(Error::invalid("The gateway of the board has no url"));
        }
        if self.workspace_root.trim().is_empty() {
            return Err(Error::invalid("The gateway of the board has no workspace_root"));
        }
        Ok(())
    }

    /// Where the gateway is and how it is spoken to.
    pub(super) fn target(&self, context: &Context) -> Result<Target> {
        let purpose = format!("gateway-token:{}", self.id);
        let open = |sealed: &String| context.key().open(&purpose, sealed);
        Ok(Target {
            gateway_id: Some(self.id),
            url: self.url.trim().to_owned(),
            token: self.token_sealed.as_ref().map(open).transpose().map_err(Error::internal)?,
            allow_insecure_tls: self.allow_insecure_tls,
            disable_device_pairing: self.disable_device_pairing,
        })
    }

    /// The folder of an agent's files on the gateway's host.
    pub(super) fn workspace(&self, remains: &Remains) -> String {
        let root = self.workspace_root.trim().trim_end_matches('/');
        let key = text::slugify(&remains.agent_key);
        // The main agents of old installations keep their folder.
        let folder = if key.starts_with("mc-gateway-") { &key[3..] } else { &key };
        format!("{root}/workspace-{folder}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

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
            let key = session.map(|session| agent_key(&session, "Ada"));
            assert_eq!(key, expected);
        }
        assert_eq!(agent_key("legacy", "Ada Lovelace"), "ada-lovelace");
    }

    #[test]
    fn workspaces_stand_under_the_root() {
        let home = Home {
            id: Uuid::nil(),
            url: "ws://h".into(),
            token_sealed: None,
            workspace_root: "/srv/agents/".into(),
            disable_device_pairing: false,
            allow_insecure_tls: false,
        };
        let of = |key: &str| {
            let remains = Remains { gateway_id: Uuid::nil(), agent_key: key.into(), session_key: "s".into() };
            home.workspace(&remains)
        };
        assert_eq!(of("mc-5"), "/srv/agents/workspace-mc-5");
        assert_eq!(of("mc-gateway-9"), "/srv/agents/workspace-gateway-9");
    }
}
