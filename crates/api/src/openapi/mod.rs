//! The API document: what stands above the handlers, completed by rule.

mod complete;
mod errors;
mod examples;
mod operation;
mod operations;
mod roles;
mod story;

use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{hints, routes};
pub(crate) use operations::AgentOperation;
pub(crate) use roles::{Documents, serve as serve_document};

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
        (name = "agents", description = "Agents, their presence and their lifecycle."),
        (name = "activity", description = "What happened, and the live event stream."),
        (name = "gateways", description = "OpenClaw gateways on which agents live."),
        (name = "metrics", description = "Figures over time."),
        (name = "organizations", description = "Tenants, members, invites and grants."),
        (name = "souls-directory", description = "Published souls for agents."),
        (name = "skills", description = "Skills for agents, and the packs that list them."),
        (name = "board-groups", description = "Boards that belong together."),
        (name = "board-group-memory", description = "Notes and chat of a board group."),
        (name = "boards", description = "Boards and their rules."),
        (name = "board-memory", description = "Notes and chat of a board."),
        (name = "board-webhooks", description = "Inbound webhooks, their payloads and deliveries."),
        (name = "board-onboarding", description = "The interview in which a board gets its goal and its lead."),
        (name = "approvals", description = "What agents ask people to decide."),
        (name = "tasks", description = "Tasks, dependencies and comments."),
        (name = "custom-fields", description = "Fields of tasks that an organization defines."),
        (name = "tags", description = "Labels of tasks."),
        (name = "search", description = "Finding things by what they are called."),
        (name = "system", description = "The installation as a whole, for those who look after it."),
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
    completed(operations)
}

/// The document with what stands above the handlers in it, completed by rule.
pub(crate) fn completed(operations: Document) -> Value {
    let mut document = Base::openapi();
    document.merge(operations);
    let mut value = serde_json::to_value(&document).expect("a document of ours can be written as JSON");
    hints::complete(&mut value);
    complete::apply(&mut value);
    value
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{complete::references, operation::operation_id, *};

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
