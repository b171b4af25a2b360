//! Backups of the built executable: made under load, kept from harm, and brought back.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Output,
    sync::atomic::{AtomicBool, Ordering},
};

use black_box::{Client, Installation, Kind, Server, answered};
use rstest::rstest;
use serde_json::json;

/// What a refused command said: one line, and a status that scripts notice.
#[track_caller]
fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.lines().filter(|line| line.starts_with("mission-control: ")).count(), 1, "{text}");
    text
}

fn stop(server: Server<'_>) {
    server.ask_to_end();
    assert!(server.status().success());
}

/// Makes a backup and gives the path that the command names.
#[track_caller]
fn back_up(installation: &Installation, arguments: &[&str]) -> PathBuf {
    let text = answered(&installation.run(&[&["backup"], arguments].concat()));
    PathBuf::from(text.lines().next().expect("the first line is the path"))
}

/// How many secrets the newest backup holds; all of them open.
fn drilled_secrets(installation: &Installation) -> u64 {
    let told = answered(&installation.run(&["backup", "drill"]));
    let words: Vec<&str> = told.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "secrets").expect("the drill counts secrets");
    words[at - 1].parse().expect("a number of secrets")
}

fn titles(client: &Client, board: &str) -> Vec<String> {
    let page = client.get(&format!("/api/v1/boards/{board}/tasks?limit=200")).expect(200);
    let items = page["items"].as_array().expect("a page has items").iter();
    items.map(|task| task["title"].as_str().expect("a task has a title").to_owned()).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

#[rstest]
#[case::sqlite(Kind::Sqlite)]
#[case::postgres(Kind::Postgres)]
fn a_backup_under_load_is_whole_and_comes_back(#[case] kind: Kind) {
    let installation = Installation::new(kind);
    let server = installation.start();
    let board = server.client.create_board("Load");
    let _ = server.client.create_task(&board, "Before");
    let is_over = AtomicBool::new(false);
    let file = std::thread::scope(|scope| {
        for writer in 0..3 {
            let (client, board, is_over) = (server.client.clone(), &board, &is_over);
            scope.spawn(move || {
                for number in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let _ = client.create_task(board, &format!("Load {writer}.{number}"));
                }
            });
        }
        let file = back_up(&installation, &[]);
        is_over.store(true, Ordering::Relaxed);
        file
    });
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(answered(&installation.run(&["backup", "verify", text(&file)])).contains("sound"));
    assert!(answered(&installation.run(&["backup", "drill"])).contains("complete"));
    assert!(answered(&installation.run(&["backup", "list"])).contains(text(&file)));
    let leftovers = fs::read_dir(installation.data().join("backups")).unwrap().flatten();
    let names: Vec<_> = leftovers.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.contains("scratch")), "{names:?}");

    let _ = server.client.create_task(&board, "After");
    let text_of = refused(&installation.run(&["restore", text(&file)]));
    assert!(text_of.contains("stop"), "a running server is not pulled away from under its users: {text_of}");
    stop(server);

    let told = answered(&installation.run(&["restore", text(&file)]));
    assert!(told.contains("What was there before is in"), "{told}");
    let server = installation.start();
    let found = titles(&server.client, &board);
    assert!(found.contains(&"Before".to_owned()) && !found.contains(&"After".to_owned()), "{found:?}");
    let shown = server.client.get("/api/v1/system/backups").expect(200);
    assert!(shown["items"].is_array(), "{shown}");
}

#[test]
fn a_backup_is_restored_to_another_path_and_never_over_a_file() {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let _ = server.client.create_board("Copied");
    let file = back_up(&installation, &[]);
    let target = installation.data().join("copy.db");
    assert!(answered(&installation.run(&["restore", text(&file), "--to", text(&target)])).contains("rows"));
    let copied = fs::read(&target).unwrap();
    assert!(copied.windows(6).any(|window| window == b"Copied"));
    let told = refused(&installation.run(&["restore", text(&file), "--to", text(&target)]));
    assert!(told.contains("exists already"), "{told}");
    let told = refused(&installation.run(&["backup", "--output", text(&target)]));
    assert!(told.contains("exists already"), "{told}");
}

#[test]
fn a_damaged_backup_is_refused_before_anything_is_touched() {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let board = server.client.create_board("Kept");
    let file = back_up(&installation, &[]);
    stop(server);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(&file, bytes).unwrap();
    for command in [&["backup", "verify"][..], &["restore"], &["backup", "drill"]] {
        let told = refused(&installation.run(&[command, &[text(&file)]].concat()));
        assert!(told.contains("no sound backup"), "{told}");
    }
    let server = installation.start();
    let _ = server.client.get(&format!("/api/v1/boards/{board}")).expect(200);
    let shown = server.client.get("/api/v1/system/backups").expect(200);
    assert_eq!(shown["drill_failing"], true, "{shown}");
    assert_eq!(shown["items"][0]["succeeded"], false, "{shown}");
}

#[test]
fn an_encrypted_backup_is_all_that_a_new_machine_needs() {
    const PASSPHRASE: &str = "correct horse battery staple";
    let old = Installation::new(Kind::Sqlite).with("MC_BACKUP_PASSPHRASE", PASSPHRASE);
    let server = old.start();
    let board = server.client.create_board("Moved");
    let webhook = json!({"description": "Secret", "secret": "the secret that a sender shares"});
    let _ = server.client.post(&format!("/api/v1/boards/{board}/webhooks"), &webhook).expect(200);
    let file = back_up(&old, &[]);
    let opened = drilled_secrets(&old);
    assert!(opened > 0, "the secret of the webhook is among them");
    let token = old.token();

    let new = Installation::new(Kind::Sqlite);
    let told = refused(&new.run(&["restore", text(&file)]));
    assert!(told.contains("MC_BACKUP_PASSPHRASE"), "{told}");
    let passphrase = file.with_extension("passphrase");
    fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
    let told = answered(&new.run(&["restore", text(&file), "--passphrase-file", text(&passphrase)]));
    assert!(told.contains("server key is that of the backup"), "{told}");
    assert_eq!(new.token(), token, "people sign in as before");
    let moved = new.start();
    let _ = moved.client.get(&format!("/api/v1/boards/{board}")).expect(200);
    assert!(!moved.log().contains(PASSPHRASE) && !told.contains(PASSPHRASE));
    back_up(&new, &["--with-key"]);
    assert_eq!(drilled_secrets(&new), opened);
}

#[test]
fn a_backup_without_its_key_is_not_restored_by_accident() {
    let old = Installation::new(Kind::Sqlite);
    let server = old.start();
    let board = server.client.create_board("Sealed");
    let webhook = json!({"description": "Secret", "secret": "the secret that a sender shares"});
    let _ = server.client.post(&format!("/api/v1/boards/{board}/webhooks"), &webhook).expect(200);
    let file = back_up(&old, &[]);

    let new = Installation::new(Kind::Sqlite);
    stop(new.start());
    let told = refused(&new.run(&["restore", text(&file)]));
    assert!(told.contains("server.key") && told.contains("--without-key"), "{told}");
    fs::copy(old.data().join("server.key"), new.data().join("server.key")).unwrap();
    let _ = answered(&new.run(&["restore", text(&file)]));
}

/// A disk that is full, and a process that is killed in the middle: nothing may be larger than some kilobytes.
#[rstest]
#[case::full_disk("trap '' XFSZ;")]
#[case::killed("")]
fn a_backup_or_restore_that_breaks_off_harms_nothing(#[case] signal: &str) {
    let installation = Installation::new(Kind::Sqlite);
    let server = installation.start();
    let board = server.client.create_board("Unharmed");
    let file = back_up(&installation, &[]);
    let _ = server.client.create_task(&board, "Later");
    stop(server);

    for arguments in [&["backup"][..], &["restore", text(&file)]] {
        let output = installation.run_limited(signal, 100, arguments);
        assert!(!output.status.success(), "{output:?}");
        if !signal.is_empty() {
            let _ = refused(&output);
        }
    }
    let listed = answered(&installation.run(&["backup", "list"]));
    assert_eq!(listed.lines().count(), 1, "half a backup is none: {listed}");
    let server = installation.start();
    assert_eq!(titles(&server.client, &board), ["Later"]);
    stop(server);
    let _ = answered(&installation.run(&["restore", text(&file)]));
    let names = fs::read_dir(installation.data()).unwrap().flatten().map(|entry| entry.file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.contains("scratch")), "what was left over is cleared: {names:?}");
}

#[test]
fn commands_say_what_they_are_for() {
    let installation = Installation::new(Kind::Sqlite);
    for command in [&["backup"][..], &["backup", "drill"], &["restore"], &["migrate"], &["rollback"]] {
        let told = answered(&installation.run(&[command, &["--help"]].concat()));
        assert!(told.contains("Usage: mission-control"), "{told}");
    }
    let told = refused(&installation.run(&["backup"]));
    assert!(told.contains("nothing to back up"), "{told}");
}
