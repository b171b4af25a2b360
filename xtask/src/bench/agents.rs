//! Agents on a gateway: how long many take to be set up, and whether one agent's call notices them.

use std::{
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use ureq::Agent;

use crate::{
    http::{free_port, get, post},
    process::Processes,
    server::Server,
};

/// How many agents there are in the end.
const AGENTS: usize = 200;
/// How many are made at a time.
const AT_A_TIME: usize = 16;
/// How long the gateway takes for each answer, in milliseconds.
const LATENCY: &str = "20";
const TOKEN: &str = "token-of-the-fake-gateway";
/// How long all agents may take.
const SET_UP_LIMIT: Duration = Duration::from_secs(600);
/// How long one answer may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
/// How often the list of agents is read meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often one call is made for a figure; the median counts.
const CALLS: usize = 301;

struct Place<'a> {
    client: Agent,
    url: String,
    authorization: &'a str,
}

impl Place<'_> {
    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}/api/v1{path}", self.url);
        post(&self.client, &url, &[("authorization", self.authorization)], body)
    }

    fn get(&self, path: &str) -> Result<Value> {
        let url = format!("{}/api/v1{path}", self.url);
        let mut answer = get(&self.client, &url, &[("authorization", self.authorization)])?;
        serde_json::from_str(&answer.body_mut().read_to_string()?).with_context(|| url)
    }
}

/// A client that waits for an agent to be made: that takes calls to the gateway.
fn patient() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(ANSWER_LIMIT)).build().into()
}

fn id(thing: &Value) -> Result<&str> {
    thing["id"].as_str().with_context(|| format!("no id in {thing}"))
}

/// Sets agents up on the fake gateway and gives the figures.
pub(super) fn measure(
    processes: &Processes,
    binary: &Path,
    fake: &Path,
    settings: &[(&str, &str)],
) -> Result<Vec<(&'static str, String)>> {
    let port = free_port()?;
    let _gateway = processes.start(Command::new(fake).args([&port.to_string(), TOKEN, LATENCY]))?;
    let server = Server::start(processes, binary, settings)?;
    let authorization = format!("Bearer {}", server.token);
    let place = Place { client: patient(), url: server.url(), authorization: &authorization };
    place.get("/users/me")?;

    // An agent of another runtime, whose token its maker gets: it calls while the others are there.
    let plain = json!({"name": "Plain", "slug": "plain", "description": "A board without a gateway."});
    let plain = place.post("/boards", &plain)?;
    let caller = place.post("/agents", &json!({"name": "Caller", "board_id": id(&plain)?}))?;
    let token = caller["token"].as_str().context("the agent has no token")?;
    let call = format!("{}/api/v1/agent/boards/{}/tasks", server.url(), id(&plain)?);
    let alone = median(&place.client, &call, token)?;

    let body = json!({"name": "Fake", "url": format!("ws://127.0.0.1:{port}"), "token": TOKEN,
        "workspace_root": "/srv/agents"});
    let gateway = place.post("/gateways", &body)?;
    let board = json!({"name": "Fleet", "slug": "fleet", "description": "A board of many agents.",
        "gateway_id": id(&gateway)?, "max_agents": AGENTS});
    let board = place.post("/boards", &board)?;
    let board = id(&board)?;
    let began = Instant::now();
    thread::scope(|scope| {
        let makers: Vec<_> = (0..AT_A_TIME)
            .map(|maker| {
                let place = &place;
                scope.spawn(move || {
                    (maker..AGENTS).step_by(AT_A_TIME).try_for_each(|number| {
                        let body = json!({"name": format!("Agent {number}"), "board_id": board});
                        place.post("/agents", &body).map(drop)
                    })
                })
            })
            .collect();
        makers
            .into_iter()
            .try_for_each(|maker| maker.join().unwrap_or_else(|_| bail!("a maker has panicked")))
    })?;
    let made = began.elapsed();
    loop {
        let listed = place.get(&format!("/agents?board_id={board}&limit={AGENTS}"))?;
        let agents = listed["items"].as_array().context("no list of agents")?;
        let is_set_up = |agent: &&Value| agent["lifecycle_state"] == "awaiting_checkin";
        if agents.iter().filter(is_set_up).count() == AGENTS {
            break;
        }
        if began.elapsed() > SET_UP_LIMIT {
            bail!("not all agents were set up within {} s: {listed}", SET_UP_LIMIT.as_secs());
        }
        thread::sleep(LOOK_EVERY);
    }
    let set_up = began.elapsed();
    let among_many = median(&place.client, &call, token)?;
    Ok(vec![
        ("200 agents made, 16 at a time", seconds(made)),
        ("200 agents set up on their gateway", seconds(set_up)),
        ("Call of an agent, median, alone", milliseconds(alone)),
        ("Call of an agent, median, among 200", milliseconds(among_many)),
    ])
}

fn median(client: &Agent, url: &str, token: &str) -> Result<Duration> {
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        let began = Instant::now();
        let answer = get(client, url, &[("x-agent-token", token)])?;
        if answer.status() != 200 {
            bail!("{url} was answered with {}", answer.status());
        }
        times.push(began.elapsed());
    }
    times.sort();
    Ok(times[CALLS / 2])
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}
