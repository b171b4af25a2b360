//! The API document: what stands above the handlers, completed by rule.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{hints, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mission Control API",
        version = "0.1.0",
        description = "Run fleets of AI agents: boards, tasks, memory, webhooks, and live views of all of it. \
            People and scripts send `Authorization: Bearer <token>`, agents `X-Agent-Token: <token>`. \
            Times are UTC without a zone suffix. Lists take `limit` (1..200) and `offset`. Errors are \
            `{\"detail\": …, \"request_id\": …}`; the 422 detail of a malformed request lists every fault.",
    ),
    tags(
        (name = "auth", description = "Who is calling: sign-in, sessions, the configuration of the console."),
        (name = "health", description = "Probes for operators."),
        (name = "activity", description = "What happened, and the live event stream."),
        (name = "organizations", description = "Tenants, members, invites and grants."),
        (name = "boards", description = "Boards and their rules."),
        (name = "board-groups", description = "Boards that belong together."),
        (name = "board-group-memory", description = "Notes and chat of a board group."),
        (name = "board-onboarding", description = "The interview in which a board gets its goal and its lead."),
        (name = "board-memory", description = "Notes and chat of a board."),
        (name = "board-webhooks", description = "Inbound webhooks, their payloads and deliveries."),
        (name = "tasks", description = "Tasks, dependencies and comments."),
        (name = "tags", description = "Labels of tasks."),
        (name = "org-custom-fields", description = "Fields of tasks that an organization defines."),
        (name = "approvals", description = "What agents ask people to decide."),
        (name = "agents", description = "Agents, their presence and their lifecycle."),
        (name = "gateways", description = "OpenClaw gateways on which agents live."),
        (name = "skills", description = "Skills for agents, and the packs that list them."),
        (name = "souls-directory", description = "Published souls for agents."),
        (name = "metrics", description = "Figures over time."),
        (name = "users", description = "The own profile."),
        (name = "agent", description = "What agents call."),
        (name = "agent-lead", description = "What the agent that leads a board calls."),
        (name = "agent-worker", description = "What an agent that works on a board calls."),
        (name = "agent-main", description = "What the main agent of a gateway calls."),
    ),
    modifiers(&Schemes),
)]
struct Base;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Default::default);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("HTTPBearer", SecurityScheme::Http(bearer));
        let agent = ApiKeyValue::with_description("X-Agent-Token", "The token of an agent.");
        components.add_security_scheme("AgentToken", SecurityScheme::ApiKey(ApiKey::Header(agent)));
    }
}

/// The API document (OpenAPI 3.1), ready to be served.
///
/// # Panics
/// Never: a document of ours can be written as JSON.
#[must_use]
pub fn document() -> Value {
    let (_, operations) = routes::operations().split_for_parts();
    let mut document = Base::openapi();
    document.merge(operations);
    let mut value = serde_json::to_value(&document).expect("a document of ours can be written as JSON");
    complete(&mut value);
    hints::complete(&mut value);
    value
}

/// The operation id that clients know: handler, path and method. What only leads and main agents do
/// is known by its handler alone.
fn operation_id(handler: &str, path: &str, method: &str) -> String {
    if handler.starts_with("agent_lead_") || handler.starts_with("agent_main_") {
        return handler.to_owned();
    }
    let word =
        |character: char| if character.is_alphanumeric() || character == '_' { character } else { '_' };
    let path: String = path.chars().map(word).collect();
    format!("{handler}{path}_{method}")
}

fn complete(document: &mut Value) {
    let errors = error_schemas();
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
            if !["ErrorResponse", "HTTPValidationError", "ValidationError", "BlockedTaskDetail"]
                .contains(&name.as_str())
            {
                require_all(schema);
            }
        }
    }
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
    if operation.get("description").is_none() {
        let summary = operation["summary"].as_str().unwrap_or_default().trim_end_matches('.').to_owned();
        operation["description"] = format!("{summary}.").into();
    }
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = names
        .map(|name| {
            let noun = name.trim_end_matches("_id").replace('_', " ");
            json!({
                "name": name, "in": "path", "required": true,
                "description": format!("The id of the {noun}."),
                "schema": { "type": "string", "format": "uuid" },
            })
        })
        .collect();
    if !parameters.is_empty() {
        let declared = operation["parameters"].as_array().cloned().unwrap_or_default();
        operation["parameters"] = parameters.into_iter().chain(declared).collect();
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
        add("401", "The caller is not known: no token, or a wrong one.", "ErrorResponse");
        add("403", "The caller is known but may not do this.", "ErrorResponse");
        add("429", "Too many attempts; `Retry-After` says when to come back.", "ErrorResponse");
    }
    if has_body {
        add("400", "The body cannot be read at all.", "ErrorResponse");
        add("413", "The body is larger than allowed; the detail has the limit.", "ErrorResponse");
    }
    if has_id {
        add("404", "There is no such thing.", "ErrorResponse");
    }
    if has_input {
        add(
            "422",
            "Something in the request is not acceptable; the detail lists every fault.",
            "HTTPValidationError",
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

/// Fields of answers are always there, if only as null.
fn require_all(schema: &mut Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let names: Vec<Value> = properties.keys().map(|name| name.clone().into()).collect();
        schema["required"] = names.into();
    }
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_all);
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
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

fn error_schemas() -> serde_json::Map<String, Value> {
    let schemas = json!({
        "ErrorResponse": {
            "type": "object",
            "description": "Why a request was refused.",
            "required": ["detail", "request_id"],
            "properties": {
                "detail": {
                    "description": "A sentence, or an object with a `message` and the ids or names that it is about.",
                    "oneOf": [{ "type": "string" }, { "type": "object", "additionalProperties": true }],
                },
                "request_id": { "type": "string", "description": "Also in the `X-Request-Id` header and in the server's log." },
                "code": { "type": "string", "description": "A stable name of the reason, where there is one." },
            },
        },
        "HTTPValidationError": {
            "type": "object",
            "description": "What is wrong with a request.",
            "required": ["detail", "request_id"],
            "properties": {
                "detail": {
                    "description": "Every fault of a malformed request; a sentence or an object where a rule was broken.",
                    "oneOf": [
                        { "type": "array", "items": { "$ref": "#/components/schemas/ValidationError" } },
                        { "type": "string" },
                        { "type": "object", "additionalProperties": true },
                    ],
                },
                "request_id": { "type": "string" },
                "code": { "type": "string" },
            },
        },
        "ValidationError": {
            "type": "object",
            "description": "One fault of a request.",
            "required": ["type", "loc", "msg"],
            "properties": {
                "type": { "type": "string", "description": "A stable name of the rule, such as `missing`." },
                "loc": {
                    "type": "array",
                    "description": "Where: `body`, `query`, `path` or `header`, then names and array positions.",
                    "items": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
                },
                "msg": { "type": "string", "description": "A sentence." },
                "input": { "description": "The value as it was sent; left out for secrets." },
                "ctx": { "type": "object", "additionalProperties": true, "description": "The bounds or reasons of the rule." },
            },
        },
    });
    match schemas {
        Value::Object(map) => map,
        _ => serde_json::Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations(document: &Value) -> Vec<(String, String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        paths
            .iter()
            .flat_map(|(path, item)| {
                item.as_object()
                    .unwrap()
                    .iter()
                    .map(move |(method, operation)| (method.clone(), path.clone(), operation))
            })
            .collect()
    }

    #[test]
    fn operation_ids_follow_the_rule_that_clients_know() {
        assert_eq!(
            operation_id("list_board_memory", "/api/v1/boards/{board_id}/memory", "get"),
            "list_board_memory_api_v1_boards__board_id__memory_get"
        );
    }

    #[test]
    fn every_operation_is_documented() {
        let document = document();
        let tags: BTreeSet<&str> =
            document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
        let mut ids = BTreeSet::new();
        for (method, path, operation) in operations(&document) {
            let place = format!("{method} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{place}: id is taken"
            );
            assert!(
                operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
                "{place}: no summary"
            );
            assert!(operation["security"].is_array(), "{place}: no word on who may call");
            for tag in operation["tags"].as_array().unwrap() {
                assert!(tags.contains(tag.as_str().unwrap()), "{place}: unknown tag {tag}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(
                    response["description"].as_str().is_some_and(|text| !text.is_empty()),
                    "{place} {status}"
                );
            }
            let in_path = path.matches('{').count();
            let declared = operation["parameters"]
                .as_array()
                .map_or(0, |all| all.iter().filter(|parameter| parameter["in"] == "path").count());
            assert_eq!(in_path, declared, "{place}: path parameters");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for name in found {
            assert!(document["components"]["schemas"].get(&name).is_some(), "no schema {name}");
        }
    }
}
