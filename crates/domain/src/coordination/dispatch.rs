//! Calls to a gateway that somebody waits for.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use crate::gateways::{main_session, rpc::MAIN_LABEL};
use crate::{
    Context, Error, Kind, Result,
    agents::Agent,
    boards::Board,
    gateways::{
        self,
        port::{Call, Failure, GatewayError, Target},
    },
};

/// How long somebody waits, and how often is tried meanwhile.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// With all tries.
    total: Duration,
    /// The pause before the second try; doubled before each further one.
    pause: Duration,
}

/// How long a caller waits for a gateway.
const PATIENCE: Patience = Patience { total: Duration::from_secs(10), pause: Duration::from_millis(500) };

/// The session in which the lead of a board is reached.
pub(crate) fn lead_session(board_id: Uuid) -> String {
    format!("agent:lead-{board_id}:main")
}

/// Whether an agent has the session of the main agent of a gateway.
pub(crate) fn is_main_session(agent: &Agent, gateway_id: Uuid) -> bool {
    agent.openclaw_session_id.as_deref() == Some(main_session(gateway_id).as_str())
}

/// The id of an agent on its gateway: the second part of its session.
pub(crate) fn agent_key(agent: &Agent) -> Option<&str> {
    gateways::agent_key(agent.openclaw_session_id.as_deref()?)
}

/// Where the gateway of a board is.
///
/// # Errors
/// `Invalid` when the board has none, or one that is not usable.
pub(crate) async fn target_of(context: &Context, board: &Board) -> Result<Target> {
    let id = board.gateway_id.ok_or_else(|| Error::invalid("Board gateway_id is required"))?;
    target(context, board.organization_id, id).await
}

/// Where a gateway of a tenant is.
///
/// # Errors
/// `Invalid` when it is gone, belongs to another tenant, or has no address.
pub(crate) async fn target(context: &Context, organization_id: Uuid, id: Uuid) -> Result<Target> {
    let gateway = gateways::queries::find(context.store(), organization_id, id).await?;
    let gateway = gateway.ok_or_else(|| Error::invalid("Board gateway_id is invalid"))?;
    if gateway.url.trim().is_empty() {
        return Err(Error::invalid("Gateway url is required"));
    }
    gateway.target(context)
}

/// A message for a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letter<'a> {
    /// The session.
    pub(crate) session: &'a str,
    /// How the gateway shows the session.
    pub(crate) label: &'a str,
    /// What is said.
    pub(crate) text: &'a str,
    /// Whether the agent's answer goes to its channels, not only into its session.
    pub(crate) deliver: bool,
    /// The same for every try of one message, so that one that arrived twice counts once.
    pub(crate) key: Uuid,
}

/// Puts a message into a session, within ten seconds.
///
/// # Errors
/// With the reason of the last try.
pub(crate) async fn deliver(
    context: &Context,
    target: &Target,
    letter: Letter<'_>,
) -> Result<(), GatewayError> {
    patiently(PATIENCE, || Box::pin(put(context, target, letter))).await
}

async fn put(context: &Context, target: &Target, letter: Letter<'_>) -> Result<(), GatewayError> {
    let gateways = context.gateways();
    let session = json!({ "key": letter.session, "label": letter.label });
    gateways.request(target, "sessions.patch", session).await?;
    let message = json!({
        "sessionKey": letter.session,
        "message": letter.text,
        "deliver": letter.deliver,
        "idempotencyKey": letter.key.to_string(),
    });
    gateways.request(target, "chat.send", message).await.map(drop)
}

/// Calls a method that may be called twice without harm, within ten seconds.
///
/// # Errors
/// With the reason of the last try.
pub(crate) async fn call(
    context: &Context,
    target: &Target,
    method: &str,
    params: &Value,
) -> Result<Value, GatewayError> {
    let gateways = context.gateways();
    patiently(PATIENCE, || gateways.request(target, method, params.clone())).await
}

/// Tries again what may work in a moment, until the patience is over.
async fn patiently<'a, T>(
    patience: Patience,
    attempt: impl Fn() -> Call<'a, T> + Sync,
) -> Result<T, GatewayError> {
    let mut last = GatewayError::new(Failure::Timeout, "The gateway did not answer in time");
    let tries = async {
        let mut pause = patience.pause;
        loop {
            match attempt().await {
                Err(error) if error.is_transient() => {
                    let wait = error.retry_after.unwrap_or(pause);
                    last = error;
                    tokio::time::sleep(wait).await;
                    pause *= 2;
                }
                other => return other,
            }
        }
    };
    match tokio::time::timeout(patience.total, tries).await {
        Ok(outcome) => outcome,
        Err(_) => Err(last),
    }
}

/// What a caller is told of a gateway that failed; `what` is a fixed text that clients know.
pub(crate) fn failed(what: &str, error: &GatewayError) -> Error {
    Error::text(Kind::BadGateway, failed_text(what, error))
}

/// The same as a text alone.
pub(crate) fn failed_text(what: &str, error: &GatewayError) -> String {
    format!("{what} failed: {error}")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::testing;

    #[test]
    fn an_agent_is_known_on_its_gateway_by_the_second_part_of_its_session() {
        for (session, expected) in [
            (Some("agent:lead-1:main"), Some("lead-1")),
            (Some("agent:mc-2"), Some("mc-2")),
            (Some("agent::main"), None),
            (Some("lead-1"), None),
            (None, None),
        ] {
            let agent = Agent { openclaw_session_id: session.map(str::to_owned), ..testing::agent("Ada") };
            assert_eq!(agent_key(&agent), expected, "{session:?}");
        }
    }

    #[tokio::test]
    async fn what_may_work_in_a_moment_is_tried_again_and_the_rest_is_not() {
        let patience = Patience { total: Duration::from_secs(20), pause: Duration::from_millis(1) };
        let busy: fn() -> GatewayError = || GatewayError::new(Failure::Busy, "busy");
        let tries = AtomicUsize::new(0);
        let third = patiently(patience, || {
            let number = tries.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { if number < 2 { Err(busy()) } else { Ok(number) } })
        });
        assert_eq!(third.await, Ok(2));

        tries.store(0, Ordering::Relaxed);
        let refused = patiently(patience, || {
            tries.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Err::<(), _>(GatewayError::new(Failure::Refused, "no")) })
        });
        assert_eq!(refused.await.unwrap_err().message, "no");
        assert_eq!(tries.load(Ordering::Relaxed), 1);

        let short = Patience { total: Duration::from_millis(20), ..patience };
        let never = patiently(short, || Box::pin(async { Err::<(), _>(busy()) })).await;
        assert_eq!(never.unwrap_err().message, "busy");
        let silent = patiently(short, || Box::pin(std::future::pending::<Result<(), _>>())).await;
        assert_eq!(silent.unwrap_err().failure, Failure::Timeout);
    }
}
