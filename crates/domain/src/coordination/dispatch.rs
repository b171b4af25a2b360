//! Calls to a gateway that somebody waits for.

use std::time::Duration;

use mc_store::{Read, sql};
use uuid::Uuid;

use crate::{
    Context, Error, Kind, Result,
    agents::{
        Agent,
        messages::{self, Outgoing},
    },
    boards::Board,
    gateways::{
        self, Gateway,
        port::{Call, Failure, GatewayError, Target},
        rpc::{Answer, ChatMessage, Rpc},
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
    agent.openclaw_session_id.as_deref() == Some(gateways::main_session(gateway_id).as_str())
}

/// The id of an agent on its gateway: the second part of its session.
pub(crate) fn agent_key(agent: &Agent) -> Option<&str> {
    agent
        .openclaw_session_id
        .as_deref()?
        .strip_prefix("agent:")?
        .split(':')
        .next()
        .filter(|key| !key.is_empty())
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
    let gateway: Option<Gateway> = context
        .store()
        .optional(
            sql("SELECT * FROM gateways WHERE id = $1 AND organization_id = $2")
                .bind(id)
                .bind(organization_id),
        )
        .await?;
    let gateway = gateway.ok_or_else(|| Error::invalid("Board gateway_id is invalid"))?;
    if gateway.url.trim().is_empty() {
        return Err(Error::invalid("Gateway url is required"));
    }
    gateway.target(context)
}

/// Puts a message into a labelled session, within ten seconds. The gateway takes it once, however often it is tried.
///
/// # Errors
/// With the reason of the last try.
pub(crate) async fn deliver(
    context: &Context,
    target: &Target,
    label: &str,
    message: ChatMessage<'_>,
) -> Answer<()> {
    patiently(|| Box::pin(Rpc::new(context, target).tell(label, message))).await
}

/// Writes down a message that goes out right now, and gives its id, which is the key of all its tries.
pub(crate) async fn begin(context: &Context, outgoing: &Outgoing) -> Result<Uuid> {
    let txn = context.store().begin().await?;
    let id = messages::begin(&txn, outgoing).await?;
    txn.commit().await?;
    Ok(id)
}

/// Writes down how it went.
pub(crate) async fn end(context: &Context, id: Uuid, sent: &Answer<()>) -> Result<()> {
    let txn = context.store().begin().await?;
    messages::end(context, &txn, id, sent.as_ref().err().map(|error| error.message.as_str())).await?;
    txn.commit().await?;
    Ok(())
}

/// Makes a call that may be made twice without harm, and again when it may work in a moment, within ten seconds.
///
/// # Errors
/// With the reason of the last try.
pub(crate) async fn patiently<'a, T>(attempt: impl Fn() -> Call<'a, T> + Sync) -> Answer<T> {
    try_with(PATIENCE, attempt).await
}

async fn try_with<'a, T>(patience: Patience, attempt: impl Fn() -> Call<'a, T> + Sync) -> Answer<T> {
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
        let third = try_with(patience, || {
            let number = tries.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { if number < 2 { Err(busy()) } else { Ok(number) } })
        });
        assert_eq!(third.await, Ok(2));

        tries.store(0, Ordering::Relaxed);
        let refused = try_with(patience, || {
            tries.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Err::<(), _>(GatewayError::new(Failure::Refused, "no")) })
        });
        assert_eq!(refused.await.unwrap_err().message, "no");
        assert_eq!(tries.load(Ordering::Relaxed), 1);

        let short = Patience { total: Duration::from_millis(20), ..patience };
        let never = try_with(short, || Box::pin(async { Err::<(), _>(busy()) })).await;
        assert_eq!(never.unwrap_err().message, "busy");
        let silent = try_with(short, || Box::pin(std::future::pending::<Result<(), _>>())).await;
        assert_eq!(silent.unwrap_err().failure, Failure::Timeout);
    }
}
