//! The API document as it is served: whole, or only what one kind of agent calls.

use std::collections::BTreeSet;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use mc_domain::agents::Agent;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    complete::references,
    operations::{self, AgentOperation},
};
use crate::{error::ApiError, extract::Query, fields::Text, routes::OPERATIONS};

/// The tags that agents choose their operations by.
const ROLES: [&str; 4] = ["agent", "agent-lead", "agent-worker", "agent-main"];
/// Of the hints, a role's document keeps those by which an operation is chosen.
const KEPT_HINTS: [&str; 3] = ["x-llm-intent", "x-required-actor", "x-when-to-use"];

crate::query! {
    /// Which part of the document is wanted.
    pub(crate) struct DocumentQuery {
        /// Only the operations of one kind of agent: `agent`, `agent-lead`, `agent-worker` or `agent-main`.
        role: Option<Text<64>>,
        /// The same as `role`.
        tag: Option<Text<64>>,
    }
}

/// One document, ready to be sent.
struct Served {
    json: Bytes,
    tag: HeaderValue,
}

/// What one kind of agent may call, in each form in which it is given.
pub(crate) struct OperationLists {
    /// As data.
    pub(crate) items: Vec<AgentOperation>,
    /// For reading.
    pub(crate) text: Bytes,
    /// As a table of tab-separated values.
    pub(crate) tsv: Bytes,
}

impl OperationLists {
    fn new(document: &Value, role: &str) -> Self {
        let items = operations::of_role(document, role);
        let (text, tsv) = (operations::as_text(&items).into(), operations::as_tsv(&items).into());
        Self { items, text, tsv }
    }
}

/// The documents of this server, written once at its start.
pub(crate) struct Documents {
    whole: Served,
    by_role: [Served; ROLES.len()],
    operations: [OperationLists; ROLES.len()],
}

impl Documents {
    /// Writes the whole document and those of the roles.
    pub(crate) fn new(document: &Value) -> Self {
        Self {
            whole: Served::new(document),
            by_role: ROLES.map(|role| Served::new(&of_role(document, role))),
            operations: ROLES.map(|role| OperationLists::new(document, role)),
        }
    }

    /// What an agent may call.
    pub(crate) fn operations(&self, agent: &Agent) -> &OperationLists {
        let [_, lead, worker, main] = &self.operations;
        match (agent.board_id, agent.is_board_lead) {
            (None, _) => main,
            (Some(_), true) => lead,
            (Some(_), false) => worker,
        }
    }

    fn of(&self, role: Option<&str>) -> Option<&Served> {
        match role {
            None => Some(&self.whole),
            Some(role) => self.by_role.get(ROLES.iter().position(|known| *known == role)?),
        }
    }
}

impl Served {
    fn new(document: &Value) -> Self {
        let json = document.to_string();
        let digest = hex::encode(&Sha256::digest(json.as_bytes())[..16]);
        let tag = HeaderValue::from_str(&format!("\"{digest}\"")).expect("hexadecimal digits in quotes");
        Self { json: json.into(), tag }
    }
}

/// Gives the API document; unchanged ones are not sent again (RFC 9110, `If-None-Match`).
pub(crate) async fn serve(
    Query(query): Query<DocumentQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let role = query.role.or(query.tag);
    let Some(served) = OPERATIONS.documents.of(role.as_deref()) else {
        let text = format!("role must be one of {}", ROLES.join(", "));
        return Err(ApiError::with(StatusCode::UNPROCESSABLE_ENTITY, text));
    };
    let about = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // Kept by whoever likes, but asked about each time.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, served.tag.clone()),
    ];
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tag = served.tag.to_str().unwrap_or_default();
    let is_known = known.flat_map(|list| list.split(',')).map(str::trim).any(|one| {
        // A compressed answer carries the tag as a weak one.
        one == "*" || one.trim_start_matches("W/") == tag
    });
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, served.json.clone()).into_response())
}

/// The operations of a role with the schemas that they need, and without what an agent can do without.
fn of_role(document: &Value, role: &str) -> Value {
    let mut paths = Map::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let operations: Map<String, Value> = item
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(_, operation)| {
                operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == role))
            })
            .map(|(method, operation)| (method.clone(), shortened(operation)))
            .collect();
        if !operations.is_empty() {
            paths.insert(path.clone(), operations.into());
        }
    }
    let paths = Value::from(paths);
    let all = &document["components"]["schemas"];
    let mut names = BTreeSet::from(["LLMErrorResponse".to_owned()]);
    references(&paths, &mut names);
    loop {
        let mut wider = names.clone();
        names.iter().for_each(|name| references(&all[name], &mut wider));
        if wider.len() == names.len() {
            break;
        }
        names = wider;
    }
    let schemas: Map<String, Value> = names.iter().map(|name| (name.clone(), all[name].clone())).collect();
    let tags = document["tags"].as_array().into_iter().flatten().filter(|tag| tag["name"] == role).cloned();
    json!({
        "openapi": document["openapi"],
        "info": document["info"],
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
        "components": { "securitySchemes": document["components"]["securitySchemes"], "schemas": schemas },
    })
}

/// An operation without examples of answers, with one word on refusals, and with the hints that matter
/// for choosing it.
fn shortened(operation: &Value) -> Value {
    let mut operation = operation.clone();
    if let Some(fields) = operation.as_object_mut() {
        // Every operation of a role takes the token of an agent.
        fields.remove("security");
        fields.retain(|name, _| !name.starts_with("x-") || KEPT_HINTS.contains(&name.as_str()));
    }
    if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
        // A key for repetitions is the same everywhere; the whole document has it.
        parameters.retain(|parameter| parameter["name"] != "Idempotency-Key");
    }
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(fields) = parameter.as_object_mut() else { continue };
        // An id in a path says by its name whose it is.
        if fields.get("in") == Some(&json!("path")) {
            fields.remove("description");
        }
        if fields.get("required") == Some(&json!(false)) {
            fields.remove("required");
        }
    }
    // The schema beside an example of a body says the same, and more.
    if let Some(json) =
        operation.pointer_mut("/requestBody/content/application~1json").and_then(Value::as_object_mut)
    {
        json.remove("example");
    }
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        responses.retain(|status, _| status.starts_with('2'));
        for response in responses.values_mut() {
            if let Some(json) =
                response.pointer_mut("/content/application~1json").and_then(Value::as_object_mut)
            {
                json.remove("example");
            }
        }
        responses.insert(
            "default".into(),
            json!({
                "description": "A refusal.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/LLMErrorResponse" } } },
            }),
        );
    }
    operation
}

#[cfg(test)]
mod tests {
    use http::Method;
    use mc_store::testing::on_both;

    use super::*;
    use crate::testing::TestServer;

    #[tokio::test]
    async fn a_role_gets_its_operations_with_every_schema_they_need() {
        on_both(|store| async move {
            let server = TestServer::new(&store).await;
            let whole = server.call(Method::GET, "/openapi.json", &[], None).await;
            assert_eq!(whole.status, StatusCode::OK);
            for role in ROLES {
                let answer = server.call(Method::GET, &format!("/openapi.json?role={role}"), &[], None).await;
                assert_eq!(answer.status, StatusCode::OK, "{role}");
                let size = answer.json.to_string().len();
                assert!(size < 100_000, "{role}: {size} bytes do not fit an agent's context");
                for item in answer.json["paths"].as_object().unwrap().values() {
                    for operation in item.as_object().unwrap().values() {
                        assert!(operation["tags"].as_array().unwrap().contains(&role.into()), "{role}");
                    }
                }
                let mut names = BTreeSet::new();
                references(&answer.json, &mut names);
                for name in names {
                    assert!(
                        answer.json["components"]["schemas"].get(&name).is_some(),
                        "{role}: no schema {name}"
                    );
                }
            }
            let answer = server.call(Method::GET, "/openapi.json?role=owner", &[], None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        })
        .await;
    }

    #[tokio::test]
    async fn an_unchanged_document_is_not_sent_again() {
        on_both(|store| async move {
            let server = TestServer::new(&store).await;
            let first = server.call(Method::GET, "/openapi.json", &[], None).await;
            let tag = first.headers["etag"].to_str().unwrap().to_owned();
            for (known, status) in [
                (tag.clone(), StatusCode::NOT_MODIFIED),
                (format!("\"other\", W/{tag}"), StatusCode::NOT_MODIFIED),
                ("\"other\"".into(), StatusCode::OK),
            ] {
                let again =
                    server.call(Method::GET, "/openapi.json", &[("if-none-match", &known)], None).await;
                assert_eq!(again.status, status, "{known}");
            }
        })
        .await;
    }
}
