use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{
    jobs::{JobError, NewJob, Policy, Runner},
    testing::on_both,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    fixtures::{home, person},
    testing::TestServer,
};

const JOBS: &str = "/api/v1/system/jobs";

#[tokio::test]
async fn jobs_are_seen_run_again_and_discarded_by_those_who_look_after_the_installation() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let txn = store.begin().await.unwrap();
        for kind in ["test.fails", "test.waits"] {
            let job = NewJob::new(kind, json!({ "secret": "s3cret" })).lane("lane");
            txn.enqueue(job).await.unwrap();
        }
        txn.commit().await.unwrap();
        let fail = |_| async { Err(JobError::Fatal("no way".into())) };
        let wait = |_| async { Err(JobError::Wait("later".into(), std::time::Duration::from_secs(60))) };
        let runner = Runner::new(&store, Policy::default());
        runner.handler("test.fails", fail).handler("test.waits", wait).run_due().await.unwrap();

        let dead = server.user(Method::GET, &format!("{JOBS}?state=dead&kind=test.fails"), None).await;
        let job = &dead.json["items"][0];
        assert_eq!(
            (&dead.json["total"], &job["last_error"], &job["attempts"]),
            (&json!(1), &json!("no way"), &json!(1))
        );
        assert!(!dead.json.to_string().contains("s3cret"));
        let counts = server.user(Method::GET, &format!("{JOBS}/counts"), None).await;
        let counts = counts.json["counts"].as_array().unwrap().clone();
        let of = |kind: &str| counts.iter().find(|count| count["kind"] == kind).unwrap().clone();
        assert_eq!(
            (of("test.fails")["state"].clone(), of("test.waits")["state"].clone()),
            (json!("dead"), json!("queued"))
        );
        assert_eq!(of("test.waits")["oldest_seconds"], 0);

        let one = format!("{JOBS}/{}", job["id"].as_str().unwrap());
        let again = server.user(Method::POST, &format!("{one}/retry"), None).await;
        assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
        let dead = server.user(Method::GET, &format!("{JOBS}?state=dead"), None).await;
        assert_eq!(dead.json["total"], 0);
        assert_eq!(server.user(Method::DELETE, &one, None).await.status, StatusCode::OK);
        assert_eq!(server.user(Method::DELETE, &one, None).await.status, StatusCode::NOT_FOUND);
        let unknown = format!("{JOBS}/{}/retry", Uuid::from_u128(1));
        assert_eq!(server.user(Method::POST, &unknown, None).await.status, StatusCode::NOT_FOUND);
        let wrong = server.user(Method::GET, &format!("{JOBS}?state=done"), None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        let organization = home(&server).await;
        let owner = person(&server, "owner", organization, Role::Owner, (true, true)).await;
        for (method, path) in [(Method::GET, JOBS.to_owned()), (Method::POST, unknown), (Method::DELETE, one)]
        {
            let refused = owner.call(&server, method, &path, None).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_demo_is_made_and_removed_by_those_who_look_after_the_installation() {
    on_both(|store| async move {
        const DEMO: &str = "/api/v1/system/demo";
        let server = TestServer::new(&store).await;
        let organization = home(&server).await;
        let owner = person(&server, "owner", organization, Role::Owner, (true, true)).await;
        for method in [Method::POST, Method::DELETE] {
            let refused = owner.call(&server, method.clone(), DEMO, None).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method}");
        }
        assert_eq!(server.user(Method::DELETE, DEMO, None).await.status, StatusCode::NOT_FOUND);
        let system = server.user(Method::GET, "/api/v1/system", None).await;
        assert_eq!((system.status, &system.json["demo"]), (StatusCode::OK, &json!(null)), "{system:?}");
        assert!(system.json["database"]["size_bytes"].as_i64().unwrap() > 0);
        assert!(system.json["health"].as_array().unwrap().iter().all(|check| check["ok"] == true));
        let refused = owner.call(&server, Method::GET, "/api/v1/system", None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let made = server.user(Method::POST, DEMO, None).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        let id = made.json["organization_id"].as_str().unwrap();
        let system = server.user(Method::GET, "/api/v1/system", None).await;
        assert_eq!(
            (&system.json["demo"]["boards"], &system.json["stock"]["gateways"]),
            (&json!(5), &json!(0))
        );
        // Who had no board goes on in it; others see nothing of it.
        let boards = server.user(Method::GET, "/api/v1/boards", None).await;
        assert_eq!(boards.json["total"], 5);
        let seen = owner.call(&server, Method::GET, "/api/v1/organizations/me/list", None).await;
        assert!(!seen.json.to_string().contains(id), "{seen:?}");
        let board = boards.json["items"][0]["id"].as_str().unwrap();
        let path = format!("/api/v1/boards/{board}/tasks");
        assert_ne!(owner.call(&server, Method::GET, &path, None).await.status, StatusCode::OK);
        let again = server.user(Method::POST, DEMO, None).await;
        assert_eq!((again.status, &again.json["code"]), (StatusCode::CONFLICT, &json!("demo_exists")));
        assert_eq!(server.user(Method::DELETE, DEMO, None).await.status, StatusCode::OK);
        let left = server.user(Method::GET, "/api/v1/organizations/me", None).await;
        assert_eq!(left.json["id"], organization.to_string());
    })
    .await;
}
