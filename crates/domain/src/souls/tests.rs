use chrono::TimeDelta;
use mc_base::{Clock, ManualClock, Random};
use mc_store::{Options, Store};

use super::{SoulRef, service};
use crate::{
    Context, Kind, Settings,
    egress::testing::{LoopbackServer, Page},
    testing,
};

const MAP: &str =
    "<loc>https://souls.directory/souls/zoe/wise</loc><loc>https://souls.directory/souls/ada/calm</loc>";

struct World {
    context: Context,
    server: LoopbackServer,
    hand: ManualClock,
    _folder: tempfile::TempDir,
}

/// No table is touched, but the clock is the store's.
async fn world() -> World {
    let server = LoopbackServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (clock, hand) = Clock::manual("2026-11-20T12:00:00Z".parse().unwrap());
    let options = Options::Sqlite { path: folder.path().join("test.db") };
    let store = Store::connect(&options, clock, Random::seeded(1)).await.unwrap();
    let context = testing::context(&store);
    let settings = Settings { souls_directory: server.url(), ..context.settings().clone() };
    let context = context.with_settings(settings).with_egress(server.egress());
    World { context, server, hand, _folder: folder }
}

fn slugs(souls: &[SoulRef]) -> Vec<&str> {
    souls.iter().map(|soul| soul.slug.as_str()).collect()
}

#[tokio::test]
async fn the_list_is_fetched_once_an_hour_and_once_for_many() {
    let world = world().await;
    world.server.page("/sitemap.xml", Page::new(200, MAP));
    let search = || service::search(&world.context, "", 20);
    let (one, two, three) = tokio::join!(search(), search(), search());
    assert_eq!(slugs(&one.unwrap()), ["wise", "calm"]);
    assert_eq!((two.unwrap().len(), three.unwrap().len()), (2, 2));
    assert_eq!(world.server.count("/sitemap.xml"), 1);
    world.hand.advance(TimeDelta::minutes(59));
    search().await.unwrap();
    assert_eq!(world.server.count("/sitemap.xml"), 1);
    world.hand.advance(TimeDelta::minutes(2));
    search().await.unwrap();
    assert_eq!(world.server.count("/sitemap.xml"), 2);
}

#[tokio::test]
async fn a_stale_list_serves_while_the_directory_is_away() {
    let world = world().await;
    let search = || service::search(&world.context, "", 20);
    world.server.page("/sitemap.xml", Page::new(503, "away"));
    assert_eq!(search().await.unwrap_err().kind, Kind::BadGateway);
    assert_eq!(search().await.unwrap_err().kind, Kind::BadGateway);
    assert_eq!(world.server.count("/sitemap.xml"), 1, "who has just failed is left alone");
    world.server.page("/sitemap.xml", Page::new(200, MAP));
    world.hand.advance(TimeDelta::seconds(20));
    assert_eq!(search().await.unwrap().len(), 2);
    world.server.page("/sitemap.xml", Page::new(500, "away"));
    world.hand.advance(TimeDelta::hours(2));
    assert_eq!(search().await.unwrap().len(), 2);
    world.server.page("/sitemap.xml", Page::new(200, ""));
    world.hand.advance(TimeDelta::minutes(1));
    assert_eq!(search().await.unwrap().len(), 2, "an empty list is no reason to forget all souls");
    assert_eq!(world.server.count("/sitemap.xml"), 4);
}

#[tokio::test]
async fn a_list_that_is_too_large_is_an_outage() {
    let world = world().await;
    world.server.page("/sitemap.xml", Page::new(200, vec![b' '; 5 * 1024 * 1024 + 1]).undeclared());
    assert_eq!(service::search(&world.context, "", 20).await.unwrap_err().kind, Kind::BadGateway);
}

#[tokio::test]
async fn a_text_is_fetched_once_and_missing_ones_are_told_apart_from_outages() {
    let world = world().await;
    let path = "/api/souls/ada/calm.md";
    world.server.page(path, Page::new(200, "# Calm"));
    let read = |slug: &'static str| service::markdown(&world.context, "ada", slug);
    let (one, two) = tokio::join!(read("calm"), read("calm.md"));
    assert_eq!((&*one.unwrap().content, two.unwrap().slug.as_str()), ("# Calm", "calm"));
    assert_eq!(world.server.count(path), 1);
    world.hand.advance(TimeDelta::minutes(11));
    read("calm").await.unwrap();
    assert_eq!(world.server.count(path), 2);

    for _ in 0..2 {
        assert_eq!(read("nobody").await.unwrap_err().kind, Kind::NotFound);
    }
    assert_eq!(world.server.count("/api/souls/ada/nobody.md"), 1);
    for (slug, page) in [
        ("broken", Page::new(500, "stack trace")),
        ("moved", Page::new(302, "").header("location", "/api/souls/ada/calm.md")),
        ("huge", Page::new(200, vec![b'x'; 1024 * 1024 + 1])),
    ] {
        world.server.page(&format!("/api/souls/ada/{slug}.md"), page);
        let error = read(slug).await.unwrap_err();
        assert_eq!(error.kind, Kind::BadGateway, "{slug}");
        assert!(!format!("{:?}", error.detail).contains("stack"), "{slug}");
    }
    assert_eq!(read("a b").await.unwrap_err().kind, Kind::Invalid);
}
