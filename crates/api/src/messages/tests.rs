use http::{Method, StatusCode};
use mc_domain::{
    gateways::{
        port::{Failure, GatewayError},
        testing::ScriptedGateway,
    },
    organizations::Role,
};
use mc_store::{
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, gateway, home, organization, person},
    testing::TestServer,
};

#[tokio::test]
async fn what_became_of_a_message_is_seen_and_it_can_be_sent_again() {
    on_both(|store| async move {
        let script = ScriptedGateway::default();
        let server = TestServer::with_gateways(&store, script.clone()).await;
        let tenant = home(&server).await;
        let board = board(&server, "Ops").await;
        let (gateway, _) = gateway(&server, tenant).await;
        let txn = store.begin().await.unwrap();
        txn.run_one(sql("UPDATE boards SET gateway_id = $2 WHERE id = $1").bind(board).bind(gateway))
            .await
            .unwrap();
        txn.commit().await.unwrap();
        let (ada, _) = agent(&server, (tenant, board), "Ada", false, Some("agent:ada:main")).await;
        let task = json!({ "title": "Report", "assigned_agent_id": ada.id });
        let task = server.user(Method::POST, &format!("/api/v1/boards/{board}/tasks"), Some(task)).await;
        assert_eq!(task.status, StatusCode::OK, "{task:?}");

        let list = format!("/api/v1/agents/{}/messages", ada.id);
        let first = async |path: &str| -> Value {
            let page = server.user(Method::GET, path, None).await;
            assert_eq!((page.status, &page.json["total"]), (StatusCode::OK, &json!(1)), "{page:?}");
            page.json["items"][0].clone()
        };
        let message = first(&list).await;
        assert_eq!(
            (&message["kind"], &message["state"], &message["task_id"], &message["attempts"]),
            (&json!("task_assigned"), &json!("queued"), &task.json["id"], &json!(0))
        );
        let run = async || {
            let policy = Policy { attempts: 1, ..Policy::default() };
            mc_domain::register_jobs(Runner::new(&store, policy), &server.context).run_due().await.unwrap();
        };
        script.answer("chat.send", Err(GatewayError::new(Failure::Refused, "no such session")));
        run().await;
        let dead = first(&format!("{list}?state=dead&kind=task_assigned")).await;
        assert_eq!((&dead["last_error"], &dead["attempts"]), (&json!("no such session"), &json!(1)));
        assert_eq!(
            first(&format!("/api/v1/boards/{board}/messages?agent_id={}", ada.id)).await["id"],
            dead["id"]
        );

        let sent = |script: &ScriptedGateway| -> Vec<Value> {
            let seen = script.take_seen().into_iter();
            seen.filter(|seen| seen.method == "chat.send")
                .map(|seen| seen.params["idempotencyKey"].clone())
                .collect()
        };
        let refused = sent(&script);
        let retry = format!("/api/v1/boards/{board}/messages/{}/retry", dead["id"].as_str().unwrap());
        let again = server.user(Method::POST, &retry, None).await;
        assert_eq!(
            (again.status, &again.json["state"]),
            (StatusCode::ACCEPTED, &json!("queued")),
            "{again:?}"
        );
        let twice = server.user(Method::POST, &retry, None).await;
        assert_eq!(twice.status, StatusCode::ACCEPTED, "one that waits is tried now");
        run().await;
        let delivered = first(&format!("{list}?state=delivered")).await;
        assert!(delivered["delivered_at"].is_string() && delivered["last_error"].is_null());
        let repeated = sent(&script);
        assert_eq!(repeated.len(), 1);
        assert_ne!(repeated, refused, "the gateway takes it for another message");
        for path in [retry.clone(), format!("{list}/{}/retry", dead["id"].as_str().unwrap())] {
            let done = server.user(Method::POST, &path, None).await;
            assert_eq!(
                (done.status, &done.json["code"]),
                (StatusCode::CONFLICT, &json!("message_delivered"))
            );
        }
        let none = server.user(Method::GET, &format!("{list}?state=dead"), None).await;
        assert_eq!(none.json["total"], 0);
        let wrong = server.user(Method::GET, &format!("{list}?kind=letter"), None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        let elsewhere = organization(&server, "Other").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        for (method, path, status) in [
            (Method::GET, list.clone(), StatusCode::NOT_FOUND),
            (Method::GET, format!("/api/v1/boards/{board}/messages"), StatusCode::FORBIDDEN),
            (Method::POST, retry, StatusCode::FORBIDDEN),
        ] {
            assert_eq!(stranger.call(&server, method, &path, None).await.status, status, "{path}");
        }
        let unknown = format!("/api/v1/boards/{board}/messages/{}/retry", Uuid::from_u128(1));
        assert_eq!(server.user(Method::POST, &unknown, None).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
