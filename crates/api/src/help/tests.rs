use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use mc_store::testing::TestDatabase;

use super::{PAGES, title};
use crate::testing::TestServer;

async fn read(server: &TestServer, path: &str) -> (StatusCode, String) {
    let response = server.send(Request::get(path).body(axum::body::Body::empty()).unwrap()).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// What stands behind each `href="…"` of a page.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

#[tokio::test]
async fn every_page_is_shown_and_every_link_within_the_manual_leads_somewhere() {
    let database = TestDatabase::sqlite().await;
    let server = TestServer::new(&database.store).await;
    let mut pages = Vec::new();
    for page in PAGES {
        let path = format!("/help/{}", page.name);
        let (status, text) = read(&server, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(text.contains(&format!("{}</h1>", title(page))), "{path}");
        assert!(!text.contains(".md\""), "{path} links to a file");
        pages.push((path, text));
    }
    for (path, text) in &pages {
        for link in links(text).filter(|link| link.starts_with('#') || link.starts_with("/help/")) {
            if link == "/help/style.css" {
                continue;
            }
            let (page, place) =
                link.split_once('#').map_or((link, None), |(page, place)| (page, Some(place)));
            let page = if page.is_empty() { path.as_str() } else { page };
            let found = pages.iter().find(|(known, _)| known == page);
            let Some((_, target)) = found else { panic!("{path}: {link} leads nowhere") };
            if let Some(place) = place {
                assert!(target.contains(&format!("id=\"{place}\"")), "{path}: {link} leads to no heading");
            }
        }
    }
    database.drop().await;
}

#[tokio::test]
async fn the_manual_begins_with_its_first_page_and_ends_with_404() {
    let database = TestDatabase::sqlite().await;
    let server = TestServer::new(&database.store).await;
    let answer = server.call(Method::GET, "/help", &[], None).await;
    assert_eq!(answer.headers.get("location").unwrap(), "/help/deployment");
    assert_eq!(read(&server, "/help/configuration.md").await.0, StatusCode::OK);
    assert_eq!(read(&server, "/help/secrets").await.0, StatusCode::NOT_FOUND);
    assert_eq!(read(&server, "/help/style.css").await.0, StatusCode::OK);
    let (_, page) = read(&server, "/help/agents").await;
    assert!(!page.contains("http://localhost:8000"), "commands name this server");
    database.drop().await;
}
