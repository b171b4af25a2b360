//! What goes with an organization and with a person.

use futures_util::future::join_all;
use http::{Method, StatusCode};
use mc_domain::{gateways::testing::ScriptedGateway, organizations::Role};
use mc_store::{
    Read, Store,
    jobs::{Policy, Runner},
    sql,
    testing::on_both,
};
use serde_json::json;
use uuid::Uuid;

use super::{at, run};
use crate::{
    fixtures::{Person, agent, board, gateway, grant, home, organization, person},
    testing::TestServer,
};

/// Puts a row into every table of a tenant that has no operation of its own in this test, each made by `by`.
async fn fill(server: &TestServer, home: Uuid, ops: Uuid, by: &Person) {
    let (gateway, _) = gateway(server, home).await;
    let (ada, _) = agent(server, (home, ops), "Ada", true, None).await;
    let task: Uuid = {
        let body = Some(json!({"title": "T"}));
        let made = by.call(server, Method::POST, &format!("/api/v1/boards/{ops}/tasks"), body).await;
        made.json["id"].as_str().unwrap().parse().unwrap()
    };
    let ids: Vec<Uuid> = (1..=12).map(Uuid::from_u128).collect();
    let now = server.context.store().clock().now();
    run(
        server,
        sql("INSERT INTO board_groups (id, organization_id, name, slug, created_at, updated_at)
                 VALUES ($1, $2, 'g', 'g', $3, $3)")
        .bind(ids[0])
        .bind(home)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("UPDATE boards SET board_group_id = $2, gateway_id = $3 WHERE id = $1")
            .bind(ops)
            .bind(ids[0])
            .bind(gateway),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_group_memory (id, board_group_id, user_id, content, created_at)
                 VALUES ($1, $2, $3, 'c', $4)")
        .bind(ids[1])
        .bind(ids[0])
        .bind(by.user_id)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO tags (id, organization_id, name, slug, created_at, updated_at)
                 VALUES ($1, $2, 't', 't', $3, $3)")
        .bind(ids[2])
        .bind(home)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO tag_assignments (id, task_id, tag_id, created_at) VALUES ($1, $2, $3, $4)")
            .bind(ids[2])
            .bind(task)
            .bind(ids[2])
            .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO task_custom_field_definitions (id, organization_id, field_key, label,
                     field_type, created_at, updated_at)
                 VALUES ($1, $2, 'k', 'l', 'text', $3, $3)")
        .bind(ids[3])
        .bind(home)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_task_custom_fields (id, board_id, task_custom_field_definition_id,
                     created_at)
                 VALUES ($1, $2, $1, $3)")
        .bind(ids[3])
        .bind(ops)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO task_custom_field_values (id, task_id, task_custom_field_definition_id, value,
                     created_at, updated_at)
                 VALUES ($1, $2, $1, '1', $3, $3)")
        .bind(ids[3])
        .bind(task)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO approvals (id, board_id, task_id, action_type, confidence, status,
                     resolved_by_user_id, created_at, resolved_at)
                 VALUES ($1, $2, $3, 'x', 1.0, 'approved', $4, $5, $5)")
        .bind(ids[4])
        .bind(ops)
        .bind(task)
        .bind(by.user_id)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO approval_task_links (id, approval_id, task_id, created_at) VALUES ($1, $1, $2, $3)")
            .bind(ids[4])
            .bind(task)
            .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_memory (id, board_id, user_id, content, created_at)
                 VALUES ($1, $2, $3, 'c', $4)")
        .bind(ids[5])
        .bind(ops)
        .bind(by.user_id)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_webhooks (id, board_id, agent_id, description, created_at, updated_at)
                 VALUES ($1, $2, $3, 'd', $4, $4)")
        .bind(ids[6])
        .bind(ops)
        .bind(ada.id)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_webhook_payloads (id, board_id, webhook_id, payload, memory_id,
                     delivery_updated_at, received_at)
                 VALUES ($1, $2, $1, '1', $3, $4, $4)")
        .bind(ids[6])
        .bind(ops)
        .bind(ids[5])
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_onboarding_sessions (id, board_id, session_key, created_at, updated_at)
                 VALUES ($1, $2, 's', $3, $3)")
        .bind(ids[7])
        .bind(ops)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO board_onboarding_messages (id, session_id, role, content, created_at)
                 VALUES ($1, $1, 'user', 'c', $2)")
        .bind(ids[7])
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO agent_questions (id, board_id, asked_by_agent_id, content, reply_tags,
                     reply_source, created_at)
                 VALUES ($1, $2, $3, 'c', '[]', 's', $4)")
        .bind(ids[8])
        .bind(ops)
        .bind(ada.id)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO agent_soul_versions (id, agent_id, content, author_user_id, created_at)
                 VALUES ($1, $2, 'c', $3, $4)")
        .bind(ids[9])
        .bind(ada.id)
        .bind(by.user_id)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO skill_packs (id, organization_id, name, source_url, source_key, metadata,
                     created_at, updated_at)
                 VALUES ($1, $2, 'p', 'u', 'u', '{}', $3, $3)")
        .bind(ids[10])
        .bind(home)
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO marketplace_skills (id, organization_id, pack_id, name, source_url,
                     repository_key, search_text, metadata, created_at, updated_at)
                 VALUES ($1, $2, $3, 'n', 'u', 'r', 's', '{}', $4, $4)")
        .bind(ids[11])
        .bind(home)
        .bind(ids[10])
        .bind(now),
    )
    .await;
    run(
        server,
        sql("INSERT INTO gateway_installed_skills (id, gateway_id, skill_id, created_at, updated_at)
                 VALUES ($1, $2, $1, $3, $3)")
        .bind(ids[11])
        .bind(gateway)
        .bind(now),
    )
    .await;
    let comment = Some(json!({"message": "hello"}));
    let path = format!("/api/v1/boards/{ops}/tasks/{task}/comments");
    assert_eq!(by.call(server, Method::POST, &path, comment).await.status, StatusCode::OK);
    let invite = json!({"invited_email": "new@example.com", "board_access": [{"board_id": ops}]});
    let made = by.call(server, Method::POST, &at("me/invites"), Some(invite)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
}

/// How many rows the tables of tenants have.
async fn rows(store: &Store) -> i64 {
    let (rows,): (i64,) = store
        .one(sql("SELECT (SELECT count(*) FROM organizations) + (SELECT count(*) FROM organization_members)
                + (SELECT count(*) FROM organization_board_access) + (SELECT count(*) FROM organization_invites)
                + (SELECT count(*) FROM organization_invite_board_access) + (SELECT count(*) FROM gateways)
                + (SELECT count(*) FROM boards) + (SELECT count(*) FROM board_groups) + (SELECT count(*) FROM agents)
                + (SELECT count(*) FROM tasks) + (SELECT count(*) FROM task_comments) + (SELECT count(*) FROM tags)
                + (SELECT count(*) FROM tag_assignments) + (SELECT count(*) FROM task_custom_field_definitions)
                + (SELECT count(*) FROM board_task_custom_fields) + (SELECT count(*) FROM task_custom_field_values)
                + (SELECT count(*) FROM approvals) + (SELECT count(*) FROM approval_task_links)
                + (SELECT count(*) FROM board_memory) + (SELECT count(*) FROM board_group_memory)
                + (SELECT count(*) FROM board_webhooks) + (SELECT count(*) FROM board_webhook_payloads)
                + (SELECT count(*) FROM board_onboarding_sessions) + (SELECT count(*) FROM board_onboarding_messages)
                + (SELECT count(*) FROM agent_questions) + (SELECT count(*) FROM agent_soul_versions)
                + (SELECT count(*) FROM skill_packs) + (SELECT count(*) FROM marketplace_skills)
                + (SELECT count(*) FROM gateway_installed_skills) + (SELECT count(*) FROM task_status_changes)"))
        .await
        .unwrap();
    rows
}

#[tokio::test]
async fn nothing_of_a_deleted_organization_stays() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        let zoe = person(&server, "zoe", home, Role::Member, (false, false)).await;
        grant(&server, &zoe, ops, true, true).await;
        let before = {
            let elsewhere = organization(&server, "Elsewhere").await;
            person(&server, "foreign", elsewhere, Role::Owner, (true, true)).await;
            2
        };
        fill(&server, home, ops, &admin).await;
        assert!(rows(&store).await > 30 + before);
        let refused = admin.call(&server, Method::DELETE, &at("me"), None).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let gone = server.user(Method::DELETE, &at("me"), None).await;
        assert_eq!((gone.status, &gone.json), (StatusCode::OK, &json!({"ok": true})));
        assert_eq!(rows(&store).await, before, "what is elsewhere stays, and nothing else");
        let left: Vec<(String,)> =
            store.all(sql("SELECT kind FROM events WHERE organization_id = $1").bind(home)).await.unwrap();
        assert_eq!(left, [("organization.deleted".to_owned(),)]);
        for who in [&admin, &zoe] {
            assert_eq!(who.call(&server, Method::GET, &at("me"), None).await.json["name"], "Personal");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_person_did_outlives_the_account() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ops = board(&server, "Ops").await;
        let admin = person(&server, "admin", home, Role::Admin, (true, true)).await;
        fill(&server, home, ops, &admin).await;
        let owned = admin
            .call(&server, Method::POST, super::ORGANIZATIONS, Some(json!({"name": "Own"})))
            .await
            .json;
        assert_eq!(owned["name"], "Own");
        run(
            &server,
            sql("UPDATE organization_invites SET accepted_by_user_id = $1, accepted_at = created_at").bind(admin.user_id),
        )
        .await;
        let before = rows(&store).await;
        let gone = admin.call(&server, Method::DELETE, "/api/v1/users/me", None).await;
        assert_eq!((gone.status, &gone.json), (StatusCode::OK, &json!({"ok": true})));
        // The membership, and the organization of the person's own with its membership.
        assert_eq!(rows(&store).await, before - 3);
        let (left,): (i64,) = store
            .one(
                sql("SELECT (SELECT count(*) FROM tasks WHERE created_by_user_id IS NULL)
                          + (SELECT count(*) FROM organization_invites
                             WHERE created_by_user_id IS NULL AND accepted_by_user_id IS NULL AND accepted_at IS NOT NULL)
                          + (SELECT count(*) FROM approvals WHERE status = 'approved' AND resolved_by_user_id IS NULL)
                          + (SELECT count(*) FROM task_comments WHERE user_id IS NULL AND author_name = 'admin')"),
            )
            .await
            .unwrap();
        assert_eq!(left, 4);
        assert!(super::trail(&server, home).await.contains(&"organization.member.left".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn what_agents_of_a_deleted_organization_have_on_gateways_is_removed() {
    on_both(|store| async move {
        let script = ScriptedGateway::default();
        let server = TestServer::with_gateways(&store, script.clone()).await;
        let doomed = organization(&server, "Doomed").await;
        let owner = person(&server, "owner", doomed, Role::Owner, (true, true)).await;
        let (gateway_id, _) = gateway(&server, doomed).await;
        let made = json!({"name": "Ops", "slug": "", "description": "d", "board_type": "general", "gateway_id": gateway_id});
        let made = owner.call(&server, Method::POST, "/api/v1/boards", Some(made)).await;
        let ops: Uuid = made.json["id"].as_str().unwrap().parse().unwrap();
        let (ada, _) = agent(&server, (doomed, ops), "Ada", false, Some("agent:mc-ada:main")).await;
        run(&server, sql("UPDATE agents SET gateway_id = $2 WHERE id = $1").bind(ada.id).bind(gateway_id)).await;
        let gone = owner.call(&server, Method::DELETE, "/api/v1/organizations/me", None).await;
        assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
        drop(script.take_seen());
        let runner = Runner::new(&store, Policy::default());
        mc_domain::register_jobs(runner, &server.context).run_due().await.unwrap();
        let removed: Vec<_> =
            script.take_seen().into_iter().filter(|seen| seen.method == "agents.delete").collect();
        assert_eq!(removed.len(), 1, "{removed:?}");
        assert_eq!(removed[0].params["agentId"], "mc-ada");
        assert_eq!(removed[0].target.url, "ws://127.0.0.1:1");
    })
    .await;
}

#[tokio::test]
async fn requests_at_once_of_a_person_whose_organization_was_deleted_wait_for_each_other() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        home(&server).await;
        for round in 0..5 {
            let gone = server.user(Method::DELETE, &at("me"), None).await;
            assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
            let body = Some(json!({"name": format!("Race {round}")}));
            let member = at("me/member");
            let reads = (0..4).map(|_| server.user(Method::GET, &member, None));
            let posts = (0..4).map(|_| server.user(Method::POST, "/api/v1/organizations", body.clone()));
            let (reads, posts) = tokio::join!(join_all(reads), join_all(posts));
            for answer in reads {
                assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
            }
            let mut statuses: Vec<u16> = posts.iter().map(|answer| answer.status.as_u16()).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409, 409, 409]);
        }
    })
    .await;
}
