//! Agents that have nothing to do cost nothing.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use black_box::{Installation, Kind, until};
use serde_json::json;

use crate::{
    gateway::{Gateway, Version},
    model::{Model, Reply},
    stand::{LIMIT, Stand},
    team,
};

/// More than two heartbeats of agents that have one every minute. What is measured in heartbeats goes for every cadence:
/// at the default of ten minutes it is more than twenty minutes.
const WATCHED: Duration = Duration::from_secs(135);
/// How soon the model of an agent is asked after there is work for it.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn five_idle_agents_cost_nothing_and_one_task_wakes_one_of_them_on_2026_9_6() {
    idle_agents_cost_nothing(Version::New);
}

#[test]
fn five_idle_agents_cost_nothing_and_one_task_wakes_one_of_them_on_2026_4_2() {
    idle_agents_cost_nothing(Version::Old);
}

fn idle_agents_cost_nothing(version: Version) {
    let model = Model::start(team::at_work());
    let gateway = Gateway::start(version, &model.url());
    let installation = Installation::new(Kind::Sqlite).at_one_address();
    let server = installation.start();
    let stand = Stand::new(&server, &model, &gateway);
    let every_minute = json!({"heartbeat_config": {"every": "1m"}});
    let agents: Vec<String> =
        ["Ada", "Ben", "Cleo", "Dan", "Eve"].iter().map(|name| stand.agent(name, &every_minute)).collect();
    for agent in &agents {
        stand.wait_until_ready(agent);
    }
    until("the last turn has ended", SOON * 4, || match model.calls().last() {
        Some((_, Reply::Say(_))) => Ok(()),
        last => Err(format!("{last:?}")),
    });

    let before = model.count();
    let started = Instant::now();
    until("the time is over", WATCHED + SOON, || {
        let asked: Vec<_> = model.calls().into_iter().skip(before).collect();
        assert!(asked.is_empty(), "an idle agent was woken: {asked:?}");
        if started.elapsed() < WATCHED { Err("not yet".to_owned()) } else { Ok(()) }
    });
    for agent in &agents {
        let agent = server.client.get(&format!("/api/v1/agents/{agent}")).expect(200);
        assert!(["online", "idle"].contains(&agent["presence"].as_str().unwrap_or_default()), "{agent}");
    }

    model.follow(Arc::new(|_| Reply::Say("I see.".to_owned())));
    let task = json!({"title": "Write the report", "assigned_agent_id": agents[2]});
    let _ = server.client.post(&format!("/api/v1/boards/{}/tasks", stand.board), &task).expect(200);
    let told = Instant::now();
    let messages = format!("/api/v1/agents/{}/messages", agents[2]);
    until("an agent is woken", SOON, || {
        if model.count() > before { Ok(()) } else { Err(format!("{:?}", server.client.get(&messages))) }
    });
    eprintln!("{}: its model was asked after {:?}", version.number(), told.elapsed());
    until("the others sleep on", LIMIT, || {
        let woken: BTreeSet<String> =
            model.calls().into_iter().skip(before).map(|(turn, _)| turn.agent).collect();
        assert_eq!(woken, BTreeSet::from([format!("mc-{}", agents[2])]));
        if told.elapsed() < SOON * 2 { Err("not yet".to_owned()) } else { Ok(()) }
    });
}
