//! Agents that have nothing to do cost nothing. The ten minutes are real ones, on both gateways at the same time; this
//! module comes first by name, so that all other tests run beside it.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use black_box::{Installation, Kind, Server, until};
use serde_json::json;

use crate::{
    gateway::{Gateway, Version},
    model::{Model, Reply, Turn},
    stand::{LIMIT, Stand},
    team,
};

const VERSIONS: [Version; 2] = [Version::New, Version::Old];
/// Ten rounds of agents whose heartbeat comes every minute.
const WATCHED: Duration = Duration::from_secs(600);
/// How soon the gateway must have what an agent is told after there is work for it.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn five_idle_agents_ask_their_model_nothing_for_ten_minutes_and_one_task_wakes_one_of_them() {
    let models = VERSIONS.map(|_| Model::start(team::at_work()));
    let installations = VERSIONS.map(|_| Installation::new(Kind::Sqlite).at_one_address());
    let servers = installations.each_ref().map(Installation::start);
    let gateways = [0, 1].map(|at| Gateway::start(VERSIONS[at], &models[at].url()));
    let crews = [0, 1].map(|at| Crew::new(VERSIONS[at], &servers[at], &models[at], &gateways[at]));

    let asked = models.each_ref().map(Model::count);
    let started = Instant::now();
    until("the time is over", WATCHED + SOON, || {
        for (crew, asked) in crews.iter().zip(asked) {
            crew.has_slept_since(asked);
        }
        if started.elapsed() < WATCHED { Err("not yet".to_owned()) } else { Ok(()) }
    });
    for (crew, asked) in crews.iter().zip(asked) {
        crew.is_there();
        crew.one_wakes(asked);
    }
}

/// Five agents on a gateway of one version.
struct Crew<'a> {
    version: Version,
    model: &'a Model,
    stand: Stand<'a>,
    agents: Vec<String>,
}

impl<'a> Crew<'a> {
    /// Makes them one after the other, and waits until each has come and its turn is over.
    fn new(version: Version, server: &'a Server<'a>, model: &'a Model, gateway: &Gateway) -> Self {
        let stand = Stand::new(server, model, gateway);
        let every_minute = json!({"heartbeat_config": {"every": "1m"}});
        let names = ["Ada", "Ben", "Cleo", "Dan", "Eve"];
        let agents: Vec<String> = names.iter().map(|name| stand.agent(name, &every_minute)).collect();
        for agent in &agents {
            stand.wait_until_ready(agent);
        }
        // The turns run beside each other: who is ready may still be about to say that it is done.
        until("each turn has ended", LIMIT, || {
            let calls = model.calls();
            let has_ended = |agent: &String| {
                let of_agent = |(turn, _): &&(Turn, Reply)| turn.agent == format!("mc-{agent}");
                matches!(calls.iter().rev().find(of_agent), Some((_, Reply::Say(_))))
            };
            if agents.iter().all(has_ended) { Ok(()) } else { Err(format!("{calls:?}")) }
        });
        Self { version, model, stand, agents }
    }

    fn has_slept_since(&self, asked: usize) {
        if self.model.count() > asked {
            let calls: Vec<_> = self.model.calls().into_iter().skip(asked).collect();
            panic!("an idle agent was woken on {:?}: {calls:?}", self.version);
        }
    }

    /// Nobody takes those for lost that sleep.
    fn is_there(&self) {
        for agent in &self.agents {
            let agent = self.stand.client().get(&format!("/api/v1/agents/{agent}")).expect(200);
            let presence = agent["presence"].as_str().unwrap_or_default();
            assert!(["online", "idle"].contains(&presence), "{:?}: {agent}", self.version);
        }
    }

    /// Gives one of them a task: it is told soon, and the others sleep on.
    fn one_wakes(&self, asked: usize) {
        self.model.follow(Arc::new(|_| Reply::Say("I see.".to_owned())));
        let one = &self.agents[2];
        let task = json!({"title": "Write the report", "assigned_agent_id": one});
        let tasks = format!("/api/v1/boards/{}/tasks", self.stand.board);
        let created = Instant::now();
        let _ = self.stand.client().post(&tasks, &task).expect(200);
        until("the server has told the agent", SOON.saturating_sub(created.elapsed()), || {
            let answer = self.stand.client().get(&format!("/api/v1/agents/{one}/messages"));
            let is_told = answer.body["items"][0]["state"] == "delivered";
            if is_told { Ok(()) } else { Err(format!("{answer:?}")) }
        });
        let told = created.elapsed();
        // What the gateway then needs to begin a turn is its own matter: a second or two on an idle machine.
        until("an agent is woken", LIMIT, || match self.model.count() {
            count if count > asked => Ok(()),
            _ => Err("none".to_owned()),
        });
        println!("{:?}: told after {told:?}, awake after {:?}", self.version, created.elapsed());
        let watched = Instant::now();
        until("the others sleep on", LIMIT, || {
            let calls = self.model.calls().into_iter().skip(asked);
            let woken: BTreeSet<String> = calls.map(|(turn, _)| turn.agent).collect();
            assert_eq!(woken, BTreeSet::from([format!("mc-{one}")]), "{:?}", self.version);
            if watched.elapsed() < SOON { Err("not yet".to_owned()) } else { Ok(()) }
        });
    }
}
