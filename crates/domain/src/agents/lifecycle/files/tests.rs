use mc_store::{sql, testing::on_both};
use serde_json::json;

use crate::{
    Kind,
    agents::{
        LifecycleState,
        lifecycle::{self, Action, Manner, request},
        report::State,
        testing::{agent, connected_board, context, load, run, take_asked},
    },
    gateways::port::{Failure, GatewayError},
    workspace,
};

fn writes(gateway: &crate::gateways::testing::ScriptedGateway) -> Vec<(String, String)> {
    take_asked(gateway)
        .into_iter()
        .filter(|(method, _)| method == "agents.files.set")
        .map(|(_, params)| {
            let text = |name: &str| params[name].as_str().unwrap().to_owned();
            (text("name"), text("content"))
        })
        .collect()
}

#[tokio::test]
async fn a_file_that_the_gateway_refuses_fails_the_run_and_keeps_no_other_from_being_written() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let full = GatewayError::new(Failure::Refused, "disk is full");
        gateway.answer("agents.files.set", Err(full));
        let error = request(&context, ada.id, Action::Provision).await.unwrap_err();
        assert_eq!(error.kind, Kind::BadGateway);
        assert!(error.to_string().contains("disk is full"), "{error}");
        let asked = take_asked(&gateway);
        assert!(asked.iter().filter(|(method, _)| method == "agents.files.set").count() > 5);
        assert!(asked.iter().all(|(method, _)| method != "chat.send"), "nobody works with half of its files");
        let failed = load(&context, ada.id).await;
        let report = failed.provision_report.unwrap().0;
        let states: Vec<_> = report.files.iter().filter(|item| item.state == State::Failed).collect();
        assert_eq!(states.len(), 1, "{:?}", report.files);
        let agent = request(&context, ada.id, Action::Provision).await.unwrap();
        assert_eq!(agent.lifecycle_state, LifecycleState::AwaitingCheckin);
        assert!(!agent.is_behind(i64::from(workspace::VERSION)));
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_shows_no_files_gets_them_all_the_same_and_keeps_those_of_the_agent() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        let names =
            |writes: Vec<(String, String)>| writes.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let unknown = GatewayError::new(Failure::Unsupported, "unknown method: agents.files.get");
        gateway.answer("agents.files.get", Err(unknown));
        gateway.answer("agents.files.get", Ok(json!({ "ok": true })));
        request(&context, ada.id, Action::Provision).await.unwrap();
        let first = names(writes(&gateway));
        for name in ["AGENTS.md", "BOOTSTRAP.md", "MEMORY.md", "USER.md"] {
            assert!(first.iter().any(|written| written == name), "{name} in {first:?}");
        }
        for _ in 0..first.len() {
            gateway.answer("agents.files.get", Ok(json!({ "ok": true })));
        }
        let there = GatewayError::new(Failure::Conflict, "the agent already exists");
        gateway.answer("agents.create", Err(there));
        request(&context, ada.id, Action::Update).await.unwrap();
        let again = names(writes(&gateway));
        assert!(again.iter().any(|written| written == "AGENTS.md"), "{again:?}");
        assert!(again.iter().all(|written| written != "MEMORY.md" && written != "USER.md"), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn files_bear_the_token_that_works_and_the_one_with_it_comes_last() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        request(&context, ada.id, Action::Provision).await.unwrap();
        let written = writes(&gateway);
        let token_of = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("AUTH_TOKEN="))?;
            line.split_once('=').map(|(_, token)| token.trim_matches(['\'', '"']).to_owned())
        };
        let token = token_of(&written.last().unwrap().1).expect("the last file has the token");
        assert_eq!(written.iter().filter(|(_, text)| text.contains(&token)).count(), 1);
        let found = crate::agents::tokens::by_token(&context, &token).await.unwrap();
        assert_eq!(found.map(|agent| agent.id), Some(ada.id));

        request(&context, ada.id, Action::Update).await.unwrap();
        let again = writes(&gateway);
        assert_eq!(token_of(&again.last().unwrap().1).as_ref(), Some(&token), "the agent keeps its token");
        let renewing = Manner { renew_token: true, ..Manner::of(Action::Refresh) };
        lifecycle::run(&context, ada.id, Action::Refresh, renewing).await.unwrap().1.unwrap();
        let renewed = token_of(&writes(&gateway).last().unwrap().1).unwrap();
        assert_ne!(renewed, token);
        assert!(crate::agents::tokens::by_token(&context, &token).await.unwrap().is_some());
        assert!(crate::agents::tokens::by_token(&context, &renewed).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn what_is_there_already_is_not_written() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        let board = connected_board(&context, "Ours").await;
        let ada = agent(&context, &board, "Ada", false).await;
        request(&context, ada.id, Action::Provision).await.unwrap();
        run(
            &context,
            sql("UPDATE agents SET last_seen_at = $2, lifecycle_state = 'ready' WHERE id = $1")
                .bind(ada.id)
                .bind(store.clock().now()),
        )
        .await;
        let key = format!("mc-{}", ada.id);
        let entry = json!({
            "name": "Ada", "workspace": format!("/srv/workspace-{key}"), "heartbeat": {"every": "0m", "target": "none"}
        });
        let visibility = json!({"showOk": false, "showAlerts": true, "useIndicator": true});
        let config = json!({
            "hash": "1",
            "config": {
                "agents": {"entries": {key: entry}},
                "channels": {"defaults": {"heartbeatVisibility": visibility}},
            },
        });
        for _ in 0..2 {
            gateway.answer("config.get", Ok(config.clone()));
        }
        for (name, content) in writes(&gateway) {
            let file = json!({"file": {"name": name, "content": content, "hash": "h"}});
            gateway.answer("agents.files.get", Ok(file));
        }
        let (agent, outcome) =
            lifecycle::run(&context, ada.id, Action::Refresh, Manner::of(Action::Refresh)).await.unwrap();
        outcome.unwrap();
        let methods: Vec<String> = take_asked(&gateway).into_iter().map(|(method, _)| method).collect();
        let changes: Vec<&String> = methods
            .iter()
            .filter(|method| !matches!(method.as_str(), "hello" | "config.get" | "agents.files.get"))
            .collect();
        assert!(changes.is_empty(), "{changes:?}");
        assert_eq!(agent.lifecycle_state, LifecycleState::Ready, "it was not disturbed");
        assert_eq!((agent.files_wanted_at, agent.last_provision_error), (None, None));
    })
    .await;
}
