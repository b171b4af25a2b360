use http::{Method, StatusCode};
use mc_domain::{activity::jobs, organizations::Role};
use mc_store::{Store, events::NewEvent, sql, testing::on_both};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    fixtures::{Stream, agent, board, gateway, grant, home, organization, person},
    testing::{TOKEN, TestServer},
};

const FEED: &str = "/api/v1/activity";
const COMMENTS: &str = "/api/v1/activity/task-comments";

async fn append(store: &Store, event: NewEvent) -> Uuid {
    let txn = store.begin().await.unwrap();
    let id = txn.append(event).await.unwrap();
    txn.commit().await.unwrap();
    id
}

async fn task(store: &Store, board: Uuid, title: &str) -> Uuid {
    let txn = store.begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO tasks (id, board_id, title, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)")
            .bind(id)
            .bind(board)
            .bind(title)
            .bind(txn.now()),
    )
    .await
    .unwrap();
    txn.commit().await.unwrap();
    id
}

struct Place {
    organization: Uuid,
    board: Uuid,
    task: Uuid,
}

/// Writes a comment with its event, as the service of tasks does.
async fn comment(store: &Store, place: &Place, agent: Option<Uuid>, message: &str) -> Uuid {
    let txn = store.begin().await.unwrap();
    let id = txn.new_id();
    txn.run_one(
        sql("INSERT INTO task_comments (id, board_id, task_id, agent_id, author_name, message, created_at)
             VALUES ($1, $2, $3, $4, 'Author', $5, $6)")
        .bind(id)
        .bind(place.board)
        .bind(place.task)
        .bind(agent)
        .bind(message)
        .bind(txn.now()),
    )
    .await
    .unwrap();
    let event = NewEvent::new("task.comment", place.organization).id(id).board(place.board).task(place.task);
    txn.append(event.agent(agent).message(message).activity()).await.unwrap();
    txn.commit().await.unwrap();
    id
}

fn messages(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["message"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_person_sees_the_boards_that_the_person_may_read() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let elsewhere = organization(&server, "Elsewhere").await;
        let stranger = person(&server, "stranger", elsewhere, Role::Owner, (true, true)).await;
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let nobody = person(&server, "nobody", home, Role::Member, (false, false)).await;
        let event = |kind, message: &str| NewEvent::new(kind, home).message(message).activity();
        append(&store, event("task.created", "one").board(ours)).await;
        append(&store, event("task.updated", "two").board(other)).await;
        append(&store, event("gateway.main.lead_broadcast.sent", "of a gateway")).await;
        append(&store, NewEvent::new("task.updated", home).message("live only").board(ours)).await;
        append(&store, event("approval.lead_notified", "three").board(ours)).await;

        let all = server.user(Method::GET, FEED, None).await.json;
        assert_eq!((messages(&all), &all["total"]), (vec!["three", "two", "one"], &json!(3)));
        let granted = reader.call(&server, Method::GET, FEED, None).await.json;
        assert_eq!((messages(&granted), &granted["total"]), (vec!["three", "one"], &json!(2)));
        for person in [&stranger, &nobody] {
            assert_eq!(person.call(&server, Method::GET, FEED, None).await.json["total"], 0);
        }

        for (query, expected) in [
            ("limit=1&offset=1".to_owned(), vec!["two"]),
            (format!("board_id={ours}"), vec!["three", "one"]),
            ("event_type=task.created,%20task.updated".into(), vec!["two", "one"]),
            ("event_type=".into(), vec!["three", "two", "one"]),
            (format!("before={}", all["items"][0]["created_at"].as_str().unwrap()), vec!["two", "one"]),
        ] {
            let list = server.user(Method::GET, &format!("{FEED}?{query}"), None).await.json;
            assert_eq!(messages(&list), expected, "{query}");
        }
        let (ada, _) = agent(&server, (home, ours), "Ada", false, None).await;
        let (eve, _) = agent(&server, (home, other), "Eve", false, None).await;
        let of = |agent: Uuid, message: &str| event("agent.woken", message).agent(Some(agent));
        append(&store, of(ada.id, "four").board(ours)).await;
        append(&store, of(eve.id, "five").board(other)).await;
        append(&store, of(ada.id, "without a board")).await;
        let by = |agent: Uuid| format!("{FEED}?agent_id={agent}");
        let owned = server.user(Method::GET, &by(ada.id), None).await.json;
        assert_eq!(
            messages(&owned),
            ["without a board", "four"],
            "administrators see what has no board, too"
        );
        assert_eq!(messages(&reader.call(&server, Method::GET, &by(ada.id), None).await.json), ["four"]);
        for (person, agent) in [(&reader, eve.id), (&stranger, ada.id)] {
            assert_eq!(person.call(&server, Method::GET, &by(agent), None).await.json["total"], 0);
        }
        for board in [other, Uuid::from_u128(7)] {
            let answer = reader.call(&server, Method::GET, &format!("{FEED}?board_id={board}"), None).await;
            assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));
        }
        let bad = server.user(Method::GET, &format!("{FEED}?before=soon"), None).await;
        assert_eq!(bad.json["detail"][0]["loc"], json!(["query", "before"]));
        assert_eq!(server.call(Method::GET, FEED, &[], None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn the_feed_is_narrowed_to_failures_agents_kinds_and_texts() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let ours = board(&server, "Ours").await;
        let (bob, _) = agent(&server, (home, ours), "Bob", false, None).await;
        let event = |kind, message: &str| NewEvent::new(kind, home).message(message).board(ours).activity();
        append(&store, event("task.created", "One_task")).await;
        append(&store, event("task.assignee_wake_failed", "two").agent(Some(bob.id))).await;
        append(&store, event("tasks.other", "three")).await;
        append(&store, event("agent.offline", "four").agent(Some(bob.id))).await;
        for (query, expected) in [
            ("event_type=task.*".to_owned(), vec!["two", "One_task"]),
            ("event_type=task.*,agent.offline".into(), vec!["four", "two", "One_task"]),
            ("event_type=task*".into(), vec![]),
            ("q=%20one_".into(), vec!["One_task"]),
            ("q=%25".into(), vec![]),
            ("failed=true".into(), vec!["four", "two"]),
            ("failed=false".into(), vec!["three", "One_task"]),
            (format!("agent_id={}", bob.id), vec!["four", "two"]),
            (format!("agent_id={}&event_type=task.*", bob.id), vec!["two"]),
            (format!("agent_id={}", Uuid::from_u128(7)), vec![]),
        ] {
            let list = server.user(Method::GET, &format!("{FEED}?board_id={ours}&{query}"), None).await.json;
            assert_eq!(
                (messages(&list), &list["total"]),
                (expected.clone(), &json!(expected.len())),
                "{query}"
            );
        }
        let bad = server.user(Method::GET, &format!("{FEED}?failed=perhaps"), None).await;
        assert_eq!(bad.json["detail"][0]["loc"], json!(["query", "failed"]));
    })
    .await;
}

#[tokio::test]
async fn an_event_says_who_acted_and_where_it_is_shown() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let person = person(&server, "grace", home, Role::Member, (true, false)).await;
        let (ada, _) = agent(&server, (home, board), "Ada", false, None).await;
        let task = task(&store, board, "T").await;
        let event = |kind| NewEvent::new(kind, home).board(board).message("x").activity();
        append(&store, event("task.updated").task(task).agent(Some(ada.id)).user(Some(person.user_id))).await;
        let id = append(&store, event("task.comment").task(task).agent(Some(ada.id))).await;
        append(&store, event("board.lead_notified")).await;
        let list = server.user(Method::GET, FEED, None).await.json;
        let items = list["items"].as_array().unwrap();
        let names: Vec<&Value> = items.iter().map(|item| &item["actor_name"]).collect();
        assert_eq!(names, [&Value::Null, &json!("Ada"), &json!("grace")]);
        assert_eq!(items[0]["route_params"], json!({"boardId": board.to_string(), "panel": "chat"}));
        assert_eq!(
            (&items[1]["route_name"], &items[1]["route_params"]),
            (&json!("board"), &json!({"boardId": board, "commentId": id, "taskId": task}))
        );
        let fields: Vec<&String> = items[2].as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            [
                "id",
                "event_type",
                "message",
                "agent_id",
                "task_id",
                "board_id",
                "route_name",
                "route_params",
                "created_at",
                "user_id",
                "actor_name"
            ]
        );
        assert_eq!(
            (&items[2]["user_id"], &items[2]["event_type"]),
            (&json!(person.user_id), &json!("task.updated"))
        );
    })
    .await;
}

#[tokio::test]
async fn an_agent_sees_its_own_events_on_its_present_board() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, former) = (board(&server, "Ours").await, board(&server, "Former").await);
        let (ada, token) = agent(&server, (home, ours), "Ada", false, None).await;
        let (bob, _) = agent(&server, (home, ours), "Bob", false, None).await;
        let (_, main) = gateway(&server, home).await;
        let event = |message: &str| NewEvent::new("task.updated", home).message(message).activity();
        append(&store, event("mine").board(ours).agent(Some(ada.id))).await;
        append(&store, event("of Bob").board(ours).agent(Some(bob.id))).await;
        append(&store, event("before I moved").board(former).agent(Some(ada.id))).await;
        let list = server.agent(&token, Method::GET, FEED, None).await;
        assert_eq!((list.status, messages(&list.json)), (StatusCode::OK, vec!["mine"]));
        assert_eq!(server.agent(&main, Method::GET, FEED, None).await.json["total"], 0);
        for path in [COMMENTS.to_owned(), format!("{COMMENTS}/stream")] {
            let answer = server.agent(&token, Method::GET, &path, None).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn comments_are_listed_and_streamed_from_readable_boards_only() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let (ours, other) = (board(&server, "Ours").await, board(&server, "Other").await);
        let reader = person(&server, "reader", home, Role::Member, (false, false)).await;
        grant(&server, &reader, ours, true, false).await;
        let (ada, _) = agent(&server, (home, ours), "Ada", false, None).await;
        let txn = store.begin().await.unwrap();
        txn.run_one(
            sql("UPDATE agents SET identity_profile = $2 WHERE id = $1")
                .bind(ada.id)
                .bind(r#"{"role":" Tester "}"#),
        )
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let here = Place { organization: home, board: ours, task: task(&store, ours, "Here").await };
        let there = Place { organization: home, board: other, task: task(&store, other, "There").await };
        let stream = format!("{COMMENTS}/stream");
        let mut of_reader = Stream::open(&server, &stream, &[("cookie", &reader.cookie)]).await;
        let mut of_board = Stream::of_user(&server, &format!("{stream}?board_id={other}")).await;

        let first = comment(&store, &here, Some(ada.id), "first").await;
        comment(&store, &there, None, "second").await;
        comment(&store, &here, None, "third").await;

        let all = server.user(Method::GET, COMMENTS, None).await.json;
        assert_eq!((messages(&all), &all["total"]), (vec!["third", "second", "first"], &json!(3)));
        let item = &all["items"][2];
        let expected = json!({
            "id": first, "created_at": item["created_at"], "message": "first", "agent_id": ada.id,
            "agent_name": "Ada", "agent_role": "Tester", "task_id": here.task, "task_title": "Here",
            "board_id": ours, "board_name": "Ours", "user_id": null, "author_name": "Author",
        });
        assert_eq!(item, &expected);
        let granted = reader.call(&server, Method::GET, COMMENTS, None).await.json;
        assert_eq!((messages(&granted), &granted["total"]), (vec!["third", "first"], &json!(2)));
        let one = server.user(Method::GET, &format!("{COMMENTS}?board_id={other}&limit=1"), None).await.json;
        assert_eq!((messages(&one), &one["total"]), (vec!["second"], &json!(1)));

        let frame = of_reader.next().await.unwrap();
        assert_eq!((frame.event.as_str(), &frame.data), ("comment", &json!({"comment": expected})));
        assert_eq!(of_reader.next().await.unwrap().data["comment"]["message"], "third");
        assert_eq!(of_board.next().await.unwrap().data["comment"]["message"], "second");
        let last = frame.id.unwrap().to_string();
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("last-event-id", last.as_str())];
        let mut resumed = Stream::open(&server, &stream, &headers).await;
        assert_eq!(resumed.next().await.unwrap().data["comment"]["message"], "second");
        let since = item["created_at"].as_str().unwrap();
        let mut since = Stream::of_user(&server, &format!("{stream}?since={since}Z")).await;
        assert_eq!(since.next().await.unwrap().data["comment"]["message"], "first");

        for path in [COMMENTS.to_owned(), stream] {
            let answer = reader.call(&server, Method::GET, &format!("{path}?board_id={other}"), None).await;
            assert_eq!((answer.status, &answer.json["detail"]), (StatusCode::FORBIDDEN, &json!("Forbidden")));
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_reads_a_long_past_in_parts_without_a_gap() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let place = Place { organization: home, board, task: task(&store, board, "T").await };
        let first = comment(&store, &place, None, "first").await;
        let txn = store.begin().await.unwrap();
        for _ in 0..450 {
            txn.append(NewEvent::new("task.updated", home).board(board)).await.unwrap();
        }
        txn.commit().await.unwrap();
        let second = comment(&store, &place, None, "second").await;
        for path in [
            format!("{COMMENTS}/stream?since=2020-01-01"),
            format!("{COMMENTS}/stream?board_id={board}&since=2020-01-01"),
        ] {
            let mut stream = Stream::of_user(&server, &path).await;
            assert_eq!(stream.next().await.unwrap().data["comment"]["id"], json!(first));
            assert_eq!(stream.next().await.unwrap().data["comment"]["id"], json!(second));
        }
    })
    .await;
}

#[tokio::test]
async fn retention_takes_what_is_old_and_no_more() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let home = home(&server).await;
        let board = board(&server, "Ops").await;
        let age = |id: Uuid, days: i64| {
            let store = store.clone();
            async move {
                let txn = store.begin().await.unwrap();
                let time = txn.now() - chrono::TimeDelta::days(days);
                txn.run_one(sql("UPDATE events SET created_at = $2 WHERE id = $1").bind(id).bind(time))
                    .await
                    .unwrap();
                txn.commit().await.unwrap();
            }
        };
        let event = |message: &str| NewEvent::new("task.updated", home).board(board).message(message);
        let old = append(&store, event("old").activity()).await;
        age(old, 2).await;
        append(&store, event("new").activity()).await;
        // The test context keeps events for one day.
        assert_eq!(jobs::purge(&server.context).await.unwrap(), 1);
        assert_eq!(jobs::purge(&server.context).await.unwrap(), 0);
        assert_eq!(messages(&server.user(Method::GET, FEED, None).await.json), ["new"]);
    })
    .await;
}

#[tokio::test]
async fn an_agent_that_is_gone_is_not_pointed_at() {
    on_both(|store| async move {
        let server = TestServer::new(&store).await;
        let tenant = home(&server).await;
        let board = board(&server, "Ops").await;
        let (ada, _) = agent(&server, (tenant, board), "Ada", false, None).await;
        let event = NewEvent::new("test.happened", tenant).board(board).agent(Some(ada.id)).activity();
        append(&store, event).await;
        let shown = async || {
            let feed = server.user(Method::GET, &format!("{FEED}?event_type=test.happened"), None).await.json;
            feed["items"][0]["agent_id"].clone()
        };
        assert_eq!(shown().await, json!(ada.id));
        let gone = server.user(Method::DELETE, &format!("/api/v1/agents/{}", ada.id), None).await;
        assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
        assert_eq!(shown().await, Value::Null);
    })
    .await;
}
