use chrono::{DateTime, Utc};
use mc_store::Json;
use serde_json::Value;
use uuid::Uuid;

use super::super::FieldType;

/// When clients show a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// On every task.
    Always,
    /// On tasks that have a value.
    IfSet,
    /// Never; programs use it.
    Hidden,
}

impl Visibility {
    /// All of them with their stored and published names.
    pub const NAMES: [(&'static str, Self); 3] =
        [("always", Self::Always), ("if_set", Self::IfSet), ("hidden", Self::Hidden)];

    /// The stored and published name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::IfSet => "if_set",
            Self::Hidden => "hidden",
        }
    }
}

impl TryFrom<String> for Visibility {
    type Error = String;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, visibility)| *visibility).ok_or_else(|| format!("unknown visibility {name}"))
    }
}

/// A custom field of an organization.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct FieldDefinition {
    /// The id.
    pub id: Uuid,
    /// The organization.
    pub organization_id: Uuid,
    /// The name under which values are sent and shown; unique in the organization, never changed.
    pub field_key: String,
    /// The name for people.
    pub label: String,
    /// What kind of values it takes.
    #[sqlx(try_from = "String")]
    pub field_type: FieldType,
    /// When clients show it.
    #[sqlx(try_from = "String")]
    pub ui_visibility: Visibility,
    /// A pattern that the whole text must match.
    pub validation_regex: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a task needs a value.
    pub required: bool,
    /// The value of tasks that have none of their own.
    pub default_value: Option<Json<Value>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// The boards whose tasks have it.
    #[sqlx(skip)]
    pub board_ids: Vec<Uuid>,
}

/// A custom field to make.
#[derive(Clone, Debug)]
pub struct NewField {
    /// See [`FieldDefinition::field_key`].
    pub field_key: String,
    /// See [`FieldDefinition::label`]; the key when there is none.
    pub label: Option<String>,
    /// See [`FieldDefinition::field_type`].
    pub field_type: FieldType,
    /// See [`FieldDefinition::ui_visibility`].
    pub ui_visibility: Visibility,
    /// See [`FieldDefinition::validation_regex`].
    pub validation_regex: Option<String>,
    /// See [`FieldDefinition::description`].
    pub description: Option<String>,
    /// See [`FieldDefinition::required`].
    pub required: bool,
    /// See [`FieldDefinition::default_value`].
    pub default_value: Option<Value>,
    /// See [`FieldDefinition::board_ids`].
    pub board_ids: Vec<Uuid>,
}

/// A change of a custom field: `None` leaves a part; in the doubled ones `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct FieldChange {
    /// See [`FieldDefinition::label`].
    pub label: Option<String>,
    /// See [`FieldDefinition::field_type`].
    pub field_type: Option<FieldType>,
    /// See [`FieldDefinition::ui_visibility`].
    pub ui_visibility: Option<Visibility>,
    /// See [`FieldDefinition::validation_regex`].
    pub validation_regex: Option<Option<String>>,
    /// See [`FieldDefinition::description`].
    pub description: Option<Option<String>>,
    /// See [`FieldDefinition::required`].
    pub required: Option<bool>,
    /// See [`FieldDefinition::default_value`].
    pub default_value: Option<Option<Value>>,
    /// See [`FieldDefinition::board_ids`]; takes the place of all.
    pub board_ids: Option<Vec<Uuid>>,
}

/// What a change of a field left behind among the values of tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredValues {
    /// Values of tasks on boards that do not have the field any more; told when the boards were named.
    pub hidden: Option<i64>,
    /// Values that the type or the pattern would not accept now; told when either changed.
    pub unfit: Option<i64>,
}
