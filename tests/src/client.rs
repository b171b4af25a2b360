//! A client of the API.

use serde_json::Value;
use ureq::{Agent, http};

use crate::{LIMIT, Live, secrets};

/// Speaks to one server.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    url: String,
    token: Option<String>,
}

/// What the server said.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: http::HeaderMap,
    /// The body, `null` when it is not JSON.
    pub body: Value,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[must_use]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

impl Client {
    /// A client without credentials.
    pub(crate) fn new(url: &str) -> Self {
        let agent =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(LIMIT)).build().into();
        Self { agent, url: url.to_owned(), token: None }
    }

    /// The same client with a bearer token.
    #[must_use]
    pub fn signed_in(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same client without credentials.
    #[must_use]
    pub fn signed_out(mut self) -> Self {
        self.token = None;
        self
    }

    /// GET. A path starts with `/`.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Vec::new())
    }

    /// GET, or nothing when the server does not answer.
    pub(crate) fn try_get(&self, path: &str) -> Option<Answer> {
        self.try_send("GET", path, &[], Vec::new()).ok()
    }

    /// POST of a JSON body.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string().into_bytes())
    }

    /// POST of a JSON body, or nothing when the server does not answer.
    #[must_use]
    pub fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        let headers = [("content-type", "application/json")];
        self.try_send("POST", path, &headers, body.to_string().into_bytes()).ok()
    }

    /// PATCH of a JSON body.
    #[must_use]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, &[("content-type", "application/json")], body.to_string().into_bytes())
    }

    /// Any request.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        self.try_send(method, path, headers, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ureq::Error> {
        secrets::remember_all(&serde_json::from_slice(&body).unwrap_or(Value::Null));
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = if method == "GET" {
            self.agent.run(request.body(())?)?
        } else {
            self.agent.run(request.body(body)?)?
        };
        let content = response.body_mut().read_to_vec()?;
        let body = serde_json::from_slice(&content).unwrap_or(Value::Null);
        secrets::remember_all(&body);
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }

    /// Opens the event stream, and gives it when the server says that it is ready.
    #[must_use]
    pub fn live(&self) -> Live {
        let token = self.token.as_deref().expect("only a signed-in client has events");
        Live::open(&format!("{}/api/v1/events", self.url), token, None)
    }

    /// Opens the event stream again after the event with this id, as a browser does when the connection broke.
    #[must_use]
    pub fn live_after(&self, id: &str) -> Live {
        let token = self.token.as_deref().expect("only a signed-in client has events");
        Live::open(&format!("{}/api/v1/events", self.url), token, Some(id))
    }

    /// Creates a board and gives its id.
    #[must_use]
    pub fn create_board(&self, name: &str) -> String {
        let body = serde_json::json!({"name": name, "slug": name.to_lowercase(), "description": "A board of a test."});
        id(&self.post("/api/v1/boards", &body).expect(200))
    }

    /// Creates a task and gives its id.
    #[must_use]
    pub fn create_task(&self, board: &str, title: &str) -> String {
        let body = serde_json::json!({ "title": title });
        id(&self.post(&format!("/api/v1/boards/{board}/tasks"), &body).expect(200))
    }
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or_else(|| panic!("no id in {row}")).to_owned()
}
