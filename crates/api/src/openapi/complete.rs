//! What is added to the whole document by rule: its operations, required fields, references.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{errors, examples, operation};

/// Completes a document that was put together from its handlers.
pub(super) fn apply(document: &mut Value) {
    let errors = errors::schemas();
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.extend(errors);
    }
    let mut from_requests = BTreeSet::new();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths.iter_mut() {
            for (method, operation) in item.as_object_mut().into_iter().flatten() {
                operation::complete(path, method, operation);
                if let Some(body) = operation.get("requestBody") {
                    references(body, &mut from_requests);
                }
            }
        }
    }
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas.iter_mut().filter(|(name, _)| !from_requests.contains(name.as_str())) {
            if ![
                "ErrorResponse",
                "HTTPValidationError",
                "LLMErrorResponse",
                "ValidationError",
                "BlockedTaskDetail",
            ]
            .contains(&name.as_str())
            {
                require_all(schema);
                without_zone(schema);
            }
        }
        refer_to_items(schemas);
    }
    examples::add(document);
}

/// Times in answers are UTC without a zone suffix, which `date-time` would promise (RFC 3339).
fn without_zone(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.get("format").is_some_and(|format| format == "date-time") {
                map.insert("format".into(), "date-time-local".into());
            }
            map.values_mut().for_each(without_zone);
        }
        Value::Array(items) => items.iter_mut().for_each(without_zone),
        _ => {}
    }
}

/// The fields of answers that are left out where they have no meaning: only lists that take a cursor have the next one,
/// and only a probe that asks for it has its checks.
const LEFT_OUT: [&str; 2] = ["next_cursor", "checks"];

/// Pages repeat the schema of what they hold; a reference says the same, and what reads the document sees one type.
fn refer_to_items(schemas: &mut Map<String, Value>) {
    let held: Vec<(String, String)> = schemas
        .keys()
        .filter_map(|name| Some((name.clone(), name.strip_prefix("PageOf_")?.to_owned())))
        .filter(|(_, item)| schemas.contains_key(item))
        .collect();
    for (page, item) in held {
        if let Some(items) = schemas[&page].pointer_mut("/properties/items/items") {
            *items = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
}

/// Fields of answers are always there, if only as null.
fn require_all(schema: &mut Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let names = properties.keys().filter(|name| !LEFT_OUT.contains(&name.as_str()));
        let names: Vec<Value> = names.map(|name| name.clone().into()).collect();
        schema["required"] = names.into();
    }
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_all);
    }
}

/// Collects the names of the schemas that a part of the document refers to.
pub(super) fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) =
                map.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next())
            {
                found.insert(name.to_owned());
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
