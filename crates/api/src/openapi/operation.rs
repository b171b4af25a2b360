//! What is added to every operation by rule: its id, words, parameters that come from its path and method, refusals.

use serde_json::{Value, json};

use super::story::Thing;

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

/// Completes an operation that was described beside its handler.
pub(super) fn complete(path: &str, method: &str, operation: &mut Value) {
    let handler = operation["operationId"].as_str().unwrap_or_default().to_owned();
    operation["operationId"] = operation_id(&handler, path, method).into();
    sort_hints(operation);
    describe(operation);
    add_path_parameters(path, operation);
    let kind = Kind::of(path, method, operation);
    if kind.is_conditional {
        add_parameter(
            operation,
            json!({
                "name": "If-Match", "in": "header", "required": false, "schema": { "type": "string" },
                "description": "The `ETag` of what the caller has read: when it was changed since, nothing happens (412).",
            }),
        );
    }
    if kind.is_creation {
        add_parameter(
            operation,
            json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
                "description": "The same request with the same key happens once; for 24 hours a repetition gets the first answer again.",
            }),
        );
    }
    add_refusals(&kind, path, operation);
    finish_answers(operation);
}

/// What the rules make of an operation.
struct Kind {
    /// It looks at `If-Match`.
    is_conditional: bool,
    /// It takes an `Idempotency-Key`.
    is_creation: bool,
    /// Agents call it, who are told in each refusal whether trying again makes sense.
    is_for_agents: bool,
    /// It asks for no credentials.
    is_public: bool,
}

impl Kind {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let is_of_agents = |tag: &Value| tag.as_str().is_some_and(|tag| tag.starts_with("agent"));
        let tags = operation["tags"].as_array();
        let security = operation["security"].as_array();
        Self {
            is_conditional: method == "patch" && !UNCONDITIONAL.iter().any(|end| path.ends_with(end)),
            is_creation: method == "post"
                && path.starts_with("/api/v1/")
                && !path.ends_with("/webhooks/{webhook_id}"),
            is_for_agents: path.starts_with("/api/v1/agent/")
                && tags.is_some_and(|tags| tags.iter().any(is_of_agents)),
            is_public: security.is_some_and(|all| all.iter().all(|one| one == &json!({}))),
        }
    }
}

/// Extensions come in no order of their own, and the document is to be the same each time.
fn sort_hints(operation: &mut Value) {
    let Some(fields) = operation.as_object_mut() else { return };
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

fn describe(operation: &mut Value) {
    // The first line of a handler's documentation is a sentence, a summary is a title.
    let summary = operation["summary"].as_str().unwrap_or_default().trim_end_matches('.').to_owned();
    if operation.get("description").is_none() {
        operation["description"] = format!("{summary}.").into();
    }
    operation["summary"] = summary.into();
    if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.entry("description").or_insert_with(|| "The request as JSON; unknown keys are ignored.".into());
    }
}

/// Handlers read the ids of their path themselves, so they are not declared there.
fn add_path_parameters(path: &str, operation: &mut Value) {
    let names = path.split('/').filter_map(|part| part.split_once('}')?.0.strip_prefix('{'));
    let parameters: Vec<Value> = names.map(|name| path_parameter(path, name)).collect();
    if !parameters.is_empty() {
        let declared = operation["parameters"].as_array().cloned().unwrap_or_default();
        operation["parameters"] = parameters.into_iter().chain(declared).collect();
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
            "example": Thing::of(name).map(Thing::id),
        });
    }
    json!({
        "name": name, "in": "path", "required": true,
        "description": format!("The {noun}."),
        "schema": { "type": "string" },
    })
}

fn add_parameter(operation: &mut Value, parameter: Value) {
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

/// What every operation of its kind may be refused with, unless the handler says it in other words.
fn add_refusals(kind: &Kind, path: &str, operation: &mut Value) {
    let has_id = path.contains('{');
    let has_body = operation.get("requestBody").is_some();
    let has_input = has_id || has_body || operation.get("parameters").is_some();
    let refusal = if kind.is_for_agents { "LLMErrorResponse" } else { "ErrorResponse" };
    let mut add = |status: &str, text: &str, schema: &str| {
        let responses = &mut operation["responses"];
        if responses.get(status).is_none() {
            responses[status] = json!({
                "description": text,
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
            });
        }
    };
    if !kind.is_public {
        add("401", "The caller is not known: no token, or a wrong one.", refusal);
        add("403", "The caller is known but may not do this.", refusal);
        add("429", "Too many attempts; `Retry-After` says when to come back.", refusal);
    }
    if has_body {
        add("400", "The body cannot be read at all.", refusal);
        add("413", "The body is larger than allowed; the detail has the limit.", refusal);
    }
    if kind.is_conditional {
        add("412", "It was changed since the caller has read it.", refusal);
    }
    if kind.is_creation && !kind.is_public {
        add("409", "It contradicts the present state.", refusal);
    }
    if has_id || (has_input && !kind.is_public) {
        add("404", "There is no such thing.", refusal);
    }
    if has_input {
        add(
            "422",
            "Something in the request is not acceptable; the detail lists every fault.",
            if kind.is_for_agents { "LLMErrorResponse" } else { "HTTPValidationError" },
        );
    }
}

/// Every answer has words, and they stand in the order of their statuses.
fn finish_answers(operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        if response["description"].as_str().unwrap_or_default().is_empty() {
            response["description"] =
                if status.starts_with('2') { "Success." } else { "The request was refused." }.into();
        }
    }
    responses.sort_keys();
}
