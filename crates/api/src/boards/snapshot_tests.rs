use http::{Method, StatusCode};
use mc_domain::{agents::Agent, organizations::Role};
use mc_store::{sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{agent, board, grant, home, organization, person},
    testing::TestServer,
};

fn path(board: Uuid, what: &str) -> String {
    format!("/api/v1/boards/{board}/{what}")
}

async fn task(server: &TestServer, board: Uuid, body: Value) -> Value {
    let made = server.user(Method::POST, &path(board, "tasks"), Some(body)).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.json
}

async fn snapshot(server: &TestServer, board: Uuid) -> Value {
    let answer = server.user(Method::GET, &path(board, "snapshot"), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json
}

/// An approval that names a task and links to others.
async fn approval(server: &TestServer, board: Uuid, status: &str, first: &Value, links: &[&Value]) {
    let id = |task: &Value| task["id"].as_str().unwrap().parse::<Uuid>().unwrap();
    let txn = server.context.store().begin().await.unwrap();
    let approval = txn.new_id();
    txn.run_one(
        sql("INSERT INTO approvals (id, board_id, task_id, action_type, payload, confidence, rubric_scores, status, created_at)
             VALUES ($1, $2, $3, 'task.review', $4, $5, $6, $7, $8)")
        .bind(approval)
        .bind(board)
        .bind(id(first))
        .bind("{\"reason\": \"looks good\"}")
        .bind(88.75)
        .bind("{\"clarity\": 4}")
        .bind(status)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    for link in links {
        txn.run_one(
            sql("INSERT INTO approval_task_links (id, approval_id, task_id, created_at) VALUES ($1, $2, $3, $4)")
                .bind(txn.new_id())
                .bind(approval)
                .bind(id(link))
                .bind(txn.now()),
        )
        .await
        .unwrap();
    }
    txn.commit().await.unwrap();
}

async fn with_templates(server: &TestServer, agent: &Agent) {
    let txn = server.context.store().begin().await.unwrap();
    txn.run_one(
        sql("UPDATE agents SET soul_template = 'soul', identity_template = 'identity' WHERE id = $1")
            .bind(agent.id),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
}

/// A group of these boards.
async fn group(server: &TestServer, boards: &[Uuid]) -> Uuid {
    let organization = home(server).await;
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
    for board in boards {
        txn.run_one(sql("UPDATE boards SET board_group_id = $2 WHERE id = $1").bind(*board).bind(id))
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_snapshot_holds_what_the_page_of_a_board_shows() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let organization = home(&server).await;
        let board = board(&server, "Ops").await;
        let empty = snapshot(&server, board).await;
        for list in ["tasks", "agents", "approvals", "chat_messages"] {
            assert_eq!(empty[list], json!([]), "{list}");
        }
        assert_eq!((&empty["board"]["name"], &empty["pending_approvals_count"]), (&json!("Ops"), &json!(0)));

        let (bob, _) = agent(&server, (organization, board), "Bob", false, Some("session")).await;
        let first = task(&server, board, json!({"title": "First", "assigned_agent_id": bob.id})).await;
        let second =
            task(&server, board, json!({"title": "Second", "depends_on_task_ids": [first["id"]]})).await;
        approval(&server, board, "pending", &second, &[&second, &first]).await;
        approval(&server, board, "approved", &first, &[]).await;
        for content in ["one", "two"] {
            let body = json!({"content": content, "tags": ["chat"]});
            server.user(Method::POST, &path(board, "memory"), Some(body)).await;
        }
        server.user(Method::POST, &path(board, "memory"), Some(json!({"content": "a note"}))).await;

        let full = snapshot(&server, board).await;
        let mut card = second.clone();
        card["assignee"] = Value::Null;
        card["approvals_count"] = json!(1);
        card["approvals_pending_count"] = json!(1);
        assert_eq!(full["tasks"][0], card);
        let card = &full["tasks"][1];
        assert_eq!(
            (&card["assignee"], &card["approvals_count"], &card["approvals_pending_count"]),
            (&json!("Bob"), &json!(2), &json!(1))
        );
        let agent = &full["agents"][0];
        assert_eq!(
            (&agent["status"], &agent["openclaw_session_id"], &agent["is_gateway_main"]),
            (&json!("provisioning"), &json!("session"), &json!(false))
        );
        let [older, newer] = [&full["approvals"][1], &full["approvals"][0]];
        assert_eq!(
            (&older["task_id"], &older["task_ids"]),
            (&second["id"], &json!([second["id"], first["id"]]))
        );
        assert_eq!(older["task_titles"], json!(["Second", "First"]));
        assert_eq!((&older["confidence"], &older["rubric_scores"]), (&json!(88.75), &json!({"clarity": 4})));
        assert_eq!(older["payload"], json!({"reason": "looks good"}));
        assert_eq!((&newer["task_ids"], &newer["task_titles"]), (&json!([first["id"]]), &json!(["First"])));
        let chat: Vec<&str> = full["chat_messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["content"].as_str().unwrap())
            .collect();
        assert_eq!((chat, &full["pending_approvals_count"]), (vec!["one", "two"], &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_keeps_the_instructions_of_colleagues_from_workers() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let organization = home(&server).await;
        let board = board(&server, "Ops").await;
        let (bob, worker) = agent(&server, (organization, board), "Bob", false, Some("session")).await;
        let (_, lead) = agent(&server, (organization, board), "Ada", true, None).await;
        let (_, colleague) = agent(&server, (organization, board), "Eve", false, None).await;
        with_templates(&server, &bob).await;
        for (token, shows) in [(&worker, true), (&lead, true), (&colleague, false)] {
            let answer = server.agent(token, Method::GET, &path(board, "snapshot"), None).await;
            assert_eq!(answer.status, StatusCode::OK);
            let agents = answer.json["agents"].as_array().unwrap().clone();
            let shown = agents.iter().find(|agent| agent["id"] == json!(bob.id)).unwrap();
            for field in ["soul_template", "identity_template", "openclaw_session_id"] {
                assert_eq!(shown[field].is_string(), shows, "{field}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_group_snapshot_ranks_the_tasks_of_the_other_boards() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let organization = home(&server).await;
        let own = board(&server, "Own").await;
        let alone = server.user(Method::GET, &path(own, "group-snapshot"), None).await;
        assert_eq!(alone.json, json!({"group": null, "boards": []}));
        let (beta, alpha) = (board(&server, "beta").await, board(&server, "Alpha").await);
        let outside = board(&server, "Outside").await;
        let id = group(&server, &[own, beta, alpha]).await;
        task(&server, outside, json!({"title": "outside"})).await;
        let (bob, _) = agent(&server, (organization, beta), "Bob", false, None).await;
        for (title, status, priority) in [
            ("low", "inbox", "low"),
            ("odd", "inbox", "whenever"),
            ("old", "inbox", "high"),
            ("new", "inbox", "high"),
            ("done", "done", "high"),
            ("review", "review", "low"),
        ] {
            task(&server, beta, json!({"title": title, "status": status, "priority": priority})).await;
        }
        let body = json!({"title": "running", "status": "in_progress", "assigned_agent_id": bob.id});
        task(&server, beta, body).await;

        let read = |query: &'static str| {
            let (server, path) = (server.clone(), format!("{}{query}", path(own, "group-snapshot")));
            async move { server.user(Method::GET, &path, None).await.json }
        };
        let titles = |board: &Value| {
            let tasks = board["tasks"].as_array().unwrap().clone();
            tasks.iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let shown = read("").await;
        assert_eq!(shown["group"]["id"], json!(id));
        let boards = shown["boards"].as_array().unwrap();
        let names: Vec<&str> = boards.iter().map(|board| board["board"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Alpha", "beta"]);
        assert_eq!((titles(&boards[0]), &boards[0]["task_counts"]), (vec![], &json!({})));
        assert_eq!(titles(&boards[1]), ["running", "review", "new", "old", "low"]);
        let counts = json!({"done": 1, "in_progress": 1, "inbox": 4, "review": 1});
        assert_eq!(boards[1]["task_counts"], counts);
        let running = &boards[1]["tasks"][0];
        assert_eq!((&running["assignee"], &running["board_name"]), (&json!("Bob"), &json!("beta")));

        let all = read("?include_self=true&include_done=true&per_board_task_limit=100").await;
        assert_eq!(all["boards"].as_array().unwrap().len(), 3);
        assert_eq!(titles(&all["boards"][1]).last().unwrap(), "done");
        let none = read("?per_board_task_limit=0").await;
        assert_eq!((titles(&none["boards"][1]), &none["boards"][1]["task_counts"]), (vec![], &counts));
        let bad = server
            .user(Method::GET, &format!("{}?per_board_task_limit=101", path(own, "group-snapshot")), None)
            .await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn snapshots_show_boards_to_their_readers_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let organization_id = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        group(&server, &[ours, other]).await;
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let reader = person(&server, "reader", organization_id, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let (_, own) = agent(&server, (organization_id, ours), "Own", false, None).await;
        let (_, neighbour) = agent(&server, (organization_id, other), "Neighbour", false, None).await;
        for what in ["snapshot", "group-snapshot"] {
            let path = path(ours, what);
            let nobody = server.call(Method::GET, &path, &[], None).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
            assert_eq!(stranger.call(&server, Method::GET, &path, None).await.status, StatusCode::FORBIDDEN);
            let foreign = server.agent(&neighbour, Method::GET, &path, None).await;
            assert_eq!(foreign.status, StatusCode::FORBIDDEN);
            assert_eq!(reader.call(&server, Method::GET, &path, None).await.status, StatusCode::OK);
            assert_eq!(server.agent(&own, Method::GET, &path, None).await.status, StatusCode::OK);
        }
        let path = path(ours, "group-snapshot");
        let read = reader.call(&server, Method::GET, &path, None).await;
        assert_eq!(read.json["boards"], json!([]), "a sibling that the reader may not read is not shown");
        let whole = server.agent(&own, Method::GET, &path, None).await;
        assert_eq!(whole.json["boards"][0]["board"]["name"], "Other");
    })
    .await;
}
