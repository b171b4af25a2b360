//! The main agent of a gateway speaks to the leads of the gateway's boards.

use std::{collections::HashSet, time::Duration};

use futures_util::{StreamExt, stream};
use mc_store::{Read, events::NewEvent, sql};
use serde_json::json;
use uuid::Uuid;

use super::{
    GatewayMain, dispatch,
    leads::{self, Wanted},
    texts::{self, Reply},
};
use crate::{
    Context, Error, Kind, Result,
    agents::{
        Agent,
        messages::{self, MessageKind, Outgoing},
    },
    boards::{self, Board},
    gateways::{
        port::Target,
        rpc::{Answer, ChatMessage},
    },
};

/// How many boards of a broadcast are written to at a time.
const AT_ONCE: usize = 8;
/// How long a broadcast takes at most, whatever the number of boards.
const BROADCAST_PATIENCE: Duration = Duration::from_secs(20);
/// The most boards of one broadcast.
const BOARDS_MAX: i64 = 10_000;

/// What a message to a lead is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LeadMessageKind {
    /// It wants an answer.
    Question,
    /// It hands work over.
    Handoff,
}

impl LeadMessageKind {
    /// The names on the wire.
    pub const NAMES: [(&'static str, Self); 2] = [("question", Self::Question), ("handoff", Self::Handoff)];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Handoff => "handoff",
        }
    }
}

/// A message to the lead of a board.
#[derive(Clone, Debug)]
pub struct LeadMessage {
    /// What it is.
    pub kind: LeadMessageKind,
    /// What is said; not empty.
    pub content: String,
    /// The sender's own id of the matter.
    pub correlation_id: Option<String>,
    /// The tags by which the sender finds the answer; not empty.
    pub reply_tags: Vec<String>,
    /// The source that the answer is to carry.
    pub reply_source: String,
}

impl LeadMessage {
    fn text(&self, context: &Context, main: &GatewayMain, board: &Board) -> String {
        let reply =
            Reply { tags: &self.reply_tags, source: &self.reply_source, base_url: context.base_url() };
        let from = &main.agent().name;
        texts::lead_message(board, self.kind, from, self.correlation_id.as_deref(), &self.content, reply)
    }
}

/// A lead that got a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The board.
    pub board_id: Uuid,
    /// Its lead.
    pub lead: Agent,
    /// Whether the lead was made for the message.
    pub is_new: bool,
}

/// Sends a message to the lead of a board, which is made when the board has none.
///
/// # Errors
/// `NotFound` for an unknown board, `Forbidden` for a board of another gateway, `Invalid` when the gateway is not
/// usable, `BadGateway` when it cannot set up the lead or does not take the message.
pub async fn message(
    context: &Context,
    scope: &GatewayMain,
    board_id: Uuid,
    message: &LeadMessage,
) -> Result<Told> {
    let gateway_id = scope.gateway_id();
    let txn = context.store().begin().await?;
    let board = boards::service::lock(&txn, board_id)
        .await
        .map_err(|error| if error.kind == Kind::NotFound { no_board() } else { error })?;
    if board.gateway_id != Some(gateway_id) || board.organization_id != scope.agent().organization_id {
        return Err(Error::forbidden());
    }
    let (lead, is_new) = leads::ensure(context, &txn, &board, gateway_id, Wanted::default()).await?;
    txn.commit().await?;
    let target = dispatch::target_of(context, &board).await?;
    let lead = leads::provision(context, lead).await?;
    let text = message.text(context, scope, &board);
    let id = dispatch::begin(context, &outgoing(scope, &board, lead.id, &lead.name, &text)).await?;
    let sent = send(context, &target, &board, &lead.name, &text, id).await;
    let (kind, sentence) = match &sent {
        Ok(()) => {
            ("gateway.main.lead_message.sent", format!("{} wrote to {}.", scope.agent().name, lead.name))
        }
        Err(error) => (
            "gateway.main.lead_message.failed",
            format!("A message of {} to {} failed: {error}", scope.agent().name, lead.name),
        ),
    };
    let txn = context.store().begin().await?;
    messages::end(context, &txn, id, sent.as_ref().err().map(|error| error.message.as_str())).await?;
    txn.append(
        NewEvent::new(kind, board.organization_id)
            .board(board.id)
            .agent(Some(scope.agent().id))
            .message(sentence)
            .data(json!({
                "lead_agent_id": lead.id,
                "kind": message.kind.as_str(),
                "correlation_id": message.correlation_id,
            }))
            .activity(),
    )
    .await?;
    txn.commit().await?;
    sent.map_err(|error| dispatch::failed("Gateway lead message dispatch", &error))?;
    Ok(Told { board_id: board.id, lead, is_new })
}

/// The record of a message to a lead.
fn outgoing(scope: &GatewayMain, board: &Board, lead_id: Uuid, name: &str, text: &str) -> Outgoing {
    Outgoing {
        kind: MessageKind::LeadMessage,
        board_id: Some(board.id),
        subject_id: Some(scope.agent().id),
        wake: true,
        ..Outgoing::new(lead_id, name, text)
    }
}

/// What became of a broadcast on one board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardOutcome {
    /// The board.
    pub board_id: Uuid,
    /// Id and name of its lead.
    pub lead: Option<(Uuid, String)>,
    /// Why the lead was not reached; none when it was.
    pub error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Place {
    #[sqlx(flatten)]
    board: Board,
    lead_id: Option<Uuid>,
    lead_name: Option<String>,
}

/// Sends a message to the leads of the gateway's boards, several at a time: of all boards, newest first, or of the
/// given ones. Nobody is made for it: a board without a lead, and an id that is no board of the gateway, is an
/// outcome with an error.
///
/// # Errors
/// `Invalid` when the gateway is not usable.
pub async fn broadcast(
    context: &Context,
    scope: &GatewayMain,
    board_ids: &[Uuid],
    message: &LeadMessage,
) -> Result<Vec<BoardOutcome>> {
    let organization_id = scope.agent().organization_id;
    let target = dispatch::target(context, organization_id, scope.gateway_id()).await?;
    let mut places: Vec<Place> = context
        .store()
        .all(
            sql("SELECT b.*, a.id AS lead_id, a.name AS lead_name
                 FROM boards b LEFT JOIN agents a ON a.board_id = b.id AND a.is_board_lead
                 WHERE b.gateway_id = $1 AND b.organization_id = $2
                 ORDER BY b.created_at DESC, b.id DESC LIMIT $3")
            .bind(scope.gateway_id())
            .bind(organization_id)
            .bind(BOARDS_MAX),
        )
        .await?;
    let mut unknown: Vec<Uuid> = Vec::new();
    if !board_ids.is_empty() {
        let wanted: HashSet<Uuid> = board_ids.iter().copied().collect();
        places.retain(|place| wanted.contains(&place.board.id));
        let found: HashSet<Uuid> = places.iter().map(|place| place.board.id).collect();
        let mut seen = found;
        unknown = board_ids.iter().copied().filter(|id| seen.insert(*id)).collect();
    }
    let deadline = tokio::time::Instant::now() + BROADCAST_PATIENCE;
    let key = context.store().ids().unguessable();
    let outcomes = stream::iter(places).map(|place| async {
        let tried =
            tokio::time::timeout_at(deadline, tell(context, scope, &target, &place, message, key)).await;
        let error = tried.unwrap_or_else(|_| Some("The broadcast ran out of time".into()));
        BoardOutcome { board_id: place.board.id, lead: place.lead_id.zip(place.lead_name), error }
    });
    let mut outcomes: Vec<BoardOutcome> = outcomes.buffered(AT_ONCE).collect().await;
    outcomes.extend(unknown.into_iter().map(|board_id| BoardOutcome {
        board_id,
        lead: None,
        error: Some("There is no such board on this gateway".into()),
    }));
    record(context, scope, &outcomes, message).await?;
    Ok(outcomes)
}

/// Tells the lead of one board of a broadcast; gives the reason when it could not be told.
async fn tell(
    context: &Context,
    scope: &GatewayMain,
    target: &Target,
    place: &Place,
    message: &LeadMessage,
    key: Uuid,
) -> Option<String> {
    let (Some(id), Some(name)) = (place.lead_id, &place.lead_name) else {
        return Some("The board has no lead".into());
    };
    let text = message.text(context, scope, &place.board);
    let told = async {
        let outgoing = outgoing(scope, &place.board, id, name, &text);
        let id = dispatch::begin(context, &outgoing).await?;
        let sent = send(context, target, &place.board, name, &text, key).await;
        dispatch::end(context, id, &sent).await?;
        Ok::<_, Error>(sent)
    };
    match told.await {
        Ok(sent) => sent.err().map(|error| dispatch::failed_text("Gateway lead broadcast dispatch", &error)),
        Err(error) => {
            tracing::error!(%error, board.id = %place.board.id, "gateway.lead_broadcast.failed");
            Some("The server could not keep the message".into())
        }
    }
}

async fn send(
    context: &Context,
    target: &Target,
    board: &Board,
    lead: &str,
    text: &str,
    key: Uuid,
) -> Answer<()> {
    let session = dispatch::lead_session(board.id);
    let message = ChatMessage { session_key: &session, text, deliver: false, idempotency_key: key };
    dispatch::deliver(context, target, lead, message).await
}

async fn record(
    context: &Context,
    scope: &GatewayMain,
    outcomes: &[BoardOutcome],
    message: &LeadMessage,
) -> Result<()> {
    let sent = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
    let failed = outcomes.len() - sent;
    let kind = if sent == 0 && failed > 0 {
        "gateway.main.lead_broadcast.failed"
    } else {
        "gateway.main.lead_broadcast.sent"
    };
    let txn = context.store().begin().await?;
    txn.append(
        NewEvent::new(kind, scope.agent().organization_id)
            .agent(Some(scope.agent().id))
            .message(format!("{} wrote to {sent} leads; {failed} were not reached.", scope.agent().name))
            .data(json!({
                "sent": sent,
                "failed": failed,
                "kind": message.kind.as_str(),
                "correlation_id": message.correlation_id,
            }))
            .activity(),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

fn no_board() -> Error {
    Error::text(Kind::NotFound, "There is no such board")
}
