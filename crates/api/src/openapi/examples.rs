//! Examples, made from the schemas: whoever reads the document sees what goes over the wire.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::middleware::{code_of, is_retryable};

/// References and nested objects are followed this far.
const DEPTH: usize = 12;

/// The text of a field about which nothing is known.
const ANY_TEXT: &str = "string";

/// What is in fields with these names, where their schemas say only that it is a text.
const BY_NAME: [(&str, &str); 16] = [
    ("color", "9e9e9e"),
    ("email", "ada@example.com"),
    ("every", "10m"),
    ("field_key", "estimate"),
    ("invited_email", "ada@example.com"),
    ("name", "Example"),
    ("pronouns", "she/her"),
    ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("signature_header", "X-Signature"),
    ("slug", "example"),
    ("source_url", "https://github.com/acme/skills"),
    ("timezone", "Europe/Berlin"),
    ("title", "Write the release notes"),
    ("url", "wss://gateway.example.com"),
    ("validation_regex", "[A-Z]+-[0-9]+"),
    ("workspace_root", "~/.openclaw"),
];

/// Gives every JSON body of a request or an answer an example, unless it has one.
pub(super) fn add(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            add_to(content, |schema| of(schema, &schemas, DEPTH));
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (status, response) in responses.into_iter().flatten() {
            let Some(content) = response.get_mut("content") else { continue };
            match status.parse::<StatusCode>() {
                Ok(status) if !status.is_success() => {
                    add_to(content, |schema| refusal(status, of(schema, &schemas, DEPTH)));
                }
                _ => add_to(content, |schema| of(schema, &schemas, DEPTH)),
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

/// A value that fits a schema: its own example, default or first choice, else one by type and format.
fn of(schema: &Value, schemas: &Value, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        return of(&schemas[name], schemas, depth - 1);
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
    for key in ["oneOf", "anyOf"] {
        let branch = schema[key].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null"));
        if let Some(branch) = branch {
            return of(branch, schemas, depth - 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = of(part, schemas, depth - 1) {
                whole.extend(fields);
            }
        }
        return whole.into();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") => object(schema, schemas, depth),
        Some("array") => json!([of(&schema["items"], schemas, depth - 1)]),
        Some("string") => text(schema),
        Some("integer" | "number") => {
            schema.get("default").or_else(|| schema.get("minimum")).cloned().unwrap_or_else(|| 0.into())
        }
        Some("boolean") => schema.get("default").cloned().unwrap_or_else(|| false.into()),
        _ => Value::Null,
    }
}

fn object(schema: &Value, schemas: &Value, depth: usize) -> Value {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields: Map<String, Value> =
        fields.map(|(name, field)| (name.clone(), property(name, field, schemas, depth - 1))).collect();
    if fields.is_empty() && schema["additionalProperties"].is_object() {
        return json!({ "key": of(&schema["additionalProperties"], schemas, depth - 1) });
    }
    fields.into()
}

fn property(name: &str, schema: &Value, schemas: &Value, depth: usize) -> Value {
    let value = of(schema, schemas, depth);
    let known = BY_NAME.iter().find(|(known, _)| *known == name);
    match known.filter(|_| value == ANY_TEXT) {
        Some((_, text)) => (*text).into(),
        None => value,
    }
}

fn text(schema: &Value) -> Value {
    if let Some(default) = schema.get("default") {
        return default.clone();
    }
    match schema["format"].as_str() {
        Some("uuid") => "0197c3a1-7c4e-7b1a-9d52-5f6d2a4be1c0",
        Some("date-time" | "date-time-local") => "2026-01-31T12:00:00",
        Some("date") => "2026-01-31",
        Some("uri") => "https://example.com/",
        _ => ANY_TEXT,
    }
    .into()
}

#[cfg(test)]
mod tests {
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
            assert_eq!(of(&schema, &schemas, DEPTH), expected, "{schema}");
        }
    }

    #[test]
    fn a_schema_that_holds_itself_ends() {
        let schemas = json!({ "Node": { "type": "object", "properties": { "next": { "$ref": "#/components/schemas/Node" } } } });
        assert!(of(&json!({ "$ref": "#/components/schemas/Node" }), &schemas, DEPTH).is_object());
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
}
