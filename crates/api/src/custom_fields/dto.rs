use mc_base::{
    Timestamp,
    text::{NAME_MAX, TEXT_MAX},
};
use mc_domain::tasks::custom_fields::{
    FieldType, check_pattern,
    definitions::{FieldChange, FieldDefinition, NewField, StoredValues, Visibility},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::fields::{Field, Patch, Reader, Sent, Text, names_schema, read_name};

/// Longest pattern, in characters.
const PATTERN_MAX: usize = 1_000;

/// The type of a field, also by the other names that people use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeName(FieldType);

impl From<&str> for TypeName {
    fn from(name: &str) -> Self {
        Self(FieldType::parse(name).unwrap_or(FieldType::Text))
    }
}

impl Field for TypeName {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let name = value.as_str().unwrap_or_default().trim().to_lowercase();
        let name = match name.as_str() {
            "text (long)" | "long_text" => "text_long",
            "true/false" => "boolean",
            "date & time" | "datetime" => "date_time",
            name => name,
        };
        FieldType::parse(name).or_else(|| read_name(value, &FieldType::NAMES, reader)).map(Self)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&FieldType::NAMES)
    }
}

/// When clients show a field, also by the other name that people use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VisibilityName(Visibility);

impl From<&str> for VisibilityName {
    fn from(name: &str) -> Self {
        Self(Visibility::try_from(name.to_owned()).unwrap_or(Visibility::Always))
    }
}

impl Field for VisibilityName {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let name = value.as_str().unwrap_or_default().trim().to_lowercase();
        let name = if name == "if set" { "if_set".to_owned() } else { name };
        Visibility::try_from(name).ok().or_else(|| read_name(value, &Visibility::NAMES, reader)).map(Self)
    }
    fn schema() -> RefOr<Schema> {
        names_schema(&Visibility::NAMES)
    }
}

/// A pattern that the server can run, without blanks around it; none when it is blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(Option<String>);

impl Field for Pattern {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Text(text) = Text::<PATTERN_MAX>::read(value, reader)?;
        let text = text.trim();
        if text.is_empty() {
            return Some(Self(None));
        }
        match check_pattern(text) {
            Ok(()) => Some(Self(Some(text.to_owned()))),
            Err(reason) => {
                reader.value_error(&reason, Some(value));
                None
            }
        }
    }
    fn schema() -> RefOr<Schema> {
        Text::<PATTERN_MAX>::schema()
    }
}

/// A text that keeps something when blanks around it are removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label(String);

/// As [`Label`], for keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

fn read_required(value: &Value, name: &str, reader: &mut Reader) -> Option<String> {
    let Text(text) = Text::<NAME_MAX>::read(value, reader)?;
    let trimmed = text.trim();
    if trimmed.is_empty() {
        reader.value_error(&format!("{name} is required"), Some(value));
        return None;
    }
    Some(trimmed.to_owned())
}

impl Field for Label {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_required(value, "label", reader).map(Self)
    }
    fn schema() -> RefOr<Schema> {
        crate::fields::NonEmpty::<NAME_MAX>::schema()
    }
}

impl Field for Key {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        read_required(value, "field_key", reader).map(Self)
    }
    fn schema() -> RefOr<Schema> {
        crate::fields::NonEmpty::<NAME_MAX>::schema()
    }
}

crate::query! {
    /// What happens to the values that tasks have.
    pub(crate) struct PurgeQuery {
        /// Delete values of tasks that would be hidden, unfit or in the way otherwise.
        purge: bool = false,
    }
}

crate::body! {
    /// A custom field to make.
    pub(crate) struct TaskCustomFieldDefinitionCreate {
        /// The name under which values are sent and shown; unique in the organization. Blanks around it are
        /// removed.
        field_key: Key,
        /// The name for people; the key when left out.
        label: Option<Label>,
        /// What kind of values it takes.
        field_type: TypeName = "text",
        /// When clients show it; the server does not mind.
        ui_visibility: VisibilityName = "always",
        /// A pattern that the whole text must match; for `text`, `text_long`, `date`, `date_time` and `url`.
        /// Look-around and back-references do not exist.
        validation_regex: Option<Pattern>,
        /// What it is for.
        description: Option<Text<TEXT_MAX>>,
        /// Whether a task needs a value.
        required: bool = false,
        /// The value of tasks that have none of their own; type and pattern have to accept it.
        default_value: Option<Value>,
        /// The boards whose tasks have it; at least one.
        board_ids: Vec<Uuid>,
    } check check_new;
}

fn check_new(body: &TaskCustomFieldDefinitionCreate, reader: &mut Reader, object: &Map<String, Value>) {
    if body.board_ids.is_empty() {
        too_short(reader, object);
    }
}

fn too_short(reader: &mut Reader, object: &Map<String, Value>) {
    let ctx = json!({ "field_type": "List", "min_length": 1, "actual_length": 0 });
    let msg = "List should have at least 1 item after validation, not 0";
    reader.within("board_ids", |reader| reader.fault("too_short", msg, object.get("board_ids"), Some(ctx)));
}

impl From<TaskCustomFieldDefinitionCreate> for NewField {
    fn from(body: TaskCustomFieldDefinitionCreate) -> Self {
        Self {
            field_key: body.field_key.0,
            label: body.label.map(|label| label.0),
            field_type: body.field_type.0,
            ui_visibility: body.ui_visibility.0,
            validation_regex: body.validation_regex.and_then(|pattern| pattern.0),
            description: body.description.map(String::from),
            required: body.required,
            default_value: body.default_value,
            board_ids: body.board_ids,
        }
    }
}

crate::body! {
    /// A change of a custom field. What is left out stays; `field_key` cannot change.
    pub(crate) struct TaskCustomFieldDefinitionUpdate {
        /// The name for people.
        label: Sent<Label>,
        /// What kind of values it takes. Values that tasks have stay as they are.
        field_type: Sent<TypeName>,
        /// When clients show it.
        ui_visibility: Sent<VisibilityName>,
        /// A pattern that the whole text must match; null or blank removes it.
        validation_regex: Patch<Pattern>,
        /// What it is for.
        description: Patch<Text<TEXT_MAX>>,
        /// Whether a task needs a value.
        required: Sent<bool>,
        /// The value of tasks that have none of their own; null removes it.
        default_value: Patch<Value>,
        /// The boards whose tasks have it, in place of the present ones; at least one. Null leaves them.
        board_ids: Option<Vec<Uuid>>,
    } check check_change;
}

fn check_change(body: &TaskCustomFieldDefinitionUpdate, reader: &mut Reader, object: &Map<String, Value>) {
    const KNOWN: [&str; 8] = [
        "label",
        "field_type",
        "ui_visibility",
        "validation_regex",
        "description",
        "required",
        "default_value",
        "board_ids",
    ];
    if let Some(key) = object.get("field_key") {
        reader.within("field_key", |reader| reader.value_error("field_key cannot be changed", Some(key)));
    } else if !KNOWN.iter().any(|name| object.contains_key(*name)) {
        reader.value_error("At least one field is required", Some(&Value::Object(object.clone())));
    }
    if body.board_ids.as_ref().is_some_and(Vec::is_empty) {
        too_short(reader, object);
    }
}

impl From<TaskCustomFieldDefinitionUpdate> for FieldChange {
    fn from(body: TaskCustomFieldDefinitionUpdate) -> Self {
        Self {
            label: body.label.0.map(|label| label.0),
            field_type: body.field_type.0.map(|name| name.0),
            ui_visibility: body.ui_visibility.0.map(|name| name.0),
            validation_regex: body.validation_regex.0.map(|pattern| pattern.and_then(|pattern| pattern.0)),
            description: body.description.0.map(|text| text.map(String::from)),
            required: body.required.0,
            default_value: body.default_value.0,
            board_ids: body.board_ids,
        }
    }
}

/// A custom field of an organization.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskCustomFieldDefinitionRead {
    /// The name under which values are sent and shown.
    field_key: String,
    /// The name for people.
    label: String,
    /// `text`, `text_long`, `integer`, `decimal`, `boolean`, `date`, `date_time`, `url` or `json`.
    field_type: &'static str,
    /// `always`, `if_set` or `hidden`.
    ui_visibility: &'static str,
    /// A pattern that the whole text must match.
    validation_regex: Option<String>,
    description: Option<String>,
    /// Whether a task needs a value.
    required: bool,
    /// The value of tasks that have none of their own.
    default_value: Option<Value>,
    id: Uuid,
    organization_id: Uuid,
    /// The boards whose tasks have it, also those that the caller cannot read.
    board_ids: Vec<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// After a change of the boards: how many values are on boards that do not show the field any more.
    hidden_value_count: Option<i64>,
    /// After a change of type or pattern: how many values the field would not accept now.
    unfit_value_count: Option<i64>,
}

impl From<FieldDefinition> for TaskCustomFieldDefinitionRead {
    fn from(field: FieldDefinition) -> Self {
        (field, StoredValues::default()).into()
    }
}

impl From<(FieldDefinition, StoredValues)> for TaskCustomFieldDefinitionRead {
    fn from((field, stored): (FieldDefinition, StoredValues)) -> Self {
        Self {
            field_key: field.field_key,
            label: field.label,
            field_type: field.field_type.as_str(),
            ui_visibility: field.ui_visibility.as_str(),
            validation_regex: field.validation_regex,
            description: field.description,
            required: field.required,
            default_value: field.default_value.map(|json| json.0),
            id: field.id,
            organization_id: field.organization_id,
            board_ids: field.board_ids,
            created_at: field.created_at.into(),
            updated_at: field.updated_at.into(),
            hidden_value_count: stored.hidden,
            unfit_value_count: stored.unfit,
        }
    }
}
