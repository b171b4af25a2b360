use http::{Method, StatusCode};
use mc_domain::organizations::Role;
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, gateway, grant, home, organization, person},
    testing::{Answer, TestServer},
};

const BOARDS: &str = "/api/v1/boards";

fn path(board: Uuid) -> String {
    format!("{BOARDS}/{board}")
}

async fn make(server: &TestServer, extra: Value) -> Answer {
    let mut body = json!({"name": "Ops", "slug": "", "description": "x", "board_type": "general"});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    server.user(Method::POST, BOARDS, Some(body)).await
}

fn id(answer: &Answer) -> Uuid {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json["id"].as_str().unwrap().parse().unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn group(server: &TestServer, organization: Uuid) -> Uuid {
    let txn = server.context.store().begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO board_groups (id, organization_id, name, slug, created_at, updated_at)
             VALUES ($1, $2, 'Group', 'group', $3, $3)")
        .bind(id)
        .bind(organization)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_board_has_every_field_and_the_defaults_of_the_contract() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let body = json!({"name": "", "slug": " ", "description": " run ", "target_date": "2026-01-02T03:04:05+02:00"});
        let made = server.user(Method::POST, BOARDS, Some(body)).await.json;
        let expected = json!({
            "name": "", "slug": made["slug"], "description": "run", "gateway_id": null, "board_group_id": null,
            "board_type": "goal", "objective": null, "success_metrics": null, "target_date": "2026-01-02T01:04:05",
            "goal_confirmed": false, "goal_source": null, "require_approval_for_done": true,
            "require_review_before_done": false, "comment_required_for_review": false,
            "block_status_changes_with_pending_approval": false, "only_lead_can_change_status": false,
            "max_agents": 1, "paused_at": null, "id": made["id"], "organization_id": home(&server).await,
            "created_at": made["created_at"], "updated_at": made["created_at"],
        });
        assert_eq!(made, expected);
        // A name that gives no slug gets one of its own.
        assert_eq!(made["slug"].as_str().unwrap().len(), 32, "{made}");
        let twice = [make(&server, json!({"name": "A b"})).await, make(&server, json!({"name": "A b"})).await];
        assert!(twice.iter().all(|board| board.json["slug"] == "a-b"), "names and slugs may repeat");
    })
    .await;
}

#[tokio::test]
async fn bad_boards_are_refused_by_the_first_rule_that_they_break() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (foreign, _) = gateway(&server, elsewhere).await;
        let foreign_group = group(&server, elsewhere).await;
        let reason = |answer: &Answer| {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
            let detail = &answer.json["detail"];
            detail.as_str().map_or_else(|| detail[0]["msg"].as_str().unwrap().to_owned(), str::to_owned)
        };
        let confirmed =
            json!({"board_type": "goal", "goal_confirmed": true, "objective": "", "success_metrics": {}});
        for (extra, expected) in [
            (
                json!({"description": " ", "goal_confirmed": true, "board_type": "goal"}),
                "Value error, description is required",
            ),
            (confirmed, "Value error, Confirmed goal boards require objective and success_metrics"),
            (json!({"gateway_id": foreign}), "gateway_id is invalid"),
            (json!({"board_group_id": foreign_group}), "board_group_id is invalid"),
            (json!({"max_agents": -1}), "Input should be greater than or equal to 0"),
        ] {
            assert_eq!(reason(&make(&server, extra).await), expected);
        }
        let (gateway_id, _) = gateway(&server, home(&server).await).await;
        let txn = store.begin().await.unwrap();
        txn.run(sql("DELETE FROM agents WHERE gateway_id = $1").bind(gateway_id)).await.unwrap();
        txn.commit().await.unwrap();
        assert!(
            reason(&make(&server, json!({"gateway_id": gateway_id})).await).contains("gateway main agent")
        );

        let board = board(&server, "Ops").await;
        for field in [
            "name",
            "slug",
            "description",
            "board_type",
            "goal_confirmed",
            "require_approval_for_done",
            "require_review_before_done",
            "comment_required_for_review",
            "only_lead_can_change_status",
            "block_status_changes_with_pending_approval",
            "max_agents",
        ] {
            let answer = server.user(Method::PATCH, &path(board), Some(json!({field: null}))).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        }
        let answer = server.user(Method::PATCH, &path(board), Some(json!({"gateway_id": foreign}))).await;
        assert_eq!(reason(&answer), "gateway_id is invalid");
    })
    .await;
}

#[tokio::test]
async fn a_confirmed_goal_keeps_its_text_and_an_empty_change_counts_as_one() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let goal = json!({"board_type": "goal", "goal_confirmed": true, "objective": "grow", "success_metrics": {"users": 10}});
        let made = make(&server, goal).await;
        let path = path(id(&made));
        for body in [json!({"objective": null}), json!({"success_metrics": {}}), json!({"objective": "", "name": "N"})] {
            let answer = server.user(Method::PATCH, &path, Some(body)).await;
            assert_eq!(
                (answer.status, &answer.json["detail"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("Goal boards require objective and success_metrics"))
            );
        }
        let unconfirmed = server.user(Method::PATCH, &path, Some(json!({"goal_confirmed": false, "objective": null}))).await;
        assert_eq!((unconfirmed.status, &unconfirmed.json["objective"]), (StatusCode::OK, &Value::Null));
        let asked = server.user(Method::PATCH, &path, Some(json!({"board_type": "goal"}))).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        let general = server.user(Method::PATCH, &path, Some(json!({"board_type": "anything"}))).await;
        assert_eq!(general.json["board_type"], "anything");
        let touched = server.user(Method::PATCH, &path, Some(json!({}))).await;
        assert_ne!(touched.json["updated_at"], general.json["updated_at"]);
        let slug = server.user(Method::PATCH, &path, Some(json!({"slug": "", "name": "Über Ops"}))).await;
        assert_eq!(slug.json["slug"], "ber-ops");
    })
    .await;
}

#[tokio::test]
async fn the_list_is_filtered_and_paged_without_repeats() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (gateway, _) = gateway(&server, home).await;
        let group = group(&server, home).await;
        id(&make(&server, json!({"name": "beta", "gateway_id": gateway})).await);
        id(&make(&server, json!({"name": "Ärger", "board_group_id": group})).await);
        for _ in 0..3 {
            id(&make(&server, json!({"name": "Alpha"})).await);
        }
        let all = server.user(Method::GET, BOARDS, None).await.json;
        assert_eq!(names(&all), ["Alpha", "Alpha", "Alpha", "beta", "Ärger"]);
        let mut seen = Vec::new();
        for offset in 0..6 {
            let page =
                server.user(Method::GET, &format!("{BOARDS}?limit=1&offset={offset}"), None).await.json;
            assert_eq!(
                (&page["total"], &page["limit"], &page["offset"]),
                (&json!(5), &json!(1), &json!(offset))
            );
            seen.extend(page["items"].as_array().unwrap().clone());
        }
        assert_eq!(Value::from(seen), all["items"]);
        for (query, expected) in [
            (format!("gateway_id={gateway}"), vec!["beta"]),
            (format!("board_group_id={group}"), vec!["Ärger"]),
            (format!("board_group_id={group}&gateway_id={gateway}"), vec![]),
        ] {
            let list = server.user(Method::GET, &format!("{BOARDS}?{query}"), None).await.json;
            assert_eq!((names(&list), &list["total"]), (expected.clone(), &json!(expected.len())));
        }
        for query in ["limit=0", "limit=201", "offset=-1", "limit=x", "gateway_id=x"] {
            let answer = server.user(Method::GET, &format!("{BOARDS}?{query}"), None).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn rights_on_boards_come_from_flags_and_grants_not_from_roles() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let member = |name, organization, role, all| {
            let server = server.clone();
            async move { person(&server, name, organization, role, all).await }
        };
        let reader = member("reader", home, Role::Member, (true, false)).await;
        let writer = member("writer", home, Role::Member, (false, true)).await;
        let granted_read = member("granted-read", home, Role::Member, (false, false)).await;
        let granted_write = member("granted-write", home, Role::Member, (false, false)).await;
        let nothing = member("nothing", home, Role::Member, (false, false)).await;
        let bare_owner = member("bare-owner", home, Role::Owner, (false, false)).await;
        let stranger = member("stranger", elsewhere, Role::Owner, (true, true)).await;
        grant(&server, &granted_read, ours, true, false).await;
        grant(&server, &granted_write, ours, false, true).await;
        grant(&server, &nothing, ours, false, false).await;
        let denied = Some("Board access denied");
        for (who, read, write, listed) in [
            (&reader, None, denied, vec!["Other", "Ours"]),
            (&writer, None, None, vec!["Other", "Ours"]),
            (&granted_read, None, denied, vec!["Ours"]),
            (&granted_write, None, None, vec!["Ours"]),
            (&nothing, denied, denied, vec![]),
            (&bare_owner, denied, denied, vec![]),
            (&stranger, Some("No org access"), Some("No org access"), vec![]),
        ] {
            let check = |answer: Answer, refusal: Option<&str>| match refusal {
                None => assert_eq!(answer.status, StatusCode::OK, "{who:?}"),
                Some(text) => {
                    assert_eq!(
                        (answer.status, answer.json["detail"].as_str()),
                        (StatusCode::FORBIDDEN, Some(text)),
                        "{who:?}"
                    );
                }
            };
            check(who.call(&server, Method::GET, &path(ours), None).await, read);
            check(who.call(&server, Method::PATCH, &path(ours), Some(json!({}))).await, write);
            let list = who.call(&server, Method::GET, BOARDS, None).await.json;
            assert_eq!((names(&list), &list["total"]), (listed.clone(), &json!(listed.len())), "{who:?}");
        }
        let make = Some(json!({"name": "New", "slug": "", "description": "x", "board_type": "general"}));
        let refused = writer.call(&server, Method::POST, BOARDS, make.clone()).await;
        assert_eq!((refused.status, &refused.json["detail"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));
        let made = bare_owner.call(&server, Method::POST, BOARDS, make).await;
        let own =
            bare_owner.call(&server, Method::PATCH, &path(id(&made)), Some(json!({"name": "Mine"}))).await;
        assert_eq!(own.json["name"], "Mine", "who makes a board can write it");
        assert_eq!(
            granted_read.call(&server, Method::DELETE, &path(ours), None).await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            granted_write.call(&server, Method::DELETE, &path(ours), None).await.status,
            StatusCode::OK
        );
        assert_eq!(server.user(Method::GET, &path(other), None).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn joining_a_group_needs_access_to_the_group() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let group = group(&server, home).await;
        let (ours, inside) = (board(&server, "Ours").await, board(&server, "Inside").await);
        let body = Some(json!({"board_group_id": group}));
        assert_eq!(server.user(Method::PATCH, &path(inside), body.clone()).await.status, StatusCode::OK);
        let writer = person(&server, "writer", home, Role::Member, (false, false)).await;
        grant(&server, &writer, ours, true, true).await;
        let refused = writer.call(&server, Method::PATCH, &path(ours), body.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.json["detail"].as_str().unwrap().starts_with("board_group_id"));
        grant(&server, &writer, inside, true, true).await;
        let moved = writer.call(&server, Method::PATCH, &path(ours), body).await;
        assert_eq!(moved.json["board_group_id"], json!(group));
        let left =
            writer.call(&server, Method::PATCH, &path(ours), Some(json!({"board_group_id": null}))).await;
        assert_eq!(left.json["board_group_id"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_board_with_agents_stays_on_its_gateway() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ((first, _), (second, _)) = (gateway(&server, home).await, gateway(&server, home).await);
        let board = id(&make(&server, json!({"gateway_id": first})).await);
        let moved = server.user(Method::PATCH, &path(board), Some(json!({"gateway_id": second}))).await;
        assert_eq!(moved.json["gateway_id"], json!(second));
        agent(&server, (home, board), "Ada", false, None).await;
        for gateway in [json!(first), Value::Null] {
            let answer = server.user(Method::PATCH, &path(board), Some(json!({"gateway_id": gateway}))).await;
            assert_eq!(answer.status, StatusCode::CONFLICT);
        }
        let unknown = json!({"gateway_id": Uuid::from_u128(7), "board_group_id": Uuid::from_u128(8)});
        let unknown = server.user(Method::PATCH, &path(board), Some(unknown)).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(unknown.json["detail"], "gateway_id is invalid");
        let same = server.user(Method::PATCH, &path(board), Some(json!({"gateway_id": second}))).await;
        assert_eq!(same.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn rules_for_agents_need_a_gateway_that_can_have_agents() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (gateway_id, _) = gateway(&server, home(&server).await).await;
        let made = make(&server, json!({"gateway_id": gateway_id})).await;
        let board = id(&made);
        let change = async |body: Value| server.user(Method::PATCH, &path(board), Some(body)).await;
        assert_eq!(change(json!({"max_agents": 4})).await.status, StatusCode::OK);

        let txn = store.begin().await.unwrap();
        txn.run_one(sql("DELETE FROM agents WHERE gateway_id = $1").bind(gateway_id)).await.unwrap();
        txn.commit().await.unwrap();
        for body in [
            json!({"max_agents": 5}),
            json!({"only_lead_can_change_status": true}),
            json!({"require_review_before_done": true}),
            json!({"gateway_id": gateway_id, "name": "Other"}),
        ] {
            let answer = change(body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.json["detail"].as_str().unwrap().contains("gateway main agent"), "{answer:?}");
        }
        for body in [json!({"name": "Other"}), json!({"max_agents": 4}), json!({"gateway_id": null})] {
            assert_eq!(change(body.clone()).await.status, StatusCode::OK, "{body}");
        }
        assert_eq!(change(json!({"max_agents": 5})).await.status, StatusCode::OK, "a plain board");
    })
    .await;
}

#[tokio::test]
async fn agents_are_nobody_on_the_routes_of_people() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let (_, token) = agent(&server, (home, board), "Ada", true, None).await;
        let bearer = format!("Bearer {token}");
        for (method, path) in [
            (Method::GET, BOARDS.to_owned()),
            (Method::POST, BOARDS.to_owned()),
            (Method::GET, path(board)),
            (Method::PATCH, path(board)),
            (Method::DELETE, path(board)),
            (Method::GET, "/api/v1/users/me".into()),
            (Method::DELETE, "/api/v1/users/me".into()),
            (Method::GET, "/api/v1/organizations/me".into()),
            (Method::DELETE, "/api/v1/organizations/me".into()),
            (Method::GET, "/api/v1/organizations/me/member".into()),
            (Method::GET, "/api/v1/organizations/me/list".into()),
            (Method::PATCH, "/api/v1/organizations/me/active".into()),
            (Method::POST, "/api/v1/auth/bootstrap".into()),
            (Method::GET, "/api/v1/auth/sessions".into()),
            (Method::GET, "/api/v1/events".into()),
        ] {
            for headers in [[("x-agent-token", token.as_str())], [("authorization", bearer.as_str())]] {
                let answer = server.call(method.clone(), &path, &headers, Some(json!({}))).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} {answer:?}");
            }
        }
        let both = [
            ("x-agent-token", token.as_str()),
            ("authorization", &format!("Bearer {}", crate::testing::TOKEN)),
        ];
        assert_eq!(server.call(Method::GET, BOARDS, &both, None).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_person_pauses_the_agents_of_a_board_and_lets_them_go_on() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let made = make(&server, json!({"name": "Ops"})).await;
        let path = path(id(&made));
        let set =
            async |paused: Value| server.user(Method::PATCH, &path, Some(json!({ "paused": paused }))).await;
        let first = set(json!(true)).await;
        assert!(first.json["paused_at"].is_string(), "{}", first.json);
        assert_eq!(
            set(json!(true)).await.json["paused_at"],
            first.json["paused_at"],
            "the first pause counts"
        );
        assert_eq!(server.user(Method::PATCH, &path, Some(json!({"name": "New"}))).await.json["name"], "New");
        assert_eq!(
            server.user(Method::GET, &path, None).await.json["paused_at"],
            first.json["paused_at"],
            "another change leaves it alone"
        );
        assert_eq!(set(json!(false)).await.json["paused_at"], Value::Null);
        assert_eq!(set(json!(null)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(set(json!("yes please")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told: Vec<(String,)> = mc_store::Read::all(
            &store,
            mc_store::sql("SELECT kind FROM events WHERE activity AND kind LIKE 'board.%' ORDER BY position"),
        )
        .await
        .unwrap();
        let told: Vec<&str> = told.iter().map(|(kind,)| kind.as_str()).collect();
        assert_eq!(told, ["board.paused", "board.resumed"]);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_stops_all_boards_of_the_own_organization_at_once() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let (ops, dev) = (board(&server, "Ops").await, board(&server, "Dev").await);
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let theirs = json!({"name": "Theirs", "slug": "", "description": "x", "board_type": "general"});
        let made = stranger.call(&server, Method::POST, BOARDS, Some(theirs)).await;
        let theirs = id(&made);
        let pause = async |paused: bool| {
            let body = Some(json!({ "paused": paused }));
            server.user(Method::POST, "/api/v1/boards/pause", body).await
        };
        let is_paused = async |board: Uuid| {
            server.user(Method::GET, &path(board), None).await.json["paused_at"].is_string()
        };

        // One is paused already; it stays as it is.
        server.user(Method::PATCH, &path(ops), Some(json!({"paused": true}))).await;
        let since = server.user(Method::GET, &path(ops), None).await.json["paused_at"].clone();
        assert_eq!(pause(true).await.json, json!({"changed": 1}));
        assert!(is_paused(ops).await && is_paused(dev).await);
        assert_eq!(server.user(Method::GET, &path(ops), None).await.json["paused_at"], since);
        assert_eq!(pause(true).await.json, json!({"changed": 0}));
        let other = stranger.call(&server, Method::GET, &path(theirs), None).await;
        assert_eq!((other.status, &other.json["paused_at"]), (StatusCode::OK, &Value::Null), "others go on");
        assert_eq!(pause(false).await.json, json!({"changed": 2}));
        assert!(!is_paused(ops).await && !is_paused(dev).await);

        let member = person(&server, "member", home(&server).await, Role::Member, (true, true)).await;
        let refused =
            member.call(&server, Method::POST, "/api/v1/boards/pause", Some(json!({"paused": true}))).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let audited: Vec<(String,)> = mc_store::Read::all(
            &store,
            mc_store::sql(
                "SELECT kind FROM audit_events WHERE kind IN ('board.paused', 'board.resumed') ORDER BY id",
            ),
        )
        .await
        .unwrap();
        let audited: Vec<&str> = audited.iter().map(|(kind,)| kind.as_str()).collect();
        assert_eq!(audited, ["board.paused", "board.paused", "board.resumed", "board.resumed"]);
    })
    .await;
}
