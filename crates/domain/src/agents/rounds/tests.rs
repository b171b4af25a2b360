use mc_base::ManualClock;
use mc_store::{
    Store,
    jobs::Policy,
    testing::{counting, on_both_by_hand},
};

use super::*;
use crate::{
    access::{Actor, BoardWriter},
    agents::{
        check_in,
        testing::{agent, connected_board, context, load, run as execute},
    },
    boards,
    gateways::testing::ScriptedGateway,
    memory::{self, NewMemoryEntry},
    tasks::{self, NewTask, TaskStatus},
    testing,
};

/// A board on a gateway whose agents have called just now, and a clock that stands.
struct Place {
    context: Context,
    gateway: ScriptedGateway,
    hand: ManualClock,
    board: BoardWriter,
    agents: Vec<Agent>,
}

impl Place {
    /// The first of the agents leads the board.
    async fn new(store: &Store, hand: ManualClock, names: &[&str]) -> Self {
        let (context, gateway) = context(store);
        let board = connected_board(&context, "Ours").await;
        let mut agents = Vec::new();
        for (n, name) in names.iter().enumerate() {
            agents.push(agent(&context, &board, name, n == 0).await);
        }
        let place = Self { context, gateway, hand, board, agents };
        execute(&place.context, sql("UPDATE agents SET lifecycle_state = 'ready', status = 'online'")).await;
        for agent in &place.agents {
            place.calls(agent).await;
        }
        execute(
            &place.context,
            sql("UPDATE agents SET last_seen_at = created_at WHERE last_seen_at IS NULL"),
        )
        .await;
        place
    }

    async fn calls(&self, agent: &Agent) {
        check_in::touch(&self.context, agent.id).await.unwrap();
    }

    async fn task(&self, assignee: Option<&Agent>) -> Uuid {
        self.task_by(&self.board, assignee).await
    }

    async fn task_by(&self, author: &BoardWriter, assignee: Option<&Agent>) -> Uuid {
        let new = NewTask {
            title: "Work".into(),
            description: None,
            status: TaskStatus::Inbox,
            priority: "medium".into(),
            due_at: None,
            assigned_agent_id: assignee.map(|agent| agent.id),
            depends_on_task_ids: Vec::new(),
            tag_ids: Vec::new(),
            created_by_user_id: None,
            custom_field_values: serde_json::Map::new(),
        };
        tasks::service::create(&self.context, author, new).await.unwrap().task.id
    }

    /// A task that nobody was told of, as one that was imported or lies about for long.
    async fn quiet_task(&self, assignee: Option<&Agent>) -> Uuid {
        let id = self.task(assignee).await;
        self.forget().await;
        id
    }

    /// Lets nobody hear of what was written down so far.
    async fn forget(&self) {
        for table in [sql("DELETE FROM jobs"), sql("DELETE FROM agent_messages")] {
            execute(&self.context, table).await;
        }
    }

    /// The first lines of what agents were told since the last time, each with its session.
    async fn told(&self) -> Vec<(String, String)> {
        let policy = Policy { attempts: 1, base: Duration::ZERO, max: Duration::ZERO };
        let runner = Runner::new(self.context.store(), policy);
        register(messages::register(runner, &self.context), &self.context).run_due().await.unwrap();
        let seen = self.gateway.take_seen();
        let sent = seen.into_iter().filter(|seen| seen.method == "chat.send");
        sent.map(|seen| {
            let text = |name: &str| seen.params[name].as_str().unwrap().to_owned();
            (text("sessionKey"), text("message").lines().next().unwrap().to_owned())
        })
        .collect()
    }

    /// Lets minutes pass, with a round in each.
    async fn minutes(&self, count: i32) -> usize {
        let mut woken = 0;
        for _ in 0..count {
            self.hand.advance(TimeDelta::minutes(1));
            woken += run(&self.context, None).await.unwrap();
        }
        woken
    }

    fn waiting(&self, agent: &Agent) -> Vec<(String, String)> {
        vec![(agent.openclaw_session_id.clone().unwrap(), "WORK WAITING".to_owned())]
    }
}

#[tokio::test]
async fn idle_agents_cost_nothing_and_one_task_wakes_one_agent_once() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada", "Bob", "Eve", "Zoe"]).await;
        assert_eq!(place.minutes(25).await, 0);
        assert!(place.told().await.is_empty());
        let [lead, ada] = [0, 1].map(|n| &place.agents[n]);
        let board = place.board.board().id;
        let by_lead = BoardWriter::check(&place.context, Actor::Agent(lead.clone()), board).await.unwrap();
        place.task_by(&by_lead, Some(ada)).await;
        let session = ada.openclaw_session_id.clone().unwrap();
        assert_eq!(place.told().await, [(session, "TASK ASSIGNED".to_owned())]);
        assert_eq!(place.minutes(10).await, 0, "its answer is awaited; others look after that");
        place.calls(ada).await;
        assert_eq!(place.minutes(9).await, 0, "it has been at it a moment ago");
        assert_eq!(place.minutes(1).await, 1);
        assert_eq!(place.told().await, place.waiting(ada));
    })
    .await;
}

#[tokio::test]
async fn work_that_lies_about_is_a_reason_more_and_more_seldom_until_something_moves() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada"]).await;
        let ada = &place.agents[1];
        let task = place.quiet_task(Some(ada)).await;
        let mut pauses = Vec::new();
        for _ in 0..6 {
            let mut pause = 0;
            while place.minutes(1).await == 0 {
                pause += 1;
                assert!(pause < 200);
            }
            pauses.push(pause + 1);
            assert_eq!(place.told().await, place.waiting(ada));
            place.calls(ada).await;
        }
        assert_eq!(pauses, [10, 10, 20, 40, 80, 80]);
        let touch = sql("UPDATE tasks SET updated_at = $2 WHERE id = $1");
        execute(&place.context, touch.bind(task).bind(store.clock().now())).await;
        assert_eq!((place.minutes(9).await, place.minutes(1).await), (0, 1));
        assert_eq!(load(&place.context, ada.id).await.round_repeats, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_woken_who_may_not_or_need_not() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada"]).await;
        let ada = &place.agents[1];
        place.quiet_task(Some(ada)).await;
        let asleep = async |what: &str, set: mc_store::Sql, undo: mc_store::Sql| {
            execute(&place.context, set).await;
            assert_eq!(place.minutes(30).await, 0, "{what}");
            execute(&place.context, undo).await;
        };
        let config = |text: &'static str| sql("UPDATE agents SET heartbeat_config = $1").bind(text);
        let default = || config("{}");
        asleep("never", config(r#"{"wake":"never"}"#), default()).await;
        asleep("its gateway keeps time", config(r#"{"wake":"always"}"#), default()).await;
        asleep("no cadence", config(r#"{"every":"0m"}"#), default()).await;
        let state = |state: &'static str| sql("UPDATE agents SET lifecycle_state = $1").bind(state);
        asleep("not set up", state("failed"), state("ready")).await;
        asleep(
            "its gateway is away",
            sql("UPDATE agents SET gateway_away_at = created_at"),
            sql("UPDATE agents SET gateway_away_at = NULL"),
        )
        .await;
        asleep(
            "it is awaited",
            sql("UPDATE agents SET checkin_deadline_at = created_at"),
            sql("UPDATE agents SET checkin_deadline_at = NULL"),
        )
        .await;
        asleep(
            "its board is paused",
            sql("UPDATE boards SET paused_at = created_at"),
            sql("UPDATE boards SET paused_at = NULL"),
        )
        .await;
        drop(place.gateway.take_seen());
        let session = ada.openclaw_session_id.clone().unwrap();
        let busy = json!({"sessions": [{"key": session, "hasActiveRun": true}]});
        place.gateway.answer("sessions.list", Ok(busy));
        place
            .gateway
            .answer("sessions.list", Err(crate::agents::testing::refusal(gateways::port::Failure::Timeout)));
        assert_eq!(place.minutes(2).await, 0, "it works already; then the gateway does not answer");
        assert_eq!(place.minutes(1).await, 1);
        assert_eq!(place.minutes(30).await, 0, "its message is still on the way");
        assert_eq!(place.told().await, place.waiting(ada));
    })
    .await;
}

#[tokio::test]
async fn a_task_that_waits_for_others_or_for_a_decision_wakes_nobody() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada", "Bob"]).await;
        let [lead, ada, bob] = [0, 1, 2].map(|n| &place.agents[n]);
        let (held, other) = (place.quiet_task(Some(ada)).await, place.quiet_task(Some(bob)).await);
        let edge =
            sql("INSERT INTO task_dependencies (id, board_id, task_id, depends_on_task_id, created_at)
                        VALUES ($1, $2, $3, $4, $5)");
        let edge = edge.bind(Uuid::from_u128(1)).bind(place.board.board().id).bind(held).bind(other);
        execute(&place.context, edge.bind(store.clock().now())).await;
        assert_eq!(place.minutes(10).await, 1);
        assert_eq!(place.told().await, place.waiting(bob));
        place.calls(bob).await;
        execute(&place.context, sql("UPDATE tasks SET status = 'done' WHERE id = $1").bind(other)).await;
        assert_eq!(place.minutes(1).await, 1);
        assert_eq!(place.told().await, place.waiting(ada), "nothing told it that the way is free");
        place.calls(ada).await;
        let due = sql("UPDATE tasks SET due_at = created_at WHERE id = $1").bind(held);
        execute(&place.context, due).await;
        assert_eq!(place.minutes(1).await, 1);
        assert_eq!(place.told().await, place.waiting(lead), "the lead sees that its time is over");
    })
    .await;
}

#[tokio::test]
async fn who_may_go_on_again_is_looked_at_at_once() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada", "Bob"]).await;
        let ada = &place.agents[1];
        let person = Actor::User(testing::local_actor(&place.context).await);
        let set = async |paused: bool| {
            let scope =
                BoardWriter::check(&place.context, person.clone(), place.board.board().id).await.unwrap();
            let change = boards::BoardChange { paused: Some(paused), ..boards::BoardChange::default() };
            boards::service::change(&place.context, &scope, change).await.unwrap()
        };
        assert!(set(true).await.is_paused());
        place.quiet_task(Some(ada)).await;
        assert_eq!(place.minutes(30).await, 0);
        place.calls(ada).await;
        assert!(!set(false).await.is_paused());
        assert_eq!(place.told().await, place.waiting(ada), "whatever its cadence");
    })
    .await;
}

#[tokio::test]
async fn words_that_were_not_heard_are_told_again() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada", "Bob"]).await;
        let [lead, ada] = [0, 1].map(|n| &place.agents[n]);
        place.hand.advance(TimeDelta::minutes(1));
        for content in ["hello @ada", "/pause", "/resume"] {
            let tags = Some(vec!["chat".to_owned()]);
            let new = NewMemoryEntry { content: content.into(), tags, source: None };
            memory::service::create(&place.context, &place.board, new).await.unwrap();
        }
        place.forget().await;
        assert_eq!(place.minutes(8).await, 0);
        assert_eq!(place.minutes(1).await, 2);
        let mut told = place.told().await;
        told.sort();
        let mut expected = [place.waiting(lead), place.waiting(ada)].concat();
        expected.sort();
        assert_eq!(told, expected, "the commands are no news");
        place.calls(lead).await;
        place.calls(ada).await;
        assert_eq!(place.minutes(60).await, 0, "once heard, it is not new");
    })
    .await;
}

#[tokio::test]
async fn a_round_costs_the_same_however_many_agents_sleep() {
    on_both_by_hand(|store, hand| async move {
        let place = Place::new(&store, hand, &["Lead", "Ada"]).await;
        place.hand.advance(TimeDelta::hours(1));
        let (_, few) = counting(run(&place.context, None)).await;
        for n in 0..40 {
            agent(&place.context, &place.board, &format!("Agent {n}"), false).await;
        }
        execute(
            &place.context,
            sql("UPDATE agents SET lifecycle_state = 'ready', last_seen_at = created_at"),
        )
        .await;
        place.hand.advance(TimeDelta::hours(1));
        let (woken, many) = counting(run(&place.context, None)).await;
        assert_eq!((woken.unwrap(), many), (0, few));
        assert!(few <= 9, "{few}");
    })
    .await;
}
