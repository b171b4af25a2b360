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

/// More than two rounds of agents whose heartbeat comes every minute.
const WATCHED: Duration = Duration::from_secs(135);
/// How soon the gateway must have what an agent is told after there is work for it.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn five_idle_agents_ask_their_model_nothing_and_one_task_wakes_one_of_them() {
    let model = Model::start(team::at_work());
    let gateway = Gateway::start(Version::New, &model.url());
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
    until("the server has told the agent", SOON, || {
        let answer = server.client.get(&messages);
        let is_told = answer.body["items"][0]["state"] == "delivered";
        if is_told { Ok(()) } else { Err(format!("{answer:?}")) }
    });
    // What the gateway then needs to begin a turn is its own matter.
    until(
        "an agent is woken",
        LIMIT,
        || if model.count() > before { Ok(()) } else { Err("none".to_owned()) },
    );
    until("the others sleep on", LIMIT, || {
        let woken: BTreeSet<String> =
            model.calls().into_iter().skip(before).map(|(turn, _)| turn.agent).collect();
        assert_eq!(woken, BTreeSet::from([format!("mc-{}", agents[2])]));
        if told.elapsed() < SOON * 2 { Err("not yet".to_owned()) } else { Ok(()) }
    });
}
