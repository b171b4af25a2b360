//! Decisions on custom fields, without I/O.

use mc_store::Json;
use serde_json::Value;

use super::{
    super::{check_pattern, check_value},
    FieldChange, FieldDefinition,
};
use crate::{Error, Result};

/// The field after a change; its boards are another matter.
pub(super) fn changed(field: &FieldDefinition, change: FieldChange) -> FieldDefinition {
    let mut new = field.clone();
    macro_rules! take {
        ($($part:ident),*) => { $(if let Some(value) = change.$part { new.$part = value; })* };
    }
    take!(label, field_type, ui_visibility, validation_regex, description, required);
    if let Some(value) = change.default_value {
        new.default_value = default(value);
    }
    new
}

/// A default to keep; null is none.
pub(super) fn default(value: Option<Value>) -> Option<Json<Value>> {
    value.filter(|value| !value.is_null()).map(Json)
}

/// Refuses a field whose type, pattern and default do not go together.
pub(super) fn check(field: &FieldDefinition) -> Result<()> {
    if let Some(pattern) = &field.validation_regex {
        if !field.field_type.takes_pattern() {
            return Err(Error::invalid(format!(
                "validation_regex is for fields of the types text, text_long, date, date_time and url, not for {}",
                field.field_type.as_str()
            )));
        }
        check_pattern(pattern).map_err(Error::invalid)?;
    }
    let Some(Json(default)) = &field.default_value else { return Ok(()) };
    check_value(field.field_type, field.validation_regex.as_deref(), default)
        .map_err(|reason| Error::invalid(format!("default_value {reason}")))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::{
        super::{super::FieldType, Visibility},
        *,
    };
    use crate::Detail;

    fn field() -> FieldDefinition {
        FieldDefinition {
            id: Uuid::from_u128(1),
            organization_id: Uuid::from_u128(2),
            field_key: "ticket".into(),
            label: "Ticket".into(),
            field_type: FieldType::Text,
            ui_visibility: Visibility::Always,
            validation_regex: Some("[A-Z]+-[0-9]+".into()),
            description: Some("where it comes from".into()),
            required: true,
            default_value: Some(Json(json!("A-1"))),
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            board_ids: Vec::new(),
        }
    }

    #[test]
    fn a_change_touches_what_it_names() {
        assert_eq!(changed(&field(), FieldChange::default()), field());
        let change = FieldChange {
            label: Some("Case".into()),
            validation_regex: Some(None),
            default_value: Some(Some(Value::Null)),
            required: Some(false),
            ..FieldChange::default()
        };
        let new = FieldDefinition {
            label: "Case".into(),
            validation_regex: None,
            default_value: None,
            required: false,
            ..field()
        };
        assert_eq!(changed(&field(), change), new);
    }

    #[test]
    fn type_pattern_and_default_go_together() {
        let with = |field_type, pattern: Option<&str>, default: Value| {
            let new = FieldDefinition {
                field_type,
                validation_regex: pattern.map(str::to_owned),
                default_value: super::default(Some(default)),
                ..field()
            };
            match check(&new) {
                Ok(()) => String::new(),
                Err(Error { detail: Detail::Text(text), .. }) => text,
                Err(other) => panic!("{other:?}"),
            }
        };
        assert_eq!(with(FieldType::Text, Some("[a-z]+"), json!("ok")), "");
        assert_eq!(with(FieldType::Text, Some("[a-z]+"), Value::Null), "");
        assert_eq!(with(FieldType::Integer, None, json!(3)), "");
        assert!(with(FieldType::Integer, Some("[0-9]+"), json!(3)).starts_with("validation_regex is for"));
        assert!(with(FieldType::Text, Some("("), Value::Null).starts_with("validation_regex is invalid: "));
        assert!(
            with(FieldType::Text, Some("(?=a)a"), Value::Null).starts_with("validation_regex is invalid: ")
        );
        assert_eq!(with(FieldType::Integer, None, json!("x")), "default_value must be an integer");
        assert_eq!(
            with(FieldType::Text, Some("[a-z]+"), json!("A")),
            "default_value does not match validation_regex"
        );
    }
}
