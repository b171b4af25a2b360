//! Examples, made from the schemas: whoever reads the document sees what goes over the wire.

use serde_json::{Map, Value, json};

/// References and nested objects are followed this far.
const DEPTH: usize = 12;

/// Gives every JSON body of a request or of a success an example, unless it has one.
pub(super) fn add(document: &mut Value) {
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            add_to(content, &schemas);
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for (_, response) in responses.into_iter().flatten().filter(|(status, _)| status.starts_with('2')) {
            if let Some(content) = response.get_mut("content") {
                add_to(content, &schemas);
            }
        }
    }
}

fn add_to(content: &mut Value, schemas: &Value) {
    let Some(json) = content.get_mut("application/json") else { return };
    if json.get("example").is_none() && json.get("examples").is_none() {
        json["example"] = of(&json["schema"], schemas, DEPTH);
    }
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
        fields.map(|(name, field)| (name.clone(), of(field, schemas, depth - 1))).collect();
    if fields.is_empty() && schema["additionalProperties"].is_object() {
        return json!({ "key": of(&schema["additionalProperties"], schemas, depth - 1) });
    }
    fields.into()
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
        _ => "string",
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
}
