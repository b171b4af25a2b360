use http::{Method, StatusCode};
use http_body_util::BodyExt;
use mc_store::testing::on_both;

use crate::{
    fixtures::{agent, board, gateway, home},
    testing::TestServer,
};

const OPERATIONS: &str = "/api/v1/agent/operations";

/// The media type and the text of an answer.
async fn text(server: &TestServer, token: &str, path: &str, accept: &str) -> (String, String) {
    let request = http::Request::get(path).header("x-agent-token", token).header("accept", accept);
    let response = server.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["vary"], "accept");
    let media = response.headers()["content-type"].to_str().unwrap().to_owned();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (media, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn each_kind_of_agent_gets_what_it_may_call_in_few_words() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ours").await;
        let (_, lead) = agent(&server, (home, board), "Ada", true, None).await;
        let (_, worker) = agent(&server, (home, board), "Bob", false, None).await;
        let (_, main) = gateway(&server, home).await;
        let (approve, make, message) = ("/approvals", "/agent/agents", "/gateway/leads/broadcast");
        for (token, has, lacks) in [
            (&lead, vec![approve, make], message),
            (&worker, vec![approve], message),
            (&main, vec![message], make),
        ] {
            let answer = server.agent(token, Method::GET, OPERATIONS, None).await;
            assert_eq!(answer.status, StatusCode::OK);
            let items = answer.json["items"].as_array().unwrap();
            let can = |method: &str, end: &str| {
                items.iter().any(|item| {
                    item["method"] == method && item["path"].as_str().is_some_and(|path| path.ends_with(end))
                })
            };
            assert!(has.iter().all(|end| can("POST", end)) && !can("POST", lacks), "{}", answer.json);
            assert!(can("POST", "/agent/heartbeat") && can("GET", "/agent/operations"));
            for item in items {
                let filled = ["operation_id", "intent", "summary"].iter().all(|name| item[*name] != "");
                assert!(filled && !item["when_to_use"].as_array().unwrap().is_empty(), "{item}");
            }
            let (media, read) = text(&server, token, OPERATIONS, "text/plain").await;
            assert_eq!(media, "text/plain; charset=utf-8");
            assert!(read.len() < 16_000, "{} bytes do not fit beside the work", read.len());
            assert!(items.iter().all(|item| {
                read.contains(&format!(
                    "{} {}\n",
                    item["method"].as_str().unwrap(),
                    item["path"].as_str().unwrap()
                ))
            }));
            let (media, table) =
                text(&server, token, &format!("{OPERATIONS}?format=tsv"), "text/plain").await;
            assert_eq!(media, "text/tab-separated-values; charset=utf-8", "the query goes before the header");
            assert_eq!(table.lines().count(), items.len() + 1);
            assert!(table.lines().all(|line| line.split('\t').count() == 6), "{table}");
        }
        let update = server.agent(&worker, Method::GET, OPERATIONS, None).await.json["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["method"] == "PATCH")
            .unwrap()
            .clone();
        let body = update["body"].as_str().unwrap();
        assert!(body.contains("status?: inbox|in_progress|review|done"), "{body}");
        let refused = server.agent(&worker, Method::GET, &format!("{OPERATIONS}?format=xml"), None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.json["detail"][0]["loc"], serde_json::json!(["query", "format"]));
        let person = server.user(Method::GET, OPERATIONS, None).await;
        assert_eq!(person.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
