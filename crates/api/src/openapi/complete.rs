//! What is added to every operation by rule: ids, path parameters, error answers, required fields.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{errors, examples};

/// Changes that do not look at `If-Match`: there is no version of them, or they are decided once.
const UNCONDITIONAL: [&str; 5] = [
    "/users/me",
    "/organizations/me/active",
    "/approvals/{approval_id}",
    "/members/{member_id}",
    "/packs/{pack_id}",
];

/// The operation id that clients know: handler, path and method. What only leads and main agents do
/// is known by its handler alone.
pub(super) fn operation_id(handler: &str, path: &str, method: &str) -> String {
    if handler.starts_with("agent_lead_") || handler.starts_with("agent_main_") {
        return handler.to_owned();
    }
    let word =
        |character: char| if character.is_alphanumeric() || character == '_' { character } else { '_' };
    let path: String = path.chars().map(word).collect();
    format!("{handler}{path}_{method}")
}

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
                complete_operation(path, method, operation);
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

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let handler = operation["operationId"].as_str().unwrap_or_default().to_owned();
    operation["operationId"] = operation_id(&handler, path, method).into();
    if let Some(fields) = operation.as_object_mut() {
        // They come in no order of their own, and the document is to be the same each time.
        let mut hints: Vec<(String, Value)> = Vec::new();
        fields.retain(|name, value| {
            let is_hint = name.starts_with("x-");
            if is_hint {
                hints.push((name.clone(), value.clone()));
            }
            !is_hint
        });
        hints.sort_by(|left, right| left.0.cmp(&right.0));
        fields.extend(hints);
    }
    // The first line of a handler's documentation is a sentence, a summary is a title.
    let summary = operation["summary"].as_str().unwrap_or_default().trim_end_matches('.').to_owned();
    if operation.get("description").is_none() {
        operation["description"] = format!("{summary}.").into();
    }
    operation["summary"] = summary.into();
    if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.entry("description").or_insert_with(|| "The request as JSON; unknown keys are ignored.".into());
    }
    let names = path.split('/').filter_map(|part| part.split_once('}')?.0.strip_prefix('{'));
    let parameters: Vec<Value> = names.map(|name| path_parameter(path, name)).collect();
    if !parameters.is_empty() {
        let declared = operation["parameters"].as_array().cloned().unwrap_or_default();
        operation["parameters"] = parameters.into_iter().chain(declared).collect();
    }
    // What agents call tells them in each refusal whether trying again makes sense.
    let is_for_agents = operation["tags"]
        .as_array()
        .is_some_and(|tags| tags.iter().any(|tag| tag.as_str().is_some_and(|tag| tag.starts_with("agent"))))
        && path.starts_with("/api/v1/agent/");
    let refusal = if is_for_agents { "LLMErrorResponse" } else { "ErrorResponse" };
    let is_conditional = method == "patch" && !UNCONDITIONAL.iter().any(|end| path.ends_with(end));
    if is_conditional {
        let precondition = json!({
            "name": "If-Match", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "The `ETag` of what the caller has read: when it was changed since, nothing happens (412).",
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(precondition),
            None => operation["parameters"] = json!([precondition]),
        }
    }
    let is_creation =
        method == "post" && path.starts_with("/api/v1/") && !path.ends_with("/webhooks/{webhook_id}");
    if is_creation {
        let key = json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
            "description": "The same request with the same key happens once; for 24 hours a repetition gets the first answer again.",
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
    }
    let is_public =
        operation["security"].as_array().is_some_and(|all| all.iter().all(|one| one == &json!({})));
    let has_id = path.contains('{');
    let has_body = operation.get("requestBody").is_some();
    let has_input = has_id || has_body || operation.get("parameters").is_some();
    let mut add = |status: &str, text: &str, schema: &str| {
        let responses = &mut operation["responses"];
        if responses.get(status).is_none() {
            responses[status] = json!({
                "description": text,
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
            });
        }
    };
    if !is_public {
        add("401", "The caller is not known: no token, or a wrong one.", refusal);
        add("403", "The caller is known but may not do this.", refusal);
        add("429", "Too many attempts; `Retry-After` says when to come back.", refusal);
    }
    if has_body {
        add("400", "The body cannot be read at all.", refusal);
        add("413", "The body is larger than allowed; the detail has the limit.", refusal);
    }
    if is_conditional {
        add("412", "It was changed since the caller has read it.", refusal);
    }
    if is_creation && !is_public {
        add("409", "It contradicts the present state.", refusal);
    }
    if has_id || (has_input && !is_public) {
        add("404", "There is no such thing.", refusal);
    }
    if has_input {
        add(
            "422",
            "Something in the request is not acceptable; the detail lists every fault.",
            if is_for_agents { "LLMErrorResponse" } else { "HTTPValidationError" },
        );
    }
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, response) in responses.iter_mut() {
            if response["description"].as_str().unwrap_or_default().is_empty() {
                response["description"] =
                    if status.starts_with('2') { "Success." } else { "The request was refused." }.into();
            }
        }
        responses.sort_keys();
    }
}

/// Ids are UUIDs, but for the keys of sessions on a gateway; everything else in a path is a name.
fn path_parameter(path: &str, name: &str) -> Value {
    let noun = name.trim_end_matches("_id").replace('_', " ");
    if name.ends_with("_id") && !path.contains("/gateways/sessions/") {
        return json!({
            "name": name, "in": "path", "required": true,
            "description": format!("The id of the {noun}."),
            "schema": { "type": "string", "format": "uuid" },
        });
    }
    json!({
        "name": name, "in": "path", "required": true,
        "description": format!("The {noun}."),
        "schema": { "type": "string" },
    })
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
