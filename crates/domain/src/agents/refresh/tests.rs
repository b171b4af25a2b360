use std::time::Duration;

use mc_store::{
    Read,
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use uuid::Uuid;

use crate::{
    Context,
    agents::{
        self,
        lifecycle::{self, Action},
        testing::{connected_board, context, run, take_asked},
    },
    testing,
    users::{self, ProfileChange},
};

/// Lets what waits be due, and runs it.
async fn run_waiting(context: &Context) {
    let now = context.store().clock().now();
    run(context, sql("UPDATE jobs SET run_at = $1 WHERE kind <> 'agent.reconcile'").bind(now)).await;
    let policy = Policy { attempts: 3, base: Duration::ZERO, max: Duration::ZERO };
    agents::jobs::register(Runner::new(context.store(), policy), context).run_due().await.unwrap();
}

#[tokio::test]
async fn files_follow_the_profile_of_the_person_whom_they_name() {
    on_both(|store| async move {
        let (context, gateway) = context(&store);
        connected_board(&context, "Ours").await;
        let (main,): (Uuid,) = store.one(sql("SELECT id FROM agents WHERE board_id IS NULL")).await.unwrap();
        lifecycle::request(&context, main, Action::Provision).await.unwrap();
        agents::check_in::touch(&context, main).await.unwrap();
        run_waiting(&context).await;
        take_asked(&gateway);

        let owner = testing::local_actor(&context).await;
        let change = async |preferred_name: &str| {
            let change = ProfileChange {
                preferred_name: Some(Some(preferred_name.to_owned())),
                ..ProfileChange::default()
            };
            let user = users::service::change_profile(&context, &owner, change).await.unwrap();
            assert_eq!(user.preferred_name.as_deref(), Some(preferred_name));
            run_waiting(&context).await;
            // The first job asks for a run of each agent.
            run_waiting(&context).await;
            take_asked(&gateway)
        };
        let asked = change("Grace").await;
        let file =
            asked.iter().find(|(method, params)| method == "agents.files.set" && params["name"] == "USER.md");
        let text = file.expect("the file about the person is written").1["content"].as_str().unwrap();
        assert!(text.contains("Call them: Grace"), "{text}");
        assert!(asked.iter().all(|(method, _)| method != "chat.send"), "nobody is woken for it");
    })
    .await;
}
