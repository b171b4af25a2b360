use http::{Method, StatusCode};
use mc_domain::{
    Settings,
    egress::testing::{LoopbackServer, Page},
    organizations::Role,
    skills::{Sources, testing::Repository},
};
use mc_store::{Store, sql, testing::on_both};
use serde_json::{Value, json};

use crate::{
    fixtures::{gateway, home, organization, person},
    testing::{Answer, TestServer, settings},
};

const PACKS: &str = "/api/v1/skills/packs";
const REPOSITORY: &str = "https://github.com/Own/my-pack";

/// A server whose archives come from loopback.
async fn server(store: &Store, archives: &LoopbackServer) -> TestServer {
    let context = mc_domain::testing::context(store);
    let skills = Sources { archives: archives.url(), ..context.settings().skills.clone() };
    let own = Settings { skills, ..context.settings().clone() };
    TestServer::around(context.with_settings(own).with_egress(archives.egress()), settings()).await
}

async fn add(server: &TestServer, body: Value) -> Answer {
    server.user(Method::POST, PACKS, Some(body)).await
}

async fn pack(server: &TestServer) -> String {
    let made = add(server, json!({"source_url": REPOSITORY})).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json["id"].as_str().unwrap().to_owned()
}

async fn sync(server: &TestServer, id: &str) -> Answer {
    server.user(Method::POST, &format!("{PACKS}/{id}/sync"), None).await
}

fn figures(answer: &Answer) -> (i64, i64, i64) {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let figure = |name: &str| answer.json[name].as_i64().unwrap();
    (figure("synced"), figure("created"), figure("updated"))
}

/// The skills by name.
async fn skills(server: &TestServer) -> Vec<Value> {
    let (gateway_id, _) = gateway(server, home(server).await).await;
    let list =
        server.user(Method::GET, &format!("/api/v1/skills/marketplace?gateway_id={gateway_id}"), None).await;
    let mut skills = list.json.as_array().unwrap().clone();
    skills.sort_by_key(|skill| skill["name"].as_str().unwrap().to_owned());
    skills
}

fn branch(name: &str) -> String {
    format!("/Own/my-pack/tar.gz/refs/heads/{name}")
}

fn archive(repository: &Repository) -> Page {
    Page::new(200, repository.packed()).undeclared()
}

#[tokio::test]
async fn a_pack_is_added_changed_and_removed() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let made = add(&server, json!({"source_url": " https://GitHub.com/Own/my-pack.git/ "})).await;
        assert_eq!(made.status, StatusCode::OK, "{made:?}");
        for (field, value) in [
            ("source_url", json!(REPOSITORY)),
            ("name", json!("my pack")),
            ("description", Value::Null),
            ("branch", json!("main")),
            ("metadata", json!({})),
            ("skill_count", json!(0)),
        ] {
            assert_eq!(made.json[field], value, "{field}");
        }
        let again = add(&server, json!({"source_url": "https://github.com/own/MY-PACK", "name": "Named", "branch": "dev", "metadata_": {"a": 1}})).await;
        assert_eq!((&again.json["id"], &again.json["name"]), (&made.json["id"], &json!("Named")), "the same repository");
        assert_eq!((&again.json["branch"], &again.json["metadata"]), (&json!("dev"), &json!({"a": 1})));
        let path = format!("{PACKS}/{}", made.json["id"].as_str().unwrap());
        let change = async |body: Value| server.user(Method::PATCH, &path, Some(body)).await;

        let kept = change(json!({"source_url": REPOSITORY, "description": "d"})).await;
        assert_eq!((&kept.json["name"], &kept.json["branch"], &kept.json["metadata"], &kept.json["description"]), (&json!("Named"), &json!("dev"), &json!({"a": 1}), &json!("d")));
        let reset = change(json!({"name": null, "description": null, "branch": "a b", "metadata": {}})).await;
        assert_eq!((&reset.json["name"], &reset.json["description"], &reset.json["branch"], &reset.json["metadata"]), (&json!("my pack"), &Value::Null, &json!("main"), &json!({})));
        let null = change(json!({"branch": null})).await;
        assert_eq!((null.status, &null.json["detail"][0]["loc"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(["body", "branch"])));

        add(&server, json!({"source_url": "https://github.com/own/second"})).await;
        let duplicate = change(json!({"source_url": "https://github.com/Own/SECOND"})).await;
        assert_eq!(duplicate.status, StatusCode::CONFLICT);
        assert!(duplicate.json["detail"].as_str().unwrap().contains("source_url"));
        let list = server.user(Method::GET, PACKS, None).await;
        let names: Vec<&str> = list.json.as_array().unwrap().iter().map(|pack| pack["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["second", "my pack"]);
        assert_eq!(server.user(Method::GET, &path, None).await.json, list.json[1]);
        assert_eq!(server.user(Method::DELETE, &path, None).await.json, json!({"ok": true}));
        for method in [Method::GET, Method::DELETE] {
            let gone = server.user(method, &path, None).await;
            assert_eq!((gone.status, &gone.json["detail"]), (StatusCode::NOT_FOUND, &json!("Skill pack not found")));
        }
        assert_eq!(change(json!({"source_url": REPOSITORY})).await.status, StatusCode::NOT_FOUND);
        assert_eq!(sync(&server, "00000000-0000-0000-0000-000000000001").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn only_repositories_on_github_are_packs() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let id = pack(&server).await;
        for (url, part) in [
            ("http://github.com/o/r", "https"),
            ("https://localhost/o/r", "github.com"),
            ("https://gitlab.com/o/r", "github.com"),
            ("https://me:pw@github.com/o/r", "user name"),
            ("https://github.com:8443/o/r", "port"),
            ("https://github.com/o/r?x=1", "query"),
            ("https://github.com/o", "repository"),
            ("https://github.com/o/r/tree/main", "repository"),
        ] {
            for answer in [
                add(&server, json!({"source_url": url})).await,
                server.user(Method::PATCH, &format!("{PACKS}/{id}"), Some(json!({"source_url": url}))).await,
            ] {
                let detail = answer.json["detail"].as_str().unwrap_or_default();
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{url}");
                assert!(
                    detail.starts_with("source_url") && detail.contains(part) && !detail.contains("pw"),
                    "{url}: {detail}"
                );
            }
        }
        let malformed = add(&server, json!({"source_url": "nothing"})).await;
        assert_eq!(malformed.json["detail"][0]["type"], "url_parsing");
        // As a database that was taken over may have it.
        let txn = server.context.store().begin().await.unwrap();
        txn.run_one(sql(
            "UPDATE skill_packs SET source_url = 'https://10.0.0.1/o/r' WHERE source_key IS NOT NULL",
        ))
        .await
        .unwrap();
        txn.commit().await.unwrap();
        assert_eq!(sync(&server, &id).await.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn a_sync_lists_follows_and_marks_what_a_pack_says() {
    on_both(|store| async move {
        let archives = LoopbackServer::start();
        let server = server(&store, &archives).await;
        let id = pack(&server).await;
        let first = Repository::new()
            .file("a/SKILL.md", "---\nname: Alpha\ndescription: first\n---\n")
            .file("b/SKILL.md", "# Beta")
            .link("c/SKILL.md", "/etc/passwd");
        archives.page(&branch("main"), archive(&first));
        let report = sync(&server, &id).await;
        assert_eq!(figures(&report), (2, 2, 0));
        assert_eq!((&report.json["ok"], &report.json["pack_id"]), (&json!(true), &json!(id)));
        assert_eq!(report.json["warnings"], json!(["1 links and special files were ignored"]));
        let listed = skills(&server).await;
        assert_eq!(
            (&listed[0]["name"], &listed[0]["description"], &listed[0]["pack_id"]),
            (&json!("Alpha"), &json!("first"), &json!(id))
        );
        assert_eq!(listed[0]["source_url"], format!("{REPOSITORY}/tree/main/a"));
        assert_eq!(
            listed[0]["metadata"],
            json!({"discovery_mode": "skills_md", "pack_branch": "main", "skill_dir": "a"})
        );
        assert_eq!(figures(&sync(&server, &id).await), (2, 0, 0), "nothing has changed");

        // A person names one, the pack changes both and adds one.
        let named = json!({"source_url": format!("{REPOSITORY}/tree/main/b"), "name": "Mine"});
        server.user(Method::POST, "/api/v1/skills/marketplace", Some(named)).await;
        let index = json!([
            {"path": "a", "name": "Alpha", "description": "second", "category": "Tools", "risk": "low"},
            {"path": "b", "name": "Beta 2", "category": "Tools"},
            {"path": "d"},
            {"source_url": "https://github.com/other/repo/tree/main/x"},
        ]);
        archives
            .page(&branch("main"), archive(&Repository::new().file("skills_index.json", &index.to_string())));
        let report = sync(&server, &id).await;
        assert_eq!(figures(&report), (3, 1, 2));
        assert_eq!(
            report.json["warnings"],
            json!(["skills_index.json: entry 4 leads out of the repository of this pack"])
        );
        let listed = skills(&server).await;
        let shown = |skill: &Value| (skill["name"].clone(), skill["category"].clone());
        assert_eq!(
            listed.iter().map(shown).collect::<Vec<_>>(),
            [(json!("Alpha"), json!("Tools")), (json!("Mine"), json!("Tools")), (json!("d"), Value::Null),]
        );
        assert_eq!(figures(&sync(&server, &id).await), (3, 0, 0));

        // One vanishes, and comes back.
        let without = Repository::new()
            .file("skills_index.json", &json!({"skills": [{"path": "a"}, {"path": "b"}]}).to_string());
        archives.page(&branch("main"), archive(&without));
        sync(&server, &id).await;
        let listed = skills(&server).await;
        assert!(
            listed.len() == 3 && listed[2]["vanished_at"].is_string() && listed[1]["vanished_at"].is_null()
        );
        archives
            .page(&branch("main"), archive(&Repository::new().file("skills_index.json", &index.to_string())));
        sync(&server, &id).await;
        assert!(skills(&server).await.iter().all(|skill| skill["vanished_at"].is_null()));

        let pack = server.user(Method::GET, &format!("{PACKS}/{id}"), None).await;
        assert_eq!((&pack.json["skill_count"], &pack.json["last_sync_error"]), (&json!(3), &Value::Null));
        assert!(pack.json["last_synced_at"].is_string());
        server.user(Method::DELETE, &format!("{PACKS}/{id}"), None).await;
        assert_eq!(skills(&server).await.len(), 3, "skills stay");
    })
    .await;
}

#[tokio::test]
async fn the_branch_of_the_pack_is_read_and_else_the_default_one() {
    on_both(|store| async move {
        let archives = LoopbackServer::start();
        let server = server(&store, &archives).await;
        let id = pack(&server).await;
        server.user(Method::PATCH, &format!("{PACKS}/{id}"), Some(json!({"branch": "release/1.0"}))).await;
        archives.page(&branch("release/1.0"), archive(&Repository::new().file("SKILL.md", "# Root")));
        assert_eq!(figures(&sync(&server, &id).await), (1, 1, 0));
        assert_eq!(skills(&server).await[0]["source_url"], format!("{REPOSITORY}/tree/release/1.0"));
        server.user(Method::PATCH, &format!("{PACKS}/{id}"), Some(json!({"branch": "gone"}))).await;
        archives.page("/Own/my-pack/tar.gz/HEAD", archive(&Repository::new().file("SKILL.md", "# Root")));
        let report = sync(&server, &id).await;
        assert_eq!(
            report.json["warnings"],
            json!(["The branch of this pack does not exist; the default branch was read"])
        );
        let listed = skills(&server).await;
        let urls: Vec<&str> = listed.iter().map(|skill| skill["source_url"].as_str().unwrap()).collect();
        assert!(urls.contains(&format!("{REPOSITORY}/tree/HEAD").as_str()), "{urls:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_our_own_words_and_changes_nothing() {
    on_both(|store| async move {
        let archives = LoopbackServer::start();
        let server = server(&store, &archives).await;
        let id = pack(&server).await;
        let truncated = Repository::new().file("a/SKILL.md", "# A").packed();
        let many = (0..20_001).fold(Repository::new(), |all, number| all.file(&format!("f{number}"), ""));
        for (page, why) in [
            (Page::new(404, "no such thing"), "it does not exist or is not public"),
            (Page::new(500, "secret trace"), "its server refused"),
            (Page::new(302, "").header("location", "http://169.254.169.254/"), "its server refused"),
            (Page::new(200, "<html>"), "its archive is damaged"),
            (Page::new(200, &truncated[..truncated.len() / 2]), "its archive is damaged"),
            (archive(&many), "it has more than 20000 files and folders"),
        ] {
            archives.page(&branch("main"), page);
            let answer = sync(&server, &id).await;
            let expected = format!("The repository could not be read: {why}");
            assert_eq!(
                (answer.status, answer.json["detail"].as_str()),
                (StatusCode::BAD_GATEWAY, Some(expected.as_str()))
            );
            let pack = server.user(Method::GET, &format!("{PACKS}/{id}"), None).await;
            assert_eq!(
                (pack.json["last_sync_error"].as_str(), &pack.json["last_synced_at"]),
                (Some(expected.as_str()), &Value::Null)
            );
        }
        assert_eq!(skills(&server).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn syncs_at_the_same_time_do_not_fight() {
    on_both(|store| async move {
        let archives = LoopbackServer::start();
        let server = server(&store, &archives).await;
        let id = pack(&server).await;
        let many =
            (0..600).fold(Repository::new(), |all, number| all.file(&format!("s{number}/SKILL.md"), "# S"));
        archives.page(&branch("main"), archive(&many));
        let (one, two, three) = tokio::join!(sync(&server, &id), sync(&server, &id), sync(&server, &id));
        let mut created = [&one, &two, &three].map(|answer| figures(answer).1);
        created.sort_unstable();
        assert_eq!(created, [0, 0, 600]);
        let packs = server.user(Method::GET, PACKS, None).await;
        assert_eq!(packs.json[0]["skill_count"], 600);
    })
    .await;
}

#[tokio::test]
async fn packs_belong_to_administrators_of_one_organization() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (home, other) = (home(&server).await, organization(&server, "Other").await);
        let stranger = person(&server, "stranger", other, Role::Owner, (true, true)).await;
        let member = person(&server, "member", home, Role::Member, (true, true)).await;
        let path = format!("{PACKS}/{}", pack(&server).await);
        let body = json!({"source_url": REPOSITORY});
        for (method, path, body) in [
            (Method::GET, PACKS.to_owned(), None),
            (Method::POST, PACKS.to_owned(), Some(body.clone())),
            (Method::GET, path.clone(), None),
            (Method::PATCH, path.clone(), Some(body.clone())),
            (Method::POST, format!("{path}/sync"), None),
            (Method::DELETE, path.clone(), None),
        ] {
            assert_eq!(
                server.call(method.clone(), &path, &[], body.clone()).await.status,
                StatusCode::UNAUTHORIZED
            );
            assert_eq!(
                member.call(&server, method.clone(), &path, body.clone()).await.status,
                StatusCode::FORBIDDEN
            );
            if path != PACKS {
                assert_eq!(
                    stranger.call(&server, method, &path, body).await.status,
                    StatusCode::NOT_FOUND,
                    "{path}"
                );
            }
        }
        assert_eq!(stranger.call(&server, Method::GET, PACKS, None).await.json, json!([]));
        assert_eq!(stranger.call(&server, Method::POST, PACKS, Some(body)).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_first_organization_has_the_packs_of_the_operator() {
    on_both(|store| async move {
        let context = mc_domain::testing::context(&store);
        let own = Settings { skills: Sources::default(), ..context.settings().clone() };
        let server = TestServer::around(context.with_settings(own), settings()).await;
        let packs = server.user(Method::GET, PACKS, None).await;
        let urls: Vec<&str> =
            packs.json.as_array().unwrap().iter().map(|pack| pack["source_url"].as_str().unwrap()).collect();
        assert_eq!(
            urls,
            [
                "https://github.com/BrianRWagner/ai-marketing-skills",
                "https://github.com/sickn33/antigravity-awesome-skills"
            ]
        );
        assert_eq!(
            (&packs.json[0]["name"], &packs.json[0]["branch"]),
            (&json!("ai-marketing-skills"), &json!("main"))
        );
        assert!(packs.json[0]["description"].is_string());
        server.user(Method::POST, "/api/v1/organizations", Some(json!({"name": "Second"}))).await;
        assert_eq!(server.user(Method::GET, PACKS, None).await.json, json!([]), "only the first has them");
    })
    .await;
}
