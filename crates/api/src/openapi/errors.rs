//! The schemas of refusals.

use serde_json::{Value, json};

/// An id as the server makes them.
const REQUEST_ID: &str = "0b9f7c1ad2e84f6c9a3d5e7f80a1b2c3";

/// The schemas of refusals.
pub(super) fn schemas() -> serde_json::Map<String, Value> {
    let schemas = json!({
        "ErrorResponse": {
            "type": "object",
            "description": "Why a request was refused.",
            "example": { "detail": "Not Found", "request_id": REQUEST_ID },
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
        "LLMErrorResponse": {
            "type": "object",
            "description": "Why a request of an agent was refused, and whether it may succeed later.",
            "example": { "detail": "Not Found", "request_id": REQUEST_ID, "code": "not_found", "retryable": false },
            "x-llm-intent": "llm_error_handling",
            "x-when-to-use": ["Read it after every refusal, before deciding whether to try again."],
            "x-required-actor": "any_agent",
            "required": ["detail", "request_id", "code", "retryable"],
            "properties": {
                "detail": {
                    "description": "A sentence; an object with a `message` and ids; or the list of faults of a malformed request.",
                    "oneOf": [
                        { "type": "string" },
                        { "type": "object", "additionalProperties": true },
                        { "type": "array", "items": { "$ref": "#/components/schemas/ValidationError" } },
                    ],
                },
                "request_id": { "type": "string", "description": "Name it when you report a problem." },
                "code": { "type": "string", "description": "A stable name of the reason, such as `not_found` or `task_blocked_cannot_transition`." },
                "retryable": { "type": "boolean", "description": "True when the same request may succeed later; wait `Retry-After` seconds when that header is there." },
            },
        },
        "HTTPValidationError": {
            "type": "object",
            "description": "What is wrong with a request.",
            "example": {
                "detail": [{ "type": "missing", "loc": ["body", "name"], "msg": "Field required", "input": {} }],
                "request_id": REQUEST_ID,
            },
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
