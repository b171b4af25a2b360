use mc_base::{
    Timestamp,
    text::{DESCRIPTION_MAX, NAME_MAX, TEXT_MAX},
};
use mc_domain::onboarding::{
    AgentUpdate, Choice, Completion, Confirmation, Interview, LeadDraft, Message, Question, UserDraft,
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{OneOfBuilder, Ref, RefOr, Schema},
};
use uuid::Uuid;

use super::words::{AutonomyLevel, CompleteStatus, OutputFormat, UpdateCadence, Verbosity};
use crate::{
    agents::Profile,
    fields::{Field, NonEmpty, Reader, Request, Text},
};

/// Lets a declared body stand as a field of another one.
macro_rules! nested {
    ($($name:ident),*) => {$(
        impl Field for $name {
            fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
                let Some(object) = value.as_object() else {
                    let msg = "Input should be a valid dictionary or object to extract fields from";
                    reader.fault("model_attributes_type", msg, Some(value), None);
                    return None;
                };
                <Self as Request>::read(object, reader)
            }
            fn schema() -> RefOr<Schema> {
                <Self as PartialSchema>::schema()
            }
        }
    )*};
}
nested!(BoardOnboardingUserProfile, BoardOnboardingLeadAgentDraft, BoardOnboardingQuestionOption);

/// A text without blanks around it, if anything is left.
fn trimmed<const MAX: usize>(text: Option<Text<MAX>>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// An empty object: an interview begins without anything from outside.
#[derive(ToSchema)]
pub(crate) struct BoardOnboardingStart {}

impl Request for BoardOnboardingStart {
    fn read(_: &Map<String, Value>, _: &mut Reader) -> Option<Self> {
        Some(Self {})
    }
}

crate::body! {
    /// A person's answer to the last question.
    pub(crate) struct BoardOnboardingAnswer {
        /// The label of the chosen option, or the answer itself; blanks around it are removed.
        answer: NonEmpty<TEXT_MAX>,
        /// What the person typed beside the option.
        other_text: Option<Text<TEXT_MAX>>,
    }
}

crate::body! {
    /// The goal that a person accepts.
    pub(crate) struct BoardOnboardingConfirm {
        /// `goal` (needs objective and success metrics), `general`, or a kind of your own.
        board_type: Text<255>,
        /// What is to be reached.
        objective: Option<Text<DESCRIPTION_MAX>>,
        /// How success is measured.
        success_metrics: Option<Map<String, Value>>,
        /// Until when.
        target_date: Option<Timestamp>,
    } check check_confirmation;
}

fn check_confirmation(body: &BoardOnboardingConfirm, reader: &mut Reader, object: &Map<String, Value>) {
    check_goal(&body.board_type, body.objective.as_deref(), body.success_metrics.as_ref(), reader, object);
}

fn check_goal(
    board_type: &str,
    objective: Option<&str>,
    metrics: Option<&Map<String, Value>>,
    reader: &mut Reader,
    object: &Map<String, Value>,
) {
    let has_goal =
        objective.is_some_and(|text| !text.is_empty()) && metrics.is_some_and(|metrics| !metrics.is_empty());
    if board_type == "goal" && !has_goal {
        let whole = Value::Object(object.clone());
        reader.value_error("Confirmed goal boards require objective and success_metrics", Some(&whole));
    }
}

impl From<BoardOnboardingConfirm> for Confirmation {
    fn from(body: BoardOnboardingConfirm) -> Self {
        Self {
            board_type: body.board_type.into(),
            objective: body.objective.map(String::from),
            success_metrics: body.success_metrics,
            target_date: body.target_date.map(|time| time.0),
        }
    }
}

crate::body! {
    /// What the agent learned of the person.
    pub(crate) struct BoardOnboardingUserProfile {
        /// How the person wants to be called.
        preferred_name: Option<Text<NAME_MAX>>,
        /// The pronouns.
        pronouns: Option<Text<NAME_MAX>>,
        /// The time zone, best as an IANA name.
        timezone: Option<Text<NAME_MAX>>,
        /// Notes for agents.
        notes: Option<Text<TEXT_MAX>>,
        /// Context for agents.
        context: Option<Text<TEXT_MAX>>,
    }
}

crate::body! {
    /// How the lead of the board is to be.
    pub(crate) struct BoardOnboardingLeadAgentDraft {
        /// The name; blank counts as not given.
        name: Option<Text<NAME_MAX>>,
        /// Role, communication style, emoji and the like; values are texts.
        identity_profile: Option<Profile>,
        /// How much the lead decides alone.
        autonomy_level: AutonomyLevel,
        /// How long its texts are.
        verbosity: Verbosity,
        /// How its texts are laid out.
        output_format: OutputFormat,
        /// How often it reports.
        update_cadence: UpdateCadence,
        /// What else the person wants.
        custom_instructions: Option<Text<TEXT_MAX>>,
    }
}

crate::body! {
    /// The result of an interview.
    pub(crate) struct BoardOnboardingAgentComplete {
        /// `goal` (needs objective and success metrics), `general`, or a kind of your own.
        board_type: Text<255>,
        /// What is to be reached.
        objective: Option<Text<DESCRIPTION_MAX>>,
        /// How success is measured.
        success_metrics: Option<Map<String, Value>>,
        /// Until when.
        target_date: Option<Timestamp>,
        /// Always `complete`.
        status: CompleteStatus,
        /// What you learned of the person.
        user_profile: Option<BoardOnboardingUserProfile>,
        /// How the lead of the board is to be.
        lead_agent: Option<BoardOnboardingLeadAgentDraft>,
    } check check_completion;
}

fn check_completion(body: &BoardOnboardingAgentComplete, reader: &mut Reader, object: &Map<String, Value>) {
    check_goal(&body.board_type, body.objective.as_deref(), body.success_metrics.as_ref(), reader, object);
}

impl From<BoardOnboardingAgentComplete> for Completion {
    fn from(body: BoardOnboardingAgentComplete) -> Self {
        Self {
            board_type: body.board_type.into(),
            objective: body.objective.map(String::from),
            success_metrics: body.success_metrics,
            target_date: body.target_date,
            status: body.status.into_text(),
            user_profile: body.user_profile.map(|profile| UserDraft {
                preferred_name: trimmed(profile.preferred_name),
                pronouns: trimmed(profile.pronouns),
                timezone: trimmed(profile.timezone),
                notes: trimmed(profile.notes),
                context: trimmed(profile.context),
            }),
            lead_agent: body.lead_agent.map(|lead| LeadDraft {
                name: trimmed(lead.name),
                identity_profile: lead.identity_profile.and_then(|profile| profile.0),
                autonomy_level: lead.autonomy_level.into_text(),
                verbosity: lead.verbosity.into_text(),
                output_format: lead.output_format.into_text(),
                update_cadence: lead.update_cadence.into_text(),
                custom_instructions: trimmed(lead.custom_instructions),
            }),
        }
    }
}

/// Possible answers: at least one.
#[derive(Clone, Debug)]
pub(crate) struct Options(Vec<BoardOnboardingQuestionOption>);

impl Field for Options {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let options = Vec::read(value, reader)?;
        if options.is_empty() {
            let msg = "List should have at least 1 item after validation, not 0";
            let ctx = json!({ "field_type": "List", "min_length": 1, "actual_length": 0 });
            reader.fault("too_short", msg, Some(value), Some(ctx));
            return None;
        }
        Some(Self(options))
    }
    fn schema() -> RefOr<Schema> {
        match Vec::<BoardOnboardingQuestionOption>::schema() {
            RefOr::T(Schema::Array(mut array)) => {
                array.min_items = Some(1);
                array.into()
            }
            other => other,
        }
    }
}

crate::body! {
    /// A possible answer.
    pub(crate) struct BoardOnboardingQuestionOption {
        /// A short name.
        id: NonEmpty<255>,
        /// What the person reads; one that contains `I'll type` or `other` lets the person type freely.
        label: NonEmpty<1_000>,
    }
}

crate::body! {
    /// The next question of an interview.
    pub(crate) struct BoardOnboardingAgentQuestion {
        /// What is asked.
        question: NonEmpty<10_000>,
        /// The possible answers; at least one.
        options: Options,
    }
}

impl From<BoardOnboardingAgentQuestion> for Question {
    fn from(body: BoardOnboardingAgentQuestion) -> Self {
        let choice = |option: BoardOnboardingQuestionOption| Choice {
            id: option.id.into(),
            label: option.label.into(),
        };
        Self { question: body.question.into(), options: body.options.0.into_iter().map(choice).collect() }
    }
}

/// The result of an interview, or its next question. A body that is both counts as the result.
pub(crate) struct BoardOnboardingAgentUpdate(pub(crate) AgentUpdate);

impl Request for BoardOnboardingAgentUpdate {
    fn read(object: &Map<String, Value>, reader: &mut Reader) -> Option<Self> {
        /// Reads one branch on its own.
        fn branch<T: Request>(object: &Map<String, Value>) -> Option<T> {
            let mut reader = Reader::of("body");
            T::read(object, &mut reader).filter(|_| reader.is_clean())
        }
        if let Some(body) = branch::<BoardOnboardingAgentComplete>(object) {
            return Some(Self(AgentUpdate::Complete(Box::new(body.into()))));
        }
        if let Some(body) = branch::<BoardOnboardingAgentQuestion>(object) {
            return Some(Self(AgentUpdate::Question(body.into())));
        }
        // It is neither: what is wrong is told for both, each under its name.
        reader.within(COMPLETE, |reader| BoardOnboardingAgentComplete::read(object, reader));
        reader.within(QUESTION, |reader| BoardOnboardingAgentQuestion::read(object, reader));
        None
    }
}

const COMPLETE: &str = "BoardOnboardingAgentComplete";
const QUESTION: &str = "BoardOnboardingAgentQuestion";

impl PartialSchema for BoardOnboardingAgentUpdate {
    fn schema() -> RefOr<Schema> {
        let branches = OneOfBuilder::new()
            .item(Ref::from_schema_name(COMPLETE))
            .item(Ref::from_schema_name(QUESTION))
            .description(Some("The result of the interview, or its next question."));
        Schema::OneOf(branches.build()).into()
    }
}

impl ToSchema for BoardOnboardingAgentUpdate {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((COMPLETE.into(), <BoardOnboardingAgentComplete as PartialSchema>::schema()));
        schemas.push((QUESTION.into(), <BoardOnboardingAgentQuestion as PartialSchema>::schema()));
    }
}

/// Something said in an interview.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardOnboardingMessage {
    /// `user` for people and this server, `assistant` for the agent.
    role: String,
    /// What was said; of the agent, a question or a result as JSON text.
    content: String,
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// Whether the agent has got it: `pending`, `delivered` or `failed`; null for what the agent said.
    delivery_status: Option<String>,
    /// Why the agent has not got it.
    delivery_error: Option<String>,
}

impl From<Message> for BoardOnboardingMessage {
    fn from(message: Message) -> Self {
        Self {
            role: message.role,
            content: message.content,
            timestamp: message.created_at.into(),
            delivery_status: message.delivery_status,
            delivery_error: message.delivery_error,
        }
    }
}

/// An interview in which a board gets its goal and its lead.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardOnboardingRead {
    id: Uuid,
    board_id: Uuid,
    /// The session on the gateway in which it is led.
    session_key: String,
    /// `active`, `completed` (there is a draft) or `confirmed`.
    status: String,
    /// What was said, oldest first.
    messages: Vec<BoardOnboardingMessage>,
    /// What the agent made of the answers; null until there is something.
    #[schema(value_type = Option<BoardOnboardingAgentComplete>)]
    draft_goal: Option<Completion>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Interview> for BoardOnboardingRead {
    fn from(Interview { session, messages }: Interview) -> Self {
        Self {
            id: session.id,
            board_id: session.board_id,
            session_key: session.session_key,
            status: session.status,
            messages: messages.into_iter().map(BoardOnboardingMessage::from).collect(),
            draft_goal: session.draft_goal.map(|draft| draft.0),
            created_at: session.created_at.into(),
            updated_at: session.updated_at.into(),
        }
    }
}
