//! A gateway in memory that answers like one of version 2026.9.6: agents, their files, sessions, the configuration with
//! its hash, and the limits of a real one. No agent ever works on it.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

/// Changes of the configuration that are taken in a window.
const PATCHES: usize = 30;
const PATCH_WINDOW: Duration = Duration::from_secs(60);

/// How the gateway meets those who connect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manners {
    /// It lets in who has the token.
    #[default]
    Open,
    /// It wants the device approved; the request is `request-1`.
    Pairing,
    /// It speaks another protocol.
    OtherProtocol,
    /// It never answers.
    Silent,
}

/// A running gateway. Clones share it; it ends with the runtime.
#[derive(Debug, Clone)]
pub struct FakeGateway(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    token: String,
    state: Mutex<State>,
    /// Counts up to end all connections.
    restarts: watch::Sender<u64>,
    open: AtomicUsize,
    in_flight: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    manners: Manners,
    latency: Duration,
    agents: BTreeMap<String, Agent>,
    sessions: BTreeMap<String, Value>,
    config_rest: Map<String, Value>,
    revision: u64,
    patches: VecDeque<Instant>,
    calls: BTreeMap<String, usize>,
    connects: usize,
    most_in_flight: usize,
}

#[derive(Debug, Default)]
struct Agent {
    fields: Map<String, Value>,
    files: BTreeMap<String, String>,
}

impl FakeGateway {
    /// Listens on an address and lets in who has the token.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, token: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let gateway = Self(Arc::new(Inner {
            address: listener.local_addr()?,
            token: token.to_owned(),
            state: Mutex::default(),
            restarts: watch::Sender::new(0),
            open: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
        }));
        let accepting = gateway.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let gateway = accepting.clone();
                tokio::spawn(async move { gateway.serve(stream).await });
            }
        });
        Ok(gateway)
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}", self.0.address)
    }

    /// Meets those who connect from now on in another way.
    pub fn set_manners(&self, manners: Manners) {
        self.state().manners = manners;
    }

    /// Takes this long for each answer from now on.
    pub fn set_latency(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// Ends all connections, as a restart does.
    pub fn restart(&self) {
        self.0.restarts.send_modify(|count| *count += 1);
    }

    /// How often a method was called.
    #[must_use]
    pub fn calls(&self, method: &str) -> usize {
        self.state().calls.get(method).copied().unwrap_or_default()
    }

    /// How often somebody has connected and was admitted.
    #[must_use]
    pub fn connects(&self) -> usize {
        self.state().connects
    }

    /// How many connections are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// The most calls that waited for their answers at the same time.
    #[must_use]
    pub fn most_in_flight(&self) -> usize {
        self.state().most_in_flight
    }

    /// How many agents it has.
    #[must_use]
    pub fn agents(&self) -> usize {
        self.state().agents.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, stream: TcpStream) {
        let Ok(socket) = tokio_tungstenite::accept_async(stream).await else { return };
        self.0.open.fetch_add(1, Ordering::SeqCst);
        self.talk(socket).await;
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }

    async fn talk(&self, socket: tokio_tungstenite::WebSocketStream<TcpStream>) {
        let (mut sink, mut source) = socket.split();
        let (answers, mut outgoing) = mpsc::unbounded_channel::<Value>();
        let mut restarts = self.0.restarts.subscribe();
        restarts.mark_unchanged();
        let challenge = json!({"nonce": "nonce-1", "ts": 1_700_000_000_000_u64});
        if self.state().manners != Manners::Silent {
            let _ =
                answers.send(json!({"type": "event", "event": "connect.challenge", "payload": challenge}));
        }
        let mut is_admitted = false;
        loop {
            tokio::select! {
                _ = restarts.changed() => {
                    let frame = CloseFrame { code: CloseCode::Restart, reason: "service restart".into() };
                    // Who has gone need not be told.
                    let _ = sink.send(Message::Close(Some(frame))).await;
                    return;
                }
                answer = outgoing.recv() => {
                    let Some(answer) = answer else { return };
                    if sink.send(Message::text(answer.to_string())).await.is_err() {
                        return;
                    }
                }
                message = source.next() => {
                    let text = match message {
                        Some(Ok(Message::Text(text))) => text,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                        Some(Ok(_)) => continue,
                    };
                    let Ok(request) = serde_json::from_str::<Value>(&text) else { return };
                    if self.state().manners == Manners::Silent {
                        continue;
                    }
                    if is_admitted {
                        self.clone().answer_later(request, answers.clone());
                        continue;
                    }
                    let outcome = self.connect(&request["params"]);
                    is_admitted = outcome.is_ok();
                    let _ = answers.send(response(&request["id"], outcome));
                }
            }
        }
    }

    fn connect(&self, params: &Value) -> Result<Value, Value> {
        let mut state = self.state();
        match state.manners {
            Manners::Pairing => {
                return Err(
                    json!({"code": "NOT_PAIRED", "message": "pairing required: device is not approved yet",
                    "details": {"code": "PAIRING_REQUIRED", "requestId": "request-1"}}),
                );
            }
            Manners::OtherProtocol => {
                return Err(json!({"code": "INVALID_REQUEST", "message": "protocol mismatch",
                    "details": {"expectedProtocol": 9}}));
            }
            Manners::Open | Manners::Silent => {}
        }
        if params["auth"]["token"] != json!(self.0.token) {
            return Err(json!({"code": "INVALID_REQUEST", "message": "unauthorized: gateway token mismatch",
                "details": {"code": "AUTH_TOKEN_MISMATCH"}}));
        }
        state.connects += 1;
        Ok(json!({"type": "hello-ok", "protocol": 4, "server": {"version": "2026.9.6"},
            "features": {"methods": [], "events": []}, "auth": {"scopes": params["scopes"]},
            "policy": {"maxPayload": 26_214_400, "tickIntervalMs": 30_000}}))
    }

    fn answer_later(self, request: Value, answers: mpsc::UnboundedSender<Value>) {
        let flying = self.0.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        let latency = {
            let mut state = self.state();
            state.most_in_flight = state.most_in_flight.max(flying);
            let method = request["method"].as_str().unwrap_or_default().to_owned();
            *state.calls.entry(method).or_default() += 1;
            state.latency
        };
        tokio::spawn(async move {
            if !latency.is_zero() {
                sleep(latency).await;
            }
            let outcome =
                self.state().call(request["method"].as_str().unwrap_or_default(), &request["params"]);
            self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
            // Who has gone does not wait for the answer.
            let _ = answers.send(response(&request["id"], outcome));
        });
    }
}

impl State {
    fn call(&mut self, method: &str, params: &Value) -> Result<Value, Value> {
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
        match method {
            "health" => Ok(json!({"ok": true})),
            "agents.list" => {
                let agents: Vec<Value> = self.agents.keys().map(|id| json!({"id": id})).collect();
                Ok(json!({"defaultId": "main", "agents": agents}))
            }
            "agents.create" => {
                let id = text("name");
                if self.agents.contains_key(&id) {
                    return Err(invalid(&format!("agent \"{id}\" already exists")));
                }
                let mut agent = Agent::default();
                agent.fields.insert("workspace".into(), params["workspace"].clone());
                self.agents.insert(id.clone(), agent);
                self.revision += 1;
                Ok(json!({"ok": true, "agentId": id, "workspace": params["workspace"]}))
            }
            "agents.update" => {
                self.agent(params)?.fields.insert("name".into(), params["name"].clone());
                self.revision += 1;
                Ok(json!({"ok": true, "agentId": params["agentId"]}))
            }
            "agents.delete" => {
                self.agent(params)?;
                self.agents.remove(&text("agentId"));
                self.revision += 1;
                Ok(json!({"ok": true}))
            }
            "agents.files.list" => {
                let files: Vec<Value> = self
                    .agent(params)?
                    .files
                    .keys()
                    .map(|name| json!({"name": name, "missing": false}))
                    .collect();
                Ok(json!({"files": files}))
            }
            "agents.files.get" => {
                let name = known_file(&text("name"))?;
                Ok(match self.agent(params)?.files.get(&name) {
                    Some(content) => {
                        json!({"file": {"name": name, "missing": false, "content": content, "hash": hash(content)}})
                    }
                    None => json!({"file": {"name": name, "missing": true}}),
                })
            }
            "agents.files.set" => {
                let name = known_file(&text("name"))?;
                self.agent(params)?.files.insert(name, text("content"));
                Ok(json!({"ok": true}))
            }
            "config.get" => Ok(json!({"hash": self.revision.to_string(), "config": self.config()})),
            "config.patch" => self.patch(params),
            "sessions.list" => Ok(json!({"sessions": self.sessions.values().collect::<Vec<_>>()})),
            "sessions.patch" | "sessions.reset" => {
                let entry = json!({"key": params["key"], "label": params["label"]});
                self.sessions.insert(text("key"), entry.clone());
                Ok(json!({"ok": true, "entry": entry}))
            }
            "sessions.delete" => Err(invalid("Cannot delete the main session (K).")),
            "chat.send" => Ok(json!({"runId": params["idempotencyKey"], "status": "started"})),
            "chat.history" => Ok(json!({"messages": []})),
            other => Err(invalid(&format!("unknown method: {other}"))),
        }
    }

    fn agent(&mut self, params: &Value) -> Result<&mut Agent, Value> {
        let id = params["agentId"].as_str().unwrap_or_default();
        self.agents.get_mut(id).ok_or_else(|| invalid(&format!("agent \"{id}\" not found")))
    }

    fn config(&self) -> Value {
        let entries: Map<String, Value> =
            self.agents.iter().map(|(id, agent)| (id.clone(), Value::Object(agent.fields.clone()))).collect();
        let mut config = self.config_rest.clone();
        config.insert("agents".into(), json!({"entries": entries}));
        Value::Object(config)
    }

    fn patch(&mut self, params: &Value) -> Result<Value, Value> {
        let now = Instant::now();
        self.patches.retain(|at| now - *at < PATCH_WINDOW);
        if self.patches.len() >= PATCHES {
            let wait = self.patches.front().map_or(PATCH_WINDOW, |first| PATCH_WINDOW - (now - *first));
            return Err(json!({"code": "UNAVAILABLE", "message": "rate limit exceeded for config.patch",
                "retryable": true, "retryAfterMs": u64::try_from(wait.as_millis()).unwrap_or_default()}));
        }
        self.patches.push_back(now);
        if params["baseHash"] != json!(self.revision.to_string()) {
            return Err(invalid("config changed since last load; re-run config.get and retry"));
        }
        let patch: Value = serde_json::from_str(params["raw"].as_str().unwrap_or_default())
            .map_err(|_| invalid("raw is no JSON"))?;
        if let Some(entries) = patch["agents"]["entries"].as_object() {
            for (id, entry) in entries {
                let fields = &mut self.agents.entry(id.clone()).or_default().fields;
                fields.extend(entry.as_object().cloned().unwrap_or_default());
            }
        }
        let rest = patch.as_object().into_iter().flatten().filter(|(name, _)| *name != "agents");
        self.config_rest.extend(rest.map(|(name, value)| (name.clone(), value.clone())));
        self.revision += 1;
        Ok(json!({"ok": true, "hash": self.revision.to_string()}))
    }
}

fn known_file(name: &str) -> Result<String, Value> {
    let known = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "MEMORY.md", "BOOTSTRAP.md"];
    if known.contains(&name) {
        Ok(name.to_owned())
    } else {
        Err(invalid(&format!("unsupported file \"{name}\"")))
    }
}

fn hash(content: &str) -> String {
    use sha2::{Digest as _, Sha256};
    hex::encode(Sha256::digest(content.as_bytes()))
}

fn invalid(message: &str) -> Value {
    json!({"code": "INVALID_REQUEST", "message": message})
}

fn response(id: &Value, outcome: Result<Value, Value>) -> Value {
    match outcome {
        Ok(payload) => json!({"type": "res", "id": id, "ok": true, "payload": payload}),
        Err(error) => json!({"type": "res", "id": id, "ok": false, "error": error}),
    }
}
