//! Every operation against every kind of caller.
//!
//! `table.txt` says which status each of them gets. The test asks the API document which operations
//! there are, so an operation that the table does not know fails it.

mod bodies;
mod world;

use std::{collections::BTreeMap, fmt::Write};

use http::Method;
use mc_store::{
    Store,
    testing::{counting, on_both},
};
use serde_json::Value;

use world::{CALLERS, Caller, World};

const TABLE: &str = include_str!("table.txt");

/// The statuses of one operation, one for each of [`CALLERS`].
type Row = Vec<u16>;

fn stated() -> BTreeMap<String, Row> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let rows = lines.map(|line| {
        let mut words = line.split_whitespace();
        let operation = format!("{} {}", words.next().unwrap(), words.next().unwrap());
        let row: Row = words.map(|word| word.parse().unwrap()).collect();
        assert_eq!(row.len(), CALLERS.len(), "{line}");
        (operation, row)
    });
    let mut table = BTreeMap::new();
    for (operation, row) in rows {
        assert!(table.insert(operation.clone(), row).is_none(), "{operation} stands twice");
    }
    table
}

/// The operations of the document: method and path.
fn operations() -> Vec<(Method, String)> {
    let document = crate::document();
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .keys()
            .map(move |method| (method.to_uppercase().parse().unwrap(), path.clone()))
    });
    all.collect()
}

#[test]
fn the_table_has_each_operation_and_no_other() {
    let stated = stated();
    let known: Vec<String> = operations().iter().map(|(method, path)| format!("{method} {path}")).collect();
    let missing: Vec<&String> = known.iter().filter(|operation| !stated.contains_key(*operation)).collect();
    assert!(missing.is_empty(), "operations without a row: {missing:#?}");
    let gone: Vec<&String> = stated.keys().filter(|operation| !known.contains(operation)).collect();
    assert!(gone.is_empty(), "rows without an operation: {gone:#?}");
}

/// What each operation answers to each caller. After a change that takes away what others would ask for, the next
/// caller finds a new world.
async fn measured(store: Store) -> BTreeMap<String, Row> {
    let mut world = World::new(&store).await;
    let mut table = BTreeMap::new();
    for (method, path) in operations() {
        let operation = format!("{method} {path}");
        let body = bodies::of(&operation);
        let mut row = Row::new();
        for caller in CALLERS {
            let status = world.ask(caller, &method, &path, body.clone()).await;
            if bodies::is_destructive(&operation) && (200..300).contains(&status) {
                world = World::new(&store).await;
            }
            row.push(status);
        }
        table.insert(operation, row);
    }
    table
}

fn shown(table: &BTreeMap<String, Row>) -> String {
    let mut text = String::new();
    for (operation, row) in table {
        let row: Vec<String> = row.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "{operation:<96} {}", row.join(" "));
    }
    text
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_the_table_says() {
    on_both(|store| async move {
        let stated = stated();
        let measured = measured(store).await;
        let wrong: BTreeMap<String, Row> =
            measured.into_iter().filter(|(operation, row)| stated.get(operation) != Some(row)).collect();
        assert!(wrong.is_empty(), "not as stated (this is what was answered):\n{}", shown(&wrong));
    })
    .await;
}

/// How many statements each read runs for the owner and for the lead agent.
async fn statements(world: &World) -> BTreeMap<String, [u64; 2]> {
    let mut counts = BTreeMap::new();
    for (method, path) in operations() {
        // A stream does not end, and what a gateway or another server answers is no list of ours.
        let is_ours =
            !path.ends_with("/stream") && !path.ends_with("/events") && !path.contains("souls-directory");
        if method != Method::GET || !is_ours {
            continue;
        }
        let mut both = [0; 2];
        for (count, caller) in both.iter_mut().zip([Caller::Owner, Caller::Lead]) {
            // The first time a token is seen, and a sign of life is written down.
            world.ask(caller, &method, &path, None).await;
            (_, *count) = counting(world.ask(caller, &method, &path, None)).await;
        }
        counts.insert(path, both);
    }
    counts
}

#[tokio::test]
async fn a_read_runs_as_many_statements_for_many_rows_as_for_one() {
    on_both(|store| async move {
        let world = World::new(&store).await;
        world.grow(1).await;
        let few = statements(&world).await;
        assert!(few.values().any(|[owner, _]| *owner > 2), "nothing was counted: {few:?}");
        world.grow(6).await;
        let many = statements(&world).await;
        let more: Vec<_> = many.iter().filter(|(path, count)| few[*path] != **count).collect();
        assert!(
            more.is_empty(),
            "statements for the owner and the lead, with more rows: {more:#?}\nbefore: {few:#?}"
        );
    })
    .await;
}

/// A value in a path, for [`World::ask`].
fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .to_owned()
}
