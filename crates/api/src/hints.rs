//! What agents read in the API document beyond the operations: intents of schemas, and the shape of refusals.

use serde_json::{Map, Value, json};

/// What an agent uses a schema for.
struct Hint {
    schema: &'static str,
    intent: &'static str,
    actor: &'static str,
    when: &'static str,
}

const fn hint(schema: &'static str, intent: &'static str, actor: &'static str, when: &'static str) -> Hint {
    Hint { schema, intent, actor, when }
}

const HINTS: [Hint; 13] = [
    hint("AgentCreate", "agent_profile", "board_lead", "To describe an agent that is to be made."),
    hint("AgentUpdate", "agent_profile_update", "board_lead", "To change what an agent is made of."),
    hint("AgentRead", "agent_profile_lookup", "any_agent", "To see who an agent is and how it is."),
    hint("AgentHeartbeat", "agent_health_signal", "any_agent", "To give a sign of life."),
    hint("AgentHeartbeatCreate", "agent_bootstrap", "any_agent", "To give the first sign of life by name."),
    hint("AgentNudge", "agent_nudge", "board_lead", "To wake an agent of the own board."),
    hint(
        "GatewayLeadMessageRequest",
        "lead_direct_message",
        "agent_main",
        "To write to the lead of one board.",
    ),
    hint(
        "GatewayLeadMessageResponse",
        "lead_direct_message_result",
        "agent_main",
        "To see which lead got a message.",
    ),
    hint(
        "GatewayLeadBroadcastRequest",
        "lead_broadcast_message",
        "agent_main",
        "To write to the leads of several boards.",
    ),
    hint(
        "GatewayLeadBroadcastResponse",
        "lead_broadcast_summary",
        "agent_main",
        "To see how many leads a broadcast reached.",
    ),
    hint(
        "GatewayLeadBroadcastBoardResult",
        "lead_broadcast_status",
        "agent_main",
        "To see what became of a broadcast on one board.",
    ),
    hint(
        "GatewayMainAskUserRequest",
        "human_escalation_request",
        "board_lead",
        "To ask the people of a board.",
    ),
    hint(
        "GatewayMainAskUserResponse",
        "human_escalation_result",
        "board_lead",
        "To see who passes a question on.",
    ),
];

const ERROR: &str = "LLMErrorResponse";

/// Adds the intents to the schemas that are there, and the shape of errors to what operations of agents say of their own
/// refusals.
pub(crate) fn complete(document: &mut Value) {
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for Hint { schema, intent, actor, when } in HINTS {
            if let Some(schema) = schemas.get_mut(schema).and_then(Value::as_object_mut) {
                schema.insert("x-llm-intent".into(), intent.into());
                schema.insert("x-when-to-use".into(), json!([when]));
                schema.insert("x-required-actor".into(), actor.into());
            }
        }
    }
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten().filter(|(path, _)| path.starts_with("/api/v1/agent/")) {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            describe_errors(operation);
        }
    }
}

fn describe_errors(operation: &mut Value) {
    let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        // What an operation says of the shape itself is more exact.
        if !status.starts_with('2') && response.get("content").is_none() {
            response["content"] = json!({
                "application/json": { "schema": { "$ref": format!("#/components/schemas/{ERROR}") } },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTENTS: [&str; 9] = [
        "x-llm-intent",
        "x-required-actor",
        "x-when-to-use",
        "x-when-not-to-use",
        "x-negative-guidance",
        "x-prerequisites",
        "x-side-effects",
        "x-routing-policy",
        "x-routing-policy-examples",
    ];

    #[test]
    fn operations_of_agents_carry_every_hint() {
        let document = crate::document();
        let mut intents = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            if !path.starts_with("/api/v1/agent/") {
                continue;
            }
            for (method, operation) in item.as_object().unwrap() {
                for hint in INTENTS {
                    let value = &operation[hint];
                    let is_filled = value.as_str().is_some_and(|text| !text.is_empty())
                        || value.as_array().is_some_and(|all| !all.is_empty());
                    assert!(is_filled, "{method} {path}: {hint}");
                }
                for example in operation["x-routing-policy-examples"].as_array().unwrap() {
                    let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
                    assert!(filled(&example["input"]["intent"]) && filled(&example["decision"]), "{path}");
                    assert!(filled(&example["input"]["required_privilege"]), "{path}");
                    intents.push(example["decision"].clone());
                }
            }
        }
        let known: Vec<&Value> = document["paths"]
            .as_object()
            .unwrap()
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .map(|operation| &operation["x-llm-intent"])
            .collect();
        for decision in &intents {
            assert!(known.contains(&decision), "no operation has the intent {decision}");
        }
    }

    #[test]
    fn schemas_and_errors_of_agents_say_what_they_are_for() {
        let document = crate::document();
        let schemas = &document["components"]["schemas"];
        for name in ["AgentNudge", "GatewayLeadMessageRequest", "GatewayMainAskUserRequest", ERROR] {
            assert!(schemas[name]["x-llm-intent"].is_string(), "{name}");
            assert!(schemas[name]["x-when-to-use"][0].is_string(), "{name}");
        }
        let kind = &schemas["GatewayLeadMessageRequest"]["properties"]["kind"]["description"];
        assert!(kind.as_str().unwrap().starts_with("Routing mode"), "{kind}");
        let ask = &document["paths"]["/api/v1/agent/boards/{board_id}/gateway/main/ask-user"]["post"];
        for status in ["403", "404", "409", "422", "502"] {
            let schema = &ask["responses"][status]["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/LLMErrorResponse", "{status}");
        }
    }
}
