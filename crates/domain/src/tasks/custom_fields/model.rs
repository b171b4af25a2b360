use mc_store::Json;
use serde_json::Value;
use uuid::Uuid;

/// What kind of values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A line of text.
    Text,
    /// A longer text.
    TextLong,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// An http or https address.
    Url,
    /// A JSON object or array.
    Json,
}

impl FieldType {
    /// All types with their stored and published names.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("text", Self::Text),
        ("text_long", Self::TextLong),
        ("integer", Self::Integer),
        ("decimal", Self::Decimal),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
        ("date_time", Self::DateTime),
        ("url", Self::Url),
        ("json", Self::Json),
    ];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::TextLong => "text_long",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "date_time",
            Self::Url => "url",
            Self::Json => "json",
        }
    }

    /// The type of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, field_type)| *field_type)
    }

    /// Whether values are texts, which a pattern can be laid on.
    #[must_use]
    pub fn takes_pattern(self) -> bool {
        matches!(self, Self::Text | Self::TextLong | Self::Date | Self::DateTime | Self::Url)
    }
}

impl TryFrom<String> for FieldType {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or_else(|| format!("unknown custom field type {name}"))
    }
}

/// A field, as far as values of tasks depend on it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Definition {
    /// The id.
    pub id: Uuid,
    /// The name under which values are sent and shown; unique in the organization.
    pub field_key: String,
    /// What kind of values it takes.
    #[sqlx(try_from = "String")]
    pub field_type: FieldType,
    /// A pattern that the whole text must match.
    pub validation_regex: Option<String>,
    /// Whether a task needs a value.
    pub required: bool,
    /// The value of tasks that have none of their own.
    pub default_value: Option<Json<Value>>,
}

impl Definition {
    /// The default, unless there is none.
    #[must_use]
    pub fn default(&self) -> Option<&Value> {
        self.default_value.as_ref().map(|json| &json.0).filter(|value| !value.is_null())
    }
}
