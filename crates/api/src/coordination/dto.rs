use mc_base::{
    Timestamp,
    text::{TEXT_MAX, URL_MAX},
};
use mc_domain::{
    PageRequest,
    coordination::{
        questions::{Asked, NewQuestion, Question},
        routing::{BoardOutcome, LeadMessage, LeadMessageKind, Told},
        soul::NewSoul,
    },
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Int, NonEmpty, Reader, Template, Text, names_schema, read_name};

impl Field for LeadMessageKind {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_name(value, &Self::NAMES, reader)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Self::NAMES)
    }
}

/// Tags of an answer when none are asked for.
const USER_REPLY_TAGS: [&str; 2] = ["gateway_main", "user_reply"];
const LEAD_REPLY_TAGS: [&str; 2] = ["gateway_main", "lead_reply"];
/// Source of an answer when none is asked for.
const USER_REPLY_SOURCE: &str = "user_via_gateway_main";
const LEAD_REPLY_SOURCE: &str = "lead_to_gateway_main";

/// A text without blanks around it, if anything is left.
fn trimmed<const MAX: usize>(text: Option<Text<MAX>>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The tags of the answer. `chat` is left out: it would make the answer a message to everybody.
fn reply_tags(given: Option<Vec<Text<255>>>, default: [&str; 2]) -> Vec<String> {
    let given = given.unwrap_or_default().into_iter();
    let tags: Vec<String> =
        given.map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty() && tag != "chat").collect();
    if tags.is_empty() { default.map(str::to_owned).into() } else { tags }
}

crate::body! {
    /// Words that wake an agent.
    pub(crate) struct AgentNudge {
        /// What the agent is told, word for word; blanks around it are removed.
        message: NonEmpty<TEXT_MAX>,
    }
}

crate::body! {
    /// A new soul of an agent.
    pub(crate) struct SoulUpdateRequest {
        /// The whole text, in Markdown; not blank. Places such as `{{ agent_name }}` are filled in.
        content: Template,
        /// Where the text comes from.
        source_url: Option<Text<URL_MAX>>,
        /// Why it is changed; people read it in the activity feed.
        reason: Option<Text<1_000>>,
    }
}

impl From<SoulUpdateRequest> for NewSoul {
    fn from(body: SoulUpdateRequest) -> Self {
        Self {
            content: body.content.into(),
            source_url: trimmed(body.source_url),
            reason: trimmed(body.reason),
        }
    }
}

crate::body! {
    /// A question to the people of a board.
    pub(crate) struct GatewayMainAskUserRequest {
        /// What is asked; blanks around it are removed.
        content: NonEmpty<TEXT_MAX>,
        /// Your own id of the matter; it comes back with the answer.
        correlation_id: Option<Text<255>>,
        /// Where the person is best reached, such as `slack`.
        preferred_channel: Option<Text<255>>,
        /// The tags that the answer carries in the memory of the board; `gateway_main` and `user_reply` by default.
        reply_tags: Option<Vec<Text<255>>>,
        /// The source that the answer carries; `user_via_gateway_main` by default.
        reply_source: Option<Text<255>>,
    }
}

impl From<GatewayMainAskUserRequest> for NewQuestion {
    fn from(body: GatewayMainAskUserRequest) -> Self {
        Self {
            content: body.content.into(),
            correlation_id: trimmed(body.correlation_id),
            preferred_channel: trimmed(body.preferred_channel),
            reply_tags: reply_tags(body.reply_tags, USER_REPLY_TAGS),
            reply_source: trimmed(body.reply_source).unwrap_or_else(|| USER_REPLY_SOURCE.into()),
        }
    }
}

/// A question that was asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayMainAskUserResponse {
    /// Always true.
    ok: bool,
    /// The board whose people are asked.
    board_id: Uuid,
    /// The main agent that passes the question on; null on a board without a gateway, where people find it in the
    /// console.
    main_agent_id: Option<Uuid>,
    /// The name of that agent.
    main_agent_name: Option<String>,
    /// The stored question; the tag `question:<id>` on a memory entry names it.
    question_id: Uuid,
}

impl From<Asked> for GatewayMainAskUserResponse {
    fn from(asked: Asked) -> Self {
        let (main_agent_id, main_agent_name) = asked.main_agent.unzip();
        Self {
            ok: true,
            board_id: asked.board_id,
            main_agent_id,
            main_agent_name,
            question_id: asked.question_id,
        }
    }
}

crate::body! {
    /// A message of a gateway's main agent to the lead of a board.
    pub(crate) struct GatewayLeadMessageRequest {
        /// Routing mode: `question` wants an answer, `handoff` passes work on.
        kind: LeadMessageKind = LeadMessageKind::Question,
        /// What is said; blanks around it are removed.
        content: NonEmpty<TEXT_MAX>,
        /// Your own id of the matter; the lead is asked to keep it.
        correlation_id: Option<Text<255>>,
        /// The tags that the answer carries in the memory of the board; `gateway_main` and `lead_reply` by default.
        reply_tags: Option<Vec<Text<255>>>,
        /// The source that the answer carries; `lead_to_gateway_main` by default.
        reply_source: Option<Text<255>>,
    }
}

impl From<GatewayLeadMessageRequest> for LeadMessage {
    fn from(body: GatewayLeadMessageRequest) -> Self {
        Self {
            kind: body.kind,
            content: body.content.into(),
            correlation_id: trimmed(body.correlation_id),
            reply_tags: reply_tags(body.reply_tags, LEAD_REPLY_TAGS),
            reply_source: trimmed(body.reply_source).unwrap_or_else(|| LEAD_REPLY_SOURCE.into()),
        }
    }
}

/// A message that was sent to a lead.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayLeadMessageResponse {
    /// Always true.
    ok: bool,
    /// The board of the lead.
    board_id: Uuid,
    /// The lead that got the message.
    lead_agent_id: Option<Uuid>,
    /// The name of the lead.
    lead_agent_name: Option<String>,
    /// Whether the lead was made for this message.
    lead_created: bool,
}

impl From<Told> for GatewayLeadMessageResponse {
    fn from(told: Told) -> Self {
        Self {
            ok: true,
            board_id: told.board_id,
            lead_agent_id: Some(told.lead.id),
            lead_agent_name: Some(told.lead.name),
            lead_created: told.is_new,
        }
    }
}

crate::body! {
    /// A message of a gateway's main agent to the leads of its boards.
    pub(crate) struct GatewayLeadBroadcastRequest {
        /// Routing mode: `question` wants answers, `handoff` passes work on.
        kind: LeadMessageKind = LeadMessageKind::Question,
        /// What is said; blanks around it are removed.
        content: NonEmpty<TEXT_MAX>,
        /// Your own id of the matter; the leads are asked to keep it.
        correlation_id: Option<Text<255>>,
        /// The boards whose leads get the message; null or empty means all boards of the gateway.
        board_ids: Option<Vec<Uuid>>,
        /// The tags that the answers carry in the memories of the boards; `gateway_main` and `lead_reply` by default.
        reply_tags: Option<Vec<Text<255>>>,
        /// The source that the answers carry; `lead_to_gateway_main` by default.
        reply_source: Option<Text<255>>,
    }
}

impl GatewayLeadBroadcastRequest {
    /// The boards that are meant, and the message.
    pub(crate) fn into_parts(self) -> (Vec<Uuid>, LeadMessage) {
        let message = LeadMessage {
            kind: self.kind,
            content: self.content.into(),
            correlation_id: trimmed(self.correlation_id),
            reply_tags: reply_tags(self.reply_tags, LEAD_REPLY_TAGS),
            reply_source: trimmed(self.reply_source).unwrap_or_else(|| LEAD_REPLY_SOURCE.into()),
        };
        (self.board_ids.unwrap_or_default(), message)
    }
}

/// What became of a broadcast on one board.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayLeadBroadcastBoardResult {
    /// The board, or an id that is none of the gateway.
    board_id: Uuid,
    /// Its lead; null when it has none.
    lead_agent_id: Option<Uuid>,
    /// The name of the lead.
    lead_agent_name: Option<String>,
    /// Whether the lead got the message.
    ok: bool,
    /// Why not; null when it did.
    error: Option<String>,
}

impl From<BoardOutcome> for GatewayLeadBroadcastBoardResult {
    fn from(outcome: BoardOutcome) -> Self {
        let (lead_agent_id, lead_agent_name) = outcome.lead.unzip();
        Self {
            board_id: outcome.board_id,
            lead_agent_id,
            lead_agent_name,
            ok: outcome.error.is_none(),
            error: outcome.error,
        }
    }
}

/// What became of a broadcast.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatewayLeadBroadcastResponse {
    /// False when there were leads or boards to reach and none was reached.
    ok: bool,
    /// How many leads got the message.
    sent: usize,
    /// How many boards were not reached.
    failed: usize,
    /// One for each board, newest board first, then one for each unknown id.
    results: Vec<GatewayLeadBroadcastBoardResult>,
}

impl From<Vec<BoardOutcome>> for GatewayLeadBroadcastResponse {
    fn from(outcomes: Vec<BoardOutcome>) -> Self {
        let sent = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
        let failed = outcomes.len() - sent;
        let results = outcomes.into_iter().map(GatewayLeadBroadcastBoardResult::from).collect();
        Self { ok: sent > 0 || failed == 0, sent, failed, results }
    }
}

crate::query! {
    /// Which questions are wanted.
    pub(crate) struct QuestionListQuery {
        /// Only open ones (true), or only answered ones (false).
        open: Option<bool>,
        /// The most items.
        limit: Int<1, 200> = 200,
        /// How many items to leave out.
        offset: Int<0, { i64::MAX }> = 0,
    }
}

impl QuestionListQuery {
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit.0, offset: self.offset.0, after: None }
    }
}

crate::body! {
    /// A person's answer to a question of a lead.
    pub(crate) struct BoardQuestionAnswer {
        /// The answer; blanks around it are removed.
        content: NonEmpty<TEXT_MAX>,
    }
}

/// A question of a lead to the people of its board.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardQuestionRead {
    id: Uuid,
    board_id: Uuid,
    /// The lead that asked; null when it is gone.
    asked_by_agent_id: Option<Uuid>,
    /// The present name of that lead.
    asked_by_name: Option<String>,
    /// The lead's own id of the matter.
    correlation_id: Option<String>,
    /// What is asked.
    content: String,
    /// The tags that the answer carries in the memory of the board.
    reply_tags: Vec<String>,
    /// The source that the answer carries.
    reply_source: String,
    /// The memory entry with the answer.
    answer_memory_id: Option<Uuid>,
    /// The answer.
    answer: Option<String>,
    /// Null while the question is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Question> for BoardQuestionRead {
    fn from(question: Question) -> Self {
        Self {
            id: question.id,
            board_id: question.board_id,
            asked_by_agent_id: question.asked_by_agent_id,
            asked_by_name: question.asked_by_name,
            correlation_id: question.correlation_id,
            content: question.content,
            reply_tags: question.reply_tags.0,
            reply_source: question.reply_source,
            answer_memory_id: question.answer_memory_id,
            answer: question.answer,
            answered_at: question.answered_at.map(Timestamp::from),
            created_at: question.created_at.into(),
        }
    }
}
