use chrono::{DateTime, Utc};
use mc_base::Timestamp;
use mc_store::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// An interview.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Session {
    /// The id.
    pub id: Uuid,
    /// The board it is about.
    pub board_id: Uuid,
    /// The session on the gateway in which it is led.
    pub session_key: String,
    /// How far it is: `active`, `completed` (there is a draft) or `confirmed`.
    pub status: String,
    /// What the agent made of the answers.
    pub draft_goal: Option<Json<Completion>>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When something last happened in it.
    pub updated_at: DateTime<Utc>,
}

impl Session {
    /// Whether a person has accepted its result: nothing changes it any more.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.status == "confirmed"
    }
}

/// Something said in an interview.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Message {
    /// The id; also the key under which the gateway takes the message once.
    pub id: Uuid,
    /// Who said it: `user` (people and this server) or `assistant`.
    pub role: String,
    /// What was said; of the agent, JSON.
    pub content: String,
    /// Whether the agent has got it: `pending`, `delivered` or `failed`; none for what the agent said.
    pub delivery_status: Option<String>,
    /// Why the agent has not got it.
    pub delivery_error: Option<String>,
    /// When it was said.
    pub created_at: DateTime<Utc>,
}

/// An interview with all that was said, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Interview {
    /// The interview.
    pub session: Session,
    /// What was said.
    pub messages: Vec<Message>,
}

/// What an agent adds to an interview.
#[derive(Clone, Debug, PartialEq)]
pub enum AgentUpdate {
    /// The next question.
    Question(Question),
    /// The result.
    Complete(Box<Completion>),
}

/// A question with possible answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What is asked.
    pub question: String,
    /// The possible answers; at least one.
    pub options: Vec<Choice>,
}

/// A possible answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// A short name.
    pub id: String,
    /// What the person reads.
    pub label: String,
}

/// What an agent made of the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// `goal`, `general`, or a kind of its own.
    pub board_type: String,
    /// What is to be reached.
    #[serde(default)]
    pub objective: Option<String>,
    /// How success is measured.
    #[serde(default)]
    pub success_metrics: Option<Map<String, Value>>,
    /// Until when.
    #[serde(default)]
    pub target_date: Option<Timestamp>,
    /// Always `complete`.
    #[serde(default = "complete")]
    pub status: String,
    /// What the agent learned of the person.
    #[serde(default)]
    pub user_profile: Option<UserDraft>,
    /// How the lead is to be.
    #[serde(default)]
    pub lead_agent: Option<LeadDraft>,
}

fn complete() -> String {
    "complete".into()
}

/// What an agent learned of the person whom it interviewed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserDraft {
    /// How the person wants to be called.
    pub preferred_name: Option<String>,
    /// The pronouns.
    pub pronouns: Option<String>,
    /// The time zone, as said.
    pub timezone: Option<String>,
    /// Notes for agents.
    pub notes: Option<String>,
    /// Context for agents.
    pub context: Option<String>,
}

/// How the lead of the board is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadDraft {
    /// The name.
    pub name: Option<String>,
    /// Role, style and the like; values are texts.
    pub identity_profile: Option<Map<String, Value>>,
    /// `ask_first`, `balanced` or `autonomous`.
    pub autonomy_level: Option<String>,
    /// `concise`, `balanced` or `detailed`.
    pub verbosity: Option<String>,
    /// `bullets`, `mixed` or `narrative`.
    pub output_format: Option<String>,
    /// `asap`, `hourly`, `daily` or `weekly`.
    pub update_cadence: Option<String>,
    /// What else the person wants.
    pub custom_instructions: Option<String>,
}

/// The goal that a person accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation {
    /// `goal`, `general`, or a kind of its own.
    pub board_type: String,
    /// What is to be reached.
    pub objective: Option<String>,
    /// How success is measured.
    pub success_metrics: Option<Map<String, Value>>,
    /// Until when.
    pub target_date: Option<DateTime<Utc>>,
}
