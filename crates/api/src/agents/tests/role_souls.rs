use http::{Method, StatusCode};
use mc_domain::{
    Settings,
    egress::testing::{LoopbackServer, Page},
};
use mc_store::{
    Read,
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use serde_json::{Value, json};

use crate::{
    fixtures::{agent, board, home},
    testing::{TestServer, settings},
};

const MAP: &str = "<loc>https://souls.directory/souls/zoe/tester</loc>";
const TEXT: &str = "# Tester\nBreak things before others do.\n";

#[tokio::test]
async fn a_text_for_a_role_is_seen_before_it_is_used() {
    on_both(|store| async move {
        let directory = LoopbackServer::start();
        directory.page("/sitemap.xml", Page::new(200, MAP));
        directory.page("/api/souls/zoe/tester.md", Page::new(200, TEXT));
        let context = mc_domain::testing::context(&store);
        let domain = Settings { souls_directory: directory.url(), ..context.settings().clone() };
        let context = context.with_settings(domain).with_egress(directory.egress());
        let server = TestServer::around(context.clone(), settings()).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (lead, _) = agent(&server, (home, board), "Ada", true, None).await;
        let (bob, _) = agent(&server, (home, board), "Bob", false, None).await;
        let path = format!("/api/v1/agents/{}/role-soul", bob.id);
        let call =
            async |method: Method, path: &str, body: Option<Value>| server.user(method, path, body).await;
        let run = async || {
            let runner = Runner::new(&store, Policy::default());
            mc_domain::register_jobs(runner, &context).run_due().await.unwrap();
        };
        let profile = json!({"identity_profile": {"role": "Tester"}});
        let changed = call(Method::PATCH, &format!("/api/v1/agents/{}", bob.id), Some(profile)).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.json);

        let empty = call(Method::GET, &path, None).await.json;
        assert_eq!(empty, json!({"accepted": null, "proposal": null}));
        let asked = call(Method::POST, &path, Some(json!({}))).await;
        assert_eq!((asked.status, &asked.json["proposal"]["state"]), (StatusCode::OK, &json!("fetching")));
        run().await;
        let found = call(Method::GET, &path, None).await.json;
        assert_eq!(found["accepted"], Value::Null, "nothing is used before it was seen");
        let proposal = &found["proposal"];
        assert_eq!((&proposal["state"], &proposal["slug"]), (&json!("ready"), &json!("tester")), "{found}");
        assert_eq!(proposal["content"], TEXT.trim());
        let digest = proposal["sha256"].as_str().unwrap().to_owned();

        let accept = format!("{path}/accept");
        let other = call(Method::POST, &accept, Some(json!({"sha256": "0".repeat(64)}))).await;
        assert_eq!((other.status, &other.json["code"]), (StatusCode::CONFLICT, &json!("role_soul_differs")));
        let malformed = call(Method::POST, &accept, Some(json!({"sha256": "x"}))).await;
        assert_eq!(malformed.json["detail"][0]["loc"], json!(["body", "sha256"]));
        let accepted = call(Method::POST, &accept, Some(json!({"sha256": digest}))).await;
        assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.json);
        assert_eq!(accepted.json["accepted"]["sha256"], json!(digest));
        assert_eq!(accepted.json["proposal"], Value::Null);

        // A text that has changed is not taken by the digest of the old one; the accepted copy stays.
        directory.page("/api/souls/zoe/changed.md", Page::new(200, "# Other"));
        let wanted = json!({"handle": "zoe", "slug": "changed", "sha256": digest});
        call(Method::POST, &path, Some(wanted)).await;
        run().await;
        let found = call(Method::GET, &path, None).await.json;
        assert_eq!(found["accepted"]["content"], TEXT.trim());
        assert_eq!(found["proposal"]["state"], "ready");
        let seen = found["proposal"]["sha256"].clone();
        call(Method::POST, &path, Some(json!({"handle": "zoe", "slug": "changed", "sha256": seen}))).await;
        run().await;
        let found = call(Method::GET, &path, None).await.json;
        assert_eq!((&found["accepted"]["slug"], &found["proposal"]), (&json!("changed"), &Value::Null));

        call(Method::POST, &path, Some(json!({"handle": "zoe", "slug": "nobody"}))).await;
        run().await;
        let failed = call(Method::GET, &path, None).await.json;
        assert_eq!(failed["proposal"]["state"], "failed");
        let told: Vec<(String,)> = store
            .all(sql("SELECT kind FROM events WHERE kind LIKE 'agent.role_soul.%' ORDER BY position"))
            .await
            .unwrap();
        let told: Vec<&str> =
            told.iter().map(|(kind,)| kind.trim_start_matches("agent.role_soul.")).collect();
        assert_eq!(
            told,
            ["fetched", "accepted", "fetched", "accepted", "failed"],
            "who waits for it is told"
        );
        assert!(failed["proposal"]["error"].as_str().unwrap().contains("no such soul"), "{failed}");

        for (body, status) in [
            (json!({"handle": "zoe"}), StatusCode::UNPROCESSABLE_ENTITY),
            (json!({"handle": "zoe", "slug": "a b"}), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            assert_eq!(call(Method::POST, &path, Some(body)).await.status, status);
        }
        let of_lead =
            call(Method::POST, &format!("/api/v1/agents/{}/role-soul", lead.id), Some(json!({}))).await;
        assert_eq!(of_lead.json["code"], "agent_is_no_worker");
        assert_eq!(call(Method::DELETE, &path, None).await.status, StatusCode::OK);
        assert_eq!(call(Method::GET, &path, None).await.json, empty);
    })
    .await;
}
