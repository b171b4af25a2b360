use http::{Request, StatusCode};
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
            if link == "/help/style.css" || link == "/help" {
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
async fn the_manual_begins_with_its_contents_and_ends_with_404() {
    let database = TestDatabase::sqlite().await;
    let server = TestServer::new(&database.store).await;
    let (status, contents) = read(&server, "/help").await;
    assert_eq!(status, StatusCode::OK);
    for page in PAGES {
        assert!(contents.contains(&format!("<h2><a href=\"/help/{}\">", page.name)), "{}", page.name);
    }
    assert_eq!(read(&server, "/help/configuration.md").await.0, StatusCode::OK);
    assert_eq!(read(&server, "/help/secrets").await.0, StatusCode::NOT_FOUND);
    assert_eq!(read(&server, "/help/style.css").await.0, StatusCode::OK);
    let (_, page) = read(&server, "/help/agents").await;
    assert!(!page.contains("http://localhost:8000"), "commands name this server");
    database.drop().await;
}

#[tokio::test]
async fn a_search_leads_to_sections_and_shows_what_was_asked_as_text() {
    let database = TestDatabase::sqlite().await;
    let server = TestServer::new(&database.store).await;
    let (_, found) = read(&server, "/help?q=DRILL+backup").await;
    assert!(found.contains("href=\"/help/backup#the-drill\""), "{found}");
    let (_, backup) = read(&server, "/help/backup").await;
    assert!(backup.contains("id=\"the-drill\"") && !backup.contains("<!-- run"), "{backup}");
    let (status, odd) = read(&server, "/help?q=%22%3E%3Cscript%3E").await;
    assert_eq!(status, StatusCode::OK);
    assert!(odd.contains("&quot;&gt;&lt;script&gt;") && !odd.contains("<script"), "{odd}");
    assert!(odd.contains("0 places"), "{odd}");
    let (status, _) = read(&server, "/help?q=a&q=b").await;
    assert_eq!(status, StatusCode::OK);
    database.drop().await;
}
