//! What was answered with success survives a crash.

use black_box::{Installation, Kind};
use rstest::rstest;

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn what_was_answered_is_there_after_a_crash(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let mut server = installation.start();
    let board = server.client.create_board("Crash");
    let mut tasks = Vec::new();
    for round in 0..5 {
        tasks.push(server.client.create_task(&board, &format!("Answered {round}")));
        server.crash();
        server = installation.start();
    }
    let path = format!("/api/v1/boards/{board}/tasks?limit=200");
    let page = server.client.get(&path).expect(200);
    for task in tasks {
        let found = page["items"].as_array().unwrap().iter().any(|item| item["id"] == task.as_str());
        assert!(found, "{task} is lost: {page}");
    }
}

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn nothing_half_done_is_left_by_a_crash_under_load(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let server = installation.start();
    let board = server.client.create_board("Load");
    let (answered, answers) = std::sync::mpsc::channel();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (client, board, answered) = (server.client.clone(), board.clone(), answered.clone());
            std::thread::spawn(move || {
                for number in 0.. {
                    let body = serde_json::json!({"title": format!("Task {writer}.{number}")});
                    let Some(answer) = client.try_post(&format!("/api/v1/boards/{board}/tasks"), &body)
                    else {
                        return;
                    };
                    let task = answer.expect(200)["id"].as_str().unwrap().to_owned();
                    if answered.send(task).is_err() {
                        return;
                    }
                }
            })
        })
        .collect();
    // Only the writers hold it now: when all have failed, nobody waits for them.
    drop(answered);
    // In the middle of the writers' work.
    let mut tasks: Vec<String> = (0..40).map(|_| answers.recv_timeout(black_box::LIMIT).unwrap()).collect();
    server.crash();
    for writer in writers {
        writer.join().unwrap();
    }
    tasks.extend(answers);

    let server = installation.start();
    for task in tasks {
        let comments = server.client.get(&format!("/api/v1/boards/{board}/tasks/{task}/comments"));
        assert_eq!(comments.status, 200, "{task} is lost: {}", comments.body);
    }
}
