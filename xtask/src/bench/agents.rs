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

use super::{figure::Figure, webhook};
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
/// How often a delivery is looked at.
const LOOK_SOON: Duration = Duration::from_millis(2);
/// How many agents get a delivery; the median counts.
const DELIVERIES: usize = 21;
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
) -> Result<Vec<Figure>> {
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
    let told = webhook_to_agent(&place, board)?;
    Ok(vec![
        Figure::time("200 agents made, 16 at a time", made),
        Figure::time("200 agents set up on their gateway", set_up),
        Figure::time("Call of an agent, median, alone", alone).goal("< 2 ms"),
        Figure::time("Call of an agent, median, among 200", among_many)
            .beside(0.088, "88 ms to 14.6 s")
            .goal("< 2 ms"),
        Figure::time("Webhook to its agent, median", told)
            .beside(15.0, "15 s, one after another")
            .goal("< 1 s"),
    ])
}

/// How long it takes from a delivery to the gateway that has the message for the agent; each agent has a webhook of its
/// own.
fn webhook_to_agent(place: &Place<'_>, board: &str) -> Result<Duration> {
    let listed = place.get(&format!("/agents?board_id={board}&limit={DELIVERIES}"))?;
    let agents = listed["items"].as_array().context("no list of agents")?;
    let mut times = Vec::with_capacity(DELIVERIES);
    for agent in agents {
        let hook = json!({"description": "Look at what is new.", "agent_id": id(agent)?});
        let hook = place.post(&format!("/boards/{board}/webhooks"), &hook)?;
        let path = format!("/boards/{board}/webhooks/{}", id(&hook)?);
        let began = Instant::now();
        let taken = place.post(&path, &webhook::delivery())?;
        let payload = taken["payload_id"].as_str().with_context(|| format!("no payload: {taken}"))?;
        let payload = format!("{path}/payloads/{payload}");
        while place.get(&payload)?["delivery"]["status"] != "delivered" {
            if began.elapsed() > ANSWER_LIMIT {
                bail!("a payload did not reach its agent: {}", place.get(&payload)?);
            }
            thread::sleep(LOOK_SOON);
        }
        times.push(began.elapsed());
    }
    times.sort();
    times.get(times.len() / 2).copied().context("there are no agents")
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
