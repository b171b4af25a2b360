//! Examples, made from the schemas: whoever reads the document sees what goes over the wire.

use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::story::{self, Thing};
use crate::middleware::{code_of, is_retryable};

/// References and nested objects are followed this far.
const DEPTH: usize = 12;

/// What a schema says of its values that the story does not overrule.
const SPEAKING: [&str; 9] =
    ["$ref", "oneOf", "anyOf", "allOf", "example", "examples", "const", "enum", "format"];

/// The text of a field about which nothing is known.
const ANY_TEXT: &str = "string";

/// Gives every JSON body of a request or an answer an example, unless it has one.
pub(super) fn add(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            add_to(content, |schema| of(schema, &schemas, None, DEPTH));
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            let Some(content) = response.get_mut("content") else { continue };
            match status.parse::<StatusCode>() {
                Ok(status) if !status.is_success() => {
                    add_to(content, |schema| refusal(status, of(schema, &schemas, None, DEPTH)));
                }
                _ => add_to(content, |schema| of(schema, &schemas, None, DEPTH)),
            }
        }
    }
}

fn add_to(content: &mut Value, example: impl FnOnce(&Value) -> Value) {
    let Some(json) = content.get_mut("application/json") else { return };
    if json.get("example").is_none() && json.get("examples").is_none() {
        json["example"] = example(&json["schema"]);
    }
}

/// The example of a refusal with what goes with its status.
fn refusal(status: StatusCode, mut example: Value) -> Value {
    if example["detail"].is_string() {
        example["detail"] = status.canonical_reason().unwrap_or("Error").into();
    }
    if example["code"].is_string() {
        example["code"] = code_of(status).into();
    }
    if example["retryable"].is_boolean() {
        example["retryable"] = is_retryable(status).into();
    }
    example
}

/// A value that fits a schema: its own example, default or first choice, else what the story says about `thing`, or one by
/// type and format.
fn of(schema: &Value, schemas: &Value, thing: Option<&'static Thing>, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        return of(&schemas[name], schemas, Thing::of(name).or(thing), depth - 1);
    }
    let first = |key: &str| schema[key].as_array().and_then(|all| all.first()).cloned();
    if let Some(value) = schema
        .get("example")
        .cloned()
        .or_else(|| first("examples"))
        .or_else(|| schema.get("const").cloned())
        .or_else(|| first("enum"))
    {
        return value;
    }
    if let Some(choice) = choice(schema) {
        return of(choice, schemas, thing, depth - 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = of(part, schemas, thing, depth - 1) {
                whole.extend(fields);
            }
        }
        return whole.into();
    }
    match kind(schema) {
        "object" => object(schema, schemas, thing, depth),
        "array" => json!([of(&schema["items"], schemas, thing, depth - 1)]),
        "string" => text(schema, thing),
        "integer" | "number" => {
            schema.get("default").or_else(|| schema.get("minimum")).cloned().unwrap_or_else(|| 0.into())
        }
        "boolean" => schema.get("default").cloned().unwrap_or_else(|| false.into()),
        _ => Value::Null,
    }
}

/// The type of a schema besides null; empty where it leaves it open.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").and_then(Value::as_str),
        kind => kind.as_str(),
    }
    .unwrap_or_default()
}

fn object(schema: &Value, schemas: &Value, thing: Option<&'static Thing>, depth: usize) -> Value {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields: Map<String, Value> = fields
        .map(|(name, field)| (name.clone(), property(name, field, schemas, thing, depth - 1)))
        .collect();
    if fields.is_empty() && schema["additionalProperties"].is_object() {
        return json!({ "key": of(&schema["additionalProperties"], schemas, thing, depth - 1) });
    }
    fields.into()
}

fn property(
    name: &str,
    schema: &Value,
    schemas: &Value,
    thing: Option<&'static Thing>,
    depth: usize,
) -> Value {
    let chosen = choice(schema).unwrap_or(schema);
    let is_silent = !SPEAKING.iter().any(|key| chosen.get(key).is_some())
        && [schema, chosen].iter().all(|one| one.get("default").is_none_or(is_nothing));
    let told = story::value(thing, name).filter(|value| is_silent && is_of(kind(chosen), value));
    told.unwrap_or_else(|| of(schema, schemas, Thing::of(name).or(thing), depth))
}

/// The first choice besides null of a schema that leaves one.
fn choice(schema: &Value) -> Option<&Value> {
    let choices = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    choices.as_array()?.iter().find(|one| one["type"] != "null")
}

/// Whether a default stands for nothing at all.
fn is_nothing(default: &Value) -> bool {
    match default {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Whether a value is of a type of JSON schema.
fn is_of(kind: &str, value: &Value) -> bool {
    match value {
        Value::String(_) => kind == "string",
        Value::Number(_) => matches!(kind, "integer" | "number"),
        Value::Array(_) => kind == "array",
        // A schema that leaves the type open takes objects too.
        Value::Object(_) => matches!(kind, "object" | ""),
        Value::Null | Value::Bool(_) => false,
    }
}

fn text(schema: &Value, thing: Option<&Thing>) -> Value {
    if let Some(default) = schema.get("default") {
        return default.clone();
    }
    match schema["format"].as_str() {
        Some("uuid") => thing.map_or_else(|| Uuid::nil().to_string(), Thing::id).into(),
        Some("date-time" | "date-time-local") => "2026-01-31T12:00:00".into(),
        Some("date") => "2026-01-31".into(),
        Some("uri") => "https://example.com/".into(),
        _ => ANY_TEXT.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_example_has_what_the_schema_says() {
        let schemas = json!({ "Colour": { "type": "string", "enum": ["red", "blue"] } });
        for (schema, expected) in [
            (json!({ "type": "string", "example": "Ada" }), json!("Ada")),
            (json!({ "$ref": "#/components/schemas/Colour" }), json!("red")),
            (json!({ "oneOf": [{ "type": "null" }, { "type": "integer", "minimum": 1 }] }), json!(1)),
            (json!({ "type": ["string", "null"], "format": "date-time" }), json!("2026-01-31T12:00:00")),
            (json!({ "type": "array", "items": { "type": "boolean" } }), json!([false])),
            (
                json!({ "type": "object", "properties": { "every": { "type": "string" }, "color": { "type": "string", "default": "ff0000" }, "url": { "type": "integer" } } }),
                json!({ "every": "10m", "color": "ff0000", "url": 0 }),
            ),
            (json!({ "type": "object", "additionalProperties": { "type": "number" } }), json!({ "key": 0 })),
            (
                json!({ "allOf": [{ "type": "object", "properties": { "a": { "type": "string" } } }, { "type": "object", "properties": { "b": { "type": "boolean" } } }] }),
                json!({ "a": "string", "b": false }),
            ),
        ] {
            assert_eq!(of(&schema, &schemas, None, DEPTH), expected, "{schema}");
        }
    }

    #[test]
    fn a_schema_that_holds_itself_ends() {
        let schemas = json!({ "Node": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/Node" } } } });
        assert!(of(&json!({ "$ref": "#/components/schemas/Node" }), &schemas, None, DEPTH).is_object());
    }

    #[test]
    fn a_refusal_says_what_goes_with_its_status() {
        let example =
            json!({ "detail": "Not Found", "request_id": "1", "code": "not_found", "retryable": false });
        let wanted =
            json!({ "detail": "Bad Gateway", "request_id": "1", "code": "bad_gateway", "retryable": true });
        assert_eq!(refusal(StatusCode::BAD_GATEWAY, example), wanted);
        let list = json!({ "detail": [{ "type": "missing" }] });
        assert_eq!(refusal(StatusCode::UNPROCESSABLE_ENTITY, list.clone()), list);
    }

    #[test]
    fn requests_name_only_what_answers_show() {
        let document = crate::openapi::document();
        let (mut shown, mut named) = (BTreeSet::new(), BTreeSet::new());
        for operation in document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
        {
            for answer in operation["responses"].as_object().unwrap().values() {
                ids(&answer["content"]["application/json"]["example"], "", &mut |name, id| {
                    if name == "id" {
                        shown.insert(id.to_owned());
                    }
                });
            }
            ids(&operation["requestBody"]["content"]["application/json"]["example"], "", &mut |_, id| {
                named.insert(id.to_owned());
            });
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                ids(&parameter["example"], "", &mut |_, id| {
                    named.insert(id.to_owned());
                });
            }
        }
        assert!(named.len() > 10, "{named:?}");
        assert!(
            !shown.contains(&Uuid::nil().to_string()),
            "an answer shows a thing that the story does not have"
        );
        assert_eq!(named.difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new());
    }

    /// Hands every UUID of an example to `found`, with the name of its field.
    fn ids(value: &Value, name: &str, found: &mut impl FnMut(&str, &str)) {
        match value {
            Value::String(text) if Uuid::parse_str(text).is_ok() => found(name, text),
            Value::Array(items) => items.iter().for_each(|item| ids(item, name, found)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| ids(value, name, found)),
            _ => {}
        }
    }
}
