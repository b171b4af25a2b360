//! What each kind of agent may call, short enough for its context: made from the API document.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How deep the form of a body is shown; what lies deeper is called `object`.
const DEPTH_MAX: usize = 3;

/// An operation, as an agent needs it for choosing and calling it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AgentOperation {
    /// The method.
    pub(crate) method: String,
    /// The path, with its parameters in braces.
    pub(crate) path: String,
    /// The name of the operation in the API document.
    pub(crate) operation_id: String,
    /// What it is called for, in one word.
    pub(crate) intent: String,
    /// What it does.
    pub(crate) summary: String,
    /// When it is the right one.
    pub(crate) when_to_use: Vec<String>,
    /// How to choose between it and its neighbours.
    pub(crate) routing_policy: Vec<String>,
    /// The parameters of the query; those with `?` may be left out.
    pub(crate) query: Vec<String>,
    /// The form of the body, such as `{status?: inbox|done, comment?: text}`; fields with `?` may be left out. Null when
    /// there is none.
    pub(crate) body: Option<String>,
}

/// The operations of one kind of agent, ordered by path and method.
pub(super) fn of_role(document: &Value, role: &str) -> Vec<AgentOperation> {
    let forms = Forms { schemas: &document["components"]["schemas"] };
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let has_role =
                operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == role));
            if has_role {
                found.push(summed_up(&forms, path, method, operation));
            }
        }
    }
    found.sort_by(|one, other| (&one.path, &one.method).cmp(&(&other.path, &other.method)));
    found
}

fn summed_up(forms: &Forms<'_>, path: &str, method: &str, operation: &Value) -> AgentOperation {
    let text = |name: &str| operation[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| -> Vec<String> {
        operation[name]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let query = parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| {
        let mark = if parameter["required"] == true { "" } else { "?" };
        let name = parameter["name"].as_str().unwrap_or_default();
        format!("{name}{mark}: {}", forms.of(&parameter["schema"], 0))
    });
    let body = operation.pointer("/requestBody/content/application~1json/schema");
    AgentOperation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        operation_id: text("operationId"),
        intent: text("x-llm-intent"),
        summary: text("summary"),
        when_to_use: list("x-when-to-use"),
        routing_policy: list("x-routing-policy"),
        query: query.collect(),
        body: body.map(|schema| forms.of(schema, 0)),
    }
}

/// Writes schemas in few words.
struct Forms<'a> {
    schemas: &'a Value,
}

impl Forms<'_> {
    fn of(&self, schema: &Value, depth: usize) -> String {
        if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
            return self.of(&self.schemas[name], depth);
        }
        if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            let choices = choices.iter().filter(|choice| choice["type"] != "null");
            let forms: Vec<String> = choices.map(|choice| self.of(choice, depth)).collect();
            return forms.join(" or ");
        }
        if let Some(names) = schema["enum"].as_array() {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            return names.join("|");
        }
        match (kind(schema), schema["format"].as_str()) {
            (Some("string"), Some("uuid")) => "uuid".into(),
            (Some("string"), Some("date-time")) => "time".into(),
            (Some("string"), _) => "text".into(),
            (Some("array"), _) => format!("list of {}", self.of(&schema["items"], depth)),
            (Some("object"), _) => match schema["properties"].as_object() {
                Some(fields) if depth < DEPTH_MAX => self.object(fields, &schema["required"], depth),
                _ => "object".into(),
            },
            (Some(other), _) => other.to_owned(),
            (None, _) => "anything".into(),
        }
    }

    fn object(&self, fields: &Map<String, Value>, required: &Value, depth: usize) -> String {
        let is_required =
            |name: &str| required.as_array().is_some_and(|names| names.iter().any(|one| one == name));
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, schema)| {
                let mark = if is_required(name) { "" } else { "?" };
                format!("{name}{mark}: {}", self.of(schema, depth + 1))
            })
            .collect();
        format!("{{{}}}", fields.join(", "))
    }
}

/// The type of a schema; of several the one that is not `null`.
fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

/// The list for reading: two to four lines an operation.
pub(super) fn as_text(operations: &[AgentOperation]) -> String {
    let mut text = "Fields with ? may be left out. Full schemas: /openapi.json?role=agent-worker, agent-lead or agent-main.\n"
        .to_owned();
    for operation in operations {
        let AgentOperation { method, path, summary, .. } = operation;
        let _ = writeln!(text, "\n{method} {path}\n  {summary}. {}", operation.when_to_use.join(" "));
        if !operation.query.is_empty() {
            let _ = writeln!(text, "  query {}", operation.query.join(", "));
        }
        if let Some(body) = &operation.body {
            let _ = writeln!(text, "  body {body}");
        }
    }
    text
}

/// The list as a table with a head, one line an operation; lists are joined with ` | `.
pub(super) fn as_tsv(operations: &[AgentOperation]) -> String {
    let mut table = "method\tpath\toperation_id\tintent\twhen_to_use\trouting_policy\n".to_owned();
    for operation in operations {
        let columns = [
            operation.method.clone(),
            operation.path.clone(),
            operation.operation_id.clone(),
            operation.intent.clone(),
            operation.when_to_use.join(" | "),
            operation.routing_policy.join(" | "),
        ];
        let columns = columns.map(|column| column.replace(['\t', '\n', '\r'], " "));
        let _ = writeln!(table, "{}", columns.join("\t"));
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_written_in_few_words() {
        let schemas =
            json!({"Inner": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}});
        let forms = Forms { schemas: &schemas };
        for (schema, expected) in [
            (json!({"type": "string"}), "text"),
            (json!({"type": ["string", "null"], "format": "uuid"}), "uuid"),
            (json!({"type": "string", "format": "date-time"}), "time"),
            (json!({"type": "string", "enum": ["a", "b"]}), "a|b"),
            (
                json!({"type": "array", "items": {"$ref": "#/components/schemas/Inner"}}),
                "list of {a: integer}",
            ),
            (json!({"oneOf": [{"type": "boolean"}, {"type": "null"}]}), "boolean"),
            (json!({"oneOf": [{"type": "number"}, {"type": "string"}]}), "number or text"),
            (json!({"type": "object", "additionalProperties": true}), "object"),
            (json!({}), "anything"),
            (
                json!({"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}, "y": {"$ref": "#/x/Inner"}}}),
                "{x: text, y?: {a: integer}}",
            ),
        ] {
            assert_eq!(forms.of(&schema, 0), expected, "{schema}");
        }
    }
}
