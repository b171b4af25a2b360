use http::{Method, StatusCode};
use mc_domain::{
    Settings,
    egress::testing::{LoopbackServer, Page},
};
use mc_store::{Store, testing::on_both};
use serde_json::json;

use crate::{
    fixtures::{agent, board, home},
    testing::{TestServer, settings},
};

const PATH: &str = "/api/v1/souls-directory";

async fn server(store: &Store, directory: &LoopbackServer) -> TestServer {
    let context = mc_domain::testing::context(store);
    let own = Settings { souls_directory: directory.url(), ..context.settings().clone() };
    TestServer::around(context.with_settings(own).with_egress(directory.egress()), settings()).await
}

#[tokio::test]
async fn people_and_agents_search_and_read() {
    on_both(|store| async move {
        let directory = LoopbackServer::start();
        directory.page("/sitemap.xml", Page::new(200, "<loc>https://souls.directory/souls/zoe/wise</loc><loc>https://souls.directory/souls/ada/calm</loc>"));
        directory.page("/api/souls/ada/calm.md", Page::new(200, "# Calm"));
        let server = server(&store, &directory).await;
        let (home, board) = (home(&server).await, board(&server, "Board").await);
        let (_, token) = agent(&server, (home, board), "Ada", false, None).await;
        let base = directory.url();

        let all = server.user(Method::GET, &format!("{PATH}/search"), None).await;
        assert_eq!(all.json["items"].as_array().unwrap().len(), 2);
        assert_eq!(
            all.json["items"][0],
            json!({"handle": "zoe", "slug": "wise", "page_url": format!("{base}souls/zoe/wise"), "raw_md_url": format!("{base}api/souls/zoe/wise.md")})
        );
        let found = server.agent(&token, Method::GET, &format!("{PATH}/search?q=ADA&limit=1"), None).await;
        assert_eq!((found.status, &found.json["items"][0]["slug"]), (StatusCode::OK, &json!("calm")));

        let expected = json!({"handle": "ada", "slug": "calm", "content": "# Calm", "sha256": "465f64f6dfaa0c88edb730b3e5eb73aec80675187d5d8313bdc012aae4574df8"});
        for path in ["ada/calm", "ada/calm.md"] {
            let answer = server.agent(&token, Method::GET, &format!("{PATH}/{path}"), None).await;
            assert_eq!((answer.status, &answer.json), (StatusCode::OK, &expected), "{path}");
        }
        for (method, path) in [(Method::GET, "search"), (Method::GET, "ada/calm.md")] {
            let answer = server.call(method, &format!("{PATH}/{path}"), &[], None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_told_and_outages_are_not_ours() {
    on_both(|store| async move {
        let directory = LoopbackServer::start();
        directory.page("/sitemap.xml", Page::new(500, "trace"));
        directory.page("/api/souls/ada/broken.md", Page::new(500, "trace"));
        let server = server(&store, &directory).await;
        for (path, status, detail) in [
            ("%20/calm", 422, "handle is required"),
            ("ada/%20", 422, "slug is required"),
            ("ada/.md", 422, "slug is required"),
            ("a%20b/calm", 422, "handle contains unsupported characters"),
            ("ada/..%2Fx", 422, "slug contains unsupported characters"),
            ("ada/nobody", 404, "The souls directory has no such soul"),
            ("ada/broken", 502, "The souls directory does not answer; try again later"),
            ("search", 502, "The souls directory does not answer; try again later"),
        ] {
            let answer = server.user(Method::GET, &format!("{PATH}/{path}"), None).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json["detail"].as_str()),
                (status, Some(detail)),
                "{path}"
            );
        }
        for (query, kind) in
            [("limit=0", "greater_than_equal"), ("limit=101", "less_than_equal"), ("limit=x", "int_parsing")]
        {
            let answer = server.user(Method::GET, &format!("{PATH}/search?{query}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!(
                (&answer.json["detail"][0]["type"], &answer.json["detail"][0]["loc"]),
                (&json!(kind), &json!(["query", "limit"]))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn expensive_operations_are_limited_for_each_caller() {
    on_both(|store| async move {
        let directory = LoopbackServer::start();
        directory.page("/sitemap.xml", Page::new(200, "<loc>https://souls.directory/souls/ada/calm</loc>"));
        let server = server(&store, &directory).await;
        let (home, board) = (home(&server).await, board(&server, "Board").await);
        let (_, token) = agent(&server, (home, board), "Ada", false, None).await;
        let path = format!("{PATH}/search");
        for _ in 0..crate::LimitSizes::default().expensive {
            assert_eq!(server.user(Method::GET, &path, None).await.status, StatusCode::OK);
        }
        let refused = server.user(Method::GET, &path, None).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers["ratelimit-policy"].to_str().unwrap().starts_with("\"expensive\";q=60"));
        assert_eq!(server.agent(&token, Method::GET, &path, None).await.status, StatusCode::OK);
        assert_eq!(server.user(Method::GET, "/api/v1/boards", None).await.status, StatusCode::OK);
    })
    .await;
}
