//! A model with an interface like OpenAI's whose answers a test writes: it lets a real gateway run real agent turns,
//! with real shell commands, without a language model.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

/// What gateways put in front of text of their own between the user's message and the model.
const INTERNAL: &str = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT";

/// One request to the model: who asks, and what has happened in this turn.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    /// The name of the agent's workspace without the prefix, which is its id on the gateway.
    pub(crate) agent: String,
    /// What the gateway tells every agent, with the files of this one's workspace in it.
    pub(crate) instructions: String,
    /// The newest message to the agent, with what the gateway puts around it.
    pub(crate) text: String,
    /// What the commands of this turn printed, in order.
    pub(crate) results: Vec<String>,
}

/// What the model does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Runs a shell command in the agent's workspace.
    Run(String),
    /// Ends the turn with words.
    Say(String),
    /// Fails with this status. Gateways try again after a 5xx, for a minute and a half, but not after a 400.
    Fail(u16),
}

/// How the model answers; decided anew for each request.
pub(crate) type Script = Arc<dyn Fn(&Turn) -> Reply + Send + Sync>;

struct Shared {
    script: Mutex<Script>,
    calls: Mutex<Vec<(Turn, Reply)>>,
}

/// A running model. Dropped, it is gone.
pub(crate) struct Model {
    address: SocketAddr,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

impl Model {
    /// Starts a model on a free port of the loopback interface.
    pub(crate) fn start(script: Script) -> Self {
        let shared = Arc::new(Shared { script: Mutex::new(script), calls: Mutex::default() });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime can be built");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.expect("a free port on the loopback interface");
        let address = listener.local_addr().expect("a bound socket has an address");
        let routes = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(complete))
            .with_state(Arc::clone(&shared));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { address, shared, _runtime: runtime }
    }

    /// Where gateways find it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Answers differently from now on.
    pub(crate) fn follow(&self, script: Script) {
        *lock(&self.shared.script) = script;
    }

    /// All requests so far, each with its answer.
    pub(crate) fn calls(&self) -> Vec<(Turn, Reply)> {
        lock(&self.shared.calls).clone()
    }

    /// How many requests there were so far.
    pub(crate) fn count(&self) -> usize {
        lock(&self.shared.calls).len()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while they hold it")
}

async fn models() -> Response {
    respond(&json!({"object": "list", "data": [{"id": "scripted", "object": "model", "owned_by": "test"}]}))
}

async fn complete(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "the request is no JSON").into_response();
    };
    let turn = read(&request);
    let script = Arc::clone(&lock(&shared.script));
    let reply = script(&turn);
    let number = {
        let mut calls = lock(&shared.calls);
        calls.push((turn, reply.clone()));
        calls.len()
    };
    let (message, reason) = match reply {
        Reply::Fail(status) => {
            let status = StatusCode::from_u16(status).expect("scripts fail with statuses of HTTP");
            let error = json!({"error": {"message": "scripted failure", "type": "invalid_request_error"}});
            return (status, respond(&error)).into_response();
        }
        Reply::Say(text) => (json!({"role": "assistant", "content": text}), "stop"),
        Reply::Run(command) => {
            let function = json!({"name": "exec", "arguments": json!({"command": command}).to_string()});
            let call =
                json!({"index": 0, "id": format!("call_{number}"), "type": "function", "function": function});
            (json!({"role": "assistant", "content": null, "tool_calls": [call]}), "tool_calls")
        }
    };
    let usage = json!({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110});
    let answer = |object: &str, choices: Value, usage: &Value| {
        json!({"id": format!("chatcmpl-{number}"), "object": object, "created": 0, "model": "scripted",
               "choices": choices, "usage": usage})
    };
    if request["stream"] != true {
        let choices = json!([{"index": 0, "message": message, "finish_reason": reason}]);
        return respond(&answer("chat.completion", choices, &usage));
    }
    let chunk = |choices: Value, usage: &Value| {
        format!("data: {}\n\n", answer("chat.completion.chunk", choices, usage))
    };
    let events = [
        chunk(json!([{"index": 0, "delta": message, "finish_reason": null}]), &Value::Null),
        chunk(json!([{"index": 0, "delta": {}, "finish_reason": reason}]), &Value::Null),
        chunk(json!([]), &usage),
        "data: [DONE]\n\n".to_owned(),
    ];
    ([(header::CONTENT_TYPE, "text/event-stream")], events.concat()).into_response()
}

fn respond(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// The turn that a request goes on with.
fn read(request: &Value) -> Turn {
    let messages = request["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let is_from_user =
        |message: &Value| message["role"] == "user" && !text(&message["content"]).starts_with(INTERNAL);
    let newest = messages.iter().rposition(is_from_user);
    let system: String =
        messages.iter().filter(|message| message["role"] == "system").map(|m| text(&m["content"])).collect();
    Turn {
        agent: agent_of(&system).unwrap_or_default().to_owned(),
        instructions: system,
        text: newest.map(|index| text(&messages[index]["content"])).unwrap_or_default(),
        results: messages[newest.map_or(0, |index| index + 1)..]
            .iter()
            .filter(|message| message["role"] == "tool")
            .map(|message| text(&message["content"]))
            .collect(),
    }
}

/// Gateways name the folder in which the agent works.
fn agent_of(system: &str) -> Option<&str> {
    let (_, rest) = system.split_once("/workspace-")?;
    rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next()
}

/// The text of a content, which is a string or a list of parts.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
