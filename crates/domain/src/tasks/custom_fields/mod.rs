//! Values of custom fields on tasks: which are accepted, what is stored, what is shown.
//!
//! A definition belongs to an organization and is bound to boards. A task shows every bound field:
//! the stored value, else the default of the definition, else null. A stored null says that
//! somebody emptied a field that has a default.

pub mod definitions;
mod model;
mod storage;
mod values;

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{Error, Kind, Result};

pub use model::{Definition, FieldType};
pub(crate) use storage::definitions_of_board;
pub(super) use storage::{stored_values, write};
pub use values::check_pattern;
pub(crate) use values::check_value;

/// The values that a task has in the database, by definition.
pub(super) type Stored = HashMap<Uuid, Value>;

/// What becomes of the stored value of one field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Write {
    /// It is stored, in place of what was there.
    Set(Uuid, Value),
    /// Nothing is stored any more.
    Clear(Uuid),
}

/// What a new task stores: what was sent, and the defaults of the rest.
///
/// # Errors
/// `Invalid` with the keys that are unknown, wrong or missing.
pub(super) fn on_create(definitions: &[Definition], sent: &Map<String, Value>) -> Result<Vec<Write>> {
    check_sent(definitions, sent)?;
    check_required(definitions, &Stored::new(), sent)?;
    let writes = definitions.iter().filter_map(|definition| {
        let value = match sent.get(&definition.field_key) {
            Some(Value::Null) if definition.default_value.is_none() => None,
            Some(value) => Some(value.clone()),
            None => definition.default().cloned(),
        };
        Some(Write::Set(definition.id, value?))
    });
    Ok(writes.collect())
}

/// What a change stores: only the fields that were sent.
///
/// # Errors
/// As [`on_create`].
pub(super) fn on_update(
    definitions: &[Definition],
    stored: &Stored,
    sent: &Map<String, Value>,
) -> Result<Vec<Write>> {
    check_sent(definitions, sent)?;
    check_required(definitions, stored, sent)?;
    let writes = definitions.iter().filter_map(|definition| {
        let value = sent.get(&definition.field_key)?;
        Some(if value.is_null() && definition.default().is_none() {
            Write::Clear(definition.id)
        } else {
            Write::Set(definition.id, value.clone())
        })
    });
    Ok(writes.collect())
}

/// What a task shows, by key.
pub(super) fn shown(definitions: &[Definition], stored: Option<&Stored>) -> Map<String, Value> {
    definitions
        .iter()
        .map(|definition| {
            let value = stored.and_then(|stored| stored.get(&definition.id)).or_else(|| definition.default());
            (definition.field_key.clone(), value.cloned().unwrap_or(Value::Null))
        })
        .collect()
}

fn check_sent(definitions: &[Definition], sent: &Map<String, Value>) -> Result<()> {
    let by_key: HashMap<&str, &Definition> =
        definitions.iter().map(|definition| (definition.field_key.as_str(), definition)).collect();
    let mut unknown: Vec<&String> = sent.keys().filter(|key| !by_key.contains_key(key.as_str())).collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        return Err(Error::object(
            Kind::Invalid,
            json!({
                "message": "custom_field_values has keys that are no fields of this board",
                "unknown_field_keys": unknown,
            }),
        ));
    }
    for (key, value) in sent {
        let Some(definition) = by_key.get(key.as_str()) else { continue };
        check_value(definition.field_type, definition.validation_regex.as_deref(), value).map_err(|reason| {
            Error::object(
                Kind::Invalid,
                json!({
                    "message": format!("The value of the custom field {key} is not acceptable: it {reason}"),
                    "field_key": key,
                    "field_type": definition.field_type.as_str(),
                    "reason": reason,
                }),
            )
        })?;
    }
    Ok(())
}

fn check_required(definitions: &[Definition], stored: &Stored, sent: &Map<String, Value>) -> Result<()> {
    let has_value = |definition: &&Definition| {
        let value = sent
            .get(&definition.field_key)
            .or_else(|| stored.get(&definition.id))
            .or_else(|| definition.default());
        value.is_some_and(|value| !value.is_null())
    };
    let mut missing: Vec<&str> = definitions
        .iter()
        .filter(|definition| definition.required && !has_value(definition))
        .map(|definition| definition.field_key.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort_unstable();
    Err(Error::object(
        Kind::Invalid,
        json!({
            "message": "custom_field_values lacks values of required fields",
            "missing_field_keys": missing,
        }),
    ))
}

#[cfg(test)]
mod tests {
    use mc_store::Json;

    use super::*;
    use crate::Detail;

    fn field(id: u128, key: &str, required: bool, default: Option<Value>) -> Definition {
        Definition {
            id: Uuid::from_u128(id),
            field_key: key.into(),
            field_type: FieldType::Text,
            validation_regex: None,
            required,
            default_value: default.map(Json),
        }
    }

    fn fields() -> Vec<Definition> {
        vec![
            field(1, "a", true, None),
            field(2, "b", false, Some(json!("preset"))),
            field(3, "c", false, None),
        ]
    }

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn set(id: u128, value: Value) -> Write {
        Write::Set(Uuid::from_u128(id), value)
    }

    fn detail(result: Result<Vec<Write>>) -> Value {
        match result.unwrap_err().detail {
            Detail::Object(mut object) => {
                object.as_object_mut().unwrap().remove("message").unwrap();
                object
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_new_task_stores_what_was_sent_and_the_defaults() {
        let writes = on_create(&fields(), &map(&json!({"a": "x"}))).unwrap();
        assert_eq!(writes, [set(1, json!("x")), set(2, json!("preset"))]);
        let emptied = on_create(&fields(), &map(&json!({"a": "x", "b": null, "c": null}))).unwrap();
        assert_eq!(emptied, [set(1, json!("x")), set(2, json!(null))], "an emptied default is remembered");
    }

    #[test]
    fn a_change_stores_only_what_was_sent() {
        let stored = Stored::from([(Uuid::from_u128(1), json!("x"))]);
        let writes = on_update(&fields(), &stored, &map(&json!({"b": null, "c": null}))).unwrap();
        assert_eq!(writes, [set(2, json!(null)), Write::Clear(Uuid::from_u128(3))]);
        assert_eq!(
            detail(on_update(&fields(), &stored, &map(&json!({"a": null})))),
            json!({"missing_field_keys": ["a"]})
        );
        assert_eq!(
            detail(on_update(&fields(), &Stored::new(), &Map::new())),
            json!({"missing_field_keys": ["a"]}),
            "null for the whole map checks the required fields again"
        );
    }

    #[test]
    fn faults_name_their_keys() {
        let sent = |value| on_create(&fields(), &map(&value));
        assert_eq!(detail(sent(json!({"z": 1, "y": 2}))), json!({"unknown_field_keys": ["y", "z"]}));
        assert_eq!(
            detail(sent(json!({"a": 1}))),
            json!({"field_key": "a", "field_type": "text", "reason": "must be a string"})
        );
        assert_eq!(detail(sent(json!({}))), json!({"missing_field_keys": ["a"]}));
    }

    #[test]
    fn a_task_shows_every_field_of_its_board() {
        let stored = Stored::from([(Uuid::from_u128(1), json!("x"))]);
        assert_eq!(
            Value::Object(shown(&fields(), Some(&stored))),
            json!({"a": "x", "b": "preset", "c": null})
        );
        let emptied = Stored::from([(Uuid::from_u128(2), json!(null))]);
        assert_eq!(Value::Object(shown(&fields(), Some(&emptied))), json!({"a": null, "b": null, "c": null}));
        assert!(shown(&[], None).is_empty());
    }
}
